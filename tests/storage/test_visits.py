"""The web residents' side of the storage: what one visit may see and say, and no other's."""

import asyncio
import hashlib
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from conversations.message import Address, Attachment
from conversations.reply import Card
from conversations.timeline import Author, Entry, Kind
from storage.database import Database
from storage.store import SqlStore
from storage.tables import FileRow, RatingRow, VisitRow
from storage.visits import ContactDetails, Facts, Visits
from tests.conftest import FrozenClock

PICTURE = b"\x89PNG\r\n\x00\xff"


@pytest.fixture
def visits(database: Database, clock: FrozenClock) -> Visits:
    return Visits(database, clock)


async def a_conversation(database: Database, clock: FrozenClock, account: str) -> UUID:
    async with SqlStore(database, clock).transaction() as records:
        return (await records.conversation_with(Address("web", account), clock.now())).id


async def an_answer(
    database: Database, clock: FrozenClock, conversation_id: UUID, *, version_id: UUID | None = None
) -> UUID:
    card = Card(title="粗大ごみ", section="ごみ減量課", version_id=version_id) if version_id else None
    async with SqlStore(database, clock).transaction() as records:
        entry = Entry(
            id=uuid4(),
            conversation_id=conversation_id,
            kind=Kind.REPLY,
            author=Author.BOT,
            text="申し込み制です。",
            card=card,
            at=clock.now(),
        )
        return (await records.add_entry(entry)).id


async def ratings(database: Database) -> list[tuple[UUID, UUID, bool]]:
    async with database.read() as session:
        rows = (await session.scalars(select(RatingRow))).all()
    return [(row.entry_id, row.version_id, row.helpful) for row in rows]


async def test_a_token_opens_its_own_visit(visits: Visits) -> None:
    mine, others = await visits.open(), await visits.open()

    assert len({*mine, *others}) == 4
    assert [await visits.account_of(token) for _, token in (mine, others)] == [mine[0], others[0]]
    for guess in ("", mine[0], mine[1][:-1], mine[1].swapcase(), "%"):
        assert await visits.account_of(guess) is None


async def test_only_the_hash_of_tokens_is_stored(visits: Visits, database: Database, clock: FrozenClock) -> None:
    account, token = await visits.open()

    async with database.read() as session:
        [row] = (await session.scalars(select(VisitRow))).all()

    assert (row.account, row.began_at) == (account, clock.now())
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43, "256 bits: nobody guesses it"
    assert await visits.account_of(row.token_hash) is None, "whoever reads the table has no key"


async def test_a_file_is_found_by_its_owner(visits: Visits, database: Database) -> None:
    kept = await visits.keep_file("mine", name="見積.png", content_type="image/png", content=PICTURE)
    empty = await visits.keep_file("mine", name="空.txt", content_type="text/plain", content=b"")

    assert kept == Attachment(id=kept.id, name="見積.png", content_type="image/png", size=len(PICTURE))
    assert await visits.file("mine", kept.id) == (kept, PICTURE)
    assert await visits.file("mine", empty.id) == (empty, b"")
    assert await visits.file("others", kept.id) is None
    assert await visits.file("mine", uuid4()) is None
    async with database.read() as session:
        assert (await session.get_one(FileRow, kept.id)).sha256 == hashlib.sha256(PICTURE).hexdigest()


async def test_a_second_rating_replaces_the_first(visits: Visits, database: Database, clock: FrozenClock) -> None:
    conversation_id, version_id = await a_conversation(database, clock, "mine"), uuid4()
    answers = [await an_answer(database, clock, conversation_id, version_id=version_id) for _ in range(2)]

    rated = [
        await visits.rate("mine", answers[0], helpful=True),
        await visits.rate("mine", answers[1], helpful=True),
        await visits.rate("mine", answers[0], helpful=False),
    ]

    assert rated == [True, True, True]
    expected = [(answers[0], version_id, False), (answers[1], version_id, True)]
    assert sorted(await ratings(database)) == sorted(expected)


async def test_ratings_pressed_at_once_are_one(visits: Visits, database: Database, clock: FrozenClock) -> None:
    conversation_id, version_id = await a_conversation(database, clock, "mine"), uuid4()
    answer = await an_answer(database, clock, conversation_id, version_id=version_id)

    pressed = await asyncio.gather(*(visits.rate("mine", answer, helpful=True) for _ in range(8)))

    assert pressed == [True] * 8
    assert await ratings(database) == [(answer, version_id, True)]


async def test_only_own_answers_from_faq_are_rated(visits: Visits, database: Database, clock: FrozenClock) -> None:
    mine, others = [await a_conversation(database, clock, account) for account in ("mine", "others")]
    version_id = uuid4()
    answer = await an_answer(database, clock, mine, version_id=version_id)
    others_answer = await an_answer(database, clock, others, version_id=version_id)
    small_talk = await an_answer(database, clock, mine)

    refused = [await visits.rate("mine", each, helpful=False) for each in (others_answer, small_talk, uuid4())]
    allowed = await visits.rate("mine", answer, helpful=False)

    assert (refused, allowed) == ([False] * 3, True)
    assert await ratings(database) == [(answer, version_id, False)]


async def test_contact_details_are_those_given_last(visits: Visits, database: Database, clock: FrozenClock) -> None:
    mine, others = [await a_conversation(database, clock, account) for account in ("mine", "others")]
    assert await visits.contact(mine) is None

    await visits.keep_contact(mine, name="山田", email="", phone="0000-00-0001")
    await visits.keep_contact(others, name="田中", email="tanaka@example.jp", phone="")
    await visits.keep_contact(mine, name="山田花子", email="hanako@example.jp", phone="")

    assert await visits.contact(mine) == ContactDetails(name="山田花子", email="hanako@example.jp", phone="")
    assert await visits.contact(others) == ContactDetails(name="田中", email="tanaka@example.jp", phone="")


async def test_a_letter_sent_twice_has_one_sender(visits: Visits, database: Database, clock: FrozenClock) -> None:
    letter = await a_conversation(database, clock, "mine")

    await asyncio.gather(*(visits.keep_contact(letter, name="山田", email="", phone=str(n)) for n in range(8)))

    found = await visits.contact(letter)
    assert found is not None
    assert (found.name, found.phone in set("01234567")) == ("山田", True)


async def test_a_fact_is_what_was_last_set(database: Database) -> None:
    facts = Facts(database)
    assert await facts.get("seeded") is None

    await facts.set("seeded", "demo/mirai")
    await asyncio.gather(*(facts.set("other", str(n)) for n in range(8)))
    first = await facts.get("seeded")
    await facts.set("seeded", "みらい市")

    assert (first, await facts.get("seeded")) == ("demo/mirai", "みらい市")
    assert await facts.get("other") in set("01234567")
