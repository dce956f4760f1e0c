"""Everything in one file, and back: the same file for SQLite and PostgreSQL.

A backup is a gzip of JSON lines: a heading with the revision, then per row ``[table, {column: value}]``, tables in
an order that foreign keys allow. It is read in one consistent state while the service runs. What can be made again from
the rest is not in it: it is made when the backup is read.
"""

import asyncio
import base64
import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Connection, Date, LargeBinary, Table, Uuid, insert, select, text

from conversations.errors import CityError
from storage.database import Database
from storage.instant import Instant
from storage.migrate import current, newest, upgrade
from storage.search_filling import fill
from storage.tables import Base

FORMAT = "madoguchi-backup-1"
AT_ONCE = 500


class BackupError(CityError):
    """The backup cannot be written or read; the text says why and what to do."""


async def backup(database: Database, file: Path) -> int:
    """Write all rows to ``file`` (replaced only when complete); how many."""
    revision = await current(database)
    unfinished = file.with_name(file.name + ".unfinished")
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = await connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        count = await connection.run_sync(_write, unfinished, revision)
    await asyncio.to_thread(unfinished.replace, file)
    return count


async def restore(database: Database, file: Path) -> int:
    """Read ``file`` into an empty database; how many rows. Refused when the database holds anything."""
    with await asyncio.to_thread(gzip.open, file, "rt", encoding="utf-8") as lines:
        heading = json.loads(next(lines))
        if heading.get("format") != FORMAT:
            raise BackupError(f"{file}: Madoguchi のバックアップではありません (not a backup of Madoguchi)")
        if await current(database) is None:
            await upgrade(database, heading["revision"])
        if await current(database) != heading["revision"]:
            raise BackupError(f"{file}: 空のデータベースに戻してください (restore into an empty database)")
        async with database.engine.begin() as connection:
            count = await connection.run_sync(_read, lines, file)
    if heading["revision"] != newest():
        await upgrade(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(fill)
    return count


def _write(connection: Connection, file: Path, revision: str | None) -> int:
    count = 0
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write(json.dumps({"format": FORMAT, "revision": revision}) + "\n")
        for table in _kept():
            rows = connection.execution_options(yield_per=AT_ONCE).execute(select(table)).mappings()
            for row in rows:
                values = {name: _plain(value) for name, value in row.items()}
                out.write(json.dumps([table.name, values], ensure_ascii=False) + "\n")
                count += 1
    return count


def _read(connection: Connection, lines: Iterator[str], file: Path) -> int:
    tables = Base.metadata.tables
    if any(connection.execute(select(table).limit(1)).first() for table in _kept()):
        raise BackupError(f"{file}: データベースが空ではありません (the database is not empty)")
    count = 0
    waiting: tuple[Table, list[dict[str, Any]]] | None = None
    for line in lines:
        name, values = json.loads(line)
        table = tables[name]
        row = {column: _back(table, column, value) for column, value in values.items()}
        if waiting is None or waiting[0] is not table or len(waiting[1]) >= AT_ONCE:
            _insert(connection, waiting)
            waiting = (table, [])
        waiting[1].append(row)
        count += 1
    _insert(connection, waiting)
    if connection.dialect.name == "postgresql":
        _advance_sequences(connection)
    return count


def _kept() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if not table.info.get("made_again")]


def _insert(connection: Connection, rows: tuple[Table, list[dict[str, Any]]] | None) -> None:
    if rows:
        connection.execute(insert(rows[0]), rows[1])


def _advance_sequences(connection: Connection) -> None:
    """Rows came with their numbers: PostgreSQL's counters must go on after them."""
    for table, column in (("inbox", "arrival"), ("audit_log", "number")):
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "  # noqa: S608 -- our own names
                f"coalesce(max({column}), 0) + 1, false) FROM {table}"
            )
        )


def _plain(value: object) -> object:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return value


def _back(table: Table, column: str, value: object) -> object:
    kind = table.c[column].type
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, LargeBinary):
        return base64.b64decode(str(value))
    if isinstance(kind, Uuid):
        return UUID(str(value))
    if isinstance(kind, Instant):
        return datetime.fromisoformat(str(value))
    return date.fromisoformat(str(value)) if isinstance(kind, Date) else value
