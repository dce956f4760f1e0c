"""The Bot API over HTTP: an answer judged by its status alone, and libraries that keep silent."""

import logging
import re
from datetime import timedelta
from typing import Any, Final

import msgspec
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

UNREADABLE: Final = (AttributeError, KeyError, TypeError, ValueError)
"""what the library raises over an answer of 200 that is none of the Bot API's"""

_TALKATIVE: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.proxy",
    "telegram.Bot",
    "telegram.request.BaseRequest",
    "telegram.request.HTTPXRequest",
)
"""by their own names: a filter is not handed down to the loggers below"""
_LONGEST_PAUSE_S = 24 * 60 * 60
_PAUSE = timedelta(seconds=30)


class Flood(TelegramError):
    """Too many messages; ``after`` is when Telegram will hear the next.

    Not the library's RetryAfter: that one warns of its own future each time it is made.
    """

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"too many messages, again in {after.total_seconds():.0f} s")
        self.after = after


class BotRequest(HTTPXRequest):
    """Raises for every answer that is no success, by its status: the library takes 413 for a trouble of the network."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **kwargs)
        if not 200 <= status < 300:
            raise _error(status, payload)
        return status, payload


def silence_libraries() -> None:
    """No line of theirs reaches a log, whatever level and handlers it is set to.

    httpx writes every address, and the token is part of it; the library writes addresses, too, answers and residents'
    words. What goes wrong they raise, and we say it.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_unsaid)


def without_secrets(text: str, token: str) -> str:
    """What a server said, fit for staff: some repeat the address that was asked, and the library changes its case."""
    for secret in filter(None, (token, token.rpartition(":")[2])):
        text = re.sub(re.escape(secret), "…", text, flags=re.IGNORECASE)
    return text


def _unsaid(_: logging.LogRecord) -> bool:
    return False


def _error(status: int, payload: bytes) -> TelegramError:
    said = _said(payload)
    description = said.get("description")
    message = description if isinstance(description, str) else f"HTTP {status}"
    match status:
        case 429:
            return Flood(_pause(said))
        case 403:
            return Forbidden(message)
        case 401 | 404:
            return InvalidToken(message)
        case 408:
            return NetworkError(message)
        case _ if 400 <= status < 500:
            return BadRequest(message)
        case _:
            return NetworkError(message)


def _said(payload: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(payload, type=dict[str, Any])
    except (ValueError, RecursionError):
        return {}


def _pause(said: dict[str, Any]) -> timedelta:
    parameters = said.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0:
        return timedelta(seconds=min(seconds, _LONGEST_PAUSE_S))
    return _PAUSE
