"""The FAQ: working copies that staff change, and published versions that nobody changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Clock
from conversations.errors import EditConflict, NotFound
from knowledge_base.article import Article, ArticleContent, ArticleVersion
from knowledge_base.importing import ImportedEntry
from storage.database import Database
from storage.shapes import article_of, back, plain, version_of
from storage.tables import ArticleRow, ArticleVersionRow, AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFilter:
    words: str = ""
    category: str = ""
    section: str = ""
    archived: bool = False


class Articles:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all_published(self) -> list[ArticleVersion]:
        """Every version residents may be told now, whatever its dates."""
        query = (
            select(ArticleVersionRow, ArticleRow.external_id)
            .join(ArticleRow, ArticleRow.published_id == ArticleVersionRow.id)
            .where(~ArticleRow.archived)
            .order_by(ArticleRow.external_id)
        )
        async with self._database.read() as session:
            return [version_of(row, external_id) for row, external_id in (await session.execute(query)).all()]

    async def find(self, wanted: ArticleFilter, *, page: int, per_page: int) -> tuple[list[Article], int]:
        """One page, and how many there are in all."""
        query = select(ArticleRow).where(ArticleRow.archived == wanted.archived)
        if wanted.category:
            query = query.where(ArticleRow.category == wanted.category)
        if wanted.section:
            query = query.where(ArticleRow.section == wanted.section)
        for word in wanted.words.split():
            query = query.where(
                or_(
                    ArticleRow.question.icontains(word, autoescape=True),
                    ArticleRow.external_id.icontains(word, autoescape=True),
                    ArticleRow.category.icontains(word, autoescape=True),
                )
            )
        async with self._database.read() as session:
            count = await session.scalar(select(func.count()).select_from(query.subquery()))
            at = query.order_by(ArticleRow.external_id).offset(page * per_page).limit(per_page)
            return [await _article(session, row) for row in (await session.scalars(at)).all()], count or 0

    async def categories(self) -> Sequence[str]:
        async with self._database.read() as session:
            return (await session.scalars(select(ArticleRow.category).distinct().order_by(ArticleRow.category))).all()

    async def get(self, article_id: UUID) -> Article:
        async with self._database.read() as session:
            row = await session.get(ArticleRow, article_id)
            if row is None:
                raise NotFound("article", article_id)
            return await _article(session, row)

    async def by_external_id(self, external_id: str) -> Article:
        async with self._database.read() as session:
            row = (await session.scalars(select(ArticleRow).filter_by(external_id=external_id))).one_or_none()
            if row is None:
                raise NotFound("article", external_id)
            return await _article(session, row)

    async def versions(self, article_id: UUID) -> list[ArticleVersion]:
        """Newest first."""
        query = (
            select(ArticleVersionRow, ArticleRow.external_id)
            .join(ArticleRow, ArticleRow.id == ArticleVersionRow.article_id)
            .where(ArticleVersionRow.article_id == article_id)
            .order_by(ArticleVersionRow.number.desc())
        )
        async with self._database.read() as session:
            return [version_of(row, external_id) for row, external_id in (await session.execute(query)).all()]

    async def version(self, version_id: UUID) -> ArticleVersion:
        async with self._database.read() as session:
            row = await session.get(ArticleVersionRow, version_id)
            if row is None:
                raise NotFound("version", version_id)
            article = await session.get_one(ArticleRow, row.article_id)
            return version_of(row, article.external_id)

    async def numbered(self, wanted: Collection[tuple[str, int]]) -> list[ArticleVersion]:
        """The versions of these (external id, number); those that are not there are left out."""
        query = (
            select(ArticleVersionRow, ArticleRow.external_id)
            .join(ArticleRow, ArticleRow.id == ArticleVersionRow.article_id)
            .where(tuple_(ArticleRow.external_id, ArticleVersionRow.number).in_(list(wanted)))
        )
        async with self._database.read() as session:
            return [version_of(row, external_id) for row, external_id in (await session.execute(query)).all()]

    async def create(self, external_id: str, content: ArticleContent, *, by: str) -> UUID:
        """A new working copy, unpublished. Raises EditConflict when the id is taken."""
        async with self._database.write() as session:
            if await session.scalar(select(ArticleRow.id).filter_by(external_id=external_id)):
                raise EditConflict("article", external_id)
            row = _new(external_id, content, by, self._clock.now())
            session.add(row)
            return row.id

    async def save(self, article_id: UUID, content: ArticleContent, *, read_at_revision: int, by: str) -> None:
        """Change the working copy. Raises EditConflict when somebody changed it since it was read."""
        async with self._database.write() as session:
            row = await self._locked(session, article_id)
            if row.revision != read_at_revision:
                raise EditConflict("article", row.external_id)
            _change(row, content, by, self._clock.now())

    async def publish(self, article_id: UUID, *, by: str, reason: str) -> ArticleVersion:
        """The working copy becomes the next immutable version, and what residents are told."""
        async with self._database.write() as session:
            row = await self._locked(session, article_id)
            version = await self._publish(session, row, by, reason)
            self._audit(session, by, "faq_published", row.external_id, f"{version.number}: {reason}")
            return version

    async def set_archived(self, article_id: UUID, *, archived: bool, by: str) -> None:
        """An archived entry answers nothing any more; its versions stay."""
        async with self._database.write() as session:
            row = await self._locked(session, article_id)
            row.archived = archived
            self._audit(session, by, "faq_archived" if archived else "faq_unarchived", row.external_id)

    async def take_in(
        self, entries: Sequence[ImportedEntry], *, by: str, publish: bool = True, dry_run: bool = False
    ) -> ImportCounts:
        """Import: the same id updates, the same content changes nothing, the same file twice doubles nothing."""
        new = changed = unchanged = 0
        async with self._database.write() as session:
            await self._database.alone(session, "importing")
            rows = {row.external_id: row for row in await session.scalars(select(ArticleRow))}
            for entry in entries:
                row = rows.get(entry.external_id)
                if row is not None and back(row.working, ArticleContent) == entry.content:
                    unchanged += 1
                    continue
                if row is None:
                    row = rows[entry.external_id] = _new(entry.external_id, entry.content, by, self._clock.now())
                    session.add(row)
                    new += 1
                else:
                    _change(row, entry.content, by, self._clock.now())
                    changed += 1
                if publish:
                    await session.flush()
                    await self._publish(session, row, by, "import")
            self._audit(session, by, "faq_imported", "faq", f"new {new}, changed {changed}, unchanged {unchanged}")
            if dry_run:
                await session.rollback()
        return ImportCounts(new=new, changed=changed, unchanged=unchanged)

    async def _publish(self, session: AsyncSession, row: ArticleRow, by: str, reason: str) -> ArticleVersion:
        last = select(func.max(ArticleVersionRow.number)).filter_by(article_id=row.id)
        version = ArticleVersionRow(
            id=uuid4(),
            article_id=row.id,
            number=(await session.scalar(last) or 0) + 1,
            content=row.working,
            author=by,
            reason=reason,
            published_at=self._clock.now(),
        )
        session.add(version)
        await session.flush()
        row.published_id = version.id
        return version_of(version, row.external_id)

    async def _locked(self, session: AsyncSession, article_id: UUID) -> ArticleRow:
        row = await session.get(ArticleRow, article_id, with_for_update=True)
        if row is None:
            raise NotFound("article", article_id)
        return row

    def _audit(self, session: AsyncSession, who: str, what: str, on: str, details: str = "") -> None:
        session.add(AuditRow(at=self._clock.now(), who=who, what=what, object=on, details=details))


def _new(external_id: str, content: ArticleContent, by: str, at: datetime) -> ArticleRow:
    row = ArticleRow(id=uuid4(), external_id=external_id, revision=0, archived=False, published_id=None)
    _change(row, content, by, at)
    return row


def _change(row: ArticleRow, content: ArticleContent, by: str, at: datetime) -> None:
    row.working = plain(content)
    row.question, row.category, row.section = content.question, content.category, content.section
    row.review_by = content.review_by
    row.revision += 1
    row.updated_at, row.updated_by = at, by


async def _article(session: AsyncSession, row: ArticleRow) -> Article:
    published = await session.get(ArticleVersionRow, row.published_id) if row.published_id else None
    return article_of(row, published)
