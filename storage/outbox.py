"""The outbox, as ``channels.delivering.Outbox`` promises."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.ports import Clock, QueuedReply
from conversations.message import Address
from conversations.reply import Reply
from conversations.timeline import Kind
from storage.database import Database
from storage.shapes import back
from storage.tables import ConversationRow, EntryRow, OutboxRow

LONGEST_PAUSE = timedelta(minutes=30)
TAKEN_BACK: Final = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondThoughts:
    taken_back: frozenset[UUID]
    until: Mapping[UUID, datetime]


class SqlOutbox:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim_due(
        self, *, at_most: int, lease: timedelta, only: str | None = None, but: Collection[str] = ()
    ) -> Sequence[QueuedReply]:
        """Rows to send now, each conversation's in order, ours until the lease ends.

        The epoch is compared here, in the transaction that claims: a bot's row of an older epoch is withdrawn.
        A row whose sender died is claimed again when its lease is over.
        """
        async with self._database.write() as session:
            now = self._clock.now()
            earlier = aliased(OutboxRow)
            in_turn = ~(
                select(earlier.id)
                .where(
                    earlier.conversation_id == OutboxRow.conversation_id,
                    earlier.seq < OutboxRow.seq,
                    earlier.state.in_(["queued", "sending"]),
                )
                .exists()
            )
            query = (
                select(OutboxRow, ConversationRow.epoch)
                .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
                .where(OutboxRow.state.in_(["queued", "sending"]), OutboxRow.next_try_at <= now, in_turn)
                .order_by(OutboxRow.next_try_at, OutboxRow.seq)
                .limit(at_most)
                # The conversation row is locked too: a take-over that commits first is seen here, one that comes
                # later finds the row claimed and leaves it.
                .with_for_update(skip_locked=True)
            )
            if only is not None:
                query = query.where(OutboxRow.channel == only)
            if but:
                query = query.where(OutboxRow.channel.not_in(but))
            claimed = []
            for row, epoch in (await session.execute(query)).all():
                if row.epoch is not None and row.epoch != epoch:
                    row.state, row.outcome = "withdrawn", "a person took over"
                    continue
                row.state, row.attempts, row.next_try_at = "sending", row.attempts + 1, now + lease
                row.first_tried_at = row.first_tried_at or now
                claimed.append(_queued(row))
            return claimed

    async def accepted(self, reply_id: UUID) -> None:
        await self._set(reply_id, state="accepted")

    async def put_off(self, reply_id: UUID, after: timedelta) -> None:
        """Again, but not before ``after``."""
        pause = min(after, LONGEST_PAUSE)
        await self._set(reply_id, state="queued", next_try_at=self._clock.now() + pause)

    async def refused(self, reply_id: UUID, reason: str) -> None:
        await self._set(reply_id, state="refused", outcome=reason)

    async def first_tried_at(self, reply_id: UUID) -> datetime | None:
        """When it was claimed for the first time; None when it never was, or by a version that did not note it."""
        async with self._database.read() as session:
            return await session.scalar(select(OutboxRow.first_tried_at).filter_by(id=reply_id))

    async def is_owed(self, reply_id: UUID) -> bool:
        """Whether it answers somebody; a notice (a person joined, the talk is over) only says what happened."""
        async with self._database.read() as session:
            return await session.scalar(select(EntryRow.kind).filter_by(id=reply_id)) != Kind.NOTICE

    async def second_thoughts(self, conversation_id: UUID) -> SecondThoughts:
        """Which replies of people in this conversation were taken back, and which still can be, and until when."""
        theirs = select(OutboxRow.id, OutboxRow.next_try_at, OutboxRow.state).filter_by(
            conversation_id=conversation_id, epoch=None
        )
        taken = theirs.where(OutboxRow.state == "withdrawn", OutboxRow.outcome == TAKEN_BACK)
        waiting = theirs.where(*_NOT_TRIED, OutboxRow.next_try_at > self._clock.now())
        async with self._database.read() as session:
            return SecondThoughts(
                taken_back=frozenset(row.id for row in await session.execute(taken)),
                until={row.id: row.next_try_at for row in await session.execute(waiting)},
            )

    async def counts(self) -> dict[str, int]:
        """Rows by state, for the metrics."""
        async with self._database.read() as session:
            rows = await session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
            return {state: count for state, count in rows.all()}  # noqa: C416 -- rows are not pairs to mypy

    async def _set(self, reply_id: UUID, **values: object) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(OutboxRow).where(OutboxRow.id == reply_id, OutboxRow.state == "sending").values(**values)
            )


_NOT_TRIED = (OutboxRow.state == "queued", OutboxRow.attempts == 0)


async def taken_back(session: AsyncSession, conversation_id: UUID, reply_id: UUID) -> bool:
    """As ``bot.ports.Records.take_back`` promises: whoever claims a row and whoever takes it back meet at its state."""
    withdrawn = await session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == reply_id,
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.epoch.is_(None),
            *_NOT_TRIED,
        )
        .values(state="withdrawn", outcome=TAKEN_BACK)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    if withdrawn.scalar_one_or_none() is None:
        return False
    await session.execute(update(EntryRow).where(EntryRow.id == reply_id).values(silence=TAKEN_BACK))
    return True


def _queued(row: OutboxRow) -> QueuedReply:
    return QueuedReply(
        id=row.id,
        conversation_id=row.conversation_id,
        address=Address(row.channel, row.account, row.thread),
        reply=back(row.reply, Reply),
        reply_handle=row.reply_handle,
        epoch=row.epoch,
        attempts=row.attempts,
    )
