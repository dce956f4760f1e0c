"""The mail door, spoken to by real clients over real sockets."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from channels.mail.door import Envelope, Limits, Listen, mail_door
from conversations.errors import SettingsError

DESK = "desk@city.example"
SIDE = "desk+tok@city.example"
MAIL = b"Subject: Hello\r\n\r\nWords.\r\n"
PATIENCE = 10.0


@dataclass
class Shelf:
    """Where mail is kept; ``trouble`` says what goes wrong meanwhile."""

    kept: list[Envelope] = field(default_factory=list)
    trouble: Exception | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    """until then keeping takes its time"""

    async def keep(self, envelope: Envelope) -> None:
        self.reached.set()
        async with asyncio.timeout(PATIENCE):
            await self.free.wait()
        if self.trouble is not None:
            raise self.trouble
        self.kept.append(envelope)


@pytest.fixture
def shelf() -> Shelf:
    made = Shelf()
    made.free.set()
    return made


@asynccontextmanager
async def the_door(shelf: Shelf, protocol: str = "smtp", **limits: float) -> AsyncIterator[int]:
    listen = Listen.parse(f"{protocol}://127.0.0.1:0")
    ours = frozenset({DESK, SIDE}).__contains__
    async with mail_door(listen, shelf.keep, ours, limits=Limits(**limits)) as port:  # type: ignore[arg-type]
        yield port


def smtp(port: int, talk: Callable[[smtplib.SMTP], object]) -> object:
    client = smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE)
    try:
        return talk(client)
    finally:
        client.close()


def lmtp(port: int, talk: Callable[[smtplib.SMTP], object]) -> object:
    client = smtplib.LMTP("127.0.0.1", port, timeout=PATIENCE)
    try:
        return talk(client)
    finally:
        client.close()


def sent(
    mail: bytes = MAIL, *, sender: str = "taro@example.jp", to: tuple[str, ...] = (DESK,)
) -> Callable[..., object]:
    """What a mail server says to hand a mail over; the codes that it heard behind the last dot."""

    def talk(client: smtplib.SMTP) -> object:
        client.ehlo_or_helo_if_needed()
        client.mail(sender)
        codes = [client.rcpt(each)[0] for each in to]
        client.putcmd("data")
        client.getreply()
        client.send(b"".join(_stuffed(line) for line in mail.splitlines(keepends=True)) + b".\r\n")
        wanted = codes.count(250) if isinstance(client, smtplib.LMTP) else 1
        return [client.getreply()[0] for _ in range(wanted)]

    return talk


def _stuffed(line: bytes) -> bytes:
    return b"." + line if line.startswith(b".") else line


async def test_mail_is_acknowledged_only_when_it_is_kept(shelf: Shelf) -> None:
    shelf.free.clear()
    async with the_door(shelf) as port:
        talk = asyncio.create_task(asyncio.to_thread(smtp, port, sent()))
        async with asyncio.timeout(PATIENCE):
            await shelf.reached.wait()
        assert not talk.done()
        assert shelf.kept == []
        shelf.free.set()

        assert await talk == [250]
    assert shelf.kept == [Envelope("taro@example.jp", (DESK,), MAIL)]


async def test_mail_that_is_not_kept_is_asked_for_again(shelf: Shelf) -> None:
    async with the_door(shelf) as port:
        shelf.trouble = ConnectionError("INSERT … 'Words.' taro@example.jp")
        with capture_logs() as logs:
            assert await asyncio.to_thread(smtp, port, sent()) == [451]
        shelf.trouble = None
        assert await asyncio.to_thread(smtp, port, sent()) == [250]

    assert [line["event"] for line in logs] == ["mail not kept"]
    assert "Words" not in repr(logs)
    assert "taro" not in repr(logs)


async def test_lmtp_answers_for_each_recipient(shelf: Shelf) -> None:
    async with the_door(shelf, "lmtp") as port:
        assert await asyncio.to_thread(lmtp, port, sent(to=(DESK, "stranger@city.example", SIDE))) == [250, 250]
        shelf.trouble = OSError("away")
        assert await asyncio.to_thread(lmtp, port, sent(to=(DESK, SIDE))) == [451, 451]

    assert [each.recipients for each in shelf.kept] == [(DESK, SIDE)]


async def test_lmtp_too_large_is_answered_for_each_recipient_and_the_talk_goes_on(shelf: Shelf) -> None:
    def talk(client: smtplib.SMTP) -> object:
        return [sent(b"x" * 3000 + b"\r\n", to=(DESK, SIDE))(client), sent(to=(SIDE,))(client)]

    async with the_door(shelf, "lmtp", size=2000) as port:
        assert await asyncio.to_thread(lmtp, port, talk) == [[552, 552], [250]]
    assert [each.content for each in shelf.kept] == [MAIL]


async def test_lmtp_door_speaks_no_smtp(shelf: Shelf) -> None:
    def talk(client: smtplib.SMTP) -> object:
        return client.docmd("EHLO", "mx")[0]

    async with the_door(shelf, "lmtp") as port:
        assert await asyncio.to_thread(lmtp, port, talk) == 500


async def test_mail_for_others_is_refused_we_are_no_relay(shelf: Shelf) -> None:
    def talk(client: smtplib.SMTP) -> object:
        client.ehlo()
        client.mail("taro@example.jp")
        return [client.rcpt(each)[0] for each in ("victim@example.com", "", DESK)]

    async with the_door(shelf) as port:
        assert await asyncio.to_thread(smtp, port, talk) == [550, 550, 250]
    assert shelf.kept == []


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("<>", ""),
        ("<taro..y.@docomo.ne.jp>", "taro..y.@docomo.ne.jp"),
        ("<.abc@ezweb.ne.jp>", ".abc@ezweb.ne.jp"),
        ('<"taro..y."@docomo.ne.jp>', "taro..y.@docomo.ne.jp"),
        ('<"taro yamada"@x.jp>', '"taro yamada"@x.jp'),
        ("<a,b;c[d@x.jp>", "a,b;c[d@x.jp"),
        ("<@relay.jp:a@x.jp>", "a@x.jp"),
        ("<山田@例え.jp>", "山田@例え.jp"),
        ("<MAILER-DAEMON>", "MAILER-DAEMON"),
        ("a@x.jp", "a@x.jp"),
    ],
)
async def test_senders_are_taken_as_they_are_written(shelf: Shelf, written: str, understood: str) -> None:
    def talk(client: smtplib.SMTP) -> object:
        client.ehlo()
        client.send(f"MAIL FROM:{written} SIZE=100 BODY=8BITMIME\r\n".encode())
        assert client.getreply()[0] == 250
        client.rcpt(DESK)
        return client.data(MAIL)[0]

    async with the_door(shelf) as port:
        assert await asyncio.to_thread(smtp, port, talk) == 250
    assert [each.sender for each in shelf.kept] == [understood]


@pytest.mark.parametrize(
    "mail",
    [
        b"Subject: x\r\n\r\n" + b"y" * 200_000 + b"\r\nz\r\n",
        b"Subject: x\r\n\r\n.\r\n..\r\n.leading dot\r\n" + b"." * 70_000 + b"\r\n",
        b"Subject: \x83\x81\x81[\x83\x8b\r\n\r\n\xff\x00\x80\r\n",
        b"Subject: x\r\n\r\nlone\nand\rbreaks\n.\nhere\r\n",
        b"\r\n",
        b"".join(b"%d\r\n" % n for n in range(20_000)),
        b"Subject: x\r\n\r\n" + b"y" * 65_535 + b"\r\n" + b"y" * 65_536 + b"\r\n" + b"y" * 65_537 + b"\r\n",
    ],
    ids=["long line", "dots", "raw bytes", "lone breaks", "nothing", "many lines", "around the chunk"],
)
async def test_every_byte_comes_in_as_it_was_sent(shelf: Shelf, mail: bytes) -> None:
    def talk(client: smtplib.SMTP) -> object:
        client.ehlo()
        client.mail("taro@example.jp")
        client.rcpt(DESK)
        client.putcmd("data")
        client.getreply()
        client.send(b"\r\n".join(_stuffed(line) for line in mail.split(b"\r\n")) + b".\r\n")
        return client.getreply()[0]

    async with the_door(shelf) as port:
        assert await asyncio.to_thread(smtp, port, talk) == 250
    assert [each.content for each in shelf.kept] == [mail]


async def test_too_large_is_refused_as_soon_as_it_is_known(shelf: Shelf) -> None:
    def declared(client: smtplib.SMTP) -> object:
        client.ehlo()
        return client.esmtp_features["size"], client.mail("taro@example.jp", ["SIZE=2001"])[0]

    async with the_door(shelf, size=2000) as port:
        assert await asyncio.to_thread(smtp, port, declared) == ("2000", 552)
        assert await asyncio.to_thread(smtp, port, sent(b"x" * 1999 + b"\r\n")) == [552]
        assert await asyncio.to_thread(smtp, port, sent(b"x" * 1998 + b"\r\n")) == [250]


async def test_one_session_hands_over_several_mails(shelf: Shelf) -> None:
    def talk(client: smtplib.SMTP) -> object:
        return [sent(b"%d\r\n" % n)(client) for n in range(3)]

    async with the_door(shelf) as port:
        assert await asyncio.to_thread(smtp, port, talk) == [[250]] * 3
    assert [each.content for each in shelf.kept] == [b"0\r\n", b"1\r\n", b"2\r\n"]


async def test_who_finds_no_room_is_told_to_come_again(shelf: Shelf) -> None:
    async with the_door(shelf, connections=1) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as first:
            assert (await asyncio.to_thread(first.recv, 3)) == b"220"
            with pytest.raises(smtplib.SMTPConnectError) as refused:
                await asyncio.to_thread(smtp, port, sent())
            assert refused.value.smtp_code == 421
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(_code_for, port) == 421:
                pass


def _code_for(port: int) -> object:
    try:
        return smtp(port, lambda client: client.noop()[0])
    except smtplib.SMTPConnectError as refused:
        return refused.smtp_code


async def test_who_says_nothing_is_sent_away(shelf: Shelf) -> None:
    async with the_door(shelf, patience=0.05) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(PATIENCE):
            assert (await reader.read()).startswith(b"220")
        writer.close()


async def test_closing_waits_for_mail_under_way(shelf: Shelf) -> None:
    shelf.free.clear()
    async with the_door(shelf) as port:
        talk = asyncio.create_task(asyncio.to_thread(smtp, port, sent()))
        async with asyncio.timeout(PATIENCE):
            await shelf.reached.wait()
        asyncio.get_running_loop().call_soon(shelf.free.set)

    assert len(shelf.kept) == 1
    assert await talk == [250]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


async def test_closing_does_not_wait_for_ever_and_acknowledges_nothing(shelf: Shelf) -> None:
    shelf.free.clear()
    async with the_door(shelf, grace=0.05) as port:
        talk = asyncio.create_task(asyncio.to_thread(smtp, port, sent()))
        async with asyncio.timeout(PATIENCE):
            await shelf.reached.wait()

    with pytest.raises(smtplib.SMTPServerDisconnected):
        await talk
    assert shelf.kept == []


async def test_who_is_idle_when_the_door_closes_is_told(shelf: Shelf) -> None:
    async with the_door(shelf) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
    async with asyncio.timeout(PATIENCE):
        assert (await reader.read()).startswith(b"421")
    writer.close()


async def test_a_mail_cut_off_is_not_kept(shelf: Shelf) -> None:
    def talk(client: smtplib.SMTP) -> None:
        client.ehlo()
        client.mail("taro@example.jp")
        client.rcpt(DESK)
        client.putcmd("data")
        client.getreply()
        client.send(b"Subject: half")

    async with the_door(shelf) as port:
        await asyncio.to_thread(smtp, port, talk)
        assert await asyncio.to_thread(smtp, port, sent()) == [250]
    assert [each.content for each in shelf.kept] == [MAIL]


async def test_the_library_logs_neither_addresses_nor_words(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with the_door(shelf) as port:
        await asyncio.to_thread(smtp, port, sent())

    assert "taro" not in caplog.text
    assert "Words" not in caplog.text


@pytest.mark.parametrize(
    ("url", "listen"),
    [
        ("lmtp://127.0.0.1:2424", Listen("lmtp", "127.0.0.1", 2424)),
        (" smtp://0.0.0.0:25 ", Listen("smtp", "0.0.0.0", 25)),  # noqa: S104
        ("lmtp://[::1]:2424/", Listen("lmtp", "::1", 2424)),
    ],
)
def test_setting_says_where_to_listen(url: str, listen: Listen) -> None:
    assert Listen.parse(url) == listen


@pytest.mark.parametrize(
    "url",
    [
        "",
        "2424",
        "http://127.0.0.1:80",
        "lmtp://127.0.0.1",
        "lmtp://:24",
        "smtp://h:99999",
        "smtp://a:b@h:25",
        "smtp://h:2/x",
    ],
)
def test_wrong_setting_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^mail_door: .*lmtp://127\.0\.0\.1:2424"):
        Listen.parse(url)


async def test_a_port_that_is_taken_is_named(shelf: Shelf) -> None:
    async with the_door(shelf) as port:
        with pytest.raises(SettingsError, match=f"mail_door: 127.0.0.1:{port}"):
            async with mail_door(Listen("smtp", "127.0.0.1", port), shelf.keep, lambda _: True):
                pass
