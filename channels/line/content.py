"""Files that residents sent, fetched while LINE still has them. Reference: "Get content", "transcoding"."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Final, TypeVar, assert_never

import aiohttp
import msgspec
import structlog

from channels.line.contents import OWN_CONTENT

log = structlog.get_logger(__name__)

HOST: Final = "https://api-data.line.me"
"""not the host of the other calls"""

LATER: Final = timedelta(seconds=30)
_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)
"""seconds between looks at a video that LINE is preparing: a minute in all"""
_CHUNK: Final = 64 * 1024

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """It is in the file it was fetched into, from where that stood."""

    content_type: str
    """as LINE says; to be checked like any upload"""
    size: int
    """bytes"""


@dataclass(frozen=True, slots=True)
class Unsent:
    """The resident took it back (410): our copy has to go, too."""


@dataclass(frozen=True, slots=True)
class Lost:
    """It will never be had. ``reason`` is for staff."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooBig:
    """More than was allowed."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not now: LINE prepares it still, or cannot be reached."""

    after: timedelta


Outcome = Fetched | Unsent | Lost | TooBig | TryAgain
_Seen = TypeVar("_Seen")


class _Transcoding(msgspec.Struct):
    status: str


class LineContent:
    """Fetches by streaming: of a video of 200 MB there is never more than a piece in memory.

    ``tokens`` are the accounts' access tokens by their own user id. ``pause`` waits so many seconds.
    """

    def __init__(
        self, tokens: Mapping[str, str], *, pause: Pause, host: str = HOST, silence_at_most: float = 20.0
    ) -> None:
        self._tokens = dict(tokens)
        self._pause = pause
        self._host = host
        # No total: a large file may take minutes, as long as it keeps coming.
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=silence_at_most, sock_read=silence_at_most)
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, account: str, reference: str, into: BinaryIO, *, at_most: int) -> Outcome:
        """Write the file of a ``RemoteFile.reference`` into ``into``, at most so many bytes; never raises for LINE.

        After anything but Fetched, what was written is of no use.
        """
        token = self._tokens.get(account)
        if token is None:
            return Lost(f"LINEのアカウント {account} の設定がないため、ファイルを受け取れませんでした。")
        if not reference.startswith(OWN_CONTENT):
            # Whose address it is the sender's app decided; nothing of ours goes there.
            return Lost("LINEの外に置かれたファイルのため、受け取れませんでした。")
        path = f"{self._host}/v2/bot/message/{reference.removeprefix(OWN_CONTENT)}/content"
        try:
            return await self._fetch(path, token, into, at_most)
        except (TimeoutError, aiohttp.ClientError, msgspec.MsgspecError, UnicodeError) as error:
            log.warning("LINE content could not be fetched", error=type(error).__name__)
            return TryAgain(LATER)

    async def close(self) -> None:
        """End; harmless a second time."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _fetch(self, path: str, token: str, into: BinaryIO, at_most: int) -> Outcome:
        for seconds in (*_PAUSES, None):
            outcome = await self._get(path, token, lambda answer: _kept(answer, into, at_most))
            if outcome is not None:
                return outcome
            state = await self._get(f"{path}/transcoding", token, _state)
            match state:
                case "succeeded":
                    continue
                case "failed":
                    return Lost("LINEで動画または音声の準備に失敗したため、受け取れませんでした。")
                case str():
                    if seconds is not None:
                        await self._pause(seconds)
                case Fetched() | Unsent() | Lost() | TooBig() | TryAgain():
                    return state
                case _:
                    assert_never(state)
        return TryAgain(LATER)

    async def _get(
        self, url: str, token: str, see: Callable[[aiohttp.ClientResponse], Awaitable[_Seen]]
    ) -> _Seen | Outcome:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, trust_env=True, auto_decompress=False)
        headers = {"Authorization": f"Bearer {token}"}
        # No redirects: the token is for LINE alone.
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            match answer.status:
                case 200 | 202:
                    return await see(answer)
                case 410:
                    return Unsent()
                case 404:
                    return Lost("LINEにファイルが残っていません。保存期間が過ぎた可能性があります。")
                case 429:
                    return TryAgain(LATER)
                case status if status >= 500:
                    return TryAgain(LATER)
                case status:
                    return Lost(f"LINEがファイルの受け取りを認めませんでした（LINEの応答 {status}）。")


async def _kept(answer: aiohttp.ClientResponse, into: BinaryIO, at_most: int) -> Fetched | TooBig | None:
    """None: LINE is preparing it (202, without data)."""
    if answer.status == 202:
        return None
    if (answer.content_length or 0) > at_most:
        return TooBig()
    size = 0
    async for chunk in answer.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if size > at_most:
            return TooBig()
        into.write(chunk)
    return Fetched(content_type=answer.content_type, size=size)


async def _state(answer: aiohttp.ClientResponse) -> str:
    return msgspec.json.decode(await answer.content.read(_CHUNK), type=_Transcoding).status
