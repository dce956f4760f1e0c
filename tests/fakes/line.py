"""Our own LINE platform, on a port of this machine: what its reference promises, and the troubles it may make."""

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from aiohttp import web

from tests.fakes.line_limits import errors_in
from tests.fakes.line_menus import RichMenus, refusal
from tests.fakes.line_troubles import MONTHLY_LIMIT, ConnectionLost, Troubles, no_trouble

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACCOUNT = "U" + "a" * 32
RESIDENT = "U" + "1" * 32
TOKEN = "a-channel-access-token-nobody-may-see"
SECRET = "a-channel-secret-nobody-may-see"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What LINE took."""

    by: str
    """``reply`` or ``push``"""
    account: str | None
    to: str
    messages: list[Json]


@dataclass(slots=True, kw_only=True)
class Content:
    data: bytes
    content_type: str
    preparing: int = 0
    """how many times one is told to wait"""
    state: str = "kept"
    """``kept``, ``unsent`` or ``failed``"""


@dataclass(slots=True)
class FakeLine(Troubles):
    """``async with FakeLine() as line``; ``line.url`` is both api.line.me and api-data.line.me."""

    url: str = ""
    port: int = 0
    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """method and path of every request, in order"""
    loading: list[tuple[str, int]] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    profiles: dict[str, Json] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    """users that this account may not write to"""
    hide_sizes: bool = False
    """files come without a Content-Length"""
    menus: RichMenus = field(default_factory=RichMenus)
    _tokens: dict[str, str] = field(default_factory=lambda: {TOKEN: ACCOUNT})
    _secrets: dict[str, str] = field(default_factory=lambda: {ACCOUNT: SECRET})
    _reply_tokens: dict[str, str] = field(default_factory=dict)
    _read_tokens: set[str] = field(default_factory=set)
    _accepted: dict[tuple[str | None, str], tuple[str, list[Json]]] = field(default_factory=dict)
    _contents: dict[str, Content] = field(default_factory=dict)
    _content_failure: int = 0
    _quota: int | None = None
    _used: int = 0
    _made: int = 0
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._at_the_door(request, handler)

        app = web.Application(middlewares=[door])
        app.add_routes([
            web.post("/v2/bot/message/reply", self._reply),
            web.post("/v2/bot/message/push", self._push),
            web.get("/v2/bot/message/quota", self._tell_quota),
            web.get("/v2/bot/message/quota/consumption", self._tell_used),
            web.get("/v2/bot/message/{id}/content", self._content),
            web.get("/v2/bot/message/{id}/content/transcoding", self._transcoding),
            web.get("/v2/bot/profile/{user}", self._profile),
            web.get("/v2/bot/info", self._info),
            web.post("/v2/bot/chat/loading/start", self._loading),
            web.post("/v2/bot/chat/markAsRead", self._mark_as_read),
            *self.menus.routes(),
        ])  # fmt: skip
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.url = site.name
        return self

    async def __aexit__(self, *_: object) -> None:
        self.recover()
        if self._runner is not None:
            await self._runner.cleanup()

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

    def unsend(self, message_id: str) -> None:
        self._contents[message_id].state = "unsent"

    def break_off_content(self) -> None:
        """The next file ends in the middle."""
        self._content_failure = -1

    def fail_content_with(self, status: int) -> None:
        """For the next file that is asked for."""
        self._content_failure = status

    def add_account(self, user_id: str, *, token: str, secret: str) -> None:
        self._tokens[token], self._secrets[user_id] = user_id, secret

    # Webhooks.

    def event(self, kind: str, *, at: int, user: str = RESIDENT, **fields: Any) -> Json:
        """An event of this ``type`` at ``at`` (ms), with a reply token that works once."""
        self._made += 1
        token = f"{self._made:032x}"
        self._reply_tokens[token] = user
        return {
            "type": kind,
            "mode": "active",
            "timestamp": at,
            "source": {"type": "user", "userId": user},
            "webhookEventId": f"01HLINE{self._made:019d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": token,
            **fields,
        }

    def says(self, text: str, *, at: int, user: str = RESIDENT) -> Json:
        read_token = f"read-{self._made}"
        self._read_tokens.add(read_token)
        message = {"id": f"{460_000 + self._made}", "type": "text", "text": text}
        tokens = {"quoteToken": f"quote-{self._made}", "markAsReadToken": read_token}
        return self.event("message", at=at, user=user, message={**message, **tokens})

    def taps(self, label: str, *, at: int, user: str = RESIDENT) -> Json:
        """A tap on one of the ``buttons``."""
        data = next(action["data"] for action in self.buttons if action["label"] == label)
        return self.event("postback", at=at, user=user, postback={"data": data})

    def webhook(self, *events: Json, account: str = ACCOUNT) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery, signed."""
        body = json.dumps({"destination": account, "events": events}, ensure_ascii=False).encode()
        return body, {"Content-Type": "application/json; charset=utf-8", "x-line-signature": self.sign(body, account)}

    def sign(self, body: bytes, account: str = ACCOUNT) -> str:
        return base64.b64encode(hmac.digest(self._secrets[account].encode(), body, hashlib.sha256)).decode()

    # The platform.

    async def _at_the_door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        if self._account(request) is None:
            return refusal(401, "Authentication failed due to the following reason: invalid token")
        is_message = request.path in {"/v2/bot/message/reply", "/v2/bot/message/push"}
        if is_message:
            await request.read()
        trouble = self.next_trouble() if is_message else no_trouble

        async def do() -> web.StreamResponse:
            return await handler(request)

        try:
            response = await trouble(do)
        except ConnectionLost:
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPServiceUnavailable from None
        response.headers["X-Line-Request-Id"] = f"request-{len(self.calls)}"
        return response

    def _account(self, request: web.Request) -> str | None:
        return self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))

    async def _reply(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "X-Line-Retry-Key" in request.headers:
            return refusal(400, "The retry key is not supported by this API")
        if details := errors_in(asked.get("messages")):
            return refusal(400, f"The request body has {len(details)} error(s)", details)
        user = self._reply_tokens.pop(asked.get("replyToken"), None)
        if user is None:
            return refusal(400, "Invalid reply token")
        return web.json_response({"sentMessages": self._show("reply", request, user, asked["messages"])})

    async def _push(self, request: web.Request) -> web.Response:
        asked = await request.json()
        key = request.headers.get("X-Line-Retry-Key", "")
        if key and str(UUID(key)) != key.lower():
            return refusal(400, "The retry key is invalid")
        if details := errors_in(asked.get("messages")):
            return refusal(400, f"The request body has {len(details)} error(s)", details)
        if earlier := self._accepted.get((self._account(request), key)):
            accepted_in, shown = earlier
            body = {"message": "The retry key is already accepted", "sentMessages": shown}
            return web.json_response(body, status=409, headers={"X-Line-Accepted-Request-Id": accepted_in})
        if asked.get("to") in self.strangers or len(str(asked.get("to"))) != 33:
            return refusal(400, "Failed to send messages")
        if self._quota is not None and self._used >= self._quota:
            return refusal(429, MONTHLY_LIMIT)
        self._used += 1
        shown = self._show("push", request, asked["to"], asked["messages"])
        if key:
            self._accepted[self._account(request), key] = f"request-{len(self.calls)}", shown
        return web.json_response({"sentMessages": shown})

    def _show(self, by: str, request: web.Request, to: str, messages: list[Json]) -> list[Json]:
        self.sent.append(Sent(by=by, account=self._account(request), to=to, messages=messages))
        self._made += len(messages)
        return [{"id": str(460_000 + self._made + n), "quoteToken": f"q{self._made + n}"} for n in range(len(messages))]

    async def _tell_quota(self, _: web.Request) -> web.Response:
        limited = {"type": "limited", "value": self._quota}
        return web.json_response({"type": "none"} if self._quota is None else limited)

    async def _tell_used(self, _: web.Request) -> web.Response:
        return web.json_response({"totalUsage": self._used})

    async def _content(self, request: web.Request) -> web.StreamResponse:
        failure, self._content_failure = self._content_failure, 0
        if failure > 0:
            return refusal(failure, "")
        content = self._contents.get(request.match_info["id"])
        if content is None:
            return refusal(404, "Not found")
        if content.state == "unsent":
            return refusal(410, "The content is gone")
        if content.preparing or content.state == "failed":
            return web.Response(status=202)
        if failure < 0:
            return await self._half(request, content)
        response = web.Response(body=content.data, content_type=content.content_type)
        if self.hide_sizes:
            response.enable_chunked_encoding()
        return response

    async def _half(self, request: web.Request, content: Content) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content.content_type})
        response.content_length = len(content.data)
        await response.prepare(request)
        await response.write(content.data[: len(content.data) // 2])
        assert request.transport is not None
        request.transport.abort()
        return response

    async def _transcoding(self, request: web.Request) -> web.Response:
        content = self._contents.get(request.match_info["id"])
        if content is None:
            return refusal(404, "Not found")
        content.preparing = max(0, content.preparing - 1)
        waiting = "processing" if content.preparing else "succeeded"
        return web.json_response({"status": "failed" if content.state == "failed" else waiting})

    async def _profile(self, request: web.Request) -> web.Response:
        profile = self.profiles.get(request.match_info["user"])
        return refusal(404, "Not found") if profile is None else web.json_response(profile)

    async def _info(self, request: web.Request) -> web.Response:
        told = {"userId": self._account(request), "basicId": "@000city", "displayName": "みらい市"}
        return web.json_response({**told, "chatMode": "bot", "markAsReadMode": "manual"})

    async def _loading(self, request: web.Request) -> web.Response:
        asked = await request.json()
        seconds = asked.get("loadingSeconds", 20)
        if not 5 <= seconds <= 60 or seconds % 5 or not str(asked.get("chatId")).startswith("U"):
            return refusal(400, "The property, loadingSeconds, in the request body is invalid")
        self.loading.append((asked["chatId"], seconds))
        return web.json_response({}, status=202)

    async def _mark_as_read(self, request: web.Request) -> web.Response:
        token = (await request.json()).get("markAsReadToken")
        if token not in self._read_tokens:
            return refusal(400, "Invalid markAsReadToken")
        self.read.append(token)
        return web.json_response({})
