"""Mails at the desk: seen in full, joined by a person, let in by a person, sent again by a person."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import aiohttp
import pytest

from console.composing import SECOND_THOUGHTS
from conversations.conversation import Owner
from tests.conftest import FrozenClock
from tests.server.mail_hall import CERTIFICATE, TARO, MailHall, a_mail_hall, text_of
from tests.server.test_mail import bounce
from tests.support.served import Served
from tickets.operators import Role


@dataclass
class Desk:
    hall: MailHall
    console: Served

    async def letters_page(self, account: str) -> str:
        """The address of the page of the first letter of this correspondent."""
        found = next(each for each in await self.hall.conversations() if each.address.account == account)
        entry = next(each for each in await self.hall.entries(found.address) if each.author == "resident")
        return f"/console/conversations/{found.id}/entries/{entry.id}/letter"


@pytest.fixture
async def desk(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Desk]:
    async with a_mail_hall(tmp_path, clock) as hall, aiohttp.ClientSession() as session:
        console = Served(hall.parts, str(hall.city.client.make_url("")).rstrip("/"), session)
        await console.make_staff("sato", Role.OPERATOR)
        await console.sign_in("sato")
        yield Desk(hall, console)


async def test_a_letter_is_shown_in_full_and_nothing_in_it_acts(desk: Desk) -> None:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = "太郎 <taro@home.example>", "desk@mirai.example", "ごみ"
    letter.set_content("ごみの日はいつですか。<script>alert(1)</script>\n\n> 前のメールです\n")
    raw = b"Authentication-Results: mx.mirai.example; dmarc=pass\r\n" + letter.as_bytes()
    await desk.hall.hears(raw)

    status, html = await desk.console.get(await desk.letters_page(TARO))

    assert status == 200
    assert "送信元を確認済み" in html
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "前のメールです" in html, "what was quoted is folded, never cut"
    original = re.search(r"/console/arrivals/[0-9a-f-]+/original", html)
    assert original is not None
    async with desk.console.session.get(
        desk.console.url + original[0], headers={"Cookie": f"__Host-madoguchi={desk.console.cookie}"}
    ) as kept:
        assert await kept.read() == raw
        assert kept.headers["Content-Disposition"].startswith("attachment")
        assert kept.headers["Content-Security-Policy"] == "sandbox"


async def test_a_strangers_answer_is_joined_by_a_person_and_from_then_on_by_itself(desk: Desk) -> None:
    hall = desk.hall
    await hall.hears(hall.letter(CERTIFICATE))
    await hall.hears(hall.answer(hall.letters[0], "夫の代わりに書きます。", sender="hanako@work.example"))
    before = len(hall.letters)
    address = await desk.letters_page("hanako@work.example")
    assert "これまでの相手と異なります" in (await desk.console.get(address))[1]

    status, _ = await desk.console.post(f"{address}/join", {}, page=address)
    await hall.city.works()

    assert status == 303
    his = next(each for each in await hall.conversations() if each.address.account == TARO)
    hers = next(each for each in await hall.conversations() if each.address.account != TARO)
    assert hers.closed
    assert any("夫の代わりに書きます。" in entry.text for entry in await hall.entries(his.address))
    assert his.owner is Owner.WAITING
    assert len(hall.letters) == before, "nobody is written to because of it"
    assert "mail_joined" in [line.what for line in await hall.parts.accounts.audit_lines(page=0, per_page=9)]

    await hall.hears(hall.answer(hall.letters[0], "もう一つ質問です。", sender="hanako@work.example"))
    assert len(await hall.conversations()) == 2
    assert any("もう一つ質問です。" in entry.text for entry in await hall.entries(his.address))


async def test_what_was_set_aside_is_read_and_let_in(desk: Desk) -> None:
    news = desk.hall.letter("図書館は何時までですか。")
    news["Precedence"] = "bulk"
    await desk.hall.hears(news)

    _, listed = await desk.console.get("/console/arrivals")
    found = re.search(r"/console/arrivals/[0-9a-f-]{36}", listed)
    assert found is not None
    assert "図書館は何時までですか。" in (await desk.console.get(found[0]))[1]

    assert (await desk.console.post(f"{found[0]}/let-in", {}, page=found[0]))[0] == 303
    await desk.hall.city.works()

    assert len(await desk.hall.conversations()) == 1
    assert "確認を待っているものはありません" in (await desk.console.get("/console/arrivals"))[1]


async def test_what_needs_nothing_is_marked_as_seen_and_stays(desk: Desk) -> None:
    news = desk.hall.letter("広告です。")
    news["List-Id"] = "<ads.example>"
    await desk.hall.hears(news)
    (aside,) = await desk.hall.parts.deliveries.aside(9)
    page = f"/console/arrivals/{aside.id}"

    await desk.console.post(f"{page}/seen", {}, page=page)

    assert await desk.hall.parts.deliveries.aside(9) == []
    assert "広告です。" in (await desk.console.get(page))[1]


async def test_a_suspended_address_is_shown_and_written_to_again(desk: Desk) -> None:
    hall = desk.hall
    await hall.hears(hall.letter(CERTIFICATE))
    await hall.hears(bounce(hall))
    page = f"/console/conversations/{(await hall.only()).id}"
    assert "送信を止めています" in (await desk.console.get(page))[1]

    await desk.console.post(f"{page}/resume-mail", {}, page=page)

    assert "送信を止めています" not in (await desk.console.get(page))[1]
    await desk.console.post(f"{page}/take-over", {}, page=page)
    key = re.search(r'name="key" value="([^"]+)"', (await desk.console.get(page))[1])
    assert key is not None
    await desk.console.post(f"{page}/say", {"text": "新しいご案内です。", "kind": "reply", "key": key[1]}, page=page)
    hall.clock.turn(SECOND_THOUGHTS)
    hall.clock.turn(timedelta(seconds=10))
    await hall.city.works()
    assert "新しいご案内です。" in text_of(hall.letters[-1])


async def test_a_letter_of_another_conversation_is_not_found(desk: Desk) -> None:
    hall = desk.hall
    await hall.hears(hall.letter(CERTIFICATE))
    await hall.hears(hall.letter(CERTIFICATE, sender="jiro@home.example"))
    his = (await desk.letters_page(TARO)).split("/entries/")[0]
    other = (await desk.letters_page("jiro@home.example")).split("/entries/")[1]

    assert (await desk.console.get(f"{his}/entries/{other}"))[0] == 404
