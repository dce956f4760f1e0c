"""The watch over a mailbox in memory; see test_mailbox_dovecot for a real one."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels.mail.imap_session import ConnectionCut, ImapSession, too_large
from channels.mail.letter import read_letter
from channels.mail.mailbox import ImapBox, Pauses, Session, reached_after, watch
from conversations.errors import SettingsError
from tests.channels.mail.mailboxes import PATIENCE, Book, Desk, Folder, FolderSession, until

BOX = ImapBox(host="127.0.0.1", port=143, user="desk", password="s3cret", tls="none")
QUICK = Pauses(look=0.02, first=0.001, longest=0.005)
SILENT = Pauses(look=600.0, first=0.001, longest=0.005)


@asynccontextmanager
async def watched(
    folder: Folder, desk: Desk, book: Book, *, pauses: Pauses = QUICK
) -> AsyncIterator[list[FolderSession]]:
    sessions: list[FolderSession] = []

    def connect(_box: ImapBox) -> Session:
        sessions.append(FolderSession(folder))
        return sessions[-1]

    task = asyncio.create_task(watch(BOX, desk.keep, book, pauses=pauses, jitter=lambda: 1.0, connect=connect))
    try:
        yield sessions
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def book() -> Book:
    return Book()


async def test_mail_is_kept_as_it_comes_and_only_then_seen(folder: Folder, desk: Desk, book: Book) -> None:
    desk.away = True
    async with watched(folder, desk, book, pauses=SILENT):
        folder.deliver(b"one")
        await until(lambda: desk.tried)
        assert folder.seen == set()
        assert book.page is None or book.page[1] == 0
        desk.away = False

        await until(lambda: book.page == (7, 1))
    assert (desk.kept, folder.seen) == ([b"one"], {1})


async def test_at_the_first_time_only_what_nobody_read_is_new(folder: Folder, desk: Desk, book: Book) -> None:
    folder.deliver(b"read by a person", seen=True)
    folder.deliver(b"unread")
    folder.deliver(b"read, too", seen=True)
    async with watched(folder, desk, book):
        await until(lambda: book.page == (7, 3))
        folder.deliver(b"opened by a person before us", seen=True)
        await until(lambda: book.page == (7, 4))

    assert desk.kept == [b"unread", b"opened by a person before us"]


async def test_an_empty_mailbox_is_reached_to_its_end(folder: Folder, desk: Desk, book: Book) -> None:
    folder.deliver(b"read by a person", seen=True)
    async with watched(folder, desk, book):
        await until(lambda: book.page == (7, 1))
    assert desk.kept == []


async def test_a_restart_goes_on_where_it_was(folder: Folder, desk: Desk, book: Book) -> None:
    folder.deliver(b"one")
    async with watched(folder, desk, book):
        await until(lambda: book.page == (7, 1))
    folder.deliver(b"two")
    folder.seen = {2}
    async with watched(folder, desk, book):
        await until(lambda: book.page == (7, 2))

    assert desk.kept == [b"one", b"two"]
    assert folder.fetched == [1, 2]


async def test_what_cannot_be_kept_holds_up_nothing_and_is_never_passed(folder: Folder, desk: Desk, book: Book) -> None:
    book.page = (7, 0)
    desk.spilt = {b"bad"}
    for mail in (b"good", b"bad", b"fine"):
        folder.deliver(mail)
    async with watched(folder, desk, book):
        await until(lambda: desk.tried.count(b"bad") >= 3)
        folder.deliver(b"late")
        await until(lambda: b"late" in desk.kept)
        assert book.page == (7, 1)
        await until(lambda: folder.seen == {1, 3, 4})
        desk.spilt.clear()
        await until(lambda: book.page == (7, 4))

    assert desk.kept == [b"good", b"fine", b"late", b"bad"]


async def test_many_that_cannot_be_kept_hold_up_nothing_either(folder: Folder, desk: Desk, book: Book) -> None:
    book.page = (7, 0)
    for number in range(20):
        folder.deliver(b"bad %d" % number)
    desk.spilt = set(folder.mails.values())
    folder.deliver(b"good")
    async with watched(folder, desk, book):
        await until(lambda: desk.kept == [b"good"])
        assert book.page == (7, 0)


async def test_with_the_database_away_not_every_mail_is_fetched_again_and_again(
    folder: Folder, desk: Desk, book: Book
) -> None:
    desk.away = True
    for number in range(100):
        folder.deliver(b"mail %d" % number)
    async with watched(folder, desk, book, pauses=Pauses(look=600.0, first=600.0)):
        await until(lambda: folder.waits)
        assert len(folder.fetched) == 5


async def test_the_trouble_is_logged_without_words(folder: Folder, desk: Desk, book: Book) -> None:
    desk.away = True
    folder.deliver(b"one")
    with capture_logs() as logs:
        async with watched(folder, desk, book):
            await until(lambda: len(desk.tried) > 1)

    assert {line["event"] for line in logs} == {"mail not kept"}
    assert "words" not in repr(logs)


async def test_a_message_that_the_server_does_not_give_is_asked_for_again(
    folder: Folder, desk: Desk, book: Book
) -> None:
    folder.refused = {1}
    folder.deliver(b"one")
    folder.deliver(b"two")
    async with watched(folder, desk, book):
        await until(lambda: desk.kept == [b"two"])
        folder.refused = set()
        await until(lambda: book.page == (7, 2))
    assert desk.kept == [b"two", b"one"]


async def test_a_message_that_somebody_deleted_is_passed(folder: Folder, desk: Desk, book: Book) -> None:
    book.page = (7, 0)
    folder.refused = {1}
    folder.deliver(b"one")
    folder.deliver(b"two")
    async with watched(folder, desk, book):
        await until(lambda: desk.kept == [b"two"])
        del folder.mails[1]
        await until(lambda: book.page == (7, 2))
    assert (desk.kept, folder.seen) == ([b"two"], {2})


async def test_new_numbers_let_what_is_unread_be_new(folder: Folder, desk: Desk, book: Book) -> None:
    folder.deliver(b"one")
    async with watched(folder, desk, book):
        await until(lambda: book.page == (7, 1))
        folder.uidvalidity, folder.uidnext = 8, 10
        folder.mails, folder.seen = {9: b"one"}, {9}
        folder.deliver(b"two")
        folder.kill_connections()
        await until(lambda: book.page == (8, 10))

    assert desk.kept == [b"one", b"two"]


async def test_a_lost_connection_comes_back_and_loses_nothing(folder: Folder, desk: Desk, book: Book) -> None:
    async with watched(folder, desk, book, pauses=SILENT) as sessions:
        await until(lambda: folder.waits)
        folder.kill_connections()
        folder.deliver(b"one")
        await until(lambda: book.page == (7, 1))

        assert len(sessions) == 2
        assert sessions[0].closed.is_set()
    assert desk.kept == [b"one"]


async def test_a_server_that_dies_at_once_is_not_run_down(folder: Folder, desk: Desk, book: Book) -> None:
    folder.dying = True
    with capture_logs() as logs:
        async with watched(folder, desk, book, pauses=Pauses(first=0.001, longest=0.004)):
            await until(lambda: folder.connections >= 5)

    assert [line["again_after"] for line in logs[:4]] == [0.0, 0.0, 0.0, 0.0]
    assert {line["event"] for line in logs} == {"mailbox lost"}


async def test_a_wrong_password_is_not_tried_at_once_again(folder: Folder, desk: Desk, book: Book) -> None:
    folder.wrong_password = True
    with capture_logs() as logs:
        async with watched(folder, desk, book, pauses=Pauses(first=0.001, longest=600.0)):
            await until(lambda: logs)
            for _ in range(50):
                await asyncio.sleep(0.001)
            assert folder.connections == 1

    assert "mail_imap" in logs[0]["event"]
    assert "s3cret" not in repr(logs)


async def test_cancelling_ends_the_thread_in_the_midst_of_idle(folder: Folder, desk: Desk, book: Book) -> None:
    async with watched(folder, desk, book, pauses=SILENT) as sessions:
        await until(lambda: folder.waits)
        threads = [each for each in threading.enumerate() if each.name.startswith("imap")]
        assert threads

    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert sessions[0].closed.is_set()


def test_pauses_grow_and_end() -> None:
    pauses = Pauses()

    assert [pauses.after(n, chance=1.0) for n in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert pauses.after(1, chance=0.0) == 0.5
    assert pauses.after(10**6, chance=0.0) == 150


@given(st.sets(st.integers(1, 50)), st.data())
def test_progress_never_passes_what_waits(found: set[int], data: st.DataObject) -> None:
    waiting = data.draw(st.sets(st.sampled_from(sorted(found)))) if found else set()
    before = data.draw(st.integers(0, min(found, default=50) - 1) | st.none()) if found else None

    reached = reached_after(before, found, waiting=waiting, uidnext=51)

    if reached is None:
        assert before is None
        assert waiting
    else:
        assert all(uid > reached for uid in waiting)
        assert reached >= (before or 0)
        assert waiting or all(uid <= reached for uid in found)


@pytest.mark.parametrize(
    ("url", "box"),
    [
        (
            "imaps://desk:p%40ss%2Fw@mail.city.example/INBOX",
            ImapBox(host="mail.city.example", port=993, user="desk", password="p@ss/w"),
        ),
        (
            " imap://desk%40city.example:x@[::1]:11143 ",
            ImapBox(host="::1", port=11143, user="desk@city.example", password="x", tls="none"),
        ),
        (
            "imap://d:x@mail.city.example/%E7%AA%93%E5%8F%A3/new",
            ImapBox(host="mail.city.example", port=143, user="d", password="x", folder="窓口/new", tls="starttls"),
        ),
    ],
)
def test_setting_names_the_mailbox(url: str, box: ImapBox) -> None:
    assert ImapBox.parse(url) == box


@pytest.mark.parametrize(
    "url",
    [
        "",
        "s3cret",
        "pop3://desk:s3cret@host/INBOX",
        "imaps://desk@host/INBOX",
        "imaps://:s3cret@host",
        "imaps://desk:s3cret@/INBOX",
        "imaps://desk:s3cret@host:99999/INBOX",
        "imaps://desk:s3cret@ho st/INBOX",
        "imaps://desk:s3cret#x@host/INBOX",
        "imaps://desk:s3cret%0d@host/INBOX",
        "imaps://desk:s3cret暗@host/INBOX",
        "imaps://desk:s3cret@host/IN%0dBOX",
        "imaps://desk:s3cret@host/INBOX?x",
    ],
)
def test_wrong_setting_is_named_and_never_quoted(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^mail_imap: ") as wrong:
        ImapBox.parse(url)
    assert "s3cret" not in str(wrong.value)


def test_password_shows_nowhere() -> None:
    assert "s3cret" not in repr(BOX)
    assert str(BOX) == "desk@127.0.0.1:143/INBOX"


def test_a_mail_too_large_says_so_in_its_place() -> None:
    header = (
        b"From: =?utf-8?B?5bGx55Sw?= <taro@example.jp>\r\nSubject: big\r\nContent-Type: multipart/mixed;\r\n"
        b' boundary="b1"\r\nContent-Transfer-Encoding: 7bit\r\nMessage-ID: <1@x>\r\n\r\n'
    )

    raw = too_large(header, 45 * 1024 * 1024, folder="INBOX")

    letter = read_letter(raw)
    assert (letter.subject, letter.message_id, letter.sender and letter.sender.name) == ("big", "<1@x>", "山田")
    assert "約45MB" in letter.text
    assert letter.headers["x-madoguchi-too-large"] == str(45 * 1024 * 1024)
    assert (letter.defects, letter.attachments) == ((), ())


def test_closing_a_session_that_never_opened_is_harmless() -> None:
    session = ImapSession(BOX)

    session.cut()
    session.cut()
    session.close()

    with pytest.raises(ConnectionCut):
        session.open()
