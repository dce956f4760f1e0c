"""Texts that staff use again and again, a section's or everybody's, and whether the entry behind each has moved on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from bot.ports import Clock
from conversations.errors import EditConflict, NotFound
from storage.database import Database
from storage.tables import ArticleRow, ArticleVersionRow, AuditRow, CannedReplyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    id: UUID
    section: str
    """empty: everybody's"""
    name: str
    text: str
    entry: str = ""
    """the FAQ entry's own id, when it follows one"""
    article_id: UUID | None = None
    number: int = 0
    """the version that it follows"""
    outdated: bool = False
    """that entry was published anew since, or archived"""
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What staff typed about one."""

    section: str
    name: str
    text: str
    entry: str = ""


class CannedReplies:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def for_section(self, section: str | None) -> Sequence[Canned]:
        """The section's and everybody's, by name; None: of all sections."""
        query = (
            select(CannedReplyRow, ArticleVersionRow.number, ArticleRow)
            .outerjoin(ArticleVersionRow, ArticleVersionRow.id == CannedReplyRow.version_id)
            .outerjoin(ArticleRow, ArticleRow.id == ArticleVersionRow.article_id)
            .order_by(CannedReplyRow.name, CannedReplyRow.section)
        )
        if section is not None:
            query = query.where(or_(CannedReplyRow.section == section, CannedReplyRow.section == ""))
        async with self._database.read() as session:
            return [_canned(row, number, article) for row, number, article in (await session.execute(query)).all()]

    async def one(self, canned_id: UUID) -> Canned:
        """Raises NotFound."""
        for each in await self.for_section(None):
            if each.id == canned_id:
                return each
        raise NotFound("canned reply", canned_id)

    async def keep(self, typed: Typed, *, by: str, canned_id: UUID | None = None) -> None:
        """A new one, or other words of this one. It follows the version of its entry that is published now.

        Raises NotFound for an entry that is not published, EditConflict when the section has another of this name.
        """
        async with self._database.write() as session:
            version_id = None
            if typed.entry:
                query = select(ArticleRow.published_id).filter_by(external_id=typed.entry, archived=False)
                version_id = await session.scalar(query)
                if version_id is None:
                    raise NotFound("article", typed.entry)
            row = CannedReplyRow(id=uuid4()) if canned_id is None else await session.get(CannedReplyRow, canned_id)
            if row is None:
                raise NotFound("canned reply", canned_id)
            row.section, row.name, row.text, row.version_id = typed.section, typed.name, typed.text, version_id
            row.changed_at, row.changed_by = self._clock.now(), by
            session.add(row)
            try:
                await session.flush()
            except IntegrityError:
                raise EditConflict("canned reply", typed.name) from None
            session.add(AuditRow(at=row.changed_at, who=by, what="canned_kept", object=typed.name, details=""))

    async def remove(self, canned_id: UUID, *, by: str) -> None:
        async with self._database.write() as session:
            name = await session.scalar(delete(CannedReplyRow).filter_by(id=canned_id).returning(CannedReplyRow.name))
            if name is not None:
                session.add(AuditRow(at=self._clock.now(), who=by, what="canned_removed", object=name, details=""))


def _canned(row: CannedReplyRow, number: int | None, article: ArticleRow | None) -> Canned:
    return Canned(
        id=row.id,
        section=row.section,
        name=row.name,
        text=row.text,
        entry=article.external_id if article else "",
        article_id=article.id if article else None,
        number=number or 0,
        outdated=article is not None and (article.archived or article.published_id != row.version_id),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
