import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from multidict import CIMultiDict

from channels.arriving import Arrived, Event
from channels.channel import Capabilities
from channels.line.channel import TIMEOUT, LineAccount, LineChannel
from channels.line.parse import parse
from channels.line.signature import verified
from conversations.message import Address, Attachment
from conversations.reply import Reply
from tests.channels.line.test_parse import CITY, RECORDED, expected, recorded
from tests.conftest import FrozenClock
from tests.contracts.channel import SpeakingContract
from tests.contracts.deliveries import Recorded, What
from tests.contracts.hearing import ListeningContract
from tests.contracts.network import Button, Heard, Trouble
from tests.contracts.stage import Tap
from tests.fakes.line import ACCOUNT, RESIDENT, SECRET, TOKEN, FakeLine
from tests.fakes.line_troubles import RATE_LIMIT, Doing

Json = dict[str, Any]

AT = 1_795_568_400_000
OFTEN = 99
AT_ONCE = 0.2
"""seconds that the channel waits for an answer that does not come"""


class LineNetwork:
    # To a resident who blocked the account LINE answers 200: nobody learns of it here.
    troubles = frozenset(Trouble) - {Trouble.BLOCKED}
    # LINE promises no Retry-After. Should it name a time, the channel claims to keep it.
    names_times = True

    def __init__(self, line: FakeLine, channel: LineChannel) -> None:
        self._line = line
        self._api = channel._apis[ACCOUNT]
        self._waits, self._answers = asyncio.Event(), asyncio.Event()

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        match trouble:
            case Trouble.TOO_MANY:
                named = {} if after is None else {"Retry_After": str(int(after.total_seconds()))}
                self._line.answer_with(429, RATE_LIMIT, times=OFTEN, **named)
            case Trouble.SERVER_ERROR:
                self._line.answer_with(500, times=OFTEN)
            case Trouble.NO_ANSWER:
                self._api._timeout = AT_ONCE
                self._line.hang(times=OFTEN)
            case Trouble.CONNECTION_LOST:
                self._line.lose_connection(times=OFTEN)
            case Trouble.ANSWER_LOST:
                self._line.lose_connection(after_accepting=True, times=OFTEN)
            case Trouble.SLOW:
                self._line._coming.append(self._slowly)
            case Trouble.BAD_REQUEST:
                self._line.answer_with(400, "The request body has 1 error(s)", times=OFTEN)
            case Trouble.UNKNOWN:
                self._line.strangers.add(RESIDENT)
            case Trouble.BLOCKED:
                raise NotImplementedError(trouble)

    def recovers(self) -> None:
        self._api._timeout = TIMEOUT
        self._line._coming.clear()
        self._line.strangers.clear()
        self._answers.set()

    async def reached(self) -> None:
        await self._waits.wait()

    async def _slowly(self, do: Doing) -> web.StreamResponse:
        answer = await do()
        self._waits.set()
        await self._answers.wait()
        return answer


class TestLineSpeaks(SpeakingContract):
    @pytest.fixture
    def network(self, line: FakeLine, channel: LineChannel) -> LineNetwork:
        return LineNetwork(line, channel)

    @pytest.fixture
    async def channel(self, line: FakeLine, clock: FrozenClock, account: LineAccount) -> AsyncIterator[LineChannel]:
        channel = LineChannel({ACCOUNT: account}, clock=clock, file_link=_link, host=line.url)
        yield channel
        line.over.set()
        await channel.close()

    @pytest.fixture
    def account(self) -> LineAccount:
        return LineAccount(access_token=TOKEN, name="みらい市")

    @pytest.fixture
    def address(self) -> Address:
        return Address("line", ACCOUNT, RESIDENT)

    @pytest.fixture
    def heard(self, line: FakeLine) -> Callable[[], Sequence[Heard]]:
        return lambda: [_heard(message) for sent in line.sent for message in sent.messages]

    @pytest.fixture
    def tap(self, line: FakeLine) -> Tap:
        def tapped(button: Button, _: Reply, __: str) -> str | None:
            event = line.event("postback", at=AT, postback={"data": button.data})
            (arrived,) = parse(line.webhook(event)[0])[1]
            assert isinstance(arrived, Arrived)
            return arrived.choice

        return tapped

    @pytest.fixture
    def reply_handle(self, line: FakeLine, clock: FrozenClock) -> Callable[[], str | None]:
        def fresh() -> str | None:
            said = line.says("住民票", at=int(clock.now().timestamp() * 1000))
            (arrived,) = parse(line.webhook(said)[0])[1]
            assert isinstance(arrived, Arrived)
            return arrived.reply_handle

        return fresh

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (TOKEN, SECRET)

    @pytest.fixture
    def holders(self, account: LineAccount) -> Sequence[object]:
        return (account,)


def _link(attachment: Attachment) -> str:
    return f"https://chat.city.example/files/{attachment.id}"


def _heard(message: Json) -> Heard:
    """As it stands on the telephone; of an answer card its words, not those of the notification."""
    quick = [item["action"] for item in message.get("quickReply", {}).get("items", [])]
    parts = list(_components(message.get("contents", {})))
    texts = [message["text"]] if message["type"] == "text" else [part["text"] for part in parts if "text" in part]
    actions = [part["action"] for part in parts if "action" in part]
    return Heard(
        text="\n".join([*texts, *(action["label"] for action in actions)]),
        buttons=tuple(Button(action["label"], action["data"]) for action in quick),
        obeyed=frozenset(f"link:{action['uri'].partition(':')[0]}" for action in actions),
    )


def _components(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        yield part
        for name in ("header", "body", "footer", "contents"):
            yield from _components(part.get(name))
    elif isinstance(part, list):
        for each in part:
            yield from _components(each)


class LineEar:
    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        verified(body, CIMultiDict(headers).get("x-line-signature"), SECRET)

    def parse(self, body: bytes) -> Sequence[Event]:
        return parse(body)[1]


class LineSigner:
    binds_body = True

    def __init__(self, line: FakeLine) -> None:
        self._line = line
        line.add_account("U" + "b" * 32, token="another", secret="another secret")

    def headers(self, body: bytes) -> Mapping[str, str]:
        return {"X-Line-Signature": self._line.sign(body)}

    def with_wrong_secret(self, body: bytes) -> Mapping[str, str]:
        return {"X-Line-Signature": self._line.sign(body, "U" + "b" * 32)}


class LineWriter:
    at_once = 100

    def __init__(self, line: FakeLine) -> None:
        self._line = line

    def says(self, *texts: str, nth: int = 0) -> bytes:
        return self._line.webhook(*(self._line.says(text, at=AT + nth + at) for at, text in enumerate(texts)))[0]


SHOWN = {
    "text": What.WORDS,
    "sticker-with-own-words": What.STICKER,
    "sticker-with-keywords": What.STICKER,
    "sticker-of-a-new-kind": What.STICKER,
    "image": What.PICTURE,
    "audio": What.VOICE,
    "file": What.FILE,
    "location": What.PLACE,
    "nothing-said": What.NO_RESIDENT,
    "group-and-room": What.NO_RESIDENT,
    "standby": What.NO_RESIDENT,
    "edited": What.EDITED,
    "unsend": What.WITHDRAWN,
    "unsend-in-standby": What.WITHDRAWN,
}


class TestLineHears(ListeningContract):
    @pytest.fixture
    def ear(self) -> LineEar:
        return LineEar()

    @pytest.fixture
    def signer(self, line: FakeLine) -> LineSigner:
        return LineSigner(line)

    @pytest.fixture
    def writer(self, line: FakeLine) -> LineWriter:
        return LineWriter(line)

    @pytest.fixture
    def capabilities(self) -> Capabilities:
        return LineChannel.capabilities

    @pytest.fixture
    def recorded(self) -> Sequence[Recorded]:
        return [
            *(
                Recorded(name=name, what=SHOWN.get(name, What.OTHER), body=recorded(name), expected=expected(name))
                for name in RECORDED
            ),
            _redelivered("text"),
        ]


def _redelivered(name: str) -> Recorded:
    """Later the same, but that LINE says so and that the signature differs ("Redelivery")."""
    delivery = json.loads(recorded(name))
    assert delivery["destination"] == CITY
    for event in delivery["events"]:
        event["deliveryContext"] = {"isRedelivery": True}
    return Recorded(name=f"{name}, again", same_as=name, body=json.dumps(delivery).encode(), expected=expected(name))
