"""Addresses that are one person's. What may change them is in the transaction of a message or of a desk's verb."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Link
from conversations.message import Address
from storage.database import Database
from storage.tables import LinkRow

ENDS = (
    (LinkRow.one_channel, LinkRow.one_account, LinkRow.one_thread),
    (LinkRow.other_channel, LinkRow.other_account, LinkRow.other_thread),
)


async def add(session: AsyncSession, link: Link) -> None:
    one, other = link.one, link.other
    session.add(
        LinkRow(
            id=link.id,
            one_channel=one.channel,
            one_account=one.account,
            one_thread=one.thread,
            other_channel=other.channel,
            other_account=other.account,
            other_thread=other.thread,
            since=link.since,
            proof=link.proof,
        )
    )
    await session.flush()


async def of_address(session: AsyncSession, address: Address) -> Sequence[Link]:
    """Those that hold, the oldest first."""
    query = select(LinkRow).where(_at(address), LinkRow.ended_at.is_(None)).order_by(LinkRow.since, LinkRow.id)
    return [_link_of(row) for row in (await session.scalars(query)).all()]


async def end(session: AsyncSession, link_id: UUID, *, by: str, at: datetime) -> bool:
    """It holds no more. False when it did not."""
    holds = (LinkRow.id == link_id, LinkRow.ended_at.is_(None))
    ended = update(LinkRow).where(*holds).values(ended_at=at, ended_by=by).returning(LinkRow.id)
    return (await session.execute(ended)).first() is not None


class Links:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, address: Address) -> Sequence[Link]:
        """Those that hold, the oldest first."""
        async with self._database.read() as session:
            return await of_address(session, address)

    async def beside_mailbox(self, mailbox: Address) -> Sequence[Address]:
        """Where else the person of a mail address is, whatever the thread they linked."""
        account = mailbox.account.casefold()
        here = or_(*(and_(end[0] == mailbox.channel, func.lower(end[1]) == account) for end in ENDS))
        async with self._database.read() as session:
            rows = (await session.scalars(select(LinkRow).where(here, LinkRow.ended_at.is_(None)))).all()
        ends = (end for row in rows for end in (_link_of(row).one, _link_of(row).other))
        return list(dict.fromkeys(end for end in ends if end.channel != mailbox.channel))


def _at(address: Address) -> ColumnElement[bool]:
    return or_(*(and_(*(column == value for column, value in zip(end, address, strict=True))) for end in ENDS))


def _link_of(row: LinkRow) -> Link:
    return Link(
        id=row.id,
        one=Address(row.one_channel, row.one_account, row.one_thread),
        other=Address(row.other_channel, row.other_account, row.other_thread),
        since=row.since,
        proof=row.proof,
    )
