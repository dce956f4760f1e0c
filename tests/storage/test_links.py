"""Who is who, on both databases: exactly these two addresses, until it is ended."""

from uuid import uuid4

from bot.ports import Link
from conversations.message import Address
from storage.database import Database
from storage.links import Links
from storage.store import SqlStore
from tests.conftest import FrozenClock

LINE, WEB = Address("line", "U1", "Usato"), Address("web", "visit")
MAIL = Address("mail", "Taro@home.example", "thread")
OTHERS = (Address("line", "U2", "Usato"), Address("line", "U1", "Utanaka"), MAIL._replace(thread="another"))


async def test_a_link_is_of_its_two_ends_and_of_nobody_else_until_it_ends(
    database: Database, clock: FrozenClock
) -> None:
    store, links = SqlStore(database, clock), Links(database)
    link = Link(id=uuid4(), one=LINE, other=WEB, since=clock.now(), proof="holds_both_channels")
    async with store.transaction() as records:
        await records.add_link(link)

    assert await links.of(LINE) == await links.of(WEB) == [link]
    assert (link.far_from(LINE), link.far_from(WEB)) == (WEB, LINE)
    assert [await links.of(each) for each in OTHERS] == [[], [], []]

    async with store.transaction() as records:
        assert await records.end_link(link.id, by="sato")
        assert not await records.end_link(link.id, by="tanaka")
    assert await links.of(LINE) == await links.of(WEB) == []


async def test_a_mailbox_is_known_whatever_its_thread_and_case(database: Database, clock: FrozenClock) -> None:
    store, links = SqlStore(database, clock), Links(database)
    async with store.transaction() as records:
        for one, other in ((MAIL, LINE), (WEB, MAIL)):
            await records.add_link(Link(id=uuid4(), one=one, other=other, since=clock.now(), proof=""))

    assert {*await links.beside_mailbox(Address("mail", "tARO@home.example"))} == {LINE, WEB}
    assert await links.beside_mailbox(Address("mail", "hanako@home.example")) == []
