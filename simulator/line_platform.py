"""Our own LINE platform, on a port of this machine: what its reference promises, and nothing of the network's moods."""

import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from aiohttp import web

from simulator.line_limits import errors_in
from simulator.line_menus import RichMenus, refusal

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MONTHLY_LIMIT = "You have reached your monthly limit."

_FIRST_ID = 460_000
_EVENT_ID_LENGTH = 26
_USER_ID_LENGTH = 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What LINE took."""

    by: str
    """``reply`` or ``push``"""
    account: str | None
    to: str
    messages: list[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """The account is at it: shown to the user for so long, or until its next message."""

    to: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedAsRead:
    token: str


Happening = Sent | Loading | MarkedAsRead
"""What users see on their screens."""


@dataclass(slots=True, kw_only=True)
class Content:
    data: bytes
    content_type: str
    preparing: int = 0
    """how many times one is told to wait"""
    state: str = "kept"
    """``kept``, ``unsent`` or ``failed``"""


def unseen(_: Happening) -> None:
    """Nobody looks."""


@dataclass
class LinePlatform:
    """``async with LinePlatform() as line``; ``line.url`` is both api.line.me and api-data.line.me."""

    url: str = ""
    port: int = 0
    seen: Callable[[Happening], None] = unseen
    event_ids: str = "01HLINE"
    """begins every webhookEventId: another one for a platform that starts anew beside the same database"""
    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """method and path of every request, in order"""
    loading: list[tuple[str, int]] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    profiles: dict[str, Json] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    """users that this account may not write to"""
    blocking: set[str] = field(default_factory=set)
    """users that get nothing, and the account is not told"""
    menus: RichMenus = field(default_factory=RichMenus)
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)
    _secrets: dict[str, str] = field(default_factory=dict, repr=False)
    _reply_tokens: dict[str, str] = field(default_factory=dict)
    _read_tokens: set[str] = field(default_factory=set)
    _accepted: dict[tuple[str | None, str], tuple[str, list[Json]]] = field(default_factory=dict)
    _contents: dict[str, Content] = field(default_factory=dict)
    _quota: int | None = None
    _used: int = 0
    _made: int = 0
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._at_the_door(request, handler)

        app = web.Application(middlewares=[door], client_max_size=2 * 1024 * 1024)
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
        if self._runner is not None:
            await self._runner.cleanup()

    def add_account(self, user_id: str, *, token: str, secret: str) -> None:
        self._tokens[token], self._secrets[user_id] = user_id, secret

    def keep_content(self, message_id: str, data: bytes, content_type: str) -> None:
        """A file that a resident sent."""
        self._contents[message_id] = Content(data=data, content_type=content_type)

    def content(self, message_id: str) -> Content | None:
        return self._contents.get(message_id)

    def unsend(self, message_id: str) -> None:
        if message_id in self._contents:
            self._contents[message_id].state = "unsent"

    def menu_of(self, user: str) -> str | None:
        """The id of the rich menu that the user sees."""
        return self.menus.of_user.get(user) or self.menus.default

    # Webhooks.

    def event(self, kind: str, *, at: int, user: str, **fields: Any) -> Json:
        """An event of this ``type`` at ``at`` (ms), with a reply token that works once."""
        self._made += 1
        token = f"{self._made:032x}"
        self._reply_tokens[token] = user
        return {
            "type": kind,
            "mode": "active",
            "timestamp": at,
            "source": {"type": "user", "userId": user},
            "webhookEventId": f"{self.event_ids}{self._made:0{_EVENT_ID_LENGTH - len(self.event_ids)}d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": token,
            **fields,
        }

    def message(self, kind: str, *, at: int, user: str, **content: Any) -> Json:
        """A message of a user, with its id and the token by which it is marked as read."""
        read_token = f"read-{self._made}"
        self._read_tokens.add(read_token)
        message = {"id": f"{_FIRST_ID + self._made}", "type": kind, **content}
        tokens = {"quoteToken": f"quote-{self._made}", "markAsReadToken": read_token}
        return self.event("message", at=at, user=user, message={**message, **tokens})

    def webhook(self, *events: Json, account: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery, signed."""
        body = json.dumps({"destination": account, "events": events}, ensure_ascii=False).encode()
        return body, {"Content-Type": "application/json; charset=utf-8", "x-line-signature": self.sign(body, account)}

    def sign(self, body: bytes, account: str) -> str:
        return base64.b64encode(hmac.digest(self._secrets[account].encode(), body, hashlib.sha256)).decode()

    # The platform.

    async def _at_the_door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        if self._account(request) is None:
            return refusal(401, "Authentication failed due to the following reason: invalid token")
        response = await self._answer(request, handler)
        response.headers["X-Line-Request-Id"] = f"request-{len(self.calls)}"
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request)

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
        if asked.get("to") in self.strangers or len(str(asked.get("to"))) != _USER_ID_LENGTH:
            return refusal(400, "Failed to send messages")
        if self._quota is not None and self._used >= self._quota:
            return refusal(429, MONTHLY_LIMIT)
        self._used += 1
        shown = self._show("push", request, asked["to"], asked["messages"])
        if key:
            self._accepted[self._account(request), key] = f"request-{len(self.calls)}", shown
        return web.json_response({"sentMessages": shown})

    def _show(self, by: str, request: web.Request, to: str, messages: list[Json]) -> list[Json]:
        if to not in self.blocking:
            self.sent.append(Sent(by=by, account=self._account(request), to=to, messages=messages))
            self.seen(self.sent[-1])
        self._made += len(messages)
        ids = range(_FIRST_ID + self._made, _FIRST_ID + self._made + len(messages))
        return [{"id": str(each), "quoteToken": f"q{each}"} for each in ids]

    async def _tell_quota(self, _: web.Request) -> web.Response:
        limited = {"type": "limited", "value": self._quota}
        return web.json_response({"type": "none"} if self._quota is None else limited)

    async def _tell_used(self, _: web.Request) -> web.Response:
        return web.json_response({"totalUsage": self._used})

    async def _content(self, request: web.Request) -> web.StreamResponse:
        content = self.content(request.match_info["id"])
        if content is None:
            return refusal(404, "Not found")
        if content.state == "unsent":
            return refusal(410, "The content is gone")
        if content.preparing or content.state == "failed":
            return web.Response(status=202)
        return web.Response(body=content.data, content_type=content.content_type)

    async def _transcoding(self, request: web.Request) -> web.Response:
        content = self.content(request.match_info["id"])
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
        self.seen(Loading(to=asked["chatId"], seconds=seconds))
        return web.json_response({}, status=202)

    async def _mark_as_read(self, request: web.Request) -> web.Response:
        token = (await request.json()).get("markAsReadToken")
        if token not in self._read_tokens:
            return refusal(400, "Invalid markAsReadToken")
        self.read.append(token)
        self.seen(MarkedAsRead(token=token))
        return web.json_response({})
