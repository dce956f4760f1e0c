"""The connection: one engine for writing, the same one for reading with lighter transactions."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, event, func, inspect, select, text
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.tables.base import Base

BUSY_MS = 15_000
SWITCHES = 20
ANSWERS_WITHIN = 5.0
"""seconds"""
READ_ONLY = "read_only"


class Database:
    """A pool of connections to SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        """``sqlite+aiosqlite:///file`` or ``postgresql+asyncpg://…``; the folder of the file is made."""
        self.url = url
        self.engine = _make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.insert = insert_sqlite if self.is_sqlite else insert_pg
        """of one row, and knowing what to do when it is there already"""
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False)
        self._reading = async_sessionmaker(self.engine.execution_options(read_only=True), expire_on_commit=False)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back when the block raises."""
        async with self._writing.begin() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent look, never waiting for writers on SQLite."""
        async with self._reading() as session:
            yield session

    def put(self, table: type[Base], **values: object) -> Executable:
        """A row instead of the one with its primary key, if there is one; two at once are no conflict."""
        made = self.insert(table).values(**values)
        keys = [column.name for column in inspect(table).primary_key]
        changed = {name: made.excluded[name] for name in values if name not in keys}
        return made.on_conflict_do_update(index_elements=keys, set_=changed)

    async def alone(self, within: AsyncSession | AsyncConnection, doing: str) -> None:
        """Until this transaction ends nobody else does the same; on SQLite one writes at a time anyway."""
        if not self.is_sqlite:
            await within.execute(select(func.pg_advisory_xact_lock(func.hashtext(doing))))

    async def is_reachable(self) -> bool:
        """Whether a table can be read, soon."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN), self.read() as session:
                await session.execute(text("SELECT version_num FROM alembic_version"))
        except (OSError, SQLAlchemyError):
            return False
        # SQLite goes on reading, and losing, a file that was moved away.
        file = self.engine.url.database if self.is_sqlite else None
        return not file or await asyncio.to_thread(Path(file).exists)

    async def close(self) -> None:
        await self.engine.dispose()


def _make_engine(url: str) -> AsyncEngine:
    # hide_parameters: a failing statement must not carry a resident's words into the log.
    common: dict[str, Any] = {"hide_parameters": True}
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, **common)
    if path := url.partition(":///")[2]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, pool_size=8, max_overflow=0, **common)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling is switched off: it would begin late, and lose the lock's meaning.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_MS}", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    _switch_to_wal(cursor)
    cursor.close()


def _switch_to_wal(cursor: DBAPICursor) -> None:
    # Of processes that open a new file together one switches; the others are refused at once, unlike anywhere else.
    for _ in range(SWITCHES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            cursor.execute("BEGIN IMMEDIATE")  # this waits for them
            cursor.execute("ROLLBACK")
        else:
            return
    raise TimeoutError("SQLite's journal could not be switched: other processes hold the file")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the write lock at once: upgrading a read lock later is how two writers deadlock.
    reading = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
