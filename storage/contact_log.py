"""The log of calls and visits: what was asked, how it ended, and nothing about who asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, select, update
from sqlalchemy.orm import aliased

from bot.ports import Clock
from storage.database import Database
from storage.tables import ArticleVersionRow, ConversationRow, LoggedContactRow, TicketRow
from tickets.duty_calendar import JAPAN

UNDO_WITHIN: Final = timedelta(minutes=5)


class Outcome(StrEnum):
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    """the caller was put through, or sent to the section's counter"""
    TICKET = "ticket"
    """somebody answers later"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedContact:
    """One call or visit; numbers that must not be stored are masked already."""

    id: UUID
    operator_id: UUID
    channel: str
    """``phone`` or ``counter``"""
    words: str
    version_id: UUID | None = None
    """the entry it was about; None when the FAQ had none: asked, and unanswered"""
    section: str
    outcome: Outcome
    note: str = ""
    conversation_id: UUID | None = None
    """of the ticket that was opened"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """A logged contact as lists show it."""

    contact: LoggedContact
    at: datetime
    question: str
    """of the entry, in the version of then; empty for none"""
    ticket_number: str


class ContactLog:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, contact: LoggedContact) -> bool:
        """Log it now. False when this id is logged already: then nothing changes."""
        values = {name: getattr(contact, name) for name in contact.__slots__} | {"outcome": contact.outcome.value}
        made = self._database.insert(LoggedContactRow).values(**values, at=self._clock.now())
        once = made.on_conflict_do_nothing(index_elements=["id"]).returning(LoggedContactRow.id)
        async with self._database.write() as session:
            return (await session.scalar(once)) is not None

    async def has(self, contact_id: UUID) -> bool:
        """Whether it was ever logged, undone or not."""
        async with self._database.read() as session:
            return await session.get(LoggedContactRow, contact_id) is not None

    async def today(self, operator_id: UUID, *, at_most: int) -> Sequence[ContactLine]:
        """What the operator logged today in Japan and did not undo, newest first."""
        midnight = datetime.combine(self._clock.now().astimezone(JAPAN).date(), time(), JAPAN)
        query = _lines().where(LoggedContactRow.operator_id == operator_id, LoggedContactRow.at >= midnight)
        async with self._database.read() as session:
            rows = (await session.execute(query.limit(at_most))).all()
        return [_line(*row) for row in rows]

    async def unanswered(self, *, at_most: int) -> Sequence[ContactLine]:
        """What callers asked and the FAQ had no entry for, newest first."""
        query = _lines().where(LoggedContactRow.version_id.is_(None)).limit(at_most)
        async with self._database.read() as session:
            return [_line(*row) for row in (await session.execute(query)).all()]

    async def last_to_undo(self, operator_id: UUID) -> ContactLine | None:
        """What the operator logged last, as long as it may be undone."""
        lines = await self.today(operator_id, at_most=1)
        return lines[0] if lines and lines[0].at > self._clock.now() - UNDO_WITHIN else None

    async def undo(self, contact_id: UUID, operator_id: UUID) -> bool:
        """It was no contact. False, and nothing changes, for all but the operator's last one of five minutes."""
        later = aliased(LoggedContactRow)
        newer = exists().where(
            later.operator_id == operator_id, later.at > LoggedContactRow.at, later.undone_at.is_(None)
        )
        undone = (
            update(LoggedContactRow)
            .where(
                LoggedContactRow.id == contact_id,
                LoggedContactRow.operator_id == operator_id,
                LoggedContactRow.undone_at.is_(None),
                LoggedContactRow.at > self._clock.now() - UNDO_WITHIN,
                ~newer,
            )
            .values(undone_at=self._clock.now())
            .returning(LoggedContactRow.id)
        )
        async with self._database.write() as session:
            return (await session.scalar(undone)) is not None


def _lines() -> Select[LoggedContactRow, str | None, str | None]:
    question = ArticleVersionRow.content["question"].as_string()
    of_its_ticket = and_(
        ConversationRow.id == LoggedContactRow.conversation_id, TicketRow.id == ConversationRow.ticket_id
    )
    number = select(TicketRow.number).where(of_its_ticket).scalar_subquery()
    return (
        select(LoggedContactRow, question, number)
        .outerjoin(ArticleVersionRow, ArticleVersionRow.id == LoggedContactRow.version_id)
        .where(LoggedContactRow.undone_at.is_(None))
        .order_by(LoggedContactRow.at.desc(), LoggedContactRow.id)
    )


def _line(row: LoggedContactRow, question: str | None, number: str | None) -> ContactLine:
    return ContactLine(
        contact=LoggedContact(
            id=row.id,
            operator_id=row.operator_id,
            channel=row.channel,
            words=row.words,
            version_id=row.version_id,
            section=row.section,
            outcome=Outcome(row.outcome),
            note=row.note,
            conversation_id=row.conversation_id,
        ),
        at=row.at,
        question=question or "",
        ticket_number=number or "",
    )
