"""``bot.ports.Store`` on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from bot.ports import Clock
from conversations.conversation import Conversation
from conversations.errors import NotFound
from conversations.message import IncomingMessage
from storage.database import Database
from storage.records import SqlRecords, oldest_waiting
from storage.shapes import conversation_of
from storage.tables import ConversationRow, InboxRow

PUT_OFF = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
"""how long a message waits after its 1st, 2nd … failure; after the last it is set aside for staff"""


class SqlStore:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlRecords]:
        async with self._database.write() as session:
            yield SqlRecords(session, self._clock, is_sqlite=self._database.is_sqlite)

    async def peek(self, conversation_id: UUID) -> IncomingMessage | None:
        async with self._database.read() as session:
            return await oldest_waiting(session, conversation_id, self._clock.now())

    async def as_it_stands(self, conversation_id: UUID) -> Conversation:
        async with self._database.read() as session:
            row = await session.get(ConversationRow, conversation_id)
        if row is None:
            raise NotFound("conversation", conversation_id)
        return conversation_of(row)

    async def conversations_waiting(self, at_most: int) -> Sequence[UUID]:
        oldest = func.min(InboxRow.arrival)
        query = (
            select(InboxRow.conversation_id)
            .where(InboxRow.state == "new")
            .group_by(InboxRow.conversation_id)
            # A message put off holds back those behind it: look only where the oldest one may be tried.
            .having(func.min(InboxRow.next_try_at) <= self._clock.now())
            .order_by(oldest)
            .limit(at_most)
        )
        async with self._database.read() as session:
            return (await session.scalars(query)).all()

    async def message_failed(self, message_id: UUID, error: str) -> bool:
        async with self._database.write() as session:
            query = select(InboxRow).filter_by(id=message_id).with_for_update()
            row = (await session.scalars(query)).one()
            if row.state != "new":
                return False
            row.attempts += 1
            row.error = error
            if row.attempts > len(PUT_OFF):
                row.state = "set_aside"
                return True
            row.next_try_at = self._clock.now() + PUT_OFF[row.attempts - 1]
            return False

    async def retry(self, message_id: UUID) -> None:
        """Staff let a message that was set aside be tried again."""
        async with self._database.write() as session:
            await session.execute(
                update(InboxRow)
                .where(InboxRow.id == message_id, InboxRow.state == "set_aside")
                .values(state="new", attempts=0, next_try_at=self._clock.now())
            )
