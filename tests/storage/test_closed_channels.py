from datetime import timedelta

from sqlalchemy import select

from conversations.message import Address
from storage.closed_channels import ClosedChannels
from storage.database import Database
from storage.tables import ClosedChannelRow
from tests.conftest import FrozenClock

SATO = Address("line", "U1", "Usato")
OTHERS = (Address("line", "U2", "Usato"), Address("line", "U1", "Utanaka"), Address("mail", "U1", "Usato"))


async def test_what_was_closed_says_why_until_it_opens(database: Database, clock: FrozenClock) -> None:
    closed = ClosedChannels(database, clock)
    assert await closed.reason_of(SATO) == ""

    assert await closed.close(SATO, "blocked")
    assert await closed.reason_of(SATO) == "blocked"
    assert [await closed.reason_of(each) for each in OTHERS] == ["", "", ""]

    assert await closed.open(SATO)
    assert await closed.reason_of(SATO) == ""


async def test_what_is_told_twice_changes_nothing(database: Database, clock: FrozenClock) -> None:
    closed = ClosedChannels(database, clock)
    assert not await closed.open(SATO)
    since = clock.now()
    assert await closed.close(SATO, "blocked")
    clock.turn(timedelta(hours=1))

    assert not await closed.close(SATO, "bounced")

    async with database.read() as session:
        row = (await session.scalars(select(ClosedChannelRow))).one()
    assert (row.since, row.reason) == (since, "blocked")


async def test_one_opens_and_the_others_stay_closed(database: Database, clock: FrozenClock) -> None:
    closed = ClosedChannels(database, clock)
    for each in (SATO, *OTHERS):
        await closed.close(each, "blocked")

    await closed.open(SATO)

    assert [await closed.reason_of(each) for each in (SATO, *OTHERS)] == ["", "blocked", "blocked", "blocked"]
