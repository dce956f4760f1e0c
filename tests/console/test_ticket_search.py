"""Finding a ticket or a conversation by words, and keeping the filter for the section."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.finding import LONGEST, Piece, excerpt, marked
from language.folding import folded
from tests.support.resident import Resident
from tests.support.served import Served, served
from tickets.operators import Role

TICKETS = "/console/tickets"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.sign_in("sato")
        yield made


async def asks_for_a_person(hall: Served, *words: str) -> None:
    resident = await Resident(hall.session, hall.url).arrive()
    await resident.say("職員と話したいです")
    await resident.listen_for("reply", count=2)
    for said in words:
        await resident.say(said)
    await resident.listen_for("said", count=1 + len(words))


async def page_for(hall: Served, words: str, more: str = "") -> str:
    status, html = await hall.get(f"{TICKETS}?words={quote(words)}{more}")
    assert status == 200
    return html


async def test_a_ticket_is_found_by_an_old_name_and_the_line_is_shown(hall: Served) -> None:
    await asks_for_a_person(hall, "<b>齋藤</b>と申します。ｺﾞﾐの件です。")

    for words in ("斉藤", "ごみ 斎藤", "さいとう"):
        html = await page_for(hall, words)
        assert "&lt;b&gt;<mark>齋藤</mark>&lt;/b&gt;と申します。" in html, words
    assert "<mark>ｺﾞﾐ</mark>" in await page_for(hall, "ごみ 斎藤")
    nothing = await page_for(hall, "佐藤 ごみ")
    assert "条件に合う受付はありません" in nothing
    assert "<mark>" not in nothing


async def test_a_number_finds_its_ticket_in_any_writing(hall: Served) -> None:
    await asks_for_a_person(hall)
    html = (await hall.get(TICKETS))[1]
    [number] = set(re.findall(r"M-\d{4}-\d{6}-\d", html))

    for typed in (number, number.replace("-", ""), number[2:], number.translate({45: "－"})):
        assert number in await page_for(hall, typed), typed
    assert number in await page_for(hall, number[:9])
    assert "条件に合う受付はありません" in await page_for(hall, "M-1111")


async def test_a_conversation_without_a_ticket_is_found_among_all_of_them(hall: Served) -> None:
    resident = await Resident(hall.session, hall.url).arrive()
    await resident.say("図書館の鳴瀬峠分館は何時までですか")
    await resident.listen_for("reply", count=2)

    assert "条件に合う受付はありません" in await page_for(hall, "鳴瀬峠")
    html = await page_for(hall, "鳴瀬峠", "&scope=all")
    assert "図書館の<mark>鳴瀬峠</mark>分館" in html
    assert "受付なし" in html
    assert "条件に合う会話はありません" in await page_for(hall, "鳴峠", "&scope=all")


async def test_a_saved_filter_is_the_sections_and_its_life_is_on_record(hall: Served) -> None:
    await asks_for_a_person(hall, "齋藤です")
    await hall.make_staff("mori", Role.OPERATOR, name="市民課 森")
    await hall.make_staff("tanaka", Role.SUPERVISOR, name="市民課 田中")
    shown = f"{TICKETS}?words={quote('斉藤')}&late=1"

    assert (
        await hall.post(
            f"{TICKETS}/filters", {"name": "斉藤さん & 期限", **hidden(await body(hall, shown))}, page=shown
        )
    )[0] == 303
    status, _ = await hall.post(f"{TICKETS}/filters", {"name": "斉藤さん & 期限"}, page=TICKETS)
    assert status == 303, "the name is taken, and the page says so"

    await hall.sign_in("mori")
    listed = (await hall.get(TICKETS))[1]
    assert "斉藤さん &amp; 期限" in listed
    assert "市民課 佐藤" in listed
    [address] = re.findall(r'<a href="(/console/tickets[?][^"]+)"', listed)
    used = (await hall.get(address.replace("&amp;", "&")))[1]
    assert 'value="斉藤"' in used
    assert 'name="late" value="1" checked' in used
    assert "を削除" not in listed, "it is not hers"
    [filter_] = await hall.parts.views.saved_filters("shimin")
    assert filter_.wanted == {"words": "斉藤", "late": "1", "status": "not_closed"}, "what nobody chose is kept, too"
    assert (await hall.post(f"{TICKETS}/filters/{filter_.id}/delete", {}, page=TICKETS))[0] == 403

    await hall.sign_in("tanaka")
    assert (await hall.post(f"{TICKETS}/filters/{filter_.id}/delete", {}, page=TICKETS))[0] == 303
    assert (await hall.post(f"{TICKETS}/filters/{filter_.id}/delete", {}, page=TICKETS))[0] == 404
    assert await hall.parts.views.saved_filters("shimin") == []
    told = [(line.who, line.what, line.object) for line in await hall.parts.accounts.audit_lines(page=0, per_page=50)]
    assert [line for line in told if line[1].startswith("filter")] == [
        ("tanaka", "filter_deleted", "斉藤さん & 期限"),
        ("sato", "filter_saved", "斉藤さん & 期限"),
    ]


async def test_a_filter_needs_a_name_and_another_sections_is_not_there(hall: Served) -> None:
    assert (await hall.post(f"{TICKETS}/filters", {"name": " "}, page=TICKETS))[0] == 303
    assert await hall.parts.views.saved_filters("shimin") == []
    assert "保存する絞り込みの名前" in (await hall.get(f"{TICKETS}?done=filter-unnamed"))[1]
    assert "この課にもうあります" in (await hall.get(f"{TICKETS}?done=filter-name-taken"))[1]


async def body(hall: Served, path: str) -> str:
    return (await hall.get(path))[1]


def hidden(html: str) -> dict[str, str]:
    """What the form that saves the filter carries along."""
    form = html.split('action="/console/tickets/filters">')[1].split("</form>", maxsplit=1)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


TEXTS = st.text("斉齋藤サイ とうaA\nごみ、。", max_size=200)


@given(TEXTS, st.lists(st.sampled_from(["斎", "藤", "斎藤", "さい", "a", "ごみ"]), unique=True))
def test_marking_loses_and_invents_nothing(text: str, words: list[str]) -> None:
    pieces = marked(text, words)

    assert "".join(piece.text for piece in pieces) == text
    form = folded(text)
    if [word for word in words if word in form]:
        assert any(piece.marked for piece in pieces)
    shown = excerpt(text, words)
    assert any(piece.marked for piece in shown) == any(piece.marked for piece in marked(" ".join(text.split()), words))
    assert len("".join(piece.text for piece in shown)) <= LONGEST + 2


def test_a_reading_marks_the_word_that_is_read_so() -> None:
    assert marked("はい、斉藤です", ["さいとう"]) == [Piece("はい、"), Piece("斉藤", marked=True), Piece("です")]
    assert marked("さいとう、斉藤", ["さいとう"])[0] == Piece("さいとう", marked=True)
    assert marked("斉藤", []) == [Piece("斉藤")]
