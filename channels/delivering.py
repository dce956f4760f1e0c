"""The outbox, emptied: what was decided and committed is sent, and what came of it is recorded."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from channels.channel import Accepted, Channel, DeliveryOutcome, Refused, RetryLater
from conversations.message import Address
from conversations.reply import Reply

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
AT_ONCE = 20
SIDE_BY_SIDE = 5
"""so that twenty letters to a server that swallows everything end before their lease does"""


class Due(Protocol):
    """A claimed outbox row."""

    @property
    def id(self) -> UUID: ...
    @property
    def conversation_id(self) -> UUID: ...
    @property
    def address(self) -> Address: ...
    @property
    def reply(self) -> Reply: ...
    @property
    def reply_handle(self) -> str | None: ...


class Outbox(Protocol):
    async def claim_due(
        self, *, at_most: int, lease: timedelta, only: str | None = None, but: Collection[str] = ()
    ) -> Sequence[Due]:
        """Rows to send now, of the channel ``only`` or of all ``but`` these, oldest first, ours until the lease ends.

        A bot's row whose epoch is over is withdrawn here, in the same transaction, and not returned.
        """

    async def accepted(self, reply_id: UUID) -> None: ...

    async def put_off(self, reply_id: UUID, after: timedelta) -> None: ...

    async def refused(self, reply_id: UUID, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one row."""

    reply_id: UUID
    conversation_id: UUID
    outcome: DeliveryOutcome

    @property
    def refused(self) -> bool:
        return isinstance(self.outcome, Refused)


async def deliver_due(
    outbox: Outbox, channels: Mapping[str, Channel], *, only: str | None = None, but: Collection[str] = ()
) -> list[Sent]:
    """Send what is due: of the channel ``only``, or of all ``but`` these. A refusal is returned: a person must look.

    Several at a time: of one conversation only the next one is ever claimed, so its order is kept.
    """
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(row: Due) -> Sent:
        async with gate:
            return await _deliver(row, outbox, channels)

    rows = await outbox.claim_due(at_most=AT_ONCE, lease=LEASE, only=only, but=but)
    return list(await asyncio.gather(*(one(row) for row in rows)))


async def _deliver(row: Due, outbox: Outbox, channels: Mapping[str, Channel]) -> Sent:
    channel = channels.get(row.address.channel)
    outcome: DeliveryOutcome = Refused(
        f"チャネル {row.address.channel} が設定されていないため、送れませんでした。設定を確認してください。"
    )
    if channel is not None:
        outcome = await channel.send(row.address, row.reply, key=str(row.id), handle=row.reply_handle)
    match outcome:
        case Accepted():
            await outbox.accepted(row.id)
        case RetryLater(after=after):
            await outbox.put_off(row.id, after)
        case Refused(reason=reason):
            await outbox.refused(row.id, reason)
            log.warning("reply refused", reply_id=str(row.id), channel=row.address.channel, why=reason)
    log.info("reply sent", reply_id=str(row.id), channel=row.address.channel, outcome=type(outcome).__name__)
    return Sent(row.id, row.conversation_id, outcome)
