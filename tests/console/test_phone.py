"""The desk for telephone and counter by its front door: hits, one form a contact, tickets, undo."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.by_phone import Heard, open_ticket
from knowledge_base.article import ArticleVersion
from storage.contact_log import ContactLine
from tests.conftest import FrozenClock
from tests.console.test_languages import ours
from tests.support.served import CSRF, KEY, Served, served
from tickets.operators import Role
from tickets.ticket import HandOverReason

DESK = "/console/phone"
CONVERSATION = re.compile(r"/console/conversations/[0-9a-f-]{36}")


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Served]:
    async with served(tmp_path, clock=clock) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.make_staff("mori", Role.OPERATOR, name="収集課 森")
        await made.sign_in("sato")
        yield made


def entry(hall: Served, external_id: str) -> ArticleVersion:
    versions = hall.parts.knowing.mind().articles.values()
    return next(each for each in versions if each.external_id == external_id)


async def found(hall: Served, words: str) -> str:
    status, piece = await hall.post(f"{DESK}/hits", {"words": words}, page=DESK)
    assert status == 200
    return piece


async def logged(hall: Served, outcome: str = "answered", **form: str) -> tuple[int, str]:
    """Fill in a fresh form and send it."""
    key = KEY.search((await hall.get(DESK))[1])
    assert key is not None
    return await hall.post(f"{DESK}/log", {"key": key[1], "outcome": outcome, **form}, page=DESK)


async def lines(hall: Served, login: str = "sato") -> list[ContactLine]:
    [operator] = [each for each in await hall.parts.accounts.operators() if each.login == login]
    return list(await hall.parts.contact_log.today(operator.id, at_most=99))


async def test_the_best_three_show_what_a_caller_asks_for(hall: Served) -> None:
    piece = await found(hall, "住民票 郵送")

    assert piece.count('name="version"') == 4, "three entries, and none of them"
    first = piece.split('<li class="hit')[1]
    by_post = entry(hall, "A-004")
    assert f'value="{by_post.id}" data-section="shimin" checked' in first
    for text in (by_post.content.question, by_post.content.fee, by_post.content.documents, "市民課", "0000-20-1201"):
        assert text in first
    assert f'href="/console/faq/versions/{by_post.id}"' in first
    assert '<p class="sentence" lang="ja">窓口・郵送：1通300円' in piece
    assert "<html" not in piece
    assert (await hall.get(f"/console/faq/versions/{by_post.id}"))[0] == 200, "an operator may follow the link"


async def test_what_is_not_there_is_said_and_logged_as_unanswered(hall: Served) -> None:
    piece = await found(hall, "ぬるぽ宇宙船の操縦席")
    assert piece.count('name="version"') == 1
    assert "FAQに見つかりません。" in piece

    assert (await logged(hall, "transferred", words="ぬるぽ宇宙船の操縦席", version="", section="gomi"))[0] == 303

    [line] = await lines(hall)
    assert (line.contact.version_id, line.contact.outcome, line.contact.section) == (None, "transferred", "gomi")
    assert await hall.parts.contact_log.unanswered(at_most=9) == [line]
    assert "FAQに答えがない" in (await hall.get(DESK))[1]


async def test_nothing_typed_shows_how_to_begin(hall: Served) -> None:
    for page in ((await hall.get(DESK))[1], await found(hall, "   ")):
        assert "聞いた言葉を入れると" in page
        assert 'name="version"' not in page


async def test_a_contact_is_logged_once_with_its_entry_and_section(hall: Served) -> None:
    version = entry(hall, "A-004")
    key = str(uuid4())
    form = {"key": key, "outcome": "answered", "channel": "counter", "words": "住民票 郵送", "version": str(version.id)}
    form |= {"section": "shimin", "note": "<b>代理</b>"}

    assert (await hall.post(f"{DESK}/log", form, page=DESK))[0] == 303
    assert (await hall.post(f"{DESK}/log", form, page=DESK))[0] == 303, "sent twice, logged once"

    [line] = await lines(hall)
    contact = line.contact
    assert (contact.channel, contact.version_id, contact.section) == ("counter", version.id, "shimin")
    assert (contact.words, contact.note, str(contact.id)) == ("住民票 郵送", "<b>代理</b>", key)
    page = (await hall.get(DESK))[1]
    assert "&lt;b&gt;代理" in page
    assert 'value="counter" checked' in page, "who sits at the counter stays there"
    assert await lines(hall, "mori") == []


async def test_numbers_that_may_not_be_stored_are_masked(hall: Served) -> None:
    status, _ = await logged(hall, "ticket", words="マイナンバー 123456789018", note="番号は123456789018")

    assert status == 303
    [line] = await lines(hall)
    conversation = line.contact.conversation_id
    assert conversation is not None
    page = (await hall.get(f"{DESK}?done=logged-masked"))[1]
    for text in (page, await found(hall, "マイナンバー 123456789018")):
        assert "123456789018" not in text
    assert "番号は伏せました" in page
    assert "123456789018" not in (await hall.get(f"/console/conversations/{conversation}"))[1]
    assert "［番号を伏せました］" in line.contact.words + line.contact.note


async def test_a_ticket_by_telephone_is_worked_on_like_any_other(hall: Served) -> None:
    key = str(uuid4())
    form = {"key": key, "outcome": "ticket", "words": "公園の木が倒れそう", "note": "東公園の入口", "section": "gomi"}
    for _ in range(2):
        assert (await hall.post(f"{DESK}/log", form, page=DESK))[0] == 303

    [line] = await lines(hall)
    assert line.ticket_number.startswith("M-2611-")
    assert line.ticket_number in (await hall.get(f"{DESK}?done=logged"))[1].split("<h1>")[0], "to be read out"
    inbox = (await hall.get("/console"))[1]
    assert inbox.count("公園の木が倒れそう") == 1
    assert "電話" in inbox
    path = CONVERSATION.findall(inbox)[0]
    page = (await hall.get(path))[1]
    for text in ("公園の木が倒れそう", "東公園の入口", "相手の方には届きません", "ごみ減量課", "FAQに答えがない"):
        assert text in page
    assert (await hall.post(f"{path}/take-over", {}, page=path))[0] == 303
    said = {"text": "折り返しました。", "kind": "reply", "key": str(uuid4())}
    assert (await hall.post(f"{path}/say", said, page=path))[0] == 303
    assert (await hall.post(f"{path}/close", {}, page=path))[0] == 303
    assert (await hall.parts.views.figures())["outbox_queued"] == 0, "nothing is sent anywhere"


async def test_a_ticket_that_was_opened_before_the_log_failed_is_not_opened_again(hall: Served) -> None:
    parts, [operator, *_] = hall.parts, await hall.parts.accounts.operators()
    heard = Heard(
        id=uuid4(), channel="counter", words="側溝", notes=("臭い",), section="", reason=HandOverReason.NO_ANSWER
    )

    async def opened() -> UUID:
        async with parts.store.transaction() as records:
            return await open_ticket(heard, operator, records, parts.knowing.mind(), parts.clock.now())

    first, again = await opened(), await opened()

    assert first == again
    said = await parts.views.entries(first, after=0, at_most=9, with_notes=True)
    assert [(entry.text, entry.kind, entry.author_name) for entry in said] == [
        ("側溝", "said", operator.name),
        ("臭い", "note", operator.name),
    ]
    conversation = await parts.views.conversation(first)
    ticket = await parts.views.ticket(conversation.ticket_id or uuid4())
    assert (conversation.owner, ticket.subject, ticket.events[0].who) == ("waiting", "側溝", operator.login)
    assert len(ticket.events) == 1


async def test_the_last_contact_is_undone_and_its_ticket_closed(hall: Served, clock: FrozenClock) -> None:
    await logged(hall, words="一つ目")
    clock.turn(timedelta(seconds=1))
    await logged(hall, "ticket", words="二つ目")
    second, first = await lines(hall)
    undo = f"{DESK}/undo"

    assert (await hall.post(undo, {"contact": str(first.contact.id)}, page=DESK))[0] == 409
    assert (await hall.post(undo, {"contact": str(second.contact.id)}, page=DESK))[0] == 303
    assert [line.contact.words for line in await lines(hall)] == ["一つ目"]
    conversation = await hall.parts.views.conversation(second.contact.conversation_id or uuid4())
    assert conversation.closed

    clock.turn(timedelta(minutes=5))
    status, page = await hall.post(undo, {"contact": str(first.contact.id)}, page=DESK)
    assert status == 409
    assert "5分以内" in page
    assert len(await lines(hall)) == 1


async def test_a_ticket_that_a_colleague_works_on_is_not_undone(hall: Served) -> None:
    await logged(hall, "ticket", words="街灯が消えた")
    [line] = await lines(hall)
    path = f"/console/conversations/{line.contact.conversation_id}"
    own = hall.cookie
    await hall.sign_in("mori")
    await hall.post(f"{path}/take-over", {}, page=path)
    hall.cookie = own

    status, page = await hall.post(f"{DESK}/undo", {"contact": str(line.contact.id)}, page=DESK)

    assert status == 409
    assert "対応を始めています" in page
    assert await lines(hall) == [line]


async def test_a_form_that_says_nothing_is_asked_again_and_nonsense_is_refused(hall: Served) -> None:
    status, page = await logged(hall, "answered", words="  ", note="書きかけのメモ")
    assert status == 422
    assert "聞いた言葉を入力するか" in page
    assert "書きかけのメモ" in page

    for odd in (
        {"outcome": "lost"},
        {"key": "x"},
        {"version": "x"},
        {"channel": "line"},
        {"words": "長" * 401},
        {"note": "長" * 2001},
    ):
        assert (await logged(hall, **{"outcome": "answered", "words": "住民票", **odd}))[0] == 400, odd
    assert (await logged(hall, words="住民票", version=str(uuid4())))[0] == 404
    assert await lines(hall) == []


async def test_without_scripts_a_button_searches(hall: Served) -> None:
    status, page = await hall.post(DESK, {"words": "粗大ごみ 料金", "note": "急ぎ"})

    assert status == 200
    assert "粗大ごみ" in page.split('id="hits"')[1]
    assert '<option value="gomi" selected>' in page, "the section is the first entry's"
    assert 'value="粗大ごみ 料金"' in page
    assert "急ぎ" in page


async def test_only_who_answers_residents_works_here(hall: Served) -> None:
    token = CSRF.search((await hall.get(DESK))[1])
    assert token is not None
    assert (await hall.post(f"{DESK}/hits", {"words": "住民票", "csrf": "stolen"}))[0] == 403
    await hall.make_staff("edit", Role.EDITOR)
    await hall.sign_in("edit")

    assert (await hall.get(DESK))[0] == 403
    for path in ("", "/hits", "/log", "/undo"):
        assert (await hall.post(DESK + path, {"words": "住民票"}, page="/console/me"))[0] == 403
    assert DESK not in (await hall.get("/console/me"))[1]


async def test_the_desk_speaks_english(hall: Served) -> None:
    await logged(hall, "ticket", words="lamp")
    hall.cookie += "; language=en"

    page = (await hall.get(f"{DESK}?done=logged"))[1]
    piece = await found(hall, "住民票")

    for text in (page, piece):
        assert await ours(hall, text) == set()
    assert "What you hear" in page
    assert "Residents&#39; Registration" in piece
