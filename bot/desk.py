"""What people do at the desk: each verb is one transaction, checked against who they are and what was seen."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from bot.confidential import TalkedAboutElsewhere, is_confidential_here
from bot.consequences import Consequences
from bot.engine import NO_RESTRAINT, Notices, Understanding
from bot.meanwhile import WITHOUT_CARE, Care, must_have_seen_answers
from bot.ports import NOT_AT_ALL, Clock, Delivery, QueuedReply, Records, Restraint, Store
from conversations.conversation import Conversation, Owner
from conversations.errors import ConversationOwned, NotAllowed
from conversations.masking import mask_numbers
from conversations.message import Attachment
from conversations.reply import Reply
from conversations.timeline import Author, Entry, Kind
from tickets.deadlines import due_at
from tickets.numbers import ticket_number
from tickets.operators import Operator, Permission, may
from tickets.ticket import HandOverReason, Ticket, TicketStatus


class Desk:
    """Take over, reply, note, hand back, close. Every change of owner begins a new epoch, so the bot falls silent."""

    def __init__(
        self,
        *,
        store: Store,
        understanding: Understanding,
        clock: Clock,
        delivery: Delivery,
        notices: Notices,
        restraints: Mapping[str, Restraint] = NO_RESTRAINT,
    ) -> None:
        self._store = store
        self._understanding = understanding
        self._clock = clock
        self._delivery = delivery
        self._notices = notices
        self._restraints = restraints

    async def take_over(self, conversation_id: UUID, operator: Operator, *, from_colleague: UUID | None = None) -> None:
        """The operator owns the conversation from this commit on; queued bot replies are withdrawn.

        Raises ConversationOwned when a colleague has it (name them in ``from_colleague`` to take it from them).
        """
        _must(operator, Permission.TAKE_OVER)
        if from_colleague is not None:
            _must(operator, Permission.TAKE_FROM_COLLEAGUE)
        async with self.at(conversation_id) as act:
            if act.conversation.owner is Owner.PERSON and act.conversation.operator_id == operator.id:
                return
            act.conversation.take_over(operator.id, from_operator=from_colleague)
            await act.records.withdraw_bot_replies(conversation_id, before_epoch=act.conversation.epoch)
            ticket = await act.ticket(operator)
            ticket.assign_to(operator.id, by=operator.login, at=act.now)
            await act.records.save_ticket(ticket)
            await act.consequences.notice("bot.person.joined", name=operator.name)

    async def reply(
        self,
        conversation_id: UUID,
        operator: Operator,
        text: str,
        *,
        key: UUID,
        attachments: tuple[Attachment, ...] = (),
        care: Care = WITHOUT_CARE,
    ) -> Entry:
        """Say something to the resident. ``key`` is made with the form: sent twice, it is said once.

        Raises ConversationOwned when somebody else has it, NotAllowed when nobody took it over yet,
        TalkedAboutElsewhere when this channel may not carry what it is about, and ColleagueAnswered when a person
        answered after what was ``seen``.
        """
        _must(operator, Permission.REPLY)
        text = mask_numbers(text).text
        async with self.at(conversation_id) as act:
            act.must_be_held_by(operator)
            await act.must_not_be_confidential()
            entry = act.entry(operator, Kind.REPLY, text, key=key, attachments=attachments)
            if await act.records.has_entry(entry.id):
                return entry
            if care.seen is not None:
                await must_have_seen_answers(act.records, conversation_id, seen=care.seen)
            stored = await act.records.add_entry(entry)
            await act.send(stored, wait=care.wait)
            await act.records.discard_draft(conversation_id, operator.id)
            ticket = await act.ticket(operator)
            ticket.note(what="replied", by=operator.login, at=act.now)
            await act.records.save_ticket(ticket)
        return stored

    async def note(self, conversation_id: UUID, operator: Operator, text: str, *, key: UUID) -> None:
        """Leave a note that only staff see."""
        _must(operator, Permission.REPLY)
        async with self.at(conversation_id) as act:
            entry = act.entry(operator, Kind.NOTE, mask_numbers(text).text, key=key)
            if not await act.records.has_entry(entry.id):
                await act.records.add_entry(entry)
                await act.records.discard_draft(conversation_id, operator.id)

    async def hand_back(self, conversation_id: UUID, operator: Operator) -> None:
        """The bot answers again; the ticket stays open until it is closed."""
        _must(operator, Permission.REPLY)
        async with self.at(conversation_id) as act:
            act.must_be_held_by(operator)
            act.conversation.hand_back()
            ticket = await act.ticket(operator)
            ticket.release(by=operator.login, at=act.now)
            await act.records.save_ticket(ticket)
            await act.consequences.notice("bot.person.left")

    async def close(self, conversation_id: UUID, operator: Operator) -> None:
        """The matter is settled: ticket and conversation are closed. The resident reopens it by writing again."""
        _must(operator, Permission.REPLY)
        async with self.at(conversation_id) as act:
            if act.conversation.owner is Owner.PERSON:
                act.must_be_held_by(operator)
            if act.conversation.ticket_id is not None:
                ticket = await act.records.ticket(act.conversation.ticket_id)
                if ticket.status is not TicketStatus.CLOSED:
                    ticket.close(by=operator.login, at=act.now)
                    await act.records.save_ticket(ticket)
            await act.records.withdraw_bot_replies(conversation_id, before_epoch=act.conversation.epoch + 1)
            act.conversation.close()
            await act.consequences.notice("bot.closed")

    async def leave(self, conversation_id: UUID) -> None:
        """The resident ends the conversation; an open ticket stays open: somebody may still owe an answer."""
        async with self.at(conversation_id) as act:
            if act.conversation.owner is Owner.BOT:
                act.conversation.close()
            await act.consequences.notice("bot.closed")

    async def move(self, conversation_id: UUID, operator: Operator, section: str, *, reason: str) -> None:
        """Another section's matter: the ticket goes there, and waits there if this operator had it."""
        _must(operator, Permission.REPLY)
        async with self.at(conversation_id) as act:
            ticket = await act.ticket(operator)
            ticket.move_to(act.mind.city.section(section).id, reason=reason, by=operator.login, at=act.now)
            await act.records.save_ticket(ticket)

    async def call_a_person(self, conversation_id: UUID, reason: HandOverReason) -> None:
        """Something failed that the resident must not suffer for: a person looks."""
        async with self.at(conversation_id) as act:
            await act.call_a_person(reason)

    async def remark(self, conversation_id: UUID, text: str, *, key: UUID, calls: HandOverReason | None = None) -> None:
        """Something happened that staff must know: a note in the timeline, once for each ``key``.

        ``calls`` makes a person look, and says why.
        """
        async with self.at(conversation_id) as act:
            note = act.remark(text, key=key)
            if await act.records.has_entry(note.id):
                return
            await act.records.add_entry(note)
            if calls is not None:
                await act.call_a_person(calls)

    async def announce(self, conversation_ids: Iterable[UUID]) -> None:
        for each in conversation_ids:
            await self._notices.changed(each)

    @asynccontextmanager
    async def at(self, conversation_id: UUID) -> AsyncIterator["Act"]:
        """The conversation, locked; written back and announced at the end."""
        async with self._store.transaction() as records:
            conversation = await records.conversation(conversation_id)
            read_at_epoch = conversation.epoch
            act = Act(records, conversation, self._understanding, self._clock, self._delivery, self._restraints)
            yield act
            await records.save_conversation(conversation, read_at_epoch=read_at_epoch)
        await self._notices.changed(conversation_id)


class Act:
    """One verb under way: an open transaction and the conversation it is about."""

    def __init__(
        self,
        records: Records,
        conversation: Conversation,
        understanding: Understanding,
        clock: Clock,
        delivery: Delivery,
        restraints: Mapping[str, Restraint],
    ) -> None:
        self.records = records
        self.conversation = conversation
        self.mind = understanding.mind()
        self.now = clock.now()
        self._delivery = delivery
        self._restraints = restraints
        self.consequences = Consequences(records, conversation, self.mind, self.now, delivery=delivery)

    def must_be_held_by(self, operator: Operator) -> None:
        if self.conversation.owner is not Owner.PERSON:
            raise NotAllowed("take_over_first")
        if self.conversation.operator_id != operator.id:
            raise ConversationOwned(str(self.conversation.operator_id))

    async def must_not_be_confidential(self) -> None:
        """What a person writes would stand on servers that may not have it."""
        kept = self.conversation.ticket_id
        ticket = await self.records.ticket(kept) if kept is not None else None
        if is_confidential_here(self.conversation, ticket, self.mind, self._delivery):
            raise TalkedAboutElsewhere("talked_about_elsewhere")

    def entry(
        self, operator: Operator, kind: Kind, text: str, *, key: UUID, attachments: tuple[Attachment, ...] = ()
    ) -> Entry:
        return Entry(
            id=uuid5(key, str(self.conversation.id)),
            conversation_id=self.conversation.id,
            kind=kind,
            author=Author.OPERATOR,
            author_name=operator.name,
            text=text,
            attachments=attachments,
            language=self.conversation.language,
            at=self.now,
            epoch=self.conversation.epoch,
        )

    def remark(self, text: str, *, key: UUID) -> Entry:
        """A note by nobody."""
        return Entry(
            id=uuid5(key, str(self.conversation.id)),
            conversation_id=self.conversation.id,
            kind=Kind.NOTE,
            author=Author.SYSTEM,
            text=text,
            at=self.now,
            epoch=self.conversation.epoch,
        )

    async def call_a_person(self, reason: HandOverReason) -> None:
        if self.conversation.owner is not Owner.PERSON:
            ticket = await self.ticket(None, reason)
            ticket.note(what=str(reason), by="bot", at=self.now)
            await self.records.save_ticket(ticket)
            self.conversation.wait_for_person(ticket.id)

    async def send(self, entry: Entry, *, wait: timedelta = NOT_AT_ALL) -> None:
        if self.conversation.address.channel in self._delivery.pulled:
            return
        if (restraint := self._restraints.get(self.conversation.address.channel)) is not None:
            await restraint.person_wrote(self.records, self.conversation.address)
        reply = Reply(text=entry.text, attachments=entry.attachments, language=entry.language)
        await self.records.queue(
            QueuedReply(
                id=entry.id,
                conversation_id=entry.conversation_id,
                address=self.conversation.address,
                reply=reply,
                epoch=None,
                wait=wait,
            )
        )

    async def ticket(self, operator: Operator | None, reason: HandOverReason = HandOverReason.TAKEN_OVER) -> Ticket:
        """The conversation's ticket, open: made now if a person steps in unasked, reopened if it was closed."""
        if self.conversation.ticket_id is not None:
            ticket = await self.records.ticket(self.conversation.ticket_id)
            if ticket.status is TicketStatus.CLOSED:
                ticket.reopen(by=operator.login if operator else "bot", at=self.now)
            return ticket
        section = self.mind.city.section(operator.section if operator else "")
        ticket = Ticket(
            id=uuid4(),
            number=ticket_number(self.now, await self.records.next_ticket_count()),
            conversation_id=self.conversation.id,
            subject="",
            section=section.id,
            reason=reason,
            language=self.conversation.language,
            opened_at=self.now,
            due_at=due_at(self.now, section.calendar, self.mind.city.answer_within_working_days),
        )
        await self.records.add_ticket(ticket)
        self.conversation.ticket_id = ticket.id
        return ticket


def _must(operator: Operator, permission: Permission) -> None:
    if not may(operator, permission):
        raise NotAllowed(permission)
