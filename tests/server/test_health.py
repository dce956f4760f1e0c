"""What whoever keeps the machine running is told: alive, ready, and figures without a word of anybody."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import msgspec
import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import make_url
from structlog.testing import capture_logs

from conversations.message import Address
from server.librarian import BATCH
from server.settings import Settings
from tests.support.city import DEMO
from tests.support.resident import Resident
from tests.support.served import Served, served

LosesItsDatabase = tuple[Served, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]
"""what is served; its database goes away; it comes back"""
SECRET = "カピバラ"
DIMENSIONS = Settings().encoder_dimensions
FIGURE = re.compile(r'^madoguchi_figure\{name="(\w+)"\} (\S+)$', re.MULTILINE)
ROUTE = re.compile(r'^madoguchi_requests_total\{route="([^"]*)",status="(\d+)"\} (\S+)$', re.MULTILINE)


async def readiness(hall: Served) -> tuple[int, dict[str, Any]]:
    status, body = await hall.get("/readyz")
    return status, msgspec.json.decode(body)


@asynccontextmanager
async def on_sqlite(data: Path) -> AsyncIterator[LosesItsDatabase]:
    away = data.with_name("away")

    async def go() -> None:
        await asyncio.to_thread(data.rename, away)

    async def come_back() -> None:
        await asyncio.to_thread(away.rename, data)

    with capture_logs():
        async with served(data) as hall:
            yield hall, go, come_back


@asynccontextmanager
async def on_postgresql(data: Path, url: str, maintenance: str) -> AsyncIterator[LosesItsDatabase]:
    name = make_url(url).database

    async def told(*statements: str) -> None:
        connection = await asyncpg.connect(maintenance)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def go() -> None:
        drop = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        await told(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', drop)

    async def come_back() -> None:
        await told(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    with capture_logs():
        async with served(data, database=url) as hall:
            yield hall, go, come_back


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_not_ready_while_the_database_is_away(
    kind: str, tmp_path: Path, postgres: str, postgres_url: str
) -> None:
    data = tmp_path / "var"
    async with on_sqlite(data) if kind == "sqlite" else on_postgresql(data, postgres_url, postgres) as (hall, go, back):
        before = await readiness(hall)

        await go()
        away, alive = await readiness(hall), await hall.get("/livez")
        await back()
        after = await readiness(hall)

    assert away == (503, {"ready": False, "why": "データベースに接続できません (the database cannot be reached)"})
    assert alive == (200, "ok\n")
    assert before == after == (200, {"ready": True, "vectors": {"done": 0, "wanted": 0}})


async def test_a_restarted_database_is_found_at_once(tmp_path: Path, postgres: str, postgres_url: str) -> None:
    async with on_postgresql(tmp_path / "var", postgres_url, postgres) as (hall, go, back):
        looks = [asyncio.ensure_future(readiness(hall)) for _ in range(5)]
        assert {status for status, _ in await asyncio.gather(*looks)} == {200}

        await go()
        await back()
        found = await readiness(hall)

    assert found[0] == 200


@dataclass(slots=True)
class SlowEmbeddings:
    """An embeddings endpoint that answers up to one text, then waits until it is let go."""

    held_at: str = ""
    began: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        await self.began.wait()
        texts = (await request.json())["input"]
        if self.held_at in texts:
            self.held.set()
            await self.let_go.wait()
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), DIMENSIONS)).round(3).tolist()
        return web.json_response({"data": [{"index": n, "embedding": row} for n, row in enumerate(rows)]})


async def test_ready_at_once_and_says_how_far_vectors_are(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(DEMO.parent / "template", city)
    rows = "".join(f"{n},質問その{n}は？,答えその{n}です。,試験\n" for n in range(BATCH + 4))
    (city / "faq.csv").write_text(f"ID,問い合わせ文,応答文,カテゴリ\n{rows}", encoding="utf-8")
    endpoint, app = SlowEmbeddings(), web.Application()
    app.router.add_post("/v1/embeddings", endpoint.answer)
    async with TestServer(app) as network:
        url = str(network.make_url("/v1/embeddings"))
        async with served(tmp_path / "var", city=city, encoder=url) as hall:
            index = hall.parts.knowing.known().index
            endpoint.held_at = index.passages_needed()[BATCH]
            wanted = len(index.passages_needed()) + len(index.queries_needed())

            endpoint.began.set()
            async with asyncio.timeout(20):
                await endpoint.held.wait()
            half_way = await readiness(hall)
            endpoint.let_go.set()
            async with asyncio.timeout(20):
                while (whole := await readiness(hall))[1]["vectors"]["done"] < wanted:
                    assert whole[0] == 200

    assert half_way == (200, {"ready": True, "vectors": {"done": BATCH, "wanted": wanted}})
    assert whole == (200, {"ready": True, "vectors": {"done": wanted, "wanted": wanted}})


async def test_metrics_count_but_never_name_anybody(tmp_path: Path) -> None:
    async with served(tmp_path / "var") as hall:
        resident = await Resident(hall.session, hall.url).arrive()
        said = await resident.say(f"職員と話したい{SECRET}")
        _, reply = await resident.listen_for("reply", count=2)
        account = await hall.parts.visits.account_of(resident.token)
        conversation = await hall.parts.views.conversation_at(Address("web", str(account)))
        assert conversation is not None
        stranger = str(uuid4())
        for path in (f"/chat/api/files/{stranger}", f"/console/conversations/{conversation.id}", f"/{SECRET}"):
            await hall.get(path)

        status, page = await hall.get("/metrics")

    figures = dict(FIGURE.findall(page))
    assert status == 200
    assert (figures["conversations"], figures["conversations_waiting"], figures["tickets_open"]) == ("1.0",) * 3
    assert (figures["inbox_waiting"], figures["inbox_set_aside"], figures["outbox_refused"]) == ("0.0",) * 3
    routes = {(route, status): float(count) for route, status, count in ROUTE.findall(page)}
    assert routes["/chat/api/messages", "201"] == 1
    assert routes["/chat/api/files/{id}", "401"] == 1
    assert any(route == "/console/conversations/{id}" for route, _ in routes)
    assert routes["unknown", "404"] == 1
    told = (SECRET, quote(SECRET), stranger, resident.token, account, conversation.id, said["id"], reply["id"])
    assert [each for each in told if str(each) in page] == []
