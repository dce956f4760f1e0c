"""From any older shape to the one this version needs, on both databases: nothing lost, nothing done twice."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CHAR, Column, Connection, MetaData, Table, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.migrate import config, current, newest, upgrade
from storage.tables import Base
from storage.tables.searching import SEARCH_INDEX
from tests.server.test_command_line import ROOT

REVISIONS = [each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()]
"""newest first"""
KEPT = {
    "sqlite": {
        "article_versions_no_update",
        "article_versions_no_delete",
        "audit_log_no_update",
        "audit_log_no_delete",
    },
    "postgresql": {"article_versions_never_changed", "audit_log_never_changed"},
}
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE 'RI_%'",
}
SHAPE = {
    "sqlite": "SELECT type, name, rootpage, sql FROM sqlite_master ORDER BY name",
    "postgresql": "SELECT relname, oid::int, xmin::text FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace ORDER BY relname",
}
IN_THE_WAY = {
    "sqlite": (
        "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT 1; END",
        "DROP TRIGGER audit_log_no_delete",
    ),
    "postgresql": (
        "CREATE TRIGGER audit_log_never_changed BEFORE UPDATE ON audit_log EXECUTE FUNCTION tsvector_update_trigger()",
        "DROP TRIGGER audit_log_never_changed ON audit_log",
    ),
}
"""something of a name that revision 0002 needs, after its first steps; and how it goes away"""
SAMPLES: dict[type, Any] = {
    str: "かな𠮷",
    int: 7,
    bool: True,
    bytes: b"\x00\xff",
    object: {"鍵": [1, None]},  # JSON
    list: [7],
    date: date(2026, 4, 1),
    UUID: UUID(int=7),
}


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> AsyncIterator[Database]:
    """A database without a single table."""
    path = tmp_path / "empty.db"
    database = Database(f"sqlite+aiosqlite:///{path}" if request.param == "sqlite" else postgres_url)
    if request.param == "postgresql":
        await execute(database, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    yield database
    await database.close()


async def execute(database: Database, *statements: str) -> None:
    async with database.write() as session:
        for statement in statements:
            await session.execute(text(statement))


async def rows_of(database: Database, query: dict[str, str]) -> list[tuple[Any, ...]]:
    async with database.read() as session:
        return [tuple(row) for row in await session.execute(text(query[database.engine.dialect.name]))]


async def triggers(database: Database) -> set[str]:
    return {name for (name,) in await rows_of(database, TRIGGERS)}


def tables_of(connection: Connection) -> dict[str, Table]:
    """What is really there, in an order in which rows may be added."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: is_ours(name) and name != "alembic_version")
    return {table.name: table for table in found.sorted_tables}


def is_ours(table: str) -> bool:
    """SQLite's full-text index keeps its contents in tables of its own."""
    return not table.startswith(SEARCH_INDEX.name)


def sample(column: Column[Any]) -> Any:
    """A value for a column of any type; equal types get equal values, so that references hold."""
    if isinstance(column.type, CHAR):  # so SQLite holds what is a UUID elsewhere
        return SAMPLES[UUID].hex
    kind = column.type.python_type
    if kind is datetime:
        moment = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
        return moment if getattr(column.type, "timezone", False) else moment.replace(tzinfo=None)
    return SAMPLES[kind]


def fill(connection: Connection) -> dict[str, dict[str, Any]]:
    """One row into every table; the rows by table."""
    rows = {name: {each.name: sample(each) for each in table.columns} for name, table in tables_of(connection).items()}
    for name, table in tables_of(connection).items():
        connection.execute(table.insert().values(rows[name]))
    return rows


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [dict(row) for row in connection.execute(table.select()).mappings()]
        for name, table in tables_of(connection).items()
    }


def differences(connection: Connection) -> list[Any]:
    """What Alembic finds, with nothing of ours left out."""
    dialect = connection.dialect.name
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _: kind != "table" or is_ours(name),
        "include_object": lambda thing, *_: thing.info.get("only_on", dialect) == dialect,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def primary_keys(connection: Connection) -> dict[str, list[str]]:
    looking = inspect(connection)
    return {name: looking.get_pk_constraint(name)["constrained_columns"] for name in Base.metadata.tables}


async def test_an_empty_database_becomes_what_tables_say(empty: Database) -> None:
    assert await current(empty) is None

    await upgrade(empty)

    async with empty.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        # Alembic compares no primary keys and no triggers.
        there = await connection.run_sync(primary_keys)
    assert there == {name: [each.name for each in table.primary_key] for name, table in Base.metadata.tables.items()}
    assert await triggers(empty) == KEPT[empty.engine.dialect.name]
    assert await current(empty) == newest()
    await execute(empty, "DROP INDEX ix_entries_at")
    async with empty.engine.connect() as connection:
        assert [each[0] for each in await connection.run_sync(differences)] == ["add_index"]


@pytest.mark.parametrize("revision", REVISIONS[1:])
async def test_older_revisions_keep_every_row(empty: Database, revision: str) -> None:
    await upgrade(empty, revision)
    async with empty.engine.begin() as connection:
        before = await connection.run_sync(fill)

    await upgrade(empty)

    async with empty.engine.connect() as connection:
        after = await connection.run_sync(contents)
    assert await current(empty) == newest()
    assert len(before) > 15
    for name, row in before.items():
        [kept] = after[name]
        assert {column: kept[column] for column in row if column in kept} == row


async def test_an_upgrade_again_touches_nothing(empty: Database) -> None:
    await upgrade(empty)
    async with empty.engine.begin() as connection:
        await connection.run_sync(fill)
        before = await connection.run_sync(contents)
    shape = await rows_of(empty, SHAPE)

    await upgrade(empty)

    async with empty.engine.connect() as connection:
        assert await connection.run_sync(contents) == before
    assert await rows_of(empty, SHAPE) == shape


async def test_a_failed_upgrade_leaves_nothing_half_done(empty: Database) -> None:
    await upgrade(empty, "0001")
    obstacle, removal = IN_THE_WAY[empty.engine.dialect.name]
    await execute(empty, obstacle)

    with pytest.raises(DBAPIError, match="already exists"):
        await upgrade(empty)

    assert await current(empty) == "0001"
    assert len(await triggers(empty)) == 1
    await execute(empty, removal)
    await upgrade(empty)
    assert await triggers(empty) == KEPT[empty.engine.dialect.name]


async def test_processes_upgrading_together_end_well(empty: Database, tmp_path: Path) -> None:
    async with empty.write() as session:  # in the way of whoever wants to begin, until both want to
        await session.execute(text("CREATE TABLE alembic_version (number INTEGER)"))
        together = [await migrating(empty, tmp_path) for _ in range(2)]
        async with asyncio.timeout(60):
            while await at_the_door(empty, together) < 2:
                await asyncio.sleep(0.02)
        await session.rollback()

    codes = await asyncio.gather(*(process.wait() for process in together))

    assert codes == [0, 0]
    assert await current(empty) == newest()
    assert await triggers(empty) == KEPT[empty.engine.dialect.name]


async def test_a_new_file_waits_for_its_maker(tmp_path: Path) -> None:
    # Several processes opened a new SQLite file; one was making it, and another gave up: "database is locked".
    path = tmp_path / "new.db"
    maker = sqlite3.connect(path, isolation_level=None)
    maker.execute("BEGIN IMMEDIATE")
    database = Database(f"sqlite+aiosqlite:///{path}")

    upgrading = asyncio.ensure_future(upgrade(database))
    done, _ = await asyncio.wait({upgrading}, timeout=0.3)
    maker.execute("ROLLBACK")
    maker.close()
    await upgrading

    assert not done
    assert await current(database) == newest()
    await database.close()


async def migrating(database: Database, folder: Path) -> asyncio.subprocess.Process:
    """``madoguchi migrate``, running."""
    url = database.engine.url.render_as_string(hide_password=False)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "migrate"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MADOGUCHI_DATABASE": url},  # noqa: TID251
        stdout=asyncio.subprocess.DEVNULL,
    )


async def at_the_door(database: Database, processes: list[asyncio.subprocess.Process]) -> int:
    """How many of them have come as far as they can."""
    if database.is_sqlite:
        return sum(has_open(process.pid, str(database.engine.url.database)) for process in processes)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return int((await rows_of(database, {"postgresql": waiting}))[0][0])


def has_open(pid: int, file: str) -> bool:
    return os.path.realpath(file) in {os.path.realpath(each) for each in Path(f"/proc/{pid}/fd").iterdir()}
