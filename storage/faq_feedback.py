"""What staff say about entries that were suggested to them and did not help: material for whoever keeps the FAQ."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.ports import Clock
from conversations.errors import NotFound
from storage.database import Database
from storage.tables import ArticleVersionRow, EntryRow, FaqFeedbackRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    conversation_id: UUID
    words: str
    """the resident's"""
    version_number: int
    reason: str
    who: str
    at: datetime


class FaqFeedback:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def refuse(self, conversation_id: UUID, entry_id: UUID, version_id: UUID, *, reason: str, who: str) -> None:
        """This version does not answer the resident's words of this entry; the first reason stays.

        Raises NotFound for words that are not a resident's of this conversation, and for an unknown version.
        """
        async with self._database.write() as session:
            entry = await session.get(EntryRow, entry_id)
            if entry is None or entry.conversation_id != conversation_id or entry.kind != "said":
                raise NotFound("entry", entry_id)
            version = await session.get(ArticleVersionRow, version_id)
            if version is None:
                raise NotFound("version", version_id)
            row = self._database.insert(FaqFeedbackRow).values(
                id=uuid4(),
                conversation_id=conversation_id,
                entry_id=entry_id,
                article_id=version.article_id,
                version_id=version_id,
                reason=reason,
                who=who,
                at=self._clock.now(),
            )
            await session.execute(row.on_conflict_do_nothing(index_elements=["entry_id", "version_id"]))

    async def refused(self, entry_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """(entry, version) of what was refused for these words."""
        query = select(FaqFeedbackRow.entry_id, FaqFeedbackRow.version_id)
        async with self._database.read() as session:
            rows = await session.execute(query.where(FaqFeedbackRow.entry_id.in_(list(entry_ids))))
            return {(entry, version) for entry, version in rows.all()}

    async def of_article(self, article_id: UUID, at_most: int = 50) -> Sequence[Refusal]:
        """Newest first."""
        query = (
            select(FaqFeedbackRow, EntryRow.text, ArticleVersionRow.number)
            .join(EntryRow, EntryRow.id == FaqFeedbackRow.entry_id)
            .join(ArticleVersionRow, ArticleVersionRow.id == FaqFeedbackRow.version_id)
            .where(FaqFeedbackRow.article_id == article_id)
            .order_by(FaqFeedbackRow.at.desc(), FaqFeedbackRow.id)
            .limit(at_most)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return [
            Refusal(
                conversation_id=row.conversation_id,
                words=words,
                version_number=number,
                reason=row.reason,
                who=row.who,
                at=row.at,
            )
            for row, words, number in rows
        ]
