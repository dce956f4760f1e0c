"""One LINE account's calls, by line-bot-sdk: what LINE answered becomes a value, nothing is raised.

The SDK is used for this alone, and nowhere else: its models are those of pydantic 1, its timeouts must be numbers, and
its client belongs to the event loop it was made in.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import aiohttp
import msgspec
import structlog
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    Configuration,
    MarkMessagesAsReadByTokenRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
)

log = structlog.get_logger(__name__)

_REASON_AT_MOST: Final = 300

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Taken:
    """LINE has it: now, or by an earlier try (409)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """LINE answered with an error."""

    status: int
    message: str
    """LINE's own word"""
    after: timedelta | None = None
    """the pause that LINE asked for, should it ever"""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It may have arrived, or not: no answer came in time, or the connection broke."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """It did not arrive: there was no connection."""


Result = Taken | Rejected | Unanswered | Unreached


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a resident shows of themselves. The name is theirs to choose: never proof of anything."""

    display_name: str
    language: str | None = None
    """BCP 47, only where the resident lets LINE tell"""


class LineApi:
    """The calls of one account. ``host`` is where LINE is, when it is not LINE; ``timeout`` is in seconds."""

    def __init__(self, access_token: str, *, host: str | None, timeout: float) -> None:
        self._configuration = Configuration(host=host, access_token=access_token)
        self._timeout = timeout
        self._client: AsyncApiClient | None = None

    def __repr__(self) -> str:
        return "LineApi(…)"

    async def reply(self, token: str, messages: Sequence[dict[str, Any]]) -> Result:
        request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": messages})
        return await self._result(lambda api, seconds: api.reply_message(request, _request_timeout=seconds))

    async def push(self, to: str, messages: Sequence[dict[str, Any]], *, retry_key: UUID) -> Result:
        """Taken once for each key, within 24 hours ("Retry failed API requests")."""
        request = PushMessageRequest.from_dict({"to": to, "messages": messages})
        result = await self._result(
            lambda api, seconds: api.push_message(request, x_line_retry_key=str(retry_key), _request_timeout=seconds)
        )
        return Taken() if isinstance(result, Rejected) and result.status == 409 else result

    async def show_loading(self, user: str, *, seconds: int) -> Result:
        """``seconds`` is 5, 10 … 60."""
        request = ShowLoadingAnimationRequest(chatId=user, loadingSeconds=seconds)
        return await self._result(lambda api, timeout: api.show_loading_animation(request, _request_timeout=timeout))

    async def mark_as_read(self, token: str) -> Result:
        request = MarkMessagesAsReadByTokenRequest(markAsReadToken=token)
        return await self._result(
            lambda api, seconds: api.mark_messages_as_read_by_token(request, _request_timeout=seconds)
        )

    async def profile(self, user: str) -> Profile | None:
        """None when LINE does not tell: no friend, blocked, no consent; or does not answer."""
        answer = await self._ask(lambda api, seconds: api.get_profile(user, _request_timeout=seconds))
        if isinstance(answer, Rejected | Unanswered | Unreached):
            return None
        return Profile(display_name=answer.display_name, language=answer.language)

    async def quota_left(self) -> int | None:
        """How many messages may still be pushed this month; None when there is no limit, or LINE does not tell."""
        quota = await self._ask(lambda api, seconds: api.get_message_quota(_request_timeout=seconds))
        used = await self._ask(lambda api, seconds: api.get_message_quota_consumption(_request_timeout=seconds))
        failed = (Rejected, Unanswered, Unreached)
        if isinstance(quota, failed) or isinstance(used, failed) or quota.value is None:
            return None
        return max(0, int(quota.value) - int(used.total_usage))

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _result(self, call: Callable[[AsyncMessagingApi, float], Awaitable[object]]) -> Result:
        answer = await self._ask(call)
        return answer if isinstance(answer, Rejected | Unanswered | Unreached) else Taken()

    async def _ask(
        self, call: Callable[[AsyncMessagingApi, float], Awaitable[Answered]]
    ) -> Answered | Rejected | Unanswered | Unreached:
        if self._client is None:
            self._client = AsyncApiClient(self._configuration)
        try:
            return await call(AsyncMessagingApi(self._client), self._timeout)
        except ApiException as error:
            rejected = _rejected(error)
            log.info("LINE refused a call", status=rejected.status, message=rejected.message)
            return rejected
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            log.warning("LINE could not be reached", error=type(error).__name__)
            return Unreached()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("LINE did not answer", error=type(error).__name__)
            return Unanswered()
        except (ValueError, LookupError) as error:
            # What came cannot be read: not by the SDK's models or, as a proxy's page in Shift_JIS, not at all.
            log.warning("LINE's answer cannot be read", error=type(error).__name__)
            cause = error.__context__
            return Rejected(status=int(cause.status), message="") if isinstance(cause, ApiException) else Unanswered()


class _Error(msgspec.Struct):
    message: str = ""
    details: list["_Detail"] = []


class _Detail(msgspec.Struct):
    message: str = ""
    property: str = ""


def _rejected(error: ApiException) -> Rejected:
    try:
        told = msgspec.json.decode(error.body or "", type=_Error)
    except (msgspec.MsgspecError, UnicodeError):
        told = _Error()
    details = [f"{detail.property}: {detail.message}" for detail in told.details]
    said = "; ".join(part for part in (told.message, *details) if part)
    return Rejected(status=int(error.status or 0), message=said[:_REASON_AT_MOST], after=_pause(error.headers))


def _pause(headers: Any) -> timedelta | None:
    seconds = str(headers.get("Retry-After", "")) if headers else ""
    return timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 6 else None
