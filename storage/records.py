"""One open transaction, as ``bot.ports.Records`` promises."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_pg
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Clock, Link, OneTimeCode, QueuedReply
from conversations.conversation import Conversation, Owner
from conversations.errors import NotFound, StaleEpoch
from conversations.message import Address, IncomingMessage
from conversations.timeline import Entry, Kind
from storage import drafts, links, one_time_codes, saved_filters, searching
from storage.outbox import taken_back
from storage.saved_filters import SavedFilter
from storage.shapes import back, conversation_of, entry_of, entry_row, focus_kept, plain, ticket_of
from storage.tables import (
    AuditRow,
    BudgetRow,
    ConversationRow,
    CounterRow,
    EntryRow,
    InboxRow,
    OutboxRow,
    SavedFilterRow,
    TicketEventRow,
    TicketRow,
)
from tickets.ticket import Ticket, TicketEvent

LAST_WORDS = 200


class SqlRecords:
    def __init__(self, session: AsyncSession, clock: Clock, *, is_sqlite: bool) -> None:
        self._session = session
        self._clock = clock
        self._insert = insert_sqlite if is_sqlite else insert_pg

    async def conversation_with(self, address: Address, at: datetime) -> Conversation:
        """Made to exist first, then locked: a lock on a row that is not there yet protects nothing."""
        here = {"channel": address.channel, "account": address.account, "thread": address.thread}
        made = self._insert(ConversationRow).values(id=uuid4(), **here, offered=[], opened_at=at, last_message_at=at)
        await self._session.execute(made.on_conflict_do_nothing(index_elements=list(here)))
        return await self._locked(select(ConversationRow).filter_by(**here), address)

    async def conversation(self, conversation_id: UUID) -> Conversation:
        return await self._locked(select(ConversationRow).filter_by(id=conversation_id), conversation_id)

    async def _locked(self, query: Select[ConversationRow], key: object) -> Conversation:
        row = (await self._session.scalars(query.with_for_update())).one_or_none()
        if row is None:
            raise NotFound("conversation", key)
        return conversation_of(row)

    async def save_conversation(self, conversation: Conversation, *, read_at_epoch: int) -> None:
        waits = conversation.owner is Owner.WAITING
        saved = await self._session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == conversation.id, ConversationRow.epoch == read_at_epoch)
            .values(
                owner=conversation.owner.value,
                operator_id=conversation.operator_id,
                epoch=conversation.epoch,
                closed=conversation.closed,
                dialogue=plain(conversation.dialogue) if conversation.dialogue else None,
                language=conversation.language,
                misunderstood=conversation.misunderstood,
                topic=conversation.topic,
                focus=focus_kept(conversation),
                offered=plain(conversation.offered),
                ticket_id=conversation.ticket_id,
                waiting_since=func.coalesce(ConversationRow.waiting_since, self._clock.now()) if waits else None,
                last_message_at=conversation.last_message_at,
            )
            .returning(ConversationRow.id)
            .execution_options(synchronize_session=False)
        )
        if saved.scalar_one_or_none() is None:
            raise StaleEpoch(conversation.id, read_at_epoch)

    async def remember(self, message: IncomingMessage, conversation_id: UUID, raw: bytes | None) -> bool:
        arrived = self._insert(InboxRow).values(
            id=message.id,
            conversation_id=conversation_id,
            channel=message.sender.channel,
            external_id=message.external_id,
            message=plain(message),
            raw=raw,
            next_try_at=message.received_at,
        )
        once = arrived.on_conflict_do_nothing(index_elements=["channel", "external_id"]).returning(InboxRow.id)
        return (await self._session.execute(once)).scalar_one_or_none() is not None

    async def next_message(self, conversation_id: UUID) -> IncomingMessage | None:
        return await oldest_waiting(self._session, conversation_id, self._clock.now())

    async def message_handled(self, message_id: UUID, *, silence: str = "") -> None:
        handled = update(InboxRow).where(InboxRow.id == message_id).values(state="handled", silence=silence)
        await self._session.execute(handled)
        if silence:
            await self._session.execute(update(EntryRow).where(EntryRow.id == message_id).values(silence=silence))

    async def add_entry(self, entry: Entry) -> Entry:
        values: dict[str, Any] = {"last_seq": ConversationRow.last_seq + 1}
        if entry.kind is Kind.SAID:
            values |= {"last_words": entry.text[:LAST_WORDS], "last_message_at": entry.at}
        counted = (
            update(ConversationRow)
            .where(ConversationRow.id == entry.conversation_id)
            .values(**values)
            .returning(ConversationRow.last_seq)
            .execution_options(synchronize_session=False)
        )
        seq = (await self._session.execute(counted)).scalar_one()
        row = entry_row(entry)
        row.seq = seq
        self._session.add(row)
        await self._session.flush()
        await searching.add(self._session, row.id, row.conversation_id, row.text)
        return entry_of(row)

    async def has_entry(self, entry_id: UUID) -> bool:
        return await self._session.get(EntryRow, entry_id) is not None

    async def entry_for(self, channel: str, external_id: str) -> Entry | None:
        query = select(EntryRow).join(InboxRow, InboxRow.id == EntryRow.id)
        found = await self._session.scalars(
            query.filter(InboxRow.channel == channel, InboxRow.external_id == external_id)
        )
        row = found.one_or_none()
        return entry_of(row) if row else None

    async def queue(self, reply: QueuedReply) -> None:
        seq = await self._session.scalar(select(EntryRow.seq).where(EntryRow.id == reply.id))
        self._session.add(
            OutboxRow(
                id=reply.id,
                conversation_id=reply.conversation_id,
                channel=reply.address.channel,
                account=reply.address.account,
                thread=reply.address.thread,
                reply=plain(reply.reply),
                reply_handle=reply.reply_handle,
                epoch=reply.epoch,
                seq=seq or 0,
                next_try_at=self._clock.now() + reply.wait,
            )
        )
        await self._session.flush()

    async def take_back(self, conversation_id: UUID, reply_id: UUID) -> bool:
        return await taken_back(self._session, conversation_id, reply_id)

    async def withdraw_bot_replies(self, conversation_id: UUID, *, before_epoch: int) -> int:
        withdrawn = await self._session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.conversation_id == conversation_id,
                OutboxRow.state == "queued",
                OutboxRow.epoch < before_epoch,
            )
            .values(state="withdrawn", outcome="a person took over")
            .returning(OutboxRow.id)
        )
        return len(withdrawn.scalars().all())

    async def add_ticket(self, ticket: Ticket) -> None:
        self._session.add(TicketRow(id=ticket.id, **_ticket_values(ticket)))
        await self._session.flush()
        await searching.add(self._session, ticket.id, ticket.conversation_id, ticket.subject)
        await self._add_events(ticket, already=0)

    async def ticket(self, ticket_id: UUID) -> Ticket:
        row = await self._session.get(TicketRow, ticket_id, with_for_update=True)
        if row is None:
            raise NotFound("ticket", ticket_id)
        query = select(TicketEventRow).filter_by(ticket_id=ticket_id).order_by(TicketEventRow.position)
        return ticket_of(row, list(await self._session.scalars(query)))

    async def save_ticket(self, ticket: Ticket) -> None:
        await self._session.execute(update(TicketRow).where(TicketRow.id == ticket.id).values(**_ticket_values(ticket)))
        count = select(func.count()).where(TicketEventRow.ticket_id == ticket.id)
        await self._add_events(ticket, already=(await self._session.scalar(count)) or 0)

    async def _add_events(self, ticket: Ticket, *, already: int) -> None:
        for position, event in enumerate(ticket.events[already:], start=already):
            self._session.add(TicketEventRow(ticket_id=ticket.id, position=position, **_event_values(event)))
        await self._session.flush()

    async def next_ticket_count(self) -> int:
        counted = self._insert(CounterRow).values(name="tickets", value=1)
        counted = counted.on_conflict_do_update(index_elements=["name"], set_={"value": CounterRow.value + 1})
        return (await self._session.execute(counted.returning(CounterRow.value))).scalar_one()

    async def audit(self, *, who: str, what: str, on: str, details: str = "") -> None:
        self._session.add(AuditRow(at=self._clock.now(), who=who, what=what, object=on, details=details))
        await self._session.flush()

    async def budgets(self, names: Sequence[str]) -> Mapping[str, Any]:
        found = {}
        for name in names:
            made = self._insert(BudgetRow).values(name=name, account=[])
            await self._session.execute(made.on_conflict_do_nothing(index_elements=["name"]))
            query = select(BudgetRow).filter_by(name=name).with_for_update()
            found[name] = (await self._session.scalars(query)).one().account
        return found

    async def save_budgets(self, budgets: Mapping[str, Any]) -> None:
        for name, account in budgets.items():
            await self._session.execute(update(BudgetRow).where(BudgetRow.name == name).values(account=account))

    async def discard_draft(self, conversation_id: UUID, operator_id: UUID) -> None:
        await drafts.discard(self._session, conversation_id, operator_id)

    async def save_filter(self, new: SavedFilter) -> bool:
        """For the whole section; False when it has one of that name."""
        made = self._insert(SavedFilterRow).values(**saved_filters.values(new))
        once = made.on_conflict_do_nothing(index_elements=["section", "name"]).returning(SavedFilterRow.id)
        return await self._session.scalar(once) is not None

    async def delete_filter(self, filter_id: UUID) -> bool:
        return await saved_filters.delete_one(self._session, filter_id)

    async def said_before(self, conversation_id: UUID, at_most: int) -> Sequence[Entry]:
        query = select(EntryRow).filter_by(conversation_id=conversation_id).order_by(EntryRow.seq.desc()).limit(at_most)
        return [entry_of(row) for row in reversed((await self._session.scalars(query)).all())]

    async def keep_code(self, code: str, given: OneTimeCode) -> None:
        await one_time_codes.keep(self._session, code, given, self._clock.now())

    async def claim_code(self, code: str, purpose: str, *, not_from: str = "") -> OneTimeCode | None:
        return await one_time_codes.claim(self._session, code, purpose, self._clock.now(), not_from=not_from)

    async def add_link(self, link: Link) -> None:
        await links.add(self._session, link)

    async def links_of(self, address: Address) -> Sequence[Link]:
        return await links.of_address(self._session, address)

    async def end_link(self, link_id: UUID, *, by: str) -> bool:
        return await links.end(self._session, link_id, by=by, at=self._clock.now())


async def oldest_waiting(session: AsyncSession, conversation_id: UUID, now: datetime) -> IncomingMessage | None:
    """The oldest message that is not handled — if it may be tried now: a later one never overtakes it."""
    query = select(InboxRow).filter_by(conversation_id=conversation_id, state="new").order_by(InboxRow.arrival).limit(1)
    row = (await session.scalars(query)).one_or_none()
    return back(row.message, IncomingMessage) if row and row.next_try_at <= now else None


def _ticket_values(ticket: Ticket) -> dict[str, object]:
    return {
        "number": ticket.number,
        "conversation_id": ticket.conversation_id,
        "subject": ticket.subject,
        "section": ticket.section,
        "reason": ticket.reason.value,
        "language": ticket.language,
        "status": ticket.status.value,
        "assignee_id": ticket.assignee_id,
        "opened_at": ticket.opened_at,
        "due_at": ticket.due_at,
        "closed_at": ticket.closed_at,
    }


def _event_values(event: TicketEvent) -> dict[str, object]:
    return {"at": event.at, "who": event.who, "what": event.what, "before": event.before, "after": event.after}
