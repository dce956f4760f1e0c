"""A channel that keeps every promise, by letters on paper in memory: the contract's own proof that it can be kept.

Each of its steps is a method, so that ``bad_channels.py`` can spoil them one by one.
"""

import asyncio
import hashlib
import hmac
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import regex

from channels.arriving import Arrived, Event, FileKind, Forged, RemoteFile, Withdrawn
from channels.channel import (
    Accepted,
    BadDelivery,
    Capabilities,
    DeliveryOutcome,
    Ignored,
    Refused,
    RetryLater,
    TextUnit,
)
from conversations.errors import SettingsError
from conversations.message import Address, Attachment, Choice
from conversations.reply import Reply
from tests.contracts.network import Button, Heard, SentFile, Trouble, read_html

TOKEN = "paper-token-0123456789"
SECRET = b"paper-secret"
AT_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes over the wire: HTML, as on many a network."""

    html: str
    buttons: tuple[Button, ...] = ()
    files: tuple[SentFile, ...] = ()


class PaperNetwork:
    troubles = frozenset(Trouble)
    names_times = True

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._keys: set[str] = set()
        self._trouble: Trouble | None = None
        self._after: timedelta | None = None
        self._waits = asyncio.Event()
        self._answers = asyncio.Event()

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        self._trouble, self._after = trouble, after

    def recovers(self) -> None:
        self._trouble = None
        self._answers.set()

    async def reached(self) -> None:
        await self._waits.wait()

    async def take(self, letter: Letter, *, key: str) -> tuple[int, timedelta | None]:
        """Status and, with 429, the time to wait. Raises TimeoutError, ConnectionError."""
        match self._trouble:
            case None | Trouble.SLOW | Trouble.ANSWER_LOST:
                self._hear(letter, key)
            case Trouble.TOO_MANY:
                return 429, self._after
            case Trouble.SERVER_ERROR:
                return 503, None
            case Trouble.CONNECTION_LOST:
                raise ConnectionError
            case Trouble.BAD_REQUEST | Trouble.BLOCKED | Trouble.UNKNOWN:
                return 400, None
            case Trouble.NO_ANSWER:
                pass
        if self._trouble in {Trouble.ANSWER_LOST, Trouble.NO_ANSWER}:
            raise TimeoutError
        if self._trouble is Trouble.SLOW:
            self._waits.set()
            await self._answers.wait()
        return 200, None

    def _hear(self, letter: Letter, key: str) -> None:
        if key and key in self._keys:
            return
        self._keys.add(key)
        text, obeyed = read_html(letter.html)
        self.heard.append(Heard(text=text, buttons=letter.buttons, files=letter.files, obeyed=obeyed))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSettings:
    token: str = field(repr=False)
    account: str = "paper-account-1"


CAPABILITIES = Capabilities(
    pulled=False,
    retry_safe=True,
    buttons=True,
    text_limit=AT_MOST,
    text_unit=TextUnit.UTF16,
    sends_files=frozenset({FileKind.IMAGE}),
    location=True,
    edits=True,
    may_carry_confidential=True,
)


class PaperChannel:
    name = "paper"
    capabilities = CAPABILITIES
    address = Address("paper", "R1")

    @staticmethod
    def start(values: Mapping[str, str]) -> PaperSettings:
        for name in ("PAPER_TOKEN", "PAPER_ACCOUNT"):
            if not values.get(name, "").strip():
                raise SettingsError(f"{name} がありません。")
        return PaperSettings(token=values["PAPER_TOKEN"], account=values["PAPER_ACCOUNT"])

    def __init__(self, network: PaperNetwork, settings: PaperSettings) -> None:
        self._network, self._settings = network, settings
        self._under_way: set[asyncio.Future[DeliveryOutcome]] = set()

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        del address, handle
        sending = asyncio.ensure_future(self.deliver(reply, key))
        self._under_way.add(sending)
        try:
            return await sending
        finally:
            self._under_way.discard(sending)

    async def close(self) -> None:
        await asyncio.gather(*self._under_way)

    async def deliver(self, reply: Reply, key: str) -> DeliveryOutcome:
        for number, letter in enumerate(self.letters(reply)):
            outcome = await self.post(letter, f"{key}/{number}")
            if outcome != Accepted():
                return outcome
        return Accepted()

    async def post(self, letter: Letter, key: str) -> DeliveryOutcome:
        try:
            status, after = await self._network.take(letter, key=key)
        except (TimeoutError, ConnectionError):
            return RetryLater(timedelta(seconds=5))
        return self.outcome(status, after)

    def outcome(self, status: int, after: timedelta | None) -> DeliveryOutcome:
        if status == 200:
            return Accepted()
        if status == 429 or status >= 500:
            return RetryLater(after or timedelta(seconds=5))
        return Refused("お名前の宛先には届けられません。")

    def letters(self, reply: Reply) -> Sequence[Letter]:
        pieces = self.cut(self.words(reply)) or ["…"]
        first = [Letter(html=self.escape(piece)) for piece in pieces[:-1]]
        buttons = tuple(self.button(choice) for choice in reply.choices[:13])
        files = tuple(self.file(each) for each in reply.attachments if self.as_such(each))
        return [*first, Letter(html=self.escape(pieces[-1]), buttons=buttons, files=files)]

    def words(self, reply: Reply) -> str:
        named = [each.name for each in reply.attachments]
        beside = [reply.card.section, reply.card.phone] if reply.card else []
        many = len(reply.choices) > 13 or any(len(choice.label) > 20 for choice in reply.choices)
        return "\n".join([reply.text, *beside, *named, *(self.listed(reply.choices) if many else [])])

    def listed(self, choices: Sequence[Choice]) -> list[str]:
        return [f"{number}. {choice.label}" for number, choice in enumerate(choices, start=1)]

    def cut(self, text: str) -> list[str]:
        pieces = [""]
        for one in regex.findall(r"\X", text):
            if self.size(pieces[-1] + one) > AT_MOST:
                pieces.append("")
            pieces[-1] += one
        return pieces

    def size(self, text: str) -> int:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def button(self, choice: Choice) -> Button:
        return Button(choice.label if len(choice.label) <= 20 else choice.label[:19] + "…", choice.value)

    def as_such(self, file: Attachment) -> bool:
        return file.content_type.startswith("image/")

    def file(self, file: Attachment) -> SentFile:
        return SentFile(file.name, file.content_type)

    def escape(self, text: str) -> str:
        return html.escape(text)


class PaperEar:
    """``[{"id", "from", "text", "kind"}, …]``, sealed by an HMAC."""

    capabilities = CAPABILITIES

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        given = {name.lower(): value for name, value in headers.items()}.get("x-seal", "")
        if not self.matches(PaperSigner().seal(body), given):
            raise Forged

    def matches(self, right: str, given: str) -> bool:
        return hmac.compare_digest(right.encode(), given.encode("utf-8", "surrogatepass"))

    def parse(self, body: bytes) -> Sequence[Event]:
        try:
            events = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadDelivery(str(error)) from error
        if not isinstance(events, list):
            raise BadDelivery("no list")
        return [self.event(each) for each in events]

    def event(self, event: Any) -> Event:
        match event:
            case {"kind": "auto-reply"}:
                return Ignored("an auto-reply")
            case {"kind": "withdrawn", "id": str(id_), "from": str(who)} if id_:
                return Withdrawn(external_id=self.external_id(event), sender=self.sender(who), message_id=id_)
            case {"id": str(id_), "from": str(who), "text": str(text)} if id_:
                return self.arrived(event, who, text)
            case _:
                return Ignored("not known")

    def arrived(self, event: Mapping[str, Any], who: str, text: str) -> Event:
        kind = str(event.get("kind", "words"))
        return Arrived(
            external_id=self.external_id(event),
            sender=self.sender(who),
            text=self.text(text) or self.stand_in(kind),
            files=self.files(kind),
            place=(35.6, 139.7) if kind == "place" else None,
            choice=event.get("choice") if isinstance(event.get("choice"), str) else None,
            edits=kind == "edited",
            sent_at=datetime(2026, 11, 25, tzinfo=UTC),
        )

    def external_id(self, event: Mapping[str, Any]) -> str:
        return hashlib.sha256(f"{event['id']}/{event.get('kind')}".encode("utf-8", "surrogatepass")).hexdigest()

    def sender(self, who: str) -> Address:
        return Address("paper", who)

    def text(self, text: str) -> str:
        return text

    def stand_in(self, kind: str) -> str:
        return "（スタンプ）" if kind == "sticker" else ""

    def files(self, kind: str) -> tuple[RemoteFile, ...]:
        return (RemoteFile(reference="1", kind=FileKind(kind)),) if kind in {"image", "audio", "file"} else ()


class PaperSigner:
    binds_body = True

    def seal(self, body: bytes, secret: bytes = SECRET) -> str:
        return hmac.new(secret, body, hashlib.sha256).hexdigest()

    def headers(self, body: bytes) -> Mapping[str, str]:
        return {"X-Seal": self.seal(body)}

    def with_wrong_secret(self, body: bytes) -> Mapping[str, str]:
        return {"X-Seal": self.seal(body, b"another")}


class PaperWriter:
    at_once = 9

    def says(self, *texts: str, nth: int = 0) -> bytes:
        return json.dumps([{"id": f"{nth}-{at}", "from": "R1", "text": text} for at, text in enumerate(texts)]).encode()
