"""A browser as far as the server sees it: an origin, a token, and the events it has read."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient

Client = TestClient[web.Request, web.Application]


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    id: int | None
    data: dict[str, Any]


@dataclass(slots=True)
class Browser:
    client: Client
    token: str = ""
    language: str = "ja"

    @property
    def headers(self) -> dict[str, str]:
        origin = str(self.client.make_url("/")).rstrip("/")
        token = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Origin": origin, "Accept-Language": self.language, **token}

    async def arrive(self) -> "Browser":
        answer = await self.post("visits", language=self.language)
        self.token = (await answer.json())["token"]
        return self

    async def post(self, path: str, **body: object) -> ClientResponse:
        return await self.client.post(f"/chat/api/{path}", json=body, headers=self.headers)

    async def get(self, path: str) -> ClientResponse:
        return await self.client.get(f"/chat/api/{path}", headers=self.headers)

    async def say(self, text: str, *, client_id: str = "", **more: object) -> ClientResponse:
        return await self.post("messages", client_id=client_id or str(uuid4()), text=text, **more)

    async def heard(self, after: int = 0) -> list[dict[str, Any]]:
        answer = await self.get(f"events?after={after}&wait=0")
        return list((await answer.json())["entries"])

    async def upload(self, name: str, content: bytes, *, part: str = "file") -> ClientResponse:
        form = FormData()
        form.add_field(part, io.BytesIO(content), filename=name, content_type="application/octet-stream")
        return await self.client.post("/chat/api/files", data=form, headers=self.headers)

    @asynccontextmanager
    async def stream(self, after: int = 0, **headers: str) -> AsyncIterator["Stream"]:
        path = f"/chat/api/events/stream?after={after}"
        async with self.client.get(path, headers={**self.headers, **headers}) as response:
            yield Stream(response)


@dataclass(slots=True)
class Stream:
    response: ClientResponse

    async def events(self, count: int) -> list[Event]:
        """The next so many events; comments are passed over."""
        found: list[Event] = []
        async with asyncio.timeout(5):
            while len(found) < count:
                if (event := _event(await self.block())) is not None:
                    found.append(event)
        return found

    async def messages(self, count: int) -> list[Event]:
        found: list[Event] = []
        while len(found) < count:
            found += [event for event in await self.events(1) if event.name == "message"]
        return found

    async def block(self) -> str:
        """Everything up to the next empty line; raises EOFError at the end."""
        lines: list[str] = []
        async with asyncio.timeout(5):
            while line := await self.response.content.readline():
                if line == b"\n":
                    return "".join(lines)
                lines.append(line.decode())
        raise EOFError


def _event(block: str) -> Event | None:
    fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
    if "event" not in fields:
        return None
    number = int(fields["id"]) if "id" in fields else None
    return Event(fields["event"], number, json.loads(fields["data"]))
