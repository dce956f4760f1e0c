import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from channels.channel import Accepted, DeliveryOutcome, Refused, RetryLater
from channels.mail.channel import About, MailChannel
from channels.mail.letter_out import Letterhead, Quoted
from channels.mail.relay import Relay, Tls
from channels.mail.tokens import Purpose, Signer, Token
from conversations.message import Address, Attachment, Choice
from conversations.reply import Reply
from tests.fakes.smtp import CERTIFICATE, FakeSmtp, Point, Verb, an_smtp, hangs, hangs_up, is_slow, says, stops_reading

HEAD = Letterhead(city="みらい市", office="総合窓口", address="desk@city.example", phone="0000-20-1000")
SIGNER = Signer(b"k" * 32, domain="city.example")
HERE = Address("mail", "hanako@mail.example", "6f9619ff8b864d11b42d00c04fc964ff")
KEY = "0b5f2a44-9a0e-4a7e-8a44-2f1f3c1d5e6f"
PASSWORD = "password-nobody-may-see"
ABOUT = About(
    to="hanako@mail.example",
    to_name="山田 花子",
    thread=HERE.thread,
    number="MR-000123",
    section="市民課",
    subject="住民票について",
    in_reply_to="<abc@mail.example>",
    references=("<first@mail.example>",),
    automatic=True,
    quoted=Quoted("住民票はどこで取れますか。", datetime(2026, 11, 25, 0, 30, tzinfo=UTC)),
    sent_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
)
SOON, LATER = RetryLater(timedelta(minutes=1)), RetryLater(timedelta(minutes=5))
AT_ONCE = timedelta(seconds=0.15)
"""for servers that do not answer"""

Open = Callable[..., MailChannel]


@pytest.fixture
async def smtp() -> AsyncIterator[FakeSmtp]:
    async with an_smtp() as smtp:
        yield smtp


@pytest.fixture
def opened(smtp: FakeSmtp) -> Open:
    return partial(a_channel, a_relay(smtp))


def a_channel(
    relay: Relay,
    about: About | None = ABOUT,
    *,
    files: dict[UUID, bytes] | None = None,
    timeout: timedelta = timedelta(seconds=10),
) -> MailChannel:
    async def known(address: Address, key: str) -> About | None:
        assert (address, key) == (HERE, KEY)
        return about

    async def stored(attachment: Attachment) -> bytes | None:
        return (files or {}).get(attachment.id)

    return MailChannel(relay, head=HEAD, signer=SIGNER, about=known, open_file=stored, timeout=timeout)


def a_relay(smtp: FakeSmtp, tls: Tls = "none", *, user: str = "", host: str = "127.0.0.1") -> Relay:
    return Relay(host=host, port=smtp.port, user=user, password=PASSWORD if user else "", tls=tls)


async def send(channel: MailChannel, reply: Reply | None = None) -> DeliveryOutcome:
    return await channel.send(HERE, reply or Reply(text="はい"), key=KEY, handle=None)


def a_file(name: str) -> Attachment:
    return Attachment(id=uuid4(), name=name, content_type="application/pdf", size=8)


async def test_resident_gets_a_letter_whose_answer_finds_its_way_back(smtp: FakeSmtp, opened: Open) -> None:
    reply = Reply(text="**市民課**で取れます。", choices=(Choice("料金", "article:1"), Choice("場所", "article:2")))

    assert await send(opened(), reply) == Accepted()

    (taken,) = smtp.letters
    message = taken.message
    assert taken.recipients == ("hanako@mail.example",)
    assert SIGNER.read(taken.sender) == Token(Purpose.BOUNCE, KEY)
    assert SIGNER.read(message["Reply-To"]) == Token(Purpose.REPLY, HERE.thread)
    assert message["Message-ID"] == f"<{KEY}@city.example>"
    assert message["In-Reply-To"] == "<abc@mail.example>"
    assert message["References"].split() == ["<first@mail.example>", "<abc@mail.example>"]
    assert message["Subject"] == "Re: [MR-000123] 住民票について"
    assert message["Auto-Submitted"] == "auto-replied"
    plain = message.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    for words in ("山田 花子 様", "担当：市民課", "市民課で取れます。", "  2. 場所", "> 住民票はどこで取れますか。"):
        assert words in text
    assert (taken.hello, taken.encrypted, taken.user) == ("city.example", False, "")


async def test_an_operators_letter_is_no_automatic_one(smtp: FakeSmtp, opened: Open) -> None:
    await send(opened(replace(ABOUT, automatic=False)))

    assert "Auto-Submitted" not in smtp.letters[0].message


async def test_each_try_is_the_same_letter(smtp: FakeSmtp, opened: Open) -> None:
    smtp.then(hangs_up(Point.DATA, takes=True))
    channel = opened()

    assert [await send(channel), await send(channel)] == [SOON, Accepted()]

    first, second = smtp.letters
    assert first == second


async def test_files_go_along(smtp: FakeSmtp, opened: Open) -> None:
    form, large = a_file("申請書.pdf"), a_file("地図.pdf")
    contents = {form.id: b"%PDF-1.7", large.id: bytes(range(256)) * 8_000}

    assert await send(opened(files=contents), Reply(text="どうぞ", attachments=(form, large))) == Accepted()

    files = [(part.get_filename(), part.get_content()) for part in smtp.letters[0].message.iter_attachments()]
    assert files == [("申請書.pdf", contents[form.id]), ("地図.pdf", contents[large.id])]


@pytest.mark.parametrize(
    ("about", "reply", "reason"),
    [
        (None, Reply(text="はい"), "やり取りが見つからない"),
        (replace(ABOUT, suspended="届かないため止めています。"), Reply(text="はい"), "届かないため止めています。"),
        (replace(ABOUT, to="花子@mail.example"), Reply(text="はい"), "「花子@mail.example」はメールを送れるアドレス"),
        (replace(ABOUT, to="a@mail.example\r\nDATA"), Reply(text="はい"), "メールを送れるアドレスではありません"),
        (ABOUT, Reply(text=" \n"), "中身が空"),
        (ABOUT, Reply(text="はい", attachments=(a_file("申請書.pdf"),)), "添付ファイル「申請書.pdf」が見つかりません"),
    ],
)
async def test_what_can_be_no_letter_is_refused_without_asking_the_network(
    smtp: FakeSmtp, opened: Open, about: About | None, reply: Reply, reason: str
) -> None:
    outcome = await send(opened(about), reply)

    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert smtp.sessions == []


@pytest.mark.parametrize(
    ("at", "answer", "outcome"),
    [
        (Point.CONNECT, "421 4.3.2 Service not available", LATER),
        (Point.CONNECT, "554 5.7.1 You are not one of ours", LATER),
        (Point.CONNECT, "HTTP/1.1 400 Bad Request", LATER),
        (Point.MAIL, "451 4.3.0 Temporary lookup failure", LATER),
        (Point.MAIL, "452 4.3.1 Insufficient system storage", LATER),
        (Point.MAIL, "530 5.7.0 Must issue a STARTTLS command first", LATER),
        (Point.RCPT, "450 4.2.0 Greylisted, try again in 15 minutes", LATER),
        (Point.RCPT, "421 4.7.0 Too many messages", LATER),
        (Point.RCPT, "530 5.7.0 Authentication required", LATER),
        (Point.RCPT, "354 What", LATER),
        (Point.DATA, "451 4.7.0 Try again later", LATER),
        (Point.DATA, "421 4.3.0 Closing", LATER),
    ],
)
async def test_trouble_that_passes_or_is_ours_puts_the_letter_off(
    smtp: FakeSmtp, opened: Open, at: Point, answer: str, outcome: RetryLater
) -> None:
    smtp.then(says(at, answer))
    channel = opened()

    assert await send(channel) == outcome
    assert smtp.letters == []
    assert await send(channel) == Accepted()


@pytest.mark.parametrize(
    ("at", "answer", "reason"),
    [
        (Point.MAIL, "550 5.7.1 Sender address rejected", "窓口の差出人アドレスを受け付けません"),
        (Point.MAIL, "552 5.3.4 Message size exceeds fixed limit", "大きすぎて"),
        (Point.RCPT, "550 5.1.1 User unknown", "存在しないか、使われていません"),
        (Point.RCPT, "550 No such user here", "存在しないか、使われていません"),
        (Point.RCPT, "550 宛先のアドレスが見つかりません", "存在しないか、使われていません"),
        (Point.RCPT, "554 5.7.1 Relay access denied", "中継を断りました"),
        (Point.RCPT, "552 5.2.2 Mailbox full", "メールボックスがいっぱい"),
        (Point.RCPT, "552 Requested action aborted: exceeded storage allocation", "断られました"),
        (Point.RCPT, "550 5.7.1 Rejected by recipient policy", "受信設定"),
        (Point.RCPT, "553 ?", "断られました"),
        (Point.DATA, "554 5.7.1 Message content rejected as spam", "このメールの内容を受け付けませんでした"),
        (Point.DATA, "550 5.1.1 User unknown", "存在しないか、使われていません"),
        (Point.DATA, "552 5.3.4 Too much mail data", "大きすぎて"),
        (Point.DATA, "552", "大きすぎて"),
    ],
)
async def test_what_is_refused_for_good_is_told_to_staff_with_what_to_do(
    smtp: FakeSmtp, opened: Open, at: Point, answer: str, reason: str
) -> None:
    smtp.then(says(at, answer))

    outcome = await send(opened())

    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert f"メールサーバーの応答 {answer[:3]}：{answer[4:] or '説明なし'}）" in outcome.reason


async def test_a_letter_over_the_servers_size_is_refused_before_it_is_sent(smtp: FakeSmtp, opened: Open) -> None:
    smtp.largest = 10_000
    form = a_file("申請書.pdf")

    outcome = await send(opened(files={form.id: b"x" * 20_000}), Reply(text="どうぞ", attachments=(form,)))

    assert isinstance(outcome, Refused)
    assert "添付ファイルを減らすか" in outcome.reason
    assert "size exceeds fixed maximum" in outcome.reason  # what it says to MAIL; to DATA it says "too much"


async def test_a_servers_words_stay_one_harmless_line(smtp: FakeSmtp, opened: Open) -> None:
    smtp.then(says(Point.RCPT, f"550-5.1.1 Nobody\x1b[2J here\r\n550 5.1.1 {'x' * 900}"))

    outcome = await send(opened())

    assert isinstance(outcome, Refused)
    assert outcome.reason.isprintable()
    assert len(outcome.reason) < 400


@pytest.mark.parametrize("at", [Point.CONNECT, Point.MAIL, Point.RCPT, Point.DATA])
@pytest.mark.parametrize("verb", [hangs, hangs_up])
async def test_silence_and_lost_connections_put_the_letter_off(
    smtp: FakeSmtp, opened: Open, at: Point, verb: Callable[[Point], Verb]
) -> None:
    smtp.then(verb(at))

    assert await send(opened(timeout=AT_ONCE)) == SOON
    assert await send(opened()) == Accepted()


async def test_a_letter_that_was_given_up_does_not_arrive_later(smtp: FakeSmtp, opened: Open) -> None:
    smtp.then(stops_reading())
    form = a_file("申請書.pdf")
    reply = Reply(text="どうぞ", attachments=(form,))

    assert await send(opened(files={form.id: bytes(8_000_000)}, timeout=timedelta(seconds=1)), reply) == SOON

    async with asyncio.timeout(10):
        await smtp.reads_on()
    assert smtp.letters == []


async def test_nobody_at_the_relays_door_puts_the_letter_off() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # and nobody listens there
        channel = a_channel(Relay(host="127.0.0.1", port=unheard.getsockname()[1], tls="none"))

        assert await send(channel) == SOON


@pytest.mark.parametrize("verb", [hangs_up(Point.QUIT), says(Point.QUIT, "500 5.5.2 What"), says(Point.QUIT, "?")])
async def test_a_bad_goodbye_changes_nothing(smtp: FakeSmtp, opened: Open, verb: Verb) -> None:
    smtp.then(verb)

    assert await send(opened()) == Accepted()


@pytest.mark.parametrize(
    "address", ["taro..y.@docomo.ne.jp", ".au-@ezweb.ne.jp", "o'hara+x@mail.example", "Hanako=1@Mail.Example"]
)
async def test_carriers_addresses_are_reached_as_they_are_written(smtp: FakeSmtp, opened: Open, address: str) -> None:
    assert await send(opened(replace(ABOUT, to=address))) == Accepted()

    assert smtp.letters[0].recipients == (address,)


async def test_right_password_opens_and_a_wrong_one_is_our_trouble(smtp: FakeSmtp) -> None:
    smtp.login = ("desk", PASSWORD)
    right = a_channel(a_relay(smtp, user="desk"))
    wrong = a_channel(a_relay(smtp, user="another"))
    without = a_channel(a_relay(smtp))

    with capture_logs() as events:
        assert [await send(wrong), await send(without), await send(right)] == [LATER, LATER, Accepted()]

    assert smtp.letters[0].user == "desk"
    assert [(each["event"], each["code"], each["log_level"]) for each in events] == [
        ("mail relay refuses us: check mail_relay", 535, "warning"),
        ("mail relay refuses us: check mail_relay", 530, "warning"),
    ]


async def test_login_that_fails_for_a_while_is_tried_again(smtp: FakeSmtp) -> None:
    smtp.then(says(Point.LOGIN, "454 4.7.0 Temporary authentication failure"))

    assert await send(a_channel(a_relay(smtp, user="desk"))) == LATER


async def test_encryption_is_used_when_it_is_offered_whoever_signed_the_certificate() -> None:
    async with an_smtp(starttls=True) as smtp:
        assert await send(a_channel(a_relay(smtp, "starttls"))) == Accepted()
        assert smtp.letters[0].encrypted
    async with an_smtp() as smtp:
        assert await send(a_channel(a_relay(smtp, "starttls"))) == Accepted()
        assert not smtp.letters[0].encrypted


async def test_password_is_said_only_to_a_server_that_proves_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_smtp(starttls=True) as smtp:
        smtp.login = ("desk", PASSWORD)
        relay = a_relay(smtp, "starttls", user="desk", host="localhost")
        with capture_logs() as events:
            assert await send(a_channel(relay)) == SOON
        assert "CERTIFICATE_VERIFY_FAILED" in events[0]["why"]

        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

        assert await send(a_channel(relay)) == Accepted()
        assert (smtp.letters[0].user, smtp.letters[0].encrypted) == ("desk", True)
    async with an_smtp() as smtp:  # offers no encryption
        smtp.login = ("desk", PASSWORD)
        assert await send(a_channel(a_relay(smtp, "starttls", user="desk", host="localhost"))) == SOON
        assert smtp.letters == []


async def test_implicit_encryption_is_always_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_smtp(implicit_tls=True) as smtp:
        relay = a_relay(smtp, "implicit", host="localhost")
        assert await send(a_channel(relay)) == SOON

        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

        assert await send(a_channel(relay)) == Accepted()


async def test_encryption_against_a_server_that_knows_none_puts_the_letter_off(smtp: FakeSmtp) -> None:
    assert await send(a_channel(a_relay(smtp, "implicit", host="localhost"), timeout=AT_ONCE)) == SOON


async def test_log_names_the_reply_and_the_domain_and_no_person(
    smtp: FakeSmtp, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.strangers.add("hanako@mail.example")
    echo = "<hanako@mail.example>: greylisted"
    verbs = [says(Point.RCPT, f"450 {echo}"), says(Point.DATA, f"554 {echo}"), says(Point.MAIL, f"530 {echo}")]
    smtp.then(*verbs, hangs_up(Point.RCPT), says(Point.CONNECT, f"554 {echo}"))

    with capture_logs() as events:
        for _ in range(6):
            await send(opened())

    told = [repr(each) for each in events]
    told += [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the fake's own
    assert len(events) == 4
    assert not [each for each in told if "hanako" in each or "花子" in each or HERE.thread in each]
    assert {(each["key"], each["domain"]) for each in events} == {(KEY, "mail.example")}


async def test_closing_waits_for_the_letter_under_way_and_takes_no_other(smtp: FakeSmtp, opened: Open) -> None:
    smtp.then(is_slow())
    channel = opened()
    sending = asyncio.ensure_future(send(channel))
    async with asyncio.timeout(5):
        await smtp.reached.wait()

    closing = asyncio.ensure_future(channel.close())
    late = await asyncio.ensure_future(send(channel))
    assert not closing.done()
    smtp.answers.set()
    async with asyncio.timeout(5):
        outcomes: Sequence[object] = await asyncio.gather(sending, closing)

    assert outcomes == [Accepted(), None]
    assert late == SOON
    assert len(smtp.letters) == 1
    await channel.close()
