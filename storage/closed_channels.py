"""Addresses that hear nothing for now: who blocked the account, whose mail box sends everything back."""

from sqlalchemy import delete, select

from bot.ports import Clock
from conversations.message import Address
from storage.database import Database
from storage.tables import ClosedChannelRow


class ClosedChannels:
    """One row for an address that is closed, none for all the others."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def close(self, address: Address, reason: str) -> bool:
        """From now on ``reason_of`` tells why. False, and the first reason stays, when it was closed already."""
        row = self._database.insert(ClosedChannelRow).values(
            channel=address.channel,
            account=address.account,
            thread=address.thread,
            since=self._clock.now(),
            reason=reason,
        )
        async with self._database.write() as session:
            made = await session.execute(row.on_conflict_do_nothing().returning(ClosedChannelRow.channel))
            return made.first() is not None

    async def open(self, address: Address) -> bool:
        """It hears again. False when it was not closed."""
        gone = (
            delete(ClosedChannelRow)
            .filter_by(channel=address.channel, account=address.account, thread=address.thread)
            .returning(ClosedChannelRow.channel)
        )
        async with self._database.write() as session:
            return (await session.execute(gone)).first() is not None

    async def reason_of(self, address: Address) -> str:
        """Why nothing is to be sent there; empty when it is open."""
        query = select(ClosedChannelRow.reason).filter_by(
            channel=address.channel, account=address.account, thread=address.thread
        )
        async with self._database.read() as session:
            return await session.scalar(query) or ""
