"""Lists for pages: read only, plain, fast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true

from bot.ports import Clock
from conversations.conversation import Conversation
from conversations.errors import NotFound
from conversations.message import Address
from conversations.timeline import Entry
from storage import saved_filters, ticket_lists
from storage.database import Database
from storage.found_texts import FoundText, newest_with
from storage.saved_filters import SavedFilter
from storage.searching import conversations_with
from storage.shapes import conversation_of, entry_of, ticket_of
from storage.tables import (
    ConversationRow,
    DeliveryRow,
    EntryRow,
    InboxRow,
    OperatorRow,
    OutboxRow,
    TicketEventRow,
    TicketRow,
)
from storage.ticket_lists import TicketFilter, TicketLine, asked_for
from tickets.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxLine:
    conversation_id: UUID
    channel: str
    last_words: str
    last_at: datetime
    waiting_since: datetime | None
    owner: str
    closed: bool
    operator_name: str
    ticket_number: str
    section: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    id: UUID
    conversation_id: UUID
    channel: str
    error: str
    at: datetime


class Views:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # --- conversations

    async def inbox(self, show: str, operator_id: UUID, *, page: int, per_page: int) -> Sequence[InboxLine]:
        """``waiting`` (oldest first), ``mine``, ``bot`` or ``all`` (newest first)."""
        waiting = show == "waiting"
        order = ConversationRow.waiting_since.asc() if waiting else ConversationRow.last_message_at.desc()
        query = (
            _inbox_query(_shown(show, operator_id), ConversationRow.last_seq > 0)
            .order_by(order, ConversationRow.id)
            .offset(page * per_page)
            .limit(per_page)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return [_inbox_line(row, name, ticket) for row, name, ticket in rows]

    async def conversations_with(self, words: str, *, page: int, per_page: int) -> tuple[Sequence[InboxLine], int]:
        """As ``tickets``: all conversations in which each word was said, newest first."""
        where = [ConversationRow.last_seq > 0]
        if folded := [word for _, word in asked_for(words)]:
            where.append(ConversationRow.id.in_(conversations_with(folded, on_sqlite=self._database.is_sqlite)))
        query = _inbox_query(*where).order_by(ConversationRow.last_message_at.desc(), ConversationRow.id)
        counted = query.add_columns(func.count().over()).offset(page * per_page).limit(per_page)
        async with self._database.read() as session:
            rows = (await session.execute(counted)).all()
        return [_inbox_line(row, name, ticket) for row, name, ticket, _ in rows], rows[0][3] if rows else 0

    async def lines_with(self, conversation_ids: Sequence[UUID], words: str) -> Mapping[UUID, Sequence[FoundText]]:
        """By conversation, the newest lines that hold the words."""
        async with self._database.read() as session:
            return await newest_with(session, conversation_ids, [word for _, word in asked_for(words)])

    async def inbox_counts(self, operator_id: UUID) -> dict[str, int]:
        async with self._database.read() as session:
            counts = {}
            for show in ("waiting", "mine", "bot", "all"):
                said = ConversationRow.last_seq > 0
                query = select(func.count()).select_from(ConversationRow).where(_shown(show, operator_id), said)
                counts[show] = await session.scalar(query) or 0
        return counts

    async def conversation(self, conversation_id: UUID) -> Conversation:
        async with self._database.read() as session:
            row = await session.get(ConversationRow, conversation_id)
        if row is None:
            raise NotFound("conversation", conversation_id)
        return conversation_of(row)

    async def operator_name(self, operator_id: UUID | None) -> str:
        """As residents see it; empty for nobody."""
        if operator_id is None:
            return ""
        async with self._database.read() as session:
            return await session.scalar(select(OperatorRow.name).filter_by(id=operator_id)) or ""

    async def conversation_at(self, address: Address) -> Conversation | None:
        query = select(ConversationRow).filter_by(
            channel=address.channel, account=address.account, thread=address.thread
        )
        async with self._database.read() as session:
            row = (await session.scalars(query)).one_or_none()
        return conversation_of(row) if row else None

    async def entries(self, conversation_id: UUID, *, after: int, at_most: int, with_notes: bool) -> Sequence[Entry]:
        """The timeline after ``after``, in order."""
        query = select(EntryRow).where(EntryRow.conversation_id == conversation_id, EntryRow.seq > after)
        if not with_notes:
            query = query.where(EntryRow.kind != "note")
        async with self._database.read() as session:
            rows = (await session.scalars(query.order_by(EntryRow.seq).limit(at_most))).all()
        return [entry_of(row) for row in rows]

    async def last_entries(self, conversation_id: UUID, at_most: int) -> Sequence[Entry]:
        """The end of the timeline, oldest first."""
        query = select(EntryRow).where(EntryRow.conversation_id == conversation_id).order_by(EntryRow.seq.desc())
        async with self._database.read() as session:
            rows = (await session.scalars(query.limit(at_most))).all()
        return [entry_of(row) for row in reversed(rows)]

    async def entry(self, conversation_id: UUID, entry_id: UUID) -> Entry:
        """One line of this conversation. Raises NotFound, also for a line of another."""
        async with self._database.read() as session:
            row = await session.get(EntryRow, entry_id)
        if row is None or row.conversation_id != conversation_id:
            raise NotFound("entry", entry_id)
        return entry_of(row)

    # --- tickets

    async def tickets(self, wanted: TicketFilter, *, page: int, per_page: int) -> tuple[Sequence[TicketLine], int]:
        """One page (due first), and how many there are in all."""
        async with self._database.read() as session:
            return await ticket_lists.page_of(session, wanted, self._clock.now(), page=page, per_page=per_page)

    async def saved_filters(self, section: str) -> Sequence[SavedFilter]:
        async with self._database.read() as session:
            return await saved_filters.of_section(session, section)

    async def ticket(self, ticket_id: UUID) -> Ticket:
        async with self._database.read() as session:
            row = await session.get(TicketRow, ticket_id)
            if row is None:
                raise NotFound("ticket", ticket_id)
            query = select(TicketEventRow).filter_by(ticket_id=ticket_id).order_by(TicketEventRow.position)
            return ticket_of(row, list(await session.scalars(query)))

    # --- supervision

    async def set_aside(self) -> Sequence[SetAside]:
        query = select(InboxRow).filter_by(state="set_aside").order_by(InboxRow.arrival).limit(200)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
        return [
            SetAside(
                id=row.id, conversation_id=row.conversation_id, channel=row.channel, error=row.error, at=row.next_try_at
            )
            for row in rows
        ]

    async def unanswered(self, at_most: int) -> Sequence[Entry]:
        """What residents said that the bot did not understand, newest first."""
        rule = EntryRow.why["rule"].as_string()
        told = select(EntryRow.why["message"].as_string()).where(rule == "is_not_understood", EntryRow.author == "bot")
        async with self._database.read() as session:
            keys = (await session.scalars(told.order_by(EntryRow.at.desc()).limit(at_most))).all()
            asked = select(EntryRow).where(EntryRow.id.in_([UUID(key) for key in keys]))
            rows = (await session.scalars(asked.order_by(EntryRow.at.desc()))).all()
        return [entry_of(row) for row in rows]

    async def said_from(self, version_id: UUID, at_most: int = 100) -> Sequence[Entry]:
        """Where a published version was said, newest first."""
        query = select(EntryRow).filter_by(version_id=version_id).order_by(EntryRow.at.desc()).limit(at_most)
        async with self._database.read() as session:
            return [entry_of(row) for row in (await session.scalars(query)).all()]

    async def figures(self) -> dict[str, int]:
        """What the metrics and the overview count."""
        now = self._clock.now()
        not_closed = TicketRow.status != "closed"
        queries = {
            "inbox_waiting": select(func.count()).select_from(InboxRow).where(InboxRow.state == "new"),
            "inbox_set_aside": select(func.count()).select_from(InboxRow).where(InboxRow.state == "set_aside"),
            "deliveries_waiting": select(func.count()).select_from(DeliveryRow).where(DeliveryRow.state == "new"),
            "deliveries_set_aside": select(func.count())
            .select_from(DeliveryRow)
            .where(DeliveryRow.state == "set_aside"),
            "outbox_queued": select(func.count())
            .select_from(OutboxRow)
            .where(OutboxRow.state.in_(["queued", "sending"])),
            "outbox_refused": select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "refused"),
            "conversations": select(func.count()).select_from(ConversationRow),
            "conversations_waiting": select(func.count()).select_from(ConversationRow).where(_shown("waiting", None)),
            "tickets_open": select(func.count()).select_from(TicketRow).where(not_closed),
            "tickets_late": select(func.count()).select_from(TicketRow).where(not_closed, TicketRow.due_at < now),
        }
        async with self._database.read() as session:
            return {name: await session.scalar(query) or 0 for name, query in queries.items()}


def _shown(show: str, operator_id: UUID | None) -> ColumnElement[bool]:
    match show:
        case "waiting":
            return ConversationRow.owner == "waiting"
        case "mine":
            return (ConversationRow.owner == "person") & (ConversationRow.operator_id == operator_id)
        case "bot":
            return (ConversationRow.owner == "bot") & ~ConversationRow.closed
        case _:
            return true()


def _inbox_query(*where: ColumnElement[bool]) -> Select[ConversationRow, str, TicketRow]:
    return (
        select(ConversationRow, OperatorRow.name, TicketRow)
        .outerjoin(OperatorRow, OperatorRow.id == ConversationRow.operator_id)
        .outerjoin(TicketRow, TicketRow.id == ConversationRow.ticket_id)
        .where(*where)
    )


def _inbox_line(row: ConversationRow, operator_name: str | None, ticket: TicketRow | None) -> InboxLine:
    return InboxLine(
        conversation_id=row.id,
        channel=row.channel,
        last_words=row.last_words,
        last_at=row.last_message_at,
        waiting_since=row.waiting_since,
        owner=row.owner,
        closed=row.closed,
        operator_name=operator_name or "",
        ticket_number=ticket.number if ticket else "",
        section=ticket.section if ticket else "",
        due_at=ticket.due_at if ticket and ticket.status != "closed" else None,
    )
