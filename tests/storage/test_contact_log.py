"""The log of calls and visits: once, today's own, the last one undone; on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from storage.accounts import Accounts
from storage.articles import Articles
from storage.contact_log import UNDO_WITHIN, ContactLog, LoggedContact, Outcome
from storage.database import Database
from tests.conftest import FrozenClock
from tests.support.city import CERTIFICATE
from tickets.operators import Role

MINUTE = timedelta(minutes=1)


@pytest.fixture
def log(database: Database, clock: FrozenClock) -> ContactLog:
    return ContactLog(database, clock)


@pytest.fixture
async def sato(database: Database, clock: FrozenClock) -> UUID:
    return await operator(database, clock, "sato")


async def operator(database: Database, clock: FrozenClock, login: str) -> UUID:
    roles = frozenset({Role.OPERATOR})
    made = await Accounts(database, clock).create(
        login=login, name=login, roles=roles, section="shimin", password_hash="x"
    )
    return made.id


def call(by: UUID, words: str = "住民票 郵送") -> LoggedContact:
    return LoggedContact(
        id=uuid4(), operator_id=by, channel="phone", words=words, section="shimin", outcome=Outcome.ANSWERED
    )


async def words_of(log: ContactLog, by: UUID) -> list[str]:
    return [line.contact.words for line in await log.today(by, at_most=9)]


async def test_what_comes_back_is_what_was_logged(
    log: ContactLog, sato: UUID, database: Database, clock: FrozenClock
) -> None:
    articles = Articles(database, clock)
    version = await articles.publish(await articles.create("A-1", CERTIFICATE, by="test"), by="test", reason="")
    visit = replace(
        call(sato), channel="counter", version_id=version.id, outcome=Outcome.TRANSFERRED, note="代理の方𠮷"
    )

    await log.add(visit)
    clock.turn(MINUTE)
    await log.add(call(sato, "街灯"))

    newest, oldest = await log.today(sato, at_most=9)
    assert oldest.contact == visit
    assert (oldest.question, oldest.at, oldest.ticket_number) == (CERTIFICATE.question, clock.now() - MINUTE, "")
    assert (newest.contact.words, newest.question) == ("街灯", "")
    assert [line.contact.words for line in await log.unanswered(at_most=9)] == ["街灯"]


async def test_the_same_form_is_logged_once(log: ContactLog, sato: UUID) -> None:
    contact = call(sato)

    logged = await asyncio.gather(*(log.add(contact) for _ in range(4)))

    assert sorted(logged) == [False, False, False, True]
    assert await log.add(replace(contact, words="別の言葉")) is False
    assert await words_of(log, sato) == ["住民票 郵送"]


async def test_the_list_is_the_operators_own_and_todays_in_japan(
    log: ContactLog, sato: UUID, database: Database, clock: FrozenClock
) -> None:
    mori = await operator(database, clock, "mori")
    await log.add(call(sato, "昼"))
    await log.add(call(mori, "森の"))
    clock.turn(timedelta(hours=13, minutes=59))  # 23:59 in Japan
    await log.add(call(sato, "夜"))
    assert await words_of(log, sato) == ["夜", "昼"]

    clock.turn(MINUTE)

    assert await words_of(log, sato) == []
    await log.add(call(sato, "翌日"))
    assert await words_of(log, sato) == ["翌日"]
    assert await words_of(log, mori) == []


async def test_the_last_one_can_be_undone_for_five_minutes(log: ContactLog, sato: UUID, clock: FrozenClock) -> None:
    first, second = call(sato, "一"), call(sato, "二")
    await log.add(first)
    clock.turn(MINUTE)
    await log.add(second)

    assert not await log.undo(first.id, sato), "only the last one"
    assert not await log.undo(second.id, uuid4()), "only one's own"
    last = await log.last_to_undo(sato)
    assert last is not None
    assert last.contact == second
    assert await log.undo(second.id, sato)
    assert not await log.undo(second.id, sato)
    assert await words_of(log, sato) == ["一"]
    assert [line.contact.words for line in await log.unanswered(at_most=9)] == ["一"]
    assert await log.has(second.id), "sent again, it is not logged again"
    assert await log.add(second) is False

    clock.turn(UNDO_WITHIN - MINUTE)
    assert await log.last_to_undo(sato) is None
    assert not await log.undo(first.id, sato)
    assert await words_of(log, sato) == ["一"]


async def test_of_two_undoing_at_once_one_does(log: ContactLog, sato: UUID) -> None:
    contact = call(sato)
    await log.add(contact)

    assert sorted(await asyncio.gather(*(log.undo(contact.id, sato) for _ in range(2)))) == [False, True]
