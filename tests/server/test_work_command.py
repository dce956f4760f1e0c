"""Two processes over one PostgreSQL and one Valkey: one has the pages, the other does the work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from sqlalchemy import text

from storage.database import Database
from storage.vectors import Vectors
from tests.channels.web.browser import Stream
from tests.support.resident import Resident
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.slow  # each starts a whole city hall


@pytest.fixture
def pages(tmp_path: Path, postgres_url: str, valkey_url: str) -> ServerProcess:
    return ServerProcess(tmp_path / "pages", encoder="none", database=postgres_url, redis=valkey_url)


@pytest.fixture
def worker(tmp_path: Path, postgres_url: str, valkey_url: str) -> ServerProcess:
    return ServerProcess(tmp_path / "worker", encoder="none", database=postgres_url, redis=valkey_url)


@asynccontextmanager
async def running(server: ServerProcess, *flags: str) -> AsyncIterator[None]:
    """Started with these flags; without any, as a worker."""
    try:
        await (server.start(*flags) if flags else server.start_working())
        yield
    finally:
        await server.kill()


@asynccontextmanager
async def stream_of(resident: Resident) -> AsyncIterator[Stream]:
    headers = {"Origin": resident.url, "Authorization": f"Bearer {resident.token}"}
    async with resident.session.get(f"{resident.url}/chat/api/events/stream", headers=headers) as response:
        yield Stream(response)


async def test_what_one_process_hears_another_answers(pages: ServerProcess, worker: ServerProcess) -> None:
    async with running(pages, "--no-work"), aiohttp.ClientSession() as session:
        resident = await Resident(session, pages.url).arrive()
        async with stream_of(resident) as stream:
            [greeting] = await stream.messages(1)
            await resident.say("粗大ごみの収集手数料は、品物ごとにいくらかかりますか。")
            [mine] = await stream.messages(1)
            alone = [entry["kind"] for _ in range(2) for entry in await resident.listen()]

            async with running(worker):
                [late] = await stream.messages(1)
                await resident.say("職員と話したい")
                _, soon = await stream.messages(2)
                codes = await asyncio.gather(pages.end(), worker.end())

    assert [each.data["kind"] for each in (greeting, mine, late, soon)] == ["reply", "said", "reply", "reply"]
    assert alone == ["reply", "said"], "nobody works yet"
    assert "400円" in late.data["text"]
    assert "受付番号" in soon.data["text"]
    assert list(codes) == [0, 0]


async def test_two_workers_compute_the_same_vectors(database: Database) -> None:
    vectors = Vectors(database)
    computed = {f"text {number}": np.full(4, number, dtype=np.float32) for number in range(20)}
    backwards = {key: vector + 1 for key, vector in reversed(computed.items())}

    await asyncio.gather(*(vectors.keep(each) for each in (computed, backwards) * 4))

    kept = await vectors.all()
    assert kept.keys() == computed.keys()
    assert {float(kept[key][0] - computed[key][0]) for key in computed} in ({0.0}, {1.0}), "a mixture of two"
    await vectors.keep({"text 0": np.full(4, 9, dtype=np.float32)})
    assert (await vectors.all())["text 0"].tolist() == kept["text 0"].tolist()


async def test_two_processes_start_at_the_same_moment(
    pages: ServerProcess, worker: ServerProcess, postgres_url: str
) -> None:
    database = Database(postgres_url)
    async with database.write() as session:
        await session.execute(text("DROP SCHEMA public CASCADE"))
        await session.execute(text("CREATE SCHEMA public"))

    async def start_and_end(server: ServerProcess, *flags: str) -> int:
        async with running(server, *flags):
            return await server.end()

    codes = await asyncio.gather(start_and_end(pages, "--no-work"), start_and_end(worker))

    async with database.read() as session:
        articles = await session.scalar(text("SELECT count(*) FROM articles"))
        versions = await session.scalar(text("SELECT count(*) FROM article_versions"))
    await database.close()
    assert list(codes) == [0, 0]
    assert articles, "the first seeded the city"
    assert articles == versions, "the second did not do so again"
