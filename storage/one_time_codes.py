"""Codes that work once, for a short while, for one purpose. Only their SHA-256 is stored."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Clock, OneTimeCode
from conversations.message import Address
from storage.database import Database
from storage.tables import OneTimeCodeRow

FORGOTTEN_AFTER: Final = timedelta(days=1)


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


async def keep(session: AsyncSession, code: str, given: OneTimeCode, now: datetime) -> None:
    """From now on it can be claimed; what expired long ago is forgotten."""
    await session.execute(delete(OneTimeCodeRow).where(OneTimeCodeRow.expires_at < now - FORGOTTEN_AFTER))
    session.add(
        OneTimeCodeRow(
            code_hash=hash_of(code),
            purpose=given.purpose,
            channel=given.address.channel,
            account=given.address.account,
            thread=given.address.thread,
            data=dict(given.data),
            expires_at=given.expires_at,
        )
    )
    await session.flush()


async def claim(
    session: AsyncSession, code: str, purpose: str, now: datetime, *, not_from: str = ""
) -> OneTimeCode | None:
    """As ``bot.ports.Records.claim_code`` promises: of two at once the database lets one have it."""
    usable = [
        OneTimeCodeRow.code_hash == hash_of(code),
        OneTimeCodeRow.purpose == purpose,
        OneTimeCodeRow.used_at.is_(None),
        OneTimeCodeRow.expires_at > now,
        OneTimeCodeRow.channel != not_from,
    ]
    claimed = update(OneTimeCodeRow).where(*usable).values(used_at=now).returning(OneTimeCodeRow)
    row = (await session.scalars(claimed)).one_or_none()
    if row is None:
        return None
    given = OneTimeCode(
        purpose=purpose,
        address=Address(row.channel, row.account, row.thread),
        data=dict(row.data),
        expires_at=row.expires_at,
    )
    row.data = {}
    return given


class OneTimeCodes:
    """To look at a code without using it up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def data_of(self, code: str, purpose: str) -> dict[str, str] | None:
        """What a code that can still be claimed was made with; None for all others."""
        query = select(OneTimeCodeRow).filter_by(code_hash=hash_of(code), purpose=purpose, used_at=None)
        async with self._database.read() as session:
            row = (await session.scalars(query)).one_or_none()
        return dict(row.data) if row is not None and row.expires_at > self._clock.now() else None
