import base64
import unicodedata
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from uuid import UUID, uuid4

import pytest

from channels.arriving import Event
from channels.channel import Capabilities
from channels.mail.channel import About, MailChannel
from channels.mail.letter_out import Letterhead
from channels.mail.parse import parse
from channels.mail.relay import Relay
from channels.mail.tokens import Signer
from conversations.message import Address, Attachment
from tests.contracts.channel import SpeakingContract
from tests.contracts.deliveries import Recorded, What
from tests.contracts.hearing import ListeningContract
from tests.contracts.living import Start
from tests.contracts.network import Heard, SentFile, Trouble, read_html
from tests.contracts.stage import Attach
from tests.fakes.smtp import FakeSmtp, Point, Taken, Verb, an_smtp, hangs, hangs_up, is_slow, says

HEAD = Letterhead(city="みらい市", office="総合窓口", address="desk@city.example", phone="0000-20-1000")
KEY = b"key-of-the-addresses-nobody-may-see"
PASSWORD = "password-nobody-may-see"
RESIDENT = "hanako@mail.example"
HERE = Address("mail", RESIDENT, "6f9619ff8b864d11b42d00c04fc964ff")
OFTEN = 99
AT_ONCE = timedelta(seconds=0.2)
"""that the channel waits for an answer that does not come"""


@dataclass
class City:
    """What the channel looks up when it sends."""

    suspended: str = ""
    contents: dict[UUID, bytes] = field(default_factory=dict)

    async def about(self, address: Address, _: str) -> About | None:
        return About(
            to=address.account,
            thread=address.thread,
            automatic=True,
            sent_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
            suspended=self.suspended,
        )

    async def open(self, attachment: Attachment) -> bytes | None:
        return self.contents.get(attachment.id)

    def keep(self, name: str, content_type: str, content: bytes) -> Attachment:
        kept = Attachment(id=uuid4(), name=name, content_type=content_type, size=len(content))
        self.contents[kept.id] = content
        return kept


class MailNetwork:
    troubles = frozenset(Trouble)
    # An SMTP answer has no place for a time.
    names_times = False

    def __init__(self, smtp: FakeSmtp, channel: MailChannel, city: City) -> None:
        self._smtp, self._channel, self._city = smtp, channel, city
        self._patience = channel._hand.within

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        del after
        if trouble is Trouble.NO_ANSWER:
            self._wait(AT_ONCE)
        if trouble is Trouble.BLOCKED:
            self._city.suspended = "このアドレスへのメールが届かないため、送信を止めています。"
        if trouble is Trouble.UNKNOWN:
            self._smtp.strangers.add(RESIDENT)
        verbs: Mapping[Trouble, Verb] = {
            Trouble.TOO_MANY: says(Point.RCPT, "451 4.7.1 Greylisted, please try again in 300 seconds"),
            Trouble.SERVER_ERROR: says(Point.CONNECT, "421 4.3.2 relay.city.example Service not available"),
            Trouble.NO_ANSWER: hangs(Point.DATA),
            Trouble.CONNECTION_LOST: hangs_up(Point.CONNECT),
            Trouble.ANSWER_LOST: hangs_up(Point.DATA, takes=True),
            Trouble.SLOW: is_slow(),
            Trouble.BAD_REQUEST: says(Point.DATA, "554 5.6.0 Message content rejected"),
        }
        if trouble in verbs:
            self._smtp.then(*[verbs[trouble]] * OFTEN)

    def recovers(self) -> None:
        self._wait(self._patience)
        self._city.suspended = ""
        self._smtp.strangers.clear()
        self._smtp.verbs.clear()
        self._smtp.answers.set()

    async def reached(self) -> None:
        await self._smtp.reached.wait()

    def _wait(self, within: timedelta) -> None:
        self._channel._hand = replace(self._channel._hand, within=within)


class TestMailSpeaks(SpeakingContract):
    @pytest.fixture
    async def smtp(self) -> AsyncIterator[FakeSmtp]:
        async with an_smtp() as smtp:
            smtp.login = ("desk", PASSWORD)
            yield smtp

    @pytest.fixture
    def city(self) -> City:
        return City()

    @pytest.fixture
    def relay(self, smtp: FakeSmtp) -> Relay:
        return Relay.parse(f"smtp://desk:{PASSWORD}@{smtp.host}:{smtp.port}")

    @pytest.fixture
    async def channel(self, relay: Relay, city: City, smtp: FakeSmtp) -> AsyncIterator[MailChannel]:
        signer = Signer(KEY, domain="city.example")
        channel = MailChannel(relay, head=HEAD, signer=signer, about=city.about, open_file=city.open)
        yield channel
        smtp.answers.set()
        await channel.close()

    @pytest.fixture
    def network(self, smtp: FakeSmtp, channel: MailChannel, city: City) -> MailNetwork:
        return MailNetwork(smtp, channel, city)

    @pytest.fixture
    def address(self) -> Address:
        return HERE

    @pytest.fixture
    def heard(self, smtp: FakeSmtp) -> Callable[[], Sequence[Heard]]:
        return lambda: [_heard(taken) for taken in smtp.letters]

    @pytest.fixture
    def attach(self, city: City) -> Attach:
        return city.keep

    @pytest.fixture
    def settings_needed(self) -> Mapping[str, str]:
        return {"mail_relay": f"smtps://desk:{PASSWORD}@relay.city.example"}

    @pytest.fixture
    def start(self) -> Start:
        return lambda values: Relay.parse(values.get("mail_relay", ""))

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (PASSWORD, base64.b64encode(f"\0desk\0{PASSWORD}".encode()).decode(), KEY.decode())

    @pytest.fixture
    def holders(self, relay: Relay) -> Sequence[object]:
        return (relay,)


@cache
def _heard(taken: Taken) -> Heard:
    """The words are those of the plain text; what is obeyed is looked for in the HTML and in all headers, too."""
    message = taken.message
    text, html = _body(message, "plain"), _body(message, "html")
    files = [SentFile(part.get_filename() or "", part.get_content_type()) for part in message.iter_attachments()]
    headers = {f"header:{name.lower()}" for part in message.walk() for name in part}
    controls = {f"control:{ord(c):02x}" for c in text + html if c not in "\n\t" and unicodedata.category(c) == "Cc"}
    return Heard(text=text, files=tuple(files), obeyed=read_html(html)[1] | headers | controls)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


class MailEar:
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise NotImplementedError("mail carries no seal")

    def parse(self, body: bytes) -> Sequence[Event]:
        return parse(body, lambda _: HERE.thread, begins=False)


class MailWriter:
    at_once = 1

    def says(self, *texts: str, nth: int = 0) -> bytes:
        (text,) = texts
        return _mail(f"says-{nth}", text)


class TestMailHears(ListeningContract):
    @pytest.fixture
    def ear(self) -> MailEar:
        return MailEar()

    @pytest.fixture
    def signer(self) -> None:
        return None

    @pytest.fixture
    def writer(self) -> MailWriter:
        return MailWriter()

    @pytest.fixture
    def capabilities(self) -> Capabilities:
        return MailChannel.capabilities

    @pytest.fixture
    def recorded(self) -> Sequence[Recorded]:
        return PAYLOADS


def _mail(name: str, text: str, *files: tuple[str, str]) -> bytes:
    """As a program of today writes it; ``files``: name and content type."""
    head = (
        f"From: =?utf-8?b?{_base64('山田花子')}?= <Hanako@Mail.example>\r\nTo: desk@city.example\r\n"
        f"Subject: =?utf-8?b?{_base64('住民票について')}?=\r\nDate: Wed, 25 Nov 2026 10:00:00 +0900\r\n"
        f"Message-ID: <{name}@mail.example>\r\nIn-Reply-To: <1.2@city.example>\r\nMIME-Version: 1.0\r\n"
    )
    plain = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{_base64(text)}\r\n"
    if not files:
        return f"{head}{plain}".encode()
    parts = [
        plain,
        *(
            f"Content-Type: {kind}\r\nContent-Disposition: attachment; filename={file}\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{_base64(file)}\r\n"
            for file, kind in files
        ),
    ]
    body = "".join(f"--b\r\n{part}" for part in parts)
    return f"{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}--b--\r\n".encode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _recorded(name: str, what: What, body: bytes, **expected: object) -> Recorded:
    return Recorded(name=name, what=what, body=body, expected=[{"event": "Arrived", "sender": HERE, **expected}])


_QUOTING = "2枚です。\n\n2026年11月25日(水) 9:00 みらい市 総合窓口 <desk@city.example>:\n> 何枚ですか。\n"
_WORDS = _mail("words", "住民票をください")
_ON_THE_WAY = b"Return-Path: <hanako@mail.example>\r\nReceived: from mx.mail.example by mx.city.example\r\n"

PAYLOADS = (
    _recorded(
        "words",
        What.WORDS,
        _WORDS,
        text="住民票をください",
        message_id="words@mail.example",
        in_reply_to="1.2@city.example",
        sent_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
    ),
    replace(_recorded("words, by another way", What.WORDS, _ON_THE_WAY + _WORDS), same_as="words"),
    _recorded("picture", What.PICTURE, _mail("picture", "", ("niwa.jpg", "image/jpeg")), text=""),
    _recorded("voice", What.VOICE, _mail("voice", "聞いてください", ("koe.m4a", "audio/mp4"))),
    _recorded("file", What.FILE, _mail("file", "申請書です。", ("form.pdf", "application/pdf")), text="申請書です。"),
    _recorded("answer above its quotation", What.WORDS, _mail("quoting", _QUOTING), text="2枚です。"),
    _recorded("nothing but a sender", What.OTHER, b"From: hanako@mail.example\n\n", text=""),
)
