"""The LINE platform of the simulator, with the troubles that a test may ask for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from simulator.line_menus import refusal
from simulator.line_platform import Content, LinePlatform, Sent
from tests.fakes.line_troubles import ConnectionLost, Troubles, no_trouble

__all__ = ["ACCOUNT", "RESIDENT", "SECRET", "TOKEN", "Content", "FakeLine", "Sent"]

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACCOUNT = "U" + "a" * 32
RESIDENT = "U" + "1" * 32
TOKEN = "a-channel-access-token-nobody-may-see"
SECRET = "a-channel-secret-nobody-may-see"


@dataclass
class FakeLine(Troubles, LinePlatform):
    """``async with FakeLine() as line``: one account, and residents as a test wants them."""

    hide_sizes: bool = False
    """files come without a Content-Length"""
    broken_calls: set[str] = field(default_factory=set)
    """paths that are answered with 500"""
    _content_failure: int = 0

    def __post_init__(self) -> None:
        self.add_account(ACCOUNT, token=TOKEN, secret=SECRET)

    async def __aexit__(self, *_: object) -> None:
        self.recover()
        await super().__aexit__()

    # What residents see.

    @property
    def shown(self) -> list[str]:
        """The words of every message on residents' screens, in order."""
        return [message.get("text") or message["altText"] for sent in self.sent for message in sent.messages]

    @property
    def buttons(self) -> list[Json]:
        """The quick replies' actions under the last message: those of earlier ones are gone."""
        last = self.sent[-1].messages[-1] if self.sent else {}
        return [item["action"] for item in last.get("quickReply", {}).get("items", [])]

    # Troubles.

    def limit_quota(self, to: int | None, *, used: int = 0) -> None:
        """So many pushes a month, ``used`` of them gone; None: as many as one likes."""
        self._quota, self._used = to, used

    def expire_reply_tokens(self) -> None:
        self._reply_tokens.clear()

    def keep_content(self, message_id: str, data: bytes, content_type: str, *, preparing: int = 0) -> None:
        """A file that a resident sent; of a large one one is told so often that it is being prepared."""
        self._contents[message_id] = Content(data=data, content_type=content_type, preparing=preparing)

    def fail_to_prepare(self, message_id: str) -> None:
        self._contents[message_id].state = "failed"

    def break_off_content(self) -> None:
        """The next file ends in the middle."""
        self._content_failure = -1

    def fail_content_with(self, status: int) -> None:
        """For the next file that is asked for."""
        self._content_failure = status

    # Webhooks: of this account and this resident, unless a test names others.

    def event(self, kind: str, *, at: int, user: str = RESIDENT, **fields: Any) -> Json:
        return super().event(kind, at=at, user=user, **fields)

    def says(self, text: str, *, at: int, user: str = RESIDENT) -> Json:
        return self.message("text", at=at, user=user, text=text)

    def taps(self, label: str, *, at: int, user: str = RESIDENT) -> Json:
        """A tap on one of the ``buttons``."""
        data = next(action["data"] for action in self.buttons if action["label"] == label)
        return self.event("postback", at=at, user=user, postback={"data": data})

    def webhook(self, *events: Json, account: str = ACCOUNT) -> tuple[bytes, dict[str, str]]:
        return super().webhook(*events, account=account)

    def sign(self, body: bytes, account: str = ACCOUNT) -> str:
        return super().sign(body, account)

    # The platform, in trouble.

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in self.broken_calls:
            return refusal(500, "Internal server error")
        is_message = request.path in {"/v2/bot/message/reply", "/v2/bot/message/push"}
        if is_message:
            await request.read()
        trouble = self.next_trouble() if is_message else no_trouble

        async def do() -> web.StreamResponse:
            return await handler(request)

        try:
            return await trouble(do)
        except ConnectionLost:
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPServiceUnavailable from None

    async def _content(self, request: web.Request) -> web.StreamResponse:
        failure, self._content_failure = self._content_failure, 0
        if failure > 0:
            return refusal(failure, "")
        response = await super()._content(request)
        if failure < 0 and isinstance(response, web.Response) and isinstance(response.body, bytes):
            return await self._half(request, response.body)
        if self.hide_sizes and response.status == 200:
            response.enable_chunked_encoding()
        return response

    async def _half(self, request: web.Request, data: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        response.content_length = len(data)
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        assert request.transport is not None
        request.transport.abort()
        return response
