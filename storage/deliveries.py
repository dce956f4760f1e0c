"""Deliveries of networks: kept raw and committed before they are acknowledged, read afterwards, never dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from bot.ports import Clock
from conversations.errors import NotFound
from storage.database import Database
from storage.tables import DeliveryRow

LEASE: Final = timedelta(minutes=2)
"""until another worker may read a delivery again whose reader died"""
PUT_OFF: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
"""pauses after the first failed readings; after the last it is set aside for staff"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    id: UUID
    channel: str
    body: bytes = field(repr=False)
    received_at: datetime
    state: str
    outcome: str = ""
    by_hand: bool = False
    """staff looked at it: a person wrote it"""


class Deliveries:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, channel: str, key: str, body: bytes) -> bool:
        """Keep a delivery; committed when this returns. False when the same key was kept before."""
        now = self._clock.now()
        row = self._database.insert(DeliveryRow).values(
            id=uuid4(),
            channel=channel,
            key=key,
            body=body,
            received_at=now,
            state="new",
            attempts=0,
            next_try_at=now,
            outcome="",
        )
        async with self._database.write() as session:
            kept = await session.execute(
                row.on_conflict_do_nothing(index_elements=["channel", "key"]).returning(DeliveryRow.arrival)
            )
            return kept.first() is not None

    async def claim(self, *, at_most: int) -> Sequence[Delivery]:
        """The oldest deliveries that wait to be read, ours until the lease ends."""
        async with self._database.write() as session:
            now = self._clock.now()
            query = (
                select(DeliveryRow)
                .where(DeliveryRow.state == "new", DeliveryRow.next_try_at <= now)
                .order_by(DeliveryRow.arrival)
                .limit(at_most)
                .with_for_update(skip_locked=True)
            )
            rows = (await session.scalars(query)).all()
            for row in rows:
                row.next_try_at = now + LEASE
            return [_delivery(row) for row in rows]

    async def read(self, delivery_id: UUID, outcome: str = "", *, keep_body: bool = True) -> None:
        """It was read to its end: what it held is in the inbox, or ignored for the reason in ``outcome``.

        Without ``keep_body`` the raw copy is let go: a resident who takes words back takes them from everywhere.
        """
        if keep_body:
            await self._set(delivery_id, state="read", outcome=outcome)
        else:
            await self._set(delivery_id, state="read", outcome=outcome, body=b"")

    async def set_aside(self, delivery_id: UUID, why: str) -> None:
        """It cannot be read: staff look at it."""
        await self._set(delivery_id, state="set_aside", outcome=why)

    async def failed(self, delivery_id: UUID, why: str) -> bool:
        """Reading failed for now. True when it was tried often enough and is set aside."""
        async with self._database.write() as session:
            row = (await session.scalars(select(DeliveryRow).filter_by(id=delivery_id).with_for_update())).one()
            if row.state != "new":
                return False
            row.attempts, row.outcome = row.attempts + 1, why
            if row.attempts > len(PUT_OFF):
                row.state = "set_aside"
                return True
            row.next_try_at = self._clock.now() + PUT_OFF[row.attempts - 1]
            return False

    async def again(self, delivery_id: UUID, *, by_hand: bool = False) -> None:
        """Staff let a delivery that was set aside be read again; ``by_hand``: as a person's, whatever it looks like."""
        values = {"state": "new", "attempts": 0, "next_try_at": self._clock.now(), "by_hand": by_hand}
        await self._set(delivery_id, was="set_aside", **values)

    async def looked_at(self, delivery_id: UUID) -> None:
        """Staff have seen what was set aside: nothing is to be done about it."""
        await self._set(delivery_id, was="set_aside", state="read")

    async def one(self, delivery_id: UUID) -> Delivery:
        """Raises NotFound."""
        async with self._database.read() as session:
            row = (await session.scalars(select(DeliveryRow).filter_by(id=delivery_id))).one_or_none()
        if row is None:
            raise NotFound("delivery", delivery_id)
        return _delivery(row)

    async def aside(self, at_most: int) -> Sequence[Delivery]:
        """What was set aside, newest first."""
        query = select(DeliveryRow).filter_by(state="set_aside").order_by(DeliveryRow.arrival.desc()).limit(at_most)
        async with self._database.read() as session:
            return [_delivery(row) for row in (await session.scalars(query)).all()]

    async def counts(self) -> dict[tuple[str, str], int]:
        """How many by (channel, state), for the metrics."""
        query = select(DeliveryRow.channel, DeliveryRow.state, func.count()).group_by(
            DeliveryRow.channel, DeliveryRow.state
        )
        async with self._database.read() as session:
            return {(channel, state): count for channel, state, count in (await session.execute(query)).all()}

    async def _set(self, delivery_id: UUID, *, was: str = "new", **values: object) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(DeliveryRow).where(DeliveryRow.id == delivery_id, DeliveryRow.state == was).values(**values)
            )


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        channel=row.channel,
        body=row.body,
        received_at=row.received_at,
        state=row.state,
        outcome=row.outcome,
        by_hand=row.by_hand,
    )
