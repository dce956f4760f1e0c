"""The watch over a mailbox of a real IMAP server, which is killed, stopped and renumbered meanwhile."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from channels.mail.imap_session import TOO_LARGE, ImapSession, LoginRefused
from channels.mail.letter import read_letter
from channels.mail.mailbox import ImapBox, Pauses, Session, watch
from tests.channels.mail.dovecot import Dovecot, dovecot, missing
from tests.channels.mail.mailboxes import PATIENCE, Book, Desk, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        missing and not os.getenv("CI"), reason="Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd"
    ),
]

SEEN = rb"\Seen"
BY_IDLE = Pauses(look=600.0, first=0.01, longest=0.1)
BY_LOOKING = Pauses(look=0.1, first=0.01, longest=0.1)


def a_mail(subject: str, body: str = "Words.") -> bytes:
    return f"From: taro@example.jp\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode()


def subjects(desk: Desk) -> list[str]:
    return [read_letter(raw).subject for raw in desk.kept]


@pytest.fixture
async def server() -> AsyncIterator[Dovecot]:
    async with dovecot() as running:
        yield running


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def book() -> Book:
    return Book()


@asynccontextmanager
async def watched(
    box: ImapBox,
    desk: Desk,
    book: Book,
    *,
    pauses: Pauses = BY_IDLE,
    connect: Callable[[ImapBox], Session] = ImapSession,
) -> AsyncIterator[list[Session]]:
    sessions: list[Session] = []

    def connected(box: ImapBox) -> Session:
        sessions.append(connect(box))
        return sessions[-1]

    task = asyncio.create_task(watch(box, desk.keep, book, pauses=pauses, jitter=lambda: 1.0, connect=connected))
    try:
        yield sessions
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def idling(server: Dovecot, *, logins: int = 1) -> None:
    """Until the watch is connected and has looked once."""
    await until(lambda: server.logins() >= logins and server.children())


async def test_idle_brings_mail_at_once_and_marks_it_when_it_is_kept(server: Dovecot, desk: Desk, book: Book) -> None:
    async with watched(server.box, desk, book):
        await until(lambda: book.page)
        await server.deliver(a_mail("one"), to="desk+tok@city.example", sender="hanako@example.jp")
        await until(lambda: book.page and book.page[1] == 1)
        assert await server.flags() == {1: {SEEN}}

    letter = read_letter(desk.kept[0])
    assert (letter.subject, letter.return_path) == ("one", "hanako@example.jp")
    assert letter.delivered_to[0] == "desk+tok@city.example"


async def test_what_is_not_kept_stays_unread_and_is_tried_again(server: Dovecot, desk: Desk, book: Book) -> None:
    desk.away = True
    async with watched(server.box, desk, book):
        await server.deliver(a_mail("one"))
        await server.deliver(a_mail("two"))
        await until(lambda: len(set(desk.tried)) == 2)
        assert await server.flags() == {1: set(), 2: set()}
        desk.away = False
        await until(lambda: book.page and book.page[1] == 2)

        assert await server.flags() == {1: {SEEN}, 2: {SEEN}}
    assert sorted(subjects(desk)) == ["one", "two"]


async def test_killed_during_idle_it_comes_back_and_loses_nothing(server: Dovecot, desk: Desk, book: Book) -> None:
    async with watched(server.box, desk, book) as sessions:
        for number in range(1, 4):
            await idling(server, logins=number)
            await until(lambda: book.page)
            for child in server.children():
                os.kill(child, signal.SIGKILL)
            await server.deliver(a_mail(f"mail {number}"))
            await until(lambda wanted=number: book.page and book.page[1] == wanted)  # type: ignore[misc]
        assert len(sessions) == 4

    assert subjects(desk) == ["mail 1", "mail 2", "mail 3"]


async def test_a_server_that_is_gone_is_asked_with_growing_pauses(desk: Desk, book: Book) -> None:
    pauses = Pauses(look=600.0, first=0.02, longest=600.0)
    async with dovecot() as server:
        with capture_logs() as logs:
            async with watched(server.box, desk, book, pauses=pauses) as sessions:
                await until(lambda: book.page)
                await server.stop()
                await until(lambda: len(logs) >= 5)
                asked = len(sessions)

    assert asked == len(logs) == 5
    assert [line["again_after"] for line in logs] == [0.0, 0.0, 0.1, 0.2, 0.3]
    assert all(line["event"] == "mailbox lost" for line in logs)


async def test_a_server_that_stops_speaking_is_left(server: Dovecot, desk: Desk, book: Book) -> None:
    stopped: list[int] = []
    try:
        async with watched(
            server.box, desk, book, pauses=BY_LOOKING, connect=lambda box: ImapSession(box, answer_within=1.0)
        ) as sessions:
            await until(lambda: book.page and server.children())
            stopped = server.children()
            for child in stopped:
                os.kill(child, signal.SIGSTOP)
            await server.deliver(a_mail("one"))

            await until(lambda: desk.kept)
            assert len(sessions) >= 2
    finally:
        for child in stopped:
            os.kill(child, signal.SIGCONT)


async def test_a_restart_goes_on_where_it_was(server: Dovecot, desk: Desk, book: Book) -> None:
    await server.deliver(a_mail("one"))
    async with watched(server.box, desk, book):
        await until(lambda: book.page and book.page[1] == 1)
    await server.deliver(a_mail("two"))
    await asyncio.to_thread(_read_by_a_person, server, 2)
    async with watched(server.box, desk, book):
        await until(lambda: book.page and book.page[1] == 2)

    assert subjects(desk) == ["one", "two"]


def _read_by_a_person(server: Dovecot, uid: int) -> None:
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags([uid], [SEEN])


async def test_new_numbers_are_noticed_and_nothing_unread_is_lost(server: Dovecot, desk: Desk, book: Book) -> None:
    box = replace(server.box, folder="窓口")
    await asyncio.to_thread(_folder_anew, server, "窓口", ["one", "two"])
    async with watched(box, desk, book):
        await until(lambda: len(desk.kept) == 2 and book.page)
    before = book.page
    assert before
    await asyncio.to_thread(_folder_anew, server, "窓口", ["three"])
    async with watched(box, desk, book):
        await until(lambda: book.page != before)

    assert subjects(desk) == ["one", "two", "three"]
    assert book.page
    assert book.page[0] != before[0]
    assert book.page[1] == 1


def _folder_anew(server: Dovecot, name: str, mails: list[str]) -> None:
    with server.client() as client:
        if client.folder_exists(name):
            client.delete_folder(name)
        client.create_folder(name)
        for subject in mails:
            client.append(name, a_mail(subject))


async def test_of_a_mail_too_large_the_header_is_kept(server: Dovecot, desk: Desk, book: Book) -> None:
    await server.deliver(a_mail("big", "x" * 100 + "\r\n" * 2000))
    await server.deliver(a_mail("small"))
    async with watched(server.box, desk, book, connect=lambda box: ImapSession(box, largest=2000)):
        await until(lambda: book.page and book.page[1] == 2)

    big, small = (read_letter(raw) for raw in desk.kept)
    assert (big.subject, small.subject) == ("big", "small")
    assert int(big.headers[TOO_LARGE]) > 4000
    assert TOO_LARGE not in small.headers
    assert "大きすぎる" in big.text
    assert "xxx" not in big.text


async def test_without_idle_it_is_looked_into_now_and_then(desk: Desk, book: Book) -> None:
    async with dovecot("imap_capability = IMAP4rev1 LITERAL+ UIDPLUS") as server:
        async with watched(server.box, desk, book, pauses=BY_LOOKING):
            await until(lambda: book.page)
            await server.deliver(a_mail("one"))
            await until(lambda: desk.kept)
        assert server.logins() == 1


async def test_where_nothing_may_be_marked_mail_is_kept_all_the_same(desk: Desk, book: Book) -> None:
    async with dovecot("mail_plugins = acl\nplugin {\n  acl = vfile\n}") as server:
        server.put("mail/desk/dovecot-acl", "owner lrip\n")
        await server.deliver(a_mail("one"))
        async with watched(server.box, desk, book, pauses=BY_LOOKING):
            await until(lambda: book.page and book.page[1] == 1)
            await server.deliver(a_mail("two"))
            await until(lambda: book.page and book.page[1] == 2)
        assert await server.flags() == {1: set(), 2: set()}
    assert subjects(desk) == ["one", "two"]


async def test_the_password_is_not_said_in_the_clear_where_tls_must_be(server: Dovecot) -> None:
    session = ImapSession(replace(server.box, tls="starttls"))
    try:
        with pytest.raises(Exception, match="STARTTLS"):
            await asyncio.to_thread(session.open)
    finally:
        session.close()
    await until(lambda: server.log().count("imap-login: Info: Disconnected") == 2)  # the fixture's own, and this
    assert f"user=<{server.box.user}>" not in server.log()


async def test_a_wrong_password_is_told_from_trouble(server: Dovecot) -> None:
    session = ImapSession(replace(server.box, password="wrong"))
    try:
        with pytest.raises(LoginRefused):
            await asyncio.to_thread(session.open)
    finally:
        session.close()


async def test_cancelling_ends_thread_and_connection_in_the_midst_of_idle(
    server: Dovecot, desk: Desk, book: Book
) -> None:
    async with watched(server.box, desk, book):
        await until(lambda: book.page and server.children())
        threads = [each for each in threading.enumerate() if each.name.startswith("imap")]
        assert threads
        started = asyncio.get_running_loop().time()

    assert asyncio.get_running_loop().time() - started < 1.0
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    await until(lambda: not server.children())
