"""The bars of the categories: what staff set, what was stopped, and how right the direct answers were."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Clock, Records
from knowledge_base.bars import NOT_JUDGED, PRECISION, Bar, Bars, Measured
from knowledge_base.search import ANSWER_AT
from storage.database import Database
from storage.judgements import verdicts_since
from storage.records import SqlRecords
from storage.tables import AuditRow, CategoryBarRow

LOOK_BACK: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryBar:
    """What is set for one category, in percent, as staff read and write it."""

    category: str
    answer_at: int = round(ANSWER_AT * 100)
    precision: int = round(PRECISION * 100)
    stopped_at: datetime | None = None
    stopped_by: Measured = NOT_JUDGED
    """what was measured when it was stopped"""
    lifted_at: datetime | None = None
    changed_by: str = ""

    @property
    def bar(self) -> Bar:
        return Bar(answer_at=self.answer_at / 100, stopped=self.stopped_at is not None)


class CategoryBars:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self) -> dict[str, CategoryBar]:
        """Those that were ever set or stopped, by category."""
        async with self._database.read() as session:
            return {row.category: _bar_of(row) for row in await session.scalars(select(CategoryBarRow))}

    async def of(self, category: str) -> CategoryBar:
        async with self._database.read() as session:
            row = await session.get(CategoryBarRow, category)
        return _bar_of(row) if row else CategoryBar(category=category)

    async def in_force(self) -> Bars:
        """As the bot needs them."""
        return Bars({category: each.bar for category, each in (await self.all()).items()})

    async def set(self, category: str, *, answer_at: int, precision: int, by: str, reason: str) -> None:
        """Another bar for this category, in percent."""
        async with self._database.write() as session:
            await self._make(session, category)
            row = await session.get_one(CategoryBarRow, category, with_for_update=True)
            before = f"{row.answer_at}% {row.precision}%"
            row.answer_at, row.precision = answer_at, precision
            row.changed_at, row.changed_by = self._clock.now(), by
            self._audit(session, by, "bar_set", category, f"{before} → {answer_at}% {precision}%: {reason}")

    async def lift(self, category: str, *, by: str, reason: str) -> bool:
        """It answers directly again, and is judged anew from now on; False when it was not stopped."""
        lifted = (
            update(CategoryBarRow)
            .where(CategoryBarRow.category == category, CategoryBarRow.stopped_at.is_not(None))
            .values(stopped_at=None, lifted_at=self._clock.now(), changed_at=self._clock.now(), changed_by=by)
            .returning(CategoryBarRow.category)
        )
        async with self._database.write() as session:
            if (await session.scalar(lifted)) is None:
                return False
            self._audit(session, by, "bar_lifted", category, reason)
            return True

    async def stop(self, category: str, measured: Measured, tell: Callable[[Records], Awaitable[None]]) -> bool:
        """From now on it only offers choices, and somebody is told, in one transaction; False when it is stopped."""
        stopped = (
            update(CategoryBarRow)
            .where(CategoryBarRow.category == category, CategoryBarRow.stopped_at.is_(None))
            .values(stopped_at=self._clock.now(), stopped_right=measured.right, stopped_judged=measured.judged)
            .returning(CategoryBarRow.category)
        )
        async with self._database.write() as session:
            await self._make(session, category)
            if (await session.scalar(stopped)) is None:
                return False
            self._audit(session, "bot", "bar_stopped", category, f"{measured.right}/{measured.judged}")
            await tell(SqlRecords(session, self._clock, is_sqlite=self._database.is_sqlite))
            return True

    async def measured(self) -> dict[str, Measured]:
        """How right each category's direct answers were, in the last 90 days and since it was last lifted."""
        lifted = {name: each.lifted_at for name, each in (await self.all()).items()}
        found: dict[str, Measured] = {}
        for verdict in await verdicts_since(self._database, self._clock.now() - LOOK_BACK):
            since = lifted.get(verdict.category)
            if since is None or verdict.answered_at > since:
                known = found.get(verdict.category, NOT_JUDGED)
                found[verdict.category] = Measured(known.right + verdict.right, known.judged + 1)
        return found

    async def _make(self, session: AsyncSession, category: str) -> None:
        standard = CategoryBar(category=category)
        made = self._database.insert(CategoryBarRow).values(
            category=category,
            answer_at=standard.answer_at,
            precision=standard.precision,
            stopped_right=0,
            stopped_judged=0,
            changed_at=self._clock.now(),
            changed_by="bot",
        )
        await session.execute(made.on_conflict_do_nothing(index_elements=["category"]))

    def _audit(self, session: AsyncSession, who: str, what: str, on: str, details: str) -> None:
        session.add(AuditRow(at=self._clock.now(), who=who, what=what, object=on, details=details))


def _bar_of(row: CategoryBarRow) -> CategoryBar:
    return CategoryBar(
        category=row.category,
        answer_at=row.answer_at,
        precision=row.precision,
        stopped_at=row.stopped_at,
        stopped_by=Measured(row.stopped_right, row.stopped_judged),
        lifted_at=row.lifted_at,
        changed_by=row.changed_by,
    )
