"""What staff search, on SQLite and PostgreSQL: all that was said is found, and nothing else."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from conversations.message import Address, IncomingMessage
from conversations.timeline import Author, Entry, Kind
from language.folding import folded, words_of
from storage.backup import backup, restore
from storage.database import Database
from storage.saved_filters import SavedFilter
from storage.search_filling import fill
from storage.store import SqlStore
from storage.tables import SearchedTextRow
from storage.ticket_lists import TicketFilter, asked_for
from storage.views import Views
from storage.withdrawals import Withdrawals
from tests.conftest import FrozenClock
from tickets.operators import Operator, Role
from tickets.ticket import HandOverReason, Ticket

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from("斉齋斎藤サｻさﾞ゛がーｰ-〜 \u3000\nAaＡ1①㌔ß𠮷"),
    max_size=30,
)


class Hall:
    """A store with conversations in it, and what staff see of it."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.store = SqlStore(database, clock)
        self.views = Views(database, clock)

    async def says(self, *texts: str, account: str = "", subject: str | None = None) -> UUID:
        """A conversation with these texts, and with a ticket when it has a subject; its id."""
        async with self.store.transaction() as records:
            address = Address("line", account or uuid4().hex)
            conversation = await records.conversation_with(address, self.clock.now())
            for said in texts:
                await records.add_entry(self._entry(conversation.id, said))
            if subject is not None:
                await records.add_ticket(self._ticket(conversation.id, subject, await records.next_ticket_count()))
        return conversation.id

    async def finds(self, words: str) -> set[UUID]:
        rows, count = await self.views.conversations_with(words, page=0, per_page=100)
        assert count == len(rows)
        return {row.conversation_id for row in rows}

    async def finds_tickets(self, words: str) -> set[UUID]:
        rows, count = await self.views.tickets(TicketFilter(words=words), page=0, per_page=100)
        assert count == len(rows)
        return {row.conversation_id for row in rows}

    def _entry(self, conversation_id: UUID, said: str) -> Entry:
        return Entry(
            id=uuid4(),
            conversation_id=conversation_id,
            kind=Kind.SAID,
            author=Author.RESIDENT,
            text=said,
            at=self.clock.now(),
        )

    def _ticket(self, conversation_id: UUID, subject: str, count: int) -> Ticket:
        return Ticket(
            id=uuid4(),
            number=f"M-2611-{count:06d}-0",
            conversation_id=conversation_id,
            subject=subject,
            section="shimin",
            reason=HandOverReason.ASKED_FOR_PERSON,
            opened_at=self.clock.now(),
            due_at=self.clock.now(),
        )


@pytest.fixture
def hall(database: Database, clock: FrozenClock) -> Hall:
    return Hall(database, clock)


async def test_a_name_is_found_however_it_is_written_or_read(hall: Hall) -> None:
    mine = await hall.says("昨日お電話した齋\n藤です。")
    await hall.says("佐藤と申します。")

    for asked in ("斉藤", "斎藤", "齋藤", "齊藤", "さいとう", "サイトウ", "ｻｲﾄｳ", "いと", "藤で", "齋"):
        assert await hall.finds(asked) == {mine}, asked
    for asked in ("西藤", "さいどう", "斎藤さん", "藤昨"):
        assert await hall.finds(asked) == set(), asked


async def test_every_word_must_be_said_but_in_any_line(hall: Hall) -> None:
    both = await hall.says("粗大ごみを出したいです。", "渡邉です。", subject="粗大ごみ")
    one = await hall.says("粗大ゴミの料金は？", subject="")

    assert await hall.finds("ごみ 渡辺") == {both}
    assert await hall.finds("渡辺　ｺﾞﾐ") == {both}
    assert await hall.finds("粗大ごみ") == {both, one}
    assert await hall.finds_tickets("粗大ごみ 渡部") == set()
    assert await hall.finds_tickets("出し わたなべ") == {both}


async def test_what_only_looks_alike_is_not_found(hall: Hall) -> None:
    # Both hold every pair of the word, and neither holds the word.
    await hall.says("東京と、京都と、都市の東")
    await hall.says("いろい", "ろは")
    mine = await hall.says("東京都市の話")

    assert await hall.finds("東京都市") == {mine}
    assert await hall.finds("いろは") == set()
    assert await hall.finds("%") == set()
    assert await hall.finds("_") == set()
    assert await hall.finds('" OR 東京') == set()


async def test_a_ticket_is_found_by_its_subject_and_by_part_of_its_number(hall: Hall) -> None:
    first = await hall.says("はい", subject="國民健康保険")
    second = await hall.says("はい", subject="税")

    assert await hall.finds_tickets("国民健康") == {first}
    assert await hall.finds_tickets("税") == {second}
    assert await hall.finds_tickets("Ｍ－2611－000002") == {second}
    assert await hall.finds_tickets("000001 保険") == {first}


async def test_a_conversation_without_a_ticket_is_found_among_all(hall: Hall) -> None:
    alone = await hall.says("図書館は何時まで")

    assert await hall.finds("図書") == {alone}
    assert await hall.finds_tickets("図書") == set()
    assert await hall.finds("") == {alone}
    assert await hall.finds("\u200b") == {alone}, "what cannot be seen asks for nothing"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_everything_is_found_by_any_two_neighbours_and_nothing_that_lacks_them(
    kind: str, sqlite_url: str, postgres_url: str
) -> None:
    url = sqlite_url if kind == "sqlite" else postgres_url

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(TEXTS, min_size=2, max_size=5))
    def holds(texts: list[str]) -> None:
        asyncio.run(_holds(Database(url), texts))

    holds()


async def _holds(database: Database, texts: Sequence[str]) -> None:
    try:
        hall = Hall(database, FrozenClock())
        async with database.write() as session:
            for table in ("searched_texts", "entries", "conversations"):
                await session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 -- three names of ours
            if database.is_sqlite:
                await session.execute(text("INSERT INTO search_index(search_index) VALUES ('delete-all')"))
        where = {await hall.says(said): said for said in texts}
        for asked in {pair for said in texts for pair in _neighbours(said)}:
            words = words_of(asked)
            found = await hall.finds(asked)
            assert {id_ for id_, said in where.items() if asked in said} <= found, asked
            for said in [where[id_] for id_ in found]:
                assert all(word in folded(said) or _is_read(word) for word in words), (asked, said)
    finally:
        await database.close()


def _neighbours(said: str) -> set[str]:
    characters = regex.findall(r"\X", said)
    return {"".join(characters[at : at + 2]) for at in range(0, len(characters), 3)}


def _is_read(word: str) -> bool:
    """A reading is found by kana alone; that it is right, other tests say."""
    return regex.fullmatch(r"[ぁ-ゖー]+", word) is not None


async def test_a_very_long_text_is_found_by_its_last_word(hall: Hall) -> None:
    words = "".join(chr(0x4E00 + number % 15_000) + chr(0x3041 + number % 80) for number in range(60_000))
    mine = await hall.says(f"{words}鳴瀬峠")

    assert await hall.finds("鳴瀬峠") == {mine}
    assert await hall.finds("峠鳴") == set()


async def test_words_taken_back_are_found_no_more(hall: Hall) -> None:
    sender = Address("line", "U1")
    message = IncomingMessage(
        id=uuid4(),
        external_id="m1",
        message_id="m1",
        sender=sender,
        text="娘のひみつの相談です",
        sent_at=hall.clock.now(),
        received_at=hall.clock.now(),
    )
    kept = await hall.says("別のひみつの話", account="U1")
    async with hall.store.transaction() as records:
        await records.remember(message, kept, None)
        await records.add_entry(replace(hall._entry(kept, message.text), id=message.id))
        await records.add_ticket(hall._ticket(kept, message.text, 1))
    assert await hall.finds("娘") == {kept}

    assert await Withdrawals(hall.database).withdraw(sender, "m1")

    for asked in ("娘", "相談", "むすめ", "娘のひみつの相談です"):
        assert await hall.finds(asked) == set(), asked
        assert await hall.finds_tickets(asked) == set(), asked
    assert await hall.finds("ひみつ") == {kept}, "what others said stays"
    assert await hall.finds("取り消し") == {kept}
    rows, _ = await hall.views.tickets(TicketFilter(), page=0, per_page=9)
    assert "娘" not in rows[0].subject


async def test_a_failed_transaction_leaves_nothing_to_find(hall: Hall) -> None:
    with pytest.raises(RuntimeError):
        await _says_and_fails(hall)

    assert await hall.finds("消えた") == set()


async def _says_and_fails(hall: Hall) -> None:
    async with hall.store.transaction() as records:
        conversation = await records.conversation_with(Address("line", "U1"), hall.clock.now())
        await records.add_entry(hall._entry(conversation.id, "消えた言葉"))
        raise RuntimeError


async def test_the_newest_line_of_each_word_is_told(hall: Hall) -> None:
    first = await hall.says("斉藤です", "斎藤と言います", "ごみの話", "はい")
    other = await hall.says("齋藤のごみ")

    lines = await hall.views.lines_with([first, other], "齋藤 ごみ")

    assert {key: [line.text for line in found] for key, found in lines.items()} == {
        first: ["斎藤と言います", "ごみの話"],
        other: ["齋藤のごみ"],
    }
    assert await hall.views.lines_with([first], "") == {}


async def test_a_backup_is_searched_after_it_came_back(hall: Hall, postgres_url: str, tmp_path: Path) -> None:
    mine = await hall.says("斉藤です", subject="住民票")
    await backup(hall.database, tmp_path / "backup.gz")

    target = Database(postgres_url)
    try:
        await restore(target, tmp_path / "backup.gz")
        there = Hall(target, hall.clock)
        assert await there.finds("さいとう") == {mine}
        assert await there.finds_tickets("住民") == {mine}
        later = await there.says("齋藤です")
        assert await there.finds("さいとう") == {mine, later}
    finally:
        await target.close()


async def test_filling_adds_what_is_missing_and_only_that(hall: Hall) -> None:
    known = await hall.says("斉藤です", subject="住民票")
    missing = await hall.says("齋藤です", subject="税")
    async with hall.database.write() as session:
        rows = await session.scalars(select(SearchedTextRow).filter_by(conversation_id=missing))
        numbers = [row.number for row in rows]
        await session.execute(delete(SearchedTextRow).where(SearchedTextRow.number.in_(numbers)))
    assert await hall.finds("斎藤") == {known}

    async with hall.database.engine.begin() as connection:
        assert await connection.run_sync(fill) == len(numbers) == 2
    async with hall.database.engine.begin() as connection:
        assert await connection.run_sync(fill) == 0

    assert await hall.finds("斎藤") == {known, missing}
    assert await hall.finds_tickets("税") == {missing}


async def test_a_name_of_a_filter_is_the_sections_once(hall: Hall) -> None:
    sato = Operator(id=uuid4(), login="sato", name="佐藤", roles=frozenset({Role.OPERATOR}))
    async with hall.database.write() as session:
        await session.execute(
            text("INSERT INTO operators VALUES (:id, 'sato', '佐藤', '[]', 'gomi', '', :no, :no)"),
            {"id": sato.id.hex if hall.database.is_sqlite else sato.id, "no": False},
        )

    async def save(section: str) -> bool:
        new = SavedFilter(
            id=uuid4(), name="期限", owner_id=sato.id, section=section, wanted={"late": "1"}, saved_at=hall.clock.now()
        )
        async with hall.store.transaction() as records:
            return await records.save_filter(new)

    assert [await save("gomi"), await save("gomi"), await save("zeimu")] == [True, False, True]
    [kept] = await hall.views.saved_filters("gomi")
    assert (kept.name, kept.owner_name, kept.wanted) == ("期限", "佐藤", {"late": "1"})
    async with hall.store.transaction() as records:
        assert await records.delete_filter(kept.id)
        assert not await records.delete_filter(kept.id)
    assert await hall.views.saved_filters("gomi") == []


def test_a_search_has_an_end() -> None:
    assert asked_for("") == []
    assert asked_for("斉藤 齋藤 ごみ") == [("齋藤", "斎藤"), ("ごみ", "ごみ")]
    assert len(asked_for(" ".join(chr(0x4E00 + number) for number in range(100)))) == 8
