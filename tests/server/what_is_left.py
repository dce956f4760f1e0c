"""``python -m tests.server.what_is_left``: what troubles of the networks leave in the database, as Markdown tables."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from storage.database import Database
from tests.conftest import FrozenClock
from tests.fakes.smtp import Point, hangs_up
from tests.server.mail_hall import CERTIFICATE, a_mail_hall
from tests.support.line_hall import line_hall

QUERIES = {
    "deliveries": "SELECT channel, state, count(*) FROM deliveries GROUP BY 1, 2",
    "inbox": "SELECT channel, state, silence, count(*) FROM inbox GROUP BY 1, 2, 3",
    "entries": "SELECT kind, author, count(*) FROM entries GROUP BY 1, 2",
    "outbox": "SELECT channel, state, max(attempts), count(*) FROM outbox GROUP BY 1, 2",
    "tickets": "SELECT status, reason, count(*) FROM tickets GROUP BY 1, 2",
}


async def main() -> None:
    clock = FrozenClock()
    with tempfile.TemporaryDirectory() as folder:
        async with line_hall(Path(folder), clock) as hall:
            event = hall.line.says(CERTIFICATE, at=hall.now)
            await hall.hears(event)
            clock.turn(timedelta(minutes=3))
            await hall.hears({**event, "deliveryContext": {"isRedelivery": True}})
            told = f"LINE delivers a message twice; the resident was sent {len(hall.line.sent)} answer."
            await _show("A LINE redelivery", told, hall.parts.database)
    with tempfile.TemporaryDirectory() as folder:
        async with a_mail_hall(Path(folder), clock) as mail:
            await mail.hears(mail.letter(CERTIFICATE))
            for _ in range(60):
                await mail.hears(mail.answer(mail.letters[-1], CERTIFICATE))
                clock.turn(timedelta(hours=1))
            told = f"A robot without any mark answers each letter, 60 times; it got {len(mail.letters)} letters."
            await _show("A loop of two robots", told, mail.parts.database)
    with tempfile.TemporaryDirectory() as folder:
        async with a_mail_hall(Path(folder), clock) as mail:
            mail.relay.then(hangs_up(Point.DATA, takes=True))
            await mail.hears(mail.letter(CERTIFICATE))
            clock.turn(timedelta(minutes=10))
            await mail.city.works()
            names = {letter.message["Message-ID"] for letter in mail.letters}
            told = (
                f"The relay takes a letter and hangs up before it says so: {len(mail.letters)} letters reached it, "
                f"with {len(names)} Message-ID."
            )
            await _show("A connection lost while sending", told, mail.parts.database)


async def _show(title: str, told: str, database: Database) -> None:
    print(f"### {title}\n\n{told}\n")
    async with database.read() as session:
        for name, query in QUERIES.items():
            result = await session.execute(text(query))
            print(f"**{name}**\n\n{_table(list(result.keys()), [list(row) for row in result.all()])}\n")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return "none"
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


if __name__ == "__main__":
    asyncio.run(main())
