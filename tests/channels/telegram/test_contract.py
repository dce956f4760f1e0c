import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from aiohttp import web
from multidict import CIMultiDict

from channels.arriving import Arrived, Event
from channels.channel import Capabilities
from channels.telegram.channel import TelegramChannel
from channels.telegram.messages import value_of
from channels.telegram.parse import parse, verified
from conversations.message import Address
from conversations.reply import Reply
from tests.channels.telegram.conftest import Storage
from tests.contracts.channel import SpeakingContract
from tests.contracts.deliveries import Recorded, What
from tests.contracts.hearing import ListeningContract
from tests.contracts.network import Button, Heard, SentFile, Trouble
from tests.contracts.stage import Attach, Tap
from tests.fakes.telegram import (
    BOT_ID,
    DATE,
    RESIDENT,
    TOKEN,
    Answer,
    FakeTelegram,
    Fields,
    Said,
    a_chat,
    a_message,
    a_person,
    a_telegram,
    fails,
    floods,
    hangs,
    hangs_up,
    says,
)

WEBHOOK_SECRET = "a-webhook-secret_Nobody-may-see"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
OFTEN = 99
PATIENCE, AT_ONCE = 10.0, 0.2
"""seconds that the channel waits for an answer, and for one that does not come"""


class TelegramNetwork:
    troubles = frozenset(Trouble)
    names_times = True

    def __init__(self, fake: FakeTelegram, channel: TelegramChannel) -> None:
        self._fake, self._channel = fake, channel
        self._waits, self._answers = asyncio.Event(), asyncio.Event()

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        if trouble is Trouble.NO_ANSWER:
            self._wait(AT_ONCE)
        if trouble is Trouble.BLOCKED:
            self._fake.block()
            return
        answers: Mapping[Trouble, Answer] = {
            Trouble.TOO_MANY: floods(None if after is None else int(after.total_seconds())),
            Trouble.SERVER_ERROR: fails(502),
            Trouble.NO_ANSWER: hangs,
            Trouble.CONNECTION_LOST: hangs_up,
            Trouble.ANSWER_LOST: _takes_and_hangs_up,
            Trouble.SLOW: self._slowly,
            Trouble.BAD_REQUEST: says(400, "Bad Request: message text is empty"),
            Trouble.UNKNOWN: says(400, "Bad Request: chat not found"),
        }
        self._fake.then(*[answers[trouble]] * OFTEN)

    def recovers(self) -> None:
        self._wait(PATIENCE)
        self._fake.unblock()
        self._fake.verbs.clear()
        self._answers.set()

    async def reached(self) -> None:
        await self._waits.wait()

    async def _slowly(self, fake: FakeTelegram, _: web.Request, method: str, fields: Fields) -> web.StreamResponse:
        answer = fake.well(method, fields)
        self._waits.set()
        await self._answers.wait()
        return answer

    def _wait(self, seconds: float) -> None:
        self._channel._request._client.timeout = httpx.Timeout(seconds)


async def _takes_and_hangs_up(
    fake: FakeTelegram, request: web.Request, method: str, fields: Fields
) -> web.StreamResponse:
    fake.well(method, fields)
    return await hangs_up(fake, request, method, fields)


class TestTelegramSpeaks(SpeakingContract):
    @pytest.fixture
    async def fake(self) -> AsyncIterator[FakeTelegram]:
        async with a_telegram() as fake:
            yield fake

    @pytest.fixture
    async def channel(self, fake: FakeTelegram, storage: Storage) -> AsyncIterator[TelegramChannel]:
        channel = TelegramChannel(TOKEN, open_file=storage.open, api_url=fake.url, patience=PATIENCE)
        yield channel
        fake.closing.set()
        await channel.close()

    @pytest.fixture
    def network(self, fake: FakeTelegram, channel: TelegramChannel) -> TelegramNetwork:
        return TelegramNetwork(fake, channel)

    @pytest.fixture
    def address(self) -> Address:
        return Address("telegram", str(BOT_ID), str(RESIDENT))

    @pytest.fixture
    def heard(self, fake: FakeTelegram) -> Callable[[], Sequence[Heard]]:
        return lambda: [_heard(said) for said in fake.said]

    @pytest.fixture
    def tap(self, fake: FakeTelegram) -> Tap:
        def tapped(button: Button, reply: Reply, key: str) -> str | None:
            (arrived,) = parse(fake.taps(button.label), account=str(BOT_ID))
            assert isinstance(arrived, Arrived)
            assert arrived.choice is not None
            return value_of(arrived.choice, key=key, choices=reply.choices)

        return tapped

    @pytest.fixture
    def attach(self, storage: Storage) -> Attach:
        return lambda name, content_type, content: storage.keep(name, content, content_type)

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (TOKEN, TOKEN.partition(":")[2])


def _heard(said: Said) -> Heard:
    files = () if said.document is None else (SentFile(said.document[0], said.document[1]),)
    # With either of these Telegram reads the text, or a part of it, as markup.
    markup = {name for name in ("parse_mode", "entities", "caption_entities") if name in said.fields}
    return Heard(
        text=said.text + said.fields.get("caption", ""),
        buttons=tuple(Button(label, data) for label, data in said.buttons),
        files=files,
        obeyed=frozenset(f"field:{name}" for name in markup),
    )


class TelegramEar:
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        del body
        verified(CIMultiDict(headers).get(HEADER), WEBHOOK_SECRET)

    def parse(self, body: bytes) -> Sequence[Event]:
        return parse(body, account=str(BOT_ID))


class TelegramSecret:
    binds_body = False

    def headers(self, body: bytes) -> Mapping[str, str]:
        del body
        return {HEADER: WEBHOOK_SECRET}

    def with_wrong_secret(self, body: bytes) -> Mapping[str, str]:
        del body
        return {HEADER: "another-secret"}


class TelegramWriter:
    at_once = 1

    def __init__(self) -> None:
        self._fake = FakeTelegram()

    def says(self, *texts: str, nth: int = 0) -> bytes:
        del nth  # every update has a number of its own
        (text,) = texts
        return self._fake.writes(text)


class TestTelegramHears(ListeningContract):
    @pytest.fixture
    def ear(self) -> TelegramEar:
        return TelegramEar()

    @pytest.fixture
    def signer(self) -> TelegramSecret:
        return TelegramSecret()

    @pytest.fixture
    def writer(self) -> TelegramWriter:
        return TelegramWriter()

    @pytest.fixture
    def capabilities(self) -> Capabilities:
        return TelegramChannel.capabilities

    @pytest.fixture
    def recorded(self) -> Sequence[Recorded]:
        return PAYLOADS


def _recorded(name: str, what: What, update: Mapping[str, Any], event: str, **fields: Any) -> Recorded:
    body = json.dumps({"update_id": 900_000_100 + len(name), **update}).encode()
    return Recorded(name=name, what=what, body=body, expected=[{"event": event, **fields}])


def _message(name: str, what: What, event: str = "Arrived", *, text: str = "", **fields: Any) -> Recorded:
    said: dict[str, Any] = {"text": text} if text else {}
    return _recorded(name, what, {"message": a_message(**said, **fields)}, event, **said)


_PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 1280, "height": 853, "file_size": 140_000}]
_GROUP = {"chat": {"id": -100_123, "type": "supergroup", "title": "町内会"}}
_BOT = {"from": {"id": BOT_ID, "is_bot": True, "first_name": "窓口"}}
_LEFT = {"chat": a_chat(RESIDENT), "from": a_person(RESIDENT), "date": DATE, "new_chat_member": {"status": "kicked"}}

PAYLOADS = (
    _message("words", What.WORDS, text="住民票をください"),
    _message("sticker", What.STICKER, sticker={"file_id": "s", "file_unique_id": "s", "emoji": "👍"}),
    _message("picture", What.PICTURE, photo=_PHOTO),
    _message("voice", What.VOICE, voice={"file_id": "v", "mime_type": "audio/ogg", "duration": 3}),
    _message("file", What.FILE, document={"file_id": "d", "file_name": "申請書.pdf", "mime_type": "application/pdf"}),
    _message("place", What.PLACE, location={"latitude": 35.01, "longitude": 135.76}),
    _recorded("another bot's", What.NO_RESIDENT, {"message": a_message(text="はい") | _BOT}, "Ignored"),
    _recorded("in a group", What.NO_RESIDENT, {"message": a_message(text="はい") | _GROUP}, "Ignored"),
    _recorded("a kind of tomorrow", What.OTHER, {"hologram": {}}, "Ignored"),
    _recorded("blocked", What.OTHER, {"my_chat_member": _LEFT}, "Blocked"),
    _recorded("opened", What.OTHER, {"message": a_message(text="/start")}, "Followed", again=False),
    _recorded(
        "edited",
        What.EDITED,
        {"edited_message": a_message(text="水曜", edit_date=DATE + 60)},
        "Arrived",
        text="水曜",
        edits=True,
    ),
)
