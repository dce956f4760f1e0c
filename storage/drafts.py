"""What staff write and have not sent, kept per conversation and writer: a reload or a hand-over loses nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Clock
from conversations.errors import NotFound
from conversations.masking import mask_numbers
from storage.database import Database
from storage.tables import ConversationRow, DraftRow, EntryRow, OperatorRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    operator_id: UUID
    operator_name: str
    text: str
    saved_at: datetime


class Drafts:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, conversation_id: UUID, operator_id: UUID, text: str, *, key: UUID) -> bool:
        """Keep the words instead of those kept before; nothing when they are empty.

        ``key`` is the form's. False, and nothing is kept, when that form was sent: a late save brings no draft back.
        Raises NotFound for a conversation that is not there.
        """
        async with self._database.write() as session:
            # Sending locks the conversation, too: of the two, one sees the other.
            query = select(ConversationRow.id).filter_by(id=conversation_id).with_for_update()
            if await session.scalar(query) is None:
                raise NotFound("conversation", conversation_id)
            if await session.get(EntryRow, uuid5(key, str(conversation_id))) is not None:
                return False
            if not text.strip():
                await discard(session, conversation_id, operator_id)
                return True
            kept = self._database.put(
                DraftRow,
                conversation_id=conversation_id,
                operator_id=operator_id,
                text=mask_numbers(text).text,
                saved_at=self._clock.now(),
            )
            await session.execute(kept)
            return True

    async def adopt(self, conversation_id: UUID, operator_id: UUID, from_colleague: UUID) -> None:
        """The colleague's draft stands behind one's own from now on, and the colleague has none."""
        async with self._database.write() as session:
            theirs = await session.get(DraftRow, (conversation_id, from_colleague), with_for_update=True)
            if theirs is None or from_colleague == operator_id:
                return
            own = await session.get(DraftRow, (conversation_id, operator_id), with_for_update=True)
            kept = self._database.put(
                DraftRow,
                conversation_id=conversation_id,
                operator_id=operator_id,
                text=f"{own.text.rstrip()}\n{theirs.text}" if own else theirs.text,
                saved_at=self._clock.now(),
            )
            await session.execute(kept)
            await session.delete(theirs)

    async def of(self, conversation_id: UUID) -> Sequence[Draft]:
        """Everybody's, the newest first."""
        query = (
            select(DraftRow, OperatorRow.name)
            .join(OperatorRow, OperatorRow.id == DraftRow.operator_id)
            .where(DraftRow.conversation_id == conversation_id)
            .order_by(DraftRow.saved_at.desc(), DraftRow.operator_id)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return [
            Draft(operator_id=row.operator_id, operator_name=name, text=row.text, saved_at=row.saved_at)
            for row, name in rows
        ]


async def discard(session: AsyncSession, conversation_id: UUID, operator_id: UUID) -> None:
    """It was sent, or is not wanted."""
    await session.execute(delete(DraftRow).filter_by(conversation_id=conversation_id, operator_id=operator_id))
