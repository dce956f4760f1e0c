"""Tickets as lists show them: filtered, and found by what was said in their conversations."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from language.folding import folded
from storage.searching import conversations_with
from storage.tables import OperatorRow, TicketRow

WORDS_AT_MOST: Final = 8
"""of one search; those behind it are not looked for"""
_DASH: Final = re.compile(r"[‐‑–—ー−─]")
_PART_OF_A_NUMBER: Final = re.compile(r"[M0-9-]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    id: UUID
    number: str
    subject: str
    section: str
    status: str
    reason: str
    assignee_name: str
    opened_at: datetime
    due_at: datetime
    conversation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    status: str = ""
    section: str = ""
    words: str = ""
    """each must be in the ticket's number, its subject or some text of its conversation"""
    late: bool = False
    assignee_id: UUID | None = None


async def page_of(
    session: AsyncSession, wanted: TicketFilter, now: datetime, *, page: int, per_page: int
) -> tuple[Sequence[TicketLine], int]:
    """One page (due first), and how many there are in all: 0 when the page is behind the last."""
    where = [*_filtered(wanted, now), *_said(wanted.words, on_sqlite=session.get_bind().dialect.name == "sqlite")]
    # Counted along the way: looking for frequent words is what takes time, and is done once.
    query = (
        select(TicketRow, OperatorRow.name, func.count().over())
        .outerjoin(OperatorRow, OperatorRow.id == TicketRow.assignee_id)
        .where(*where)
        .order_by(TicketRow.due_at, TicketRow.number)
    )
    rows = (await session.execute(query.offset(page * per_page).limit(per_page))).all()
    return [_line(row, name) for row, name, _ in rows], rows[0][2] if rows else 0


def asked_for(words: str) -> Sequence[tuple[str, str]]:
    """The words of a search, as they were typed and folded; what folds to nothing asks for nothing."""
    pairs = {form: typed for typed in words.split() if (form := folded(typed))}
    return [(typed, form) for form, typed in pairs.items()][:WORDS_AT_MOST]


def _filtered(wanted: TicketFilter, now: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [true()]
    if wanted.status == "not_closed":
        where.append(TicketRow.status != "closed")
    elif wanted.status:
        where.append(TicketRow.status == wanted.status)
    if wanted.section:
        where.append(TicketRow.section == wanted.section)
    if wanted.assignee_id:
        where.append(TicketRow.assignee_id == wanted.assignee_id)
    if wanted.late:
        where += [TicketRow.status != "closed", TicketRow.due_at < now]
    return where


def _said(words: str, *, on_sqlite: bool) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    others = []
    for typed, word in asked_for(words):
        part = _DASH.sub("-", unicodedata.normalize("NFKC", typed)).upper()
        if _PART_OF_A_NUMBER.fullmatch(part):
            said = TicketRow.conversation_id.in_(conversations_with([word], on_sqlite=on_sqlite))
            where.append(or_(TicketRow.number.contains(part, autoescape=True), said))
        else:
            others.append(word)
    if others:
        where.append(TicketRow.conversation_id.in_(conversations_with(others, on_sqlite=on_sqlite)))
    return where


def _line(row: TicketRow, assignee_name: str | None) -> TicketLine:
    return TicketLine(
        id=row.id,
        number=row.number,
        subject=row.subject,
        section=row.section,
        status=row.status,
        reason=row.reason,
        assignee_name=assignee_name or "",
        opened_at=row.opened_at,
        due_at=row.due_at,
        conversation_id=row.conversation_id,
    )
