"""One person, several channels: linked by a code told on one and typed on the other, and ended without a trace."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import select

from bot.ports import Link
from conversations.message import Address, IncomingMessage
from conversations.timeline import Author, Entry, Kind
from server.wiring import Parts
from storage.tables import AuditRow, LinkRow, OneTimeCodeRow
from tests.conftest import FrozenClock
from tests.server.mail_hall import CERTIFICATE, TARO, MailHall, a_mail_hall, text_of
from tests.server.test_mail import bounce
from tests.support.line_hall import HERE, Hall, line_hall
from tests.support.networked import NetworkedHall
from tests.support.served import Served
from tickets.operators import Role

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


@dataclass
class Resident:
    """Somebody at the web chat."""

    city: NetworkedHall
    address: Address

    @classmethod
    async def arrives(cls, city: NetworkedHall) -> "Resident":
        visit = await city.parts.web.open_visit("ja")
        return cls(city, Address("web", visit.account))

    async def says(self, words: str) -> str:
        """What they are told."""
        before = len(await self.city.entries(self.address))
        await self.city.parts.web.accept(message(self.city.parts, self.address, words))
        await self.city.works()
        return told((await self.city.entries(self.address))[before:])

    async def is_told(self) -> str:
        return told(await self.city.entries(self.address))


def told(entries: list[Entry]) -> str:
    return "\n".join(each.text for each in entries if each.author is not Author.RESIDENT and each.kind is not Kind.NOTE)


def code_in(words: str) -> str:
    found = CODE.search(words)
    assert found is not None, words
    return found[0]


async def links_in(parts: Parts) -> list[LinkRow]:
    async with parts.database.read() as session:
        return list(await session.scalars(select(LinkRow)))


async def audited(parts: Parts, what: str) -> list[str]:
    async with parts.database.read() as session:
        return list(await session.scalars(select(AuditRow.who).filter_by(what=what)))


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Hall]:
    async with line_hall(tmp_path, clock) as hall:
        yield hall


@pytest.fixture
async def post(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[MailHall]:
    async with a_mail_hall(tmp_path, clock) as hall:
        yield hall


async def line_says(hall: Hall, words: str) -> str:
    before = len(hall.line.sent)
    await hall.hears(hall.line.says(words, at=hall.now))
    return "\n".join(message.get("text", "") for sent in hall.line.sent[before:] for message in sent.messages)


async def linked(hall: Hall) -> tuple[Resident, Link]:
    """Web and LINE, by the code that LINE was told."""
    resident = await Resident.arrives(hall.city)
    await resident.says(code_in(await line_says(hall, "連携")))
    (link,) = await hall.parts.links.of(HERE)
    return resident, link


async def test_a_code_told_on_line_and_typed_on_the_web_links_them_and_tells_both(hall: Hall) -> None:
    resident = await Resident.arrives(hall.city)
    code = code_in(await line_says(hall, "ウェブとつなぐ"))
    before = len(hall.line.sent)
    answer = await resident.says(code.lower().replace("-", " "))

    assert "LINEとつながりました" in answer
    assert "ウェブのチャットとつながりました" in str(hall.line.sent[before:])
    (link,) = await hall.parts.links.of(resident.address)
    assert (link.one, link.other, link.proof) == (HERE, resident.address, "holds_both_channels")
    assert (await hall.city.conversation(HERE)).id != (await hall.city.conversation(resident.address)).id
    assert await audited(hall.parts, "linked") == ["resident"]


async def test_the_code_itself_is_not_in_its_table(hall: Hall) -> None:
    code = code_in(await line_says(hall, "連携"))
    async with hall.parts.database.read() as session:
        (row,) = list(await session.scalars(select(OneTimeCodeRow)))

    kept = str({name: value for name, value in vars(row).items() if not name.startswith("_")})
    assert code not in kept
    assert code.replace("-", "") not in kept


async def test_a_code_links_once_soon_and_only_from_another_channel(hall: Hall, clock: FrozenClock) -> None:
    first, second = await Resident.arrives(hall.city), await Resident.arrives(hall.city)
    code = code_in(await line_says(hall, "連携"))
    assert "確かめられませんでした" in await line_says(hall, code), "its own channel proves nothing"
    assert "つながりました" in await first.says(code)
    assert "確かめられませんでした" in await second.says(code), "once"

    old = code_in(await line_says(hall, "連携"))
    clock.turn(timedelta(minutes=10))
    assert "確かめられませんでした" in await second.says(old)
    assert len(await links_in(hall.parts)) == 1


async def test_after_five_wrong_codes_none_is_looked_at_for_an_hour(hall: Hall, clock: FrozenClock) -> None:
    resident = await Resident.arrives(hall.city)
    for number in range(5):
        assert "確かめられませんでした" in await resident.says(f"ABCDEFG{number + 2}")
    right = code_in(await line_says(hall, "連携"))
    assert "しばらくお休み" in await resident.says(right), "a right one looks like any other"
    assert "市民課" in await resident.says(CERTIFICATE), "questions are answered"
    other = await Resident.arrives(hall.city)
    assert "つながりました" in await other.says(right), "nobody else is stopped, and the code was not used up"

    clock.turn(timedelta(minutes=59))
    assert "しばらくお休み" in await resident.says(right)
    clock.turn(timedelta(minutes=1))
    assert "つながりました" in await resident.says(code_in(await line_says(hall, "連携")))


async def test_the_same_two_are_linked_once(hall: Hall) -> None:
    resident, _ = await linked(hall)
    assert "すでにつながっています" in await resident.says(code_in(await line_says(hall, "連携")))
    assert len(await links_in(hall.parts)) == 1


async def test_the_resident_ends_it_exactly_and_both_are_told(hall: Hall) -> None:
    resident, link = await linked(hall)
    other = await Resident.arrives(hall.city)
    await other.says(code_in(await line_says(hall, "連携")))

    before = len(hall.line.sent)
    assert "LINEとの連携を解除しました" in await resident.says("連携を解除")
    assert "ウェブのチャットとの連携を解除しました" in str(hall.line.sent[before:])
    rows = {row.id: row for row in await links_in(hall.parts)}
    assert rows[link.id].ended_by == "resident"
    assert rows[link.id].ended_at is not None
    assert [each.other for each in await hall.parts.links.of(HERE)] == [other.address], "the other link holds"
    assert "つながっている窓口はありません" in await resident.says("連携を解除")


async def test_nobody_is_linked_by_what_they_say_otherwise(hall: Hall) -> None:
    resident = await Resident.arrives(hall.city)
    for words in ("LINEはありますか", "連携って何ですか", "calendar", "マイナポータルの連携について教えて", "12345678"):
        said = await resident.says(words)
        assert CODE.search(said) is None
        assert "コード" not in said or "連携コード" not in said


async def test_a_person_at_rasas_door_proves_nothing(hall: Hall) -> None:
    code = code_in(await line_says(hall, "連携"))
    anybody = Address("rasa", "anybody")
    for words in (code, "連携"):
        entry = await hall.parts.engine.accept(message(hall.parts, anybody, words))
        while await hall.parts.engine.handle_next(entry.conversation_id):
            pass
    assert await links_in(hall.parts) == []
    assert CODE.search(told(await hall.city.entries(anybody))) is None


async def test_staff_see_the_link_and_may_end_it_which_is_audited(hall: Hall) -> None:
    resident, link = await linked(hall)
    other = await Resident.arrives(hall.city)
    await other.says(code_in(await line_says(hall, "連携")))
    here, there = await hall.city.conversation(HERE), await hall.city.conversation(resident.address)
    async with aiohttp.ClientSession() as session:
        console = Served(hall.parts, str(hall.city.client.make_url("")).rstrip("/"), session)
        await console.make_staff("sato", Role.OPERATOR)
        await console.sign_in("sato")
        page = f"/console/conversations/{here.id}"
        _, html = await console.get(page)
        assert f'href="/console/conversations/{there.id}"' in html
        assert "両方のチャネルを使える方" in html
        before = len(hall.line.sent)
        await console.post(f"{page}/end-link", {"link": str(link.id)}, page=page)
        await hall.works()
        _, html = await console.get(page)
        assert f'href="/console/conversations/{there.id}"' not in html

    assert {row.id: row.ended_by for row in await links_in(hall.parts)}[link.id] == "sato"
    assert [each.other for each in await hall.parts.links.of(HERE)] == [other.address], "no other link ends"
    assert "sato" in await audited(hall.parts, "unlinked")
    assert "解除しました" in str(hall.line.sent[before:])
    assert "LINEとの連携を解除しました" in await resident.is_told()


async def test_a_link_of_others_cannot_be_ended_from_a_conversation_beside(hall: Hall) -> None:
    _, link = await linked(hall)
    other = await Resident.arrives(hall.city)
    beside = await hall.city.conversation(other.address)

    await hall.parts.reaching.end_link(beside.id, await hall.operator(), link.id)

    assert len(await hall.parts.links.of(HERE)) == 1


# --- mail, whose From anybody can write


async def test_a_code_sent_by_mail_and_typed_on_the_web_links_the_mailbox(post: MailHall) -> None:
    resident = await Resident.arrives(post.city)
    await post.hears(post.letter("お世話になります。\n連携したい\n"))
    answer = await resident.says(code_in(text_of(post.letters[-1])))

    assert "メールとつながりました" in answer
    assert "ウェブのチャットとつながりました" in text_of(post.letters[-1]), "the mailbox is told by mail"
    (link,) = await post.parts.links.of(resident.address)
    assert (link.one.channel, link.one.account) == ("mail", TARO)


async def test_a_code_written_in_a_mail_links_nothing(post: MailHall) -> None:
    resident = await Resident.arrives(post.city)
    code = code_in(await resident.says("メールとつなぐ"))
    proven = b"Authentication-Results: mx.mirai.example; dmarc=pass header.from=home.example\r\n"
    for head in (b"", proven):
        await post.hears(head + post.letter(code).as_bytes())

    assert "使えません" in text_of(post.letters[-1])
    assert await links_in(post.parts) == []


async def test_a_forged_letter_ends_no_link(post: MailHall) -> None:
    resident = await Resident.arrives(post.city)
    await post.hears(post.letter("連携"))
    given = post.letters[-1]
    await resident.says(code_in(text_of(given)))

    await post.hears(post.letter("連携を解除"))
    assert len(await post.parts.links.of(resident.address)) == 1, "a new letter only has a From"
    await post.hears(post.answer(given, "連携を解除"))
    assert await post.parts.links.of(resident.address) == []


async def test_who_cannot_be_reached_by_mail_is_told_on_the_linked_channel(post: MailHall) -> None:
    resident, stranger = await Resident.arrives(post.city), await Resident.arrives(post.city)
    await post.hears(post.letter("連携"))
    await resident.says(code_in(text_of(post.letters[-1])))
    await post.hears(post.letter(CERTIFICATE, sender="Taro@home.example"))
    returned = bounce(post)
    for _ in range(2):
        await post.hears(returned)

    words = await resident.is_told()
    assert words.count("メールをお届けできませんでした") == 1
    assert "住民票" not in words.split("メールをお届け")[1], "nothing of what was written"
    assert "お届けできませんでした" not in await stranger.is_told()


def message(parts: Parts, sender: Address, words: str) -> IncomingMessage:
    now, made = parts.clock.now(), uuid4()
    return IncomingMessage(id=made, external_id=str(made), sender=sender, text=words, sent_at=now, received_at=now)
