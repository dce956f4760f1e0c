"""What a robot may write, kept in the database: no race spends more than there is."""

import asyncio
from datetime import timedelta

from channels.mail.budget import Limits
from conversations.message import Address
from server.mail.budget import MailBudget
from storage.database import Database
from storage.store import SqlStore
from tests.conftest import FrozenClock

LIMITS = Limits(per_sender_a_day=4, per_sender=6)


async def allowed(store: SqlStore, budget: MailBudget, clock: FrozenClock, address: Address, **how: bool) -> bool:
    async with store.transaction() as records:
        why = await budget.why_silent(records, address, clock.now(), only_a_receipt=how.get("only_a_receipt", False))
    return why == ""


async def test_letters_that_come_at_once_spend_no_more_than_there_is(database: Database, clock: FrozenClock) -> None:
    store, budget = SqlStore(database, clock), MailBudget(LIMITS)
    threads = [Address("mail", "taro@home.example", str(number)) for number in range(12)]

    granted = await asyncio.gather(*(allowed(store, budget, clock, each) for each in threads))

    assert granted.count(True) == LIMITS.per_sender_a_day


async def test_a_new_day_ends_with_the_whole_and_a_person_begins_it_anew(
    database: Database, clock: FrozenClock
) -> None:
    store, budget = SqlStore(database, clock), MailBudget(LIMITS)
    taro = Address("mail", "taro@home.example", "a")
    granted = 0
    for _ in range(4):
        granted += [await allowed(store, budget, clock, taro) for _ in range(5)].count(True)
        clock.turn(timedelta(days=1, minutes=1))
    assert granted == LIMITS.per_sender

    async with store.transaction() as records:
        await budget.person_wrote(records, taro)

    assert await allowed(store, budget, clock, taro)


async def test_a_receipt_is_told_once_a_thread(database: Database, clock: FrozenClock) -> None:
    store, budget = SqlStore(database, clock), MailBudget(LIMITS)
    one, other = Address("mail", "taro@home.example", "a"), Address("mail", "taro@home.example", "b")

    told = [await allowed(store, budget, clock, each, only_a_receipt=True) for each in (one, one, other)]

    assert told == [True, False, True]
