"""An OpenAI-compatible embeddings endpoint that misbehaves when told to: a real server on a free port."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[["FakeEmbeddings", web.Request, list[str]], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class FakeEmbeddings:
    """Answers well unless a verb was queued with ``then``; one verb answers one request."""

    dimensions: int = 4
    url: str = ""
    heard: list[list[str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    verbs: deque[Answer] = field(default_factory=deque)
    always: Answer | None = None
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *verbs: Answer) -> None:
        self.verbs.extend(verbs)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        texts = (await request.json())["input"]
        self.heard.append(texts)
        self.keys.append(request.headers.get("Authorization"))
        verb = self.verbs.popleft() if self.verbs else self.always or well
        return await verb(self, request, texts)

    def rows(self, texts: list[str]) -> list[dict[str, Any]]:
        """Vectors made of a text's length; out of order, as an endpoint may send them."""
        rest = [float(n) for n in range(self.dimensions - 1)]
        return [{"index": n, "embedding": [1.0 + len(text), *rest]} for n, text in enumerate(texts)][::-1]


async def well(fake: FakeEmbeddings, _: web.Request, texts: list[str]) -> web.StreamResponse:
    return web.json_response({"data": fake.rows(texts)})


def with_body(text: str, status: int = 200, **headers: str) -> Answer:
    """Whatever was asked: this answer."""

    async def said(_: FakeEmbeddings, __: web.Request, ___: list[str]) -> web.StreamResponse:
        return web.Response(text=text, status=status, headers=headers)

    return said


def busy(after: str | None = None) -> Answer:
    """Too many requests, and when to come again."""
    return with_body("slow down", 429, **({"Retry-After": after} if after is not None else {}))


async def echoing(_: FakeEmbeddings, request: web.Request, texts: list[str]) -> web.StreamResponse:
    """A refusal that repeats what was asked, and the key, as many servers do."""
    return web.json_response({"input": texts, "key": request.headers.get("Authorization")}, status=400)


async def hangs(fake: FakeEmbeddings, _: web.Request, __: list[str]) -> web.StreamResponse:
    """The request is taken, and never answered."""
    await fake.closing.wait()
    return web.Response(status=503)


async def drips(fake: FakeEmbeddings, request: web.Request, _: list[str]) -> web.StreamResponse:
    """An answer that never ends, a piece at a time, each soon enough for a time-out of one piece."""
    response = web.StreamResponse()
    await response.prepare(request)
    while not fake.closing.is_set():
        try:
            await response.write(b" ")
            await asyncio.wait_for(fake.closing.wait(), 0.05)
        except TimeoutError:
            continue
        except ConnectionResetError:
            break
    return response


async def hangs_up(_: FakeEmbeddings, request: web.Request, __: list[str]) -> web.StreamResponse:
    """The connection ends without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def an_endpoint(dimensions: int = 4) -> AsyncIterator[FakeEmbeddings]:
    fake, app = FakeEmbeddings(dimensions), web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/embeddings", fake.answer)
    async with TestServer(app) as network:
        fake.url = str(network.make_url("/v1/embeddings"))
        yield fake
        fake.closing.set()
