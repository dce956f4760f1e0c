"""A code works once, whoever comes at the same time, on both databases."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.ports import OneTimeCode
from conversations.errors import NotFound
from conversations.message import Address
from storage.database import Database
from storage.one_time_codes import OneTimeCodes
from storage.store import SqlStore
from storage.tables import OneTimeCodeRow
from tests.conftest import FrozenClock

SATO = Address("line", "U1", "Usato")
SOON = timedelta(minutes=10)


def given(clock: FrozenClock, purpose: str = "link") -> OneTimeCode:
    return OneTimeCode(purpose=purpose, address=SATO, data={"text": "ひみつ"}, expires_at=clock.now() + SOON)


async def claim(store: SqlStore, code: str, purpose: str = "link", not_from: str = "") -> OneTimeCode | None:
    async with store.transaction() as records:
        return await records.claim_code(code, purpose, not_from=not_from)


async def test_of_many_at_once_one_gets_it(database: Database, clock: FrozenClock) -> None:
    store = SqlStore(database, clock)
    async with store.transaction() as records:
        await records.keep_code("ABCD2345", given(clock))

    claimed = await asyncio.gather(*(claim(store, "ABCD2345") for _ in range(8)))

    assert [each for each in claimed if each is not None] == [given(clock)]
    async with database.read() as session:
        row = (await session.scalars(select(OneTimeCodeRow))).one()
    assert row.data == {}, "what was kept for it is needed no more"


async def test_a_code_is_for_one_purpose_for_a_while_and_not_for_its_own_channel(
    database: Database, clock: FrozenClock
) -> None:
    store, codes = SqlStore(database, clock), OneTimeCodes(database, clock)
    async with store.transaction() as records:
        await records.keep_code("ABCD2345", given(clock))

    assert await claim(store, "ABCD2345", purpose="private") is None
    assert await claim(store, "ABCD2345", not_from="line") is None
    assert await claim(store, "ABCD2346") is None
    assert await codes.data_of("ABCD2345", "link") == {"text": "ひみつ"}, "to look uses nothing up"
    clock.turn(SOON)
    assert await codes.data_of("ABCD2345", "link") is None
    assert await claim(store, "ABCD2345") is None


async def test_old_codes_are_forgotten(database: Database, clock: FrozenClock) -> None:
    store = SqlStore(database, clock)
    for code in ("ABCD2345", "ABCD2346"):
        async with store.transaction() as records:
            await records.keep_code(code, given(clock))
        clock.turn(timedelta(days=2))

    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(OneTimeCodeRow)) == 1


async def test_what_is_rolled_back_uses_nothing_up(database: Database, clock: FrozenClock) -> None:
    store = SqlStore(database, clock)
    async with store.transaction() as records:
        await records.keep_code("ABCD2345", given(clock))

    async def claims_and_fails() -> None:
        async with store.transaction() as records:
            assert await records.claim_code("ABCD2345", "link") is not None
            await records.conversation(uuid4())

    with pytest.raises(NotFound):
        await claims_and_fails()

    assert await claim(store, "ABCD2345") is not None
