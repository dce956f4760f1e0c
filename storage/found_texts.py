"""Which lines of the conversations that were found hold the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.searching import holds
from storage.tables import EntryRow, SearchedTextRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundText:
    """The newest line of a conversation that holds a word."""

    entry_id: UUID
    author: str
    author_name: str
    text: str
    at: datetime


async def newest_with(
    session: AsyncSession, conversation_ids: Sequence[UUID], words: Sequence[str]
) -> Mapping[UUID, Sequence[FoundText]]:
    """By conversation: for each folded word the newest line with it, a line that has several of them once."""
    if not conversation_ids or not words:
        return {}
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    wanted = await _newest_ids(session, conversation_ids, [holds(word, on_sqlite=on_sqlite) for word in words])
    entries = await session.scalars(
        select(EntryRow).where(EntryRow.id.in_(wanted)).order_by(EntryRow.conversation_id, EntryRow.seq)
    )
    found: dict[UUID, list[FoundText]] = {}
    for row in entries:
        line = FoundText(entry_id=row.id, author=row.author, author_name=row.author_name, text=row.text, at=row.at)
        found.setdefault(row.conversation_id, []).append(line)
    return found


async def _newest_ids(
    session: AsyncSession, conversation_ids: Sequence[UUID], held: Sequence[ColumnElement[bool]]
) -> set[UUID]:
    query = (
        select(EntryRow.id, EntryRow.conversation_id, *held)
        .join(SearchedTextRow, SearchedTextRow.id == EntryRow.id)
        .where(SearchedTextRow.conversation_id.in_(conversation_ids), or_(*held))
        .order_by(EntryRow.seq)
    )
    newest: dict[tuple[UUID, int], UUID] = {}
    for entry_id, conversation_id, *holding in await session.execute(query):
        newest |= {(conversation_id, word): entry_id for word, holds_it in enumerate(holding) if holds_it}
    return set(newest.values())
