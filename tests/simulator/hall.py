"""A city hall that only listens: what came to its webhook and its mail door, as it came."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from simulator.mail_network import Posted
from simulator.rehearsal import CityHall
from simulator.running import Networks, networks, stage
from tests.conftest import FrozenClock

Json = dict[str, Any]
DESK = "desk@mirai.example"


@dataclass(slots=True, kw_only=True)
class ListeningHall:
    page: str
    around: Networks
    session: aiohttp.ClientSession
    events: list[Json] = field(default_factory=list)
    """whose signature fitted"""
    forged: int = 0
    answer: int = 200
    """of the webhook"""
    mails: list[Posted] = field(default_factory=list)
    mail_answer: str = "250 OK"

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(self.page + path, headers=headers) as response:
            return response.status, await response.text(errors="replace")

    async def post(self, path: str, data: Any = None, **headers: str) -> int:
        async with self.session.post(self.page + path, data=data or {}, headers={"X-Live": "yes", **headers}) as answer:
            return answer.status

    async def follows(self, resident: str = "yamada") -> str:
        """Their user id at LINE."""
        await self.post(f"/line/{resident}/follow")
        user: str = self.events[-1]["source"]["userId"]
        return user

    async def pushes(self, to: str, *messages: Json) -> int:
        return await self.calls_line("/v2/bot/message/push", {"to": to, "messages": list(messages)})

    async def calls_line(self, path: str, body: Json | None = None) -> int:
        url, token = self.around.line.url + path, {"Authorization": f"Bearer {self.around.line_token}"}
        method = "GET" if body is None else "POST"
        async with self.session.request(method, url, json=body, headers=token) as answer:
            return answer.status

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.read()
        wanted = hmac.new(self.around.line_secret.encode(), body, hashlib.sha256).digest()
        if base64.b64decode(request.headers["X-Line-Signature"]) != wanted:
            self.forged += 1
        elif self.answer == 200:
            delivered = json.loads(body)
            assert delivered["destination"] == self.around.line_account
            self.events += delivered["events"]
        return web.Response(status=self.answer)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """What aiosmtpd calls with a mail."""
        assert isinstance(envelope.content, bytes)
        if self.mail_answer.startswith("250"):
            sender, recipients = (envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos)
            self.mails.append(Posted(sender=sender, recipients=recipients, content=envelope.content))
        return self.mail_answer


@asynccontextmanager
async def listening(clock: FrozenClock) -> AsyncIterator[ListeningHall]:
    """A hall with the simulator around it."""
    loop = asyncio.get_running_loop()
    async with networks() as around, aiohttp.ClientSession() as session:
        hall = ListeningHall(page="", around=around, session=session)
        app = web.Application()
        app.router.add_post("/webhooks/line", hall.webhook)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        door = await loop.create_server(lambda: LMTP(hall, loop=loop), "127.0.0.1", 0)
        seen = CityHall(name="みらい市", url=f"http://127.0.0.1:{runner.addresses[0][1]}")
        mail = (DESK, door.sockets[0].getsockname()[1])
        async with stage(around, seen, mail=mail, now=clock.now, look=b"", port=0) as port:
            hall.page = f"http://127.0.0.1:{port}"
            yield hall
        door.close()
        await runner.cleanup()
