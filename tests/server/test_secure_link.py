"""A confidential matter on LINE and by mail: no answer goes there, and a link leads to the city's own page."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from bot.confidential import TalkedAboutElsewhere
from conversations.conversation import Owner
from conversations.message import Address, IncomingMessage
from conversations.timeline import Entry, Kind
from server.wiring import Parts
from tests.conftest import FrozenClock
from tests.server.mail_hall import a_mail_hall, text_of
from tests.support.line_hall import CERTIFICATE, HERE, Hall, line_hall
from tests.support.served import Served
from tickets.operators import Role

WELFARE = "生活保護を申請するには、どうすればよいですか。"
LINK = re.compile(r"http://127\.0\.0\.1:8080(/private/([0-9a-f]{48}))\b")


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Hall]:
    async with line_hall(tmp_path, clock) as hall:
        yield hall


@dataclass
class Browser:
    """Somebody's browser at the city's private page."""

    hall: Hall
    token: str = ""
    language: str = ""

    async def looks_at(self, path: str) -> tuple[int, str]:
        answer = await self.hall.city.client.get(path)
        return answer.status, await answer.text()

    async def opens(self, code: str) -> tuple[int, dict[str, Any]]:
        answer = await self.hall.city.client.post("/chat/api/private", json={"code": code})
        said: dict[str, Any] = await answer.json()
        self.token, self.language = said.get("token", ""), said.get("language", "")
        return answer.status, said

    async def sees(self) -> list[Entry]:
        await self.hall.works()
        account = await self.hall.parts.visits.account_of(self.token)
        assert account is not None
        return await self.hall.city.entries(Address("web", account))


def link_in(hall: Hall) -> tuple[str, str]:
    """The path and the code of the last link that LINE was given."""
    found = [match for shown in hall.line.shown for match in LINK.finditer(shown)]
    return found[-1][1], found[-1][2]


async def asks(hall: Hall, words: str) -> None:
    await hall.hears(hall.line.says(words, at=hall.now))


def the_answer(parts: Parts) -> str:
    """What the web chat answers, where it may."""
    version = next(each for each in parts.knowing.mind().articles.values() if each.content.question == WELFARE)
    return version.content.answer


async def test_no_word_of_a_confidential_answer_is_sent_to_line(hall: Hall) -> None:
    await asks(hall, CERTIFICATE)
    assert "市民課" in str(hall.line.sent), "an open matter is answered there"
    before = len(hall.line.sent)

    await asks(hall, WELFARE)

    sent = str(hall.line.sent[before:])
    assert "専用ページ" in sent
    answer = the_answer(hall.parts)
    assert not [line for line in answer.splitlines() if line.strip() and line.strip() in sent]
    assert "生活支援課" not in sent
    assert LINK.search(sent)
    assert [e.text for e in await hall.entries() if e.kind is Kind.SAID][-1] == WELFARE, "what was said was said"


async def test_what_leans_on_a_confidential_topic_is_confidential_too(hall: Hall) -> None:
    await asks(hall, WELFARE)
    for words in ("もう一度", "何が必要ですか", "さっきの生活保護の話だけど"):
        before = len(hall.line.sent)
        await asks(hall, words)
        sent = str(hall.line.sent[before:])
        assert LINK.search(sent), words
        assert "生活保護を申請" not in sent


async def test_an_offer_does_not_even_name_a_confidential_entry(hall: Hall) -> None:
    titles = [
        each.content.question
        for each in hall.parts.knowing.mind().articles.values()
        if each.content.section == "seikatsu"
    ]
    for words in (
        "生活",
        "生活費が苦しい",
        "家賃 払えない",
        "お金に困っている",
        "食べるもの 支援",
        "保険料が払えない",
        "借金",
    ):
        await asks(hall, words)
    sent = str(hall.line.sent)
    assert titles
    assert not [title for title in titles if title[:20] in sent]


async def test_who_asks_for_a_person_about_it_gets_one_on_the_private_page(hall: Hall) -> None:
    await asks(hall, WELFARE)
    await asks(hall, "担当者と話したい")
    assert (await hall.city.conversation(HERE)).owner is Owner.BOT, "no hand over, and no details, on LINE"

    browser = Browser(hall)
    await browser.opens(link_in(hall)[1])
    entries = await browser.sees()

    said = [entry.text for entry in entries if entry.kind is Kind.SAID]
    assert "生活保護" in said[0]
    assert "生活支援課の職員に引き継ぎました" in entries[-1].text


async def test_the_link_opens_once_with_the_question_asked_there(hall: Hall) -> None:
    await asks(hall, WELFARE)
    path, code = link_in(hall)
    resident, other = Browser(hall), Browser(hall)
    status, page = await resident.looks_at(path)
    assert status == 200
    assert "生活" not in page, "who only looks at the link is told nothing"
    await resident.looks_at(path)

    status, _ = await resident.opens(code)
    assert (status, resident.language) == (201, "ja")
    entries = await resident.sees()
    assert WELFARE in [entry.text for entry in entries]
    assert any(the_answer(hall.parts) in entry.text for entry in entries), "the web answers as ever"

    status, said = await other.opens(code)
    assert (status, other.token) == (410, "")
    assert "もう一度ご質問を" in said["message"]
    status, page = await other.looks_at(path)
    assert status == 410
    assert "もう使えません" in page
    assert WELFARE not in page


async def test_an_old_link_and_one_of_nobody_open_nothing(hall: Hall, clock: FrozenClock) -> None:
    await asks(hall, WELFARE)
    _, code = link_in(hall)
    clock.turn(timedelta(minutes=29, seconds=59))
    assert (await Browser(hall).looks_at(f"/private/{code}"))[0] == 200
    clock.turn(timedelta(seconds=1))

    for each in (code, "0" * 48, "x", ""):
        assert (await Browser(hall).opens(each))[0] == 410
    assert (await Browser(hall).looks_at(f"/private/{code}"))[0] == 410


async def test_staff_see_that_the_link_was_opened_on_both_sides(hall: Hall) -> None:
    await asks(hall, WELFARE)
    browser = Browser(hall)
    await browser.opens(link_in(hall)[1])

    assert any("開かれました" in note for note in await hall.notes())
    assert any("LINE" in entry.text for entry in await browser.sees() if entry.kind is Kind.NOTE)


async def test_the_page_speaks_the_residents_language(hall: Hall) -> None:
    await asks(hall, "How do I apply for public assistance (seikatsu hogo)? 生活保護")
    await asks(hall, "英語でお願いします")
    await asks(hall, WELFARE)
    path, code = link_in(hall)
    browser = Browser(hall)
    language = (await hall.city.conversation(HERE)).language

    _, page = await browser.looks_at(path)
    await browser.opens(code)

    assert browser.language == language
    assert f'<html lang="{language}"' in page


async def test_danger_is_answered_at_once_on_any_channel(hall: Hall) -> None:
    await asks(hall, WELFARE)
    before = len(hall.line.sent)
    await asks(hall, "夫に殴られています。助けて")

    assert "110番" in str(hall.line.sent[before:])


async def test_a_person_may_not_write_about_it_there_and_invites_instead(hall: Hall) -> None:
    await asks(hall, WELFARE)
    operator, conversation = await hall.operator(), await hall.city.conversation(HERE)
    await hall.parts.desk.take_over(conversation.id, operator)
    with pytest.raises(TalkedAboutElsewhere):
        await hall.parts.desk.reply(conversation.id, operator, "資産の調査があります。", key=uuid4())
    await hall.parts.desk.note(conversation.id, operator, "資産の調査を説明する", key=uuid4())

    key = uuid4()
    for _ in range(2):
        await hall.parts.reaching.invite(conversation.id, operator, key=key)
    await hall.works()

    assert "資産" not in str(hall.line.sent)
    assert sum("専用ページでお話しさせてください" in shown for shown in hall.line.shown) == 1
    browser = Browser(hall)
    assert (await browser.opens(link_in(hall)[1]))[0] == 201
    assert "引き継ぎました" in (await browser.sees())[-1].text, "a person is called there"


async def test_a_person_may_write_about_anything_else(hall: Hall) -> None:
    await asks(hall, WELFARE)
    await asks(hall, CERTIFICATE)
    operator, conversation = await hall.operator(), await hall.city.conversation(HERE)
    await hall.parts.desk.take_over(conversation.id, operator)
    await hall.parts.desk.reply(conversation.id, operator, "1通300円です。", key=uuid4())
    await hall.works()
    assert any("1通300円です。" in shown for shown in hall.line.shown)

    await hall.parts.desk.move(conversation.id, operator, "seikatsu", reason="生活の相談")
    with pytest.raises(TalkedAboutElsewhere):
        await hall.parts.desk.reply(conversation.id, operator, "生活保護の件です。", key=uuid4())


async def test_the_web_chat_answers_confidential_matters_as_ever(hall: Hall) -> None:
    visit = await hall.parts.web.open_visit("ja")
    here, now = Address("web", visit.account), hall.clock.now()
    asked = IncomingMessage(
        id=uuid4(), external_id=str(uuid4()), sender=here, text=WELFARE, sent_at=now, received_at=now
    )
    await hall.parts.web.accept(asked)
    await hall.works()

    entries = await hall.city.entries(here)
    assert any(the_answer(hall.parts) in entry.text for entry in entries)


async def test_a_letter_about_it_is_answered_with_a_link(tmp_path: Path, clock: FrozenClock) -> None:
    async with a_mail_hall(tmp_path, clock) as hall:
        await hall.hears(hall.letter(f"お世話になります。\n{WELFARE}\n", subject="生活について"))

        (letter,) = hall.letters
        ours = text_of(letter).split("\n> ")[0]
        link = LINK.search(ours)
        assert link is not None
        assert not [line for line in the_answer(hall.parts).splitlines() if line.strip() and line.strip() in ours]

        opened = await hall.parts.private.open(link[2])
        assert opened is not None
        await hall.city.works()
        there = await hall.city.entries(Address("web", opened[0].account))
        assert "お世話になります" not in str([entry.text for entry in there])
        assert any(the_answer(hall.parts) in entry.text for entry in there)


async def test_the_console_says_why_it_did_not_send_and_keeps_the_words(hall: Hall) -> None:
    await asks(hall, WELFARE)
    async with aiohttp.ClientSession() as session:
        console = Served(hall.parts, str(hall.city.client.make_url("")).rstrip("/"), session)
        await console.make_staff("sato", Role.OPERATOR)
        await console.sign_in("sato")
        page = f"/console/conversations/{(await hall.city.conversation(HERE)).id}"
        await console.post(f"{page}/take-over", {}, page=page)

        status, html = await console.post(
            f"{page}/say", {"kind": "reply", "key": str(uuid4()), "text": "資産の調査です"}, page=page
        )
        assert status == 409
        assert "専用ページに招待する" in html
        assert "資産の調査です" in html
        await console.post(f"{page}/invite", {"key": str(uuid4())}, page=page)

    await hall.works()
    assert "専用ページでお話しさせてください" in str(hall.line.sent)
    assert "資産の調査" not in str(hall.line.sent)
