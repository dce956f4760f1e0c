"""What was asked by telephone or at the counter and is answered later: a ticket, worked on like any other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4, uuid5

from bot.ports import Records
from bot.understood import Mind
from conversations.conversation import Conversation
from conversations.message import Address
from conversations.timeline import Author, Entry, Kind
from tickets.deadlines import due_at
from tickets.numbers import ticket_number
from tickets.operators import Operator
from tickets.ticket import HandOverReason, Ticket, TicketEvent

CHANNELS: Final = frozenset({"phone", "counter"})
"""nobody can be written to there: who asked is called, or comes again"""
SUBJECT_AT_MOST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an operator heard, already masked. Who said it stays unknown."""

    id: UUID
    """of the contact: the same one opens one ticket"""
    channel: str
    words: str
    notes: tuple[str, ...]
    """for staff only"""
    section: str
    reason: HandOverReason


async def open_ticket(heard: Heard, operator: Operator, records: Records, mind: Mind, now: datetime) -> UUID:
    """A conversation that waits for a person, with the words as its first entry; its id. Once for each contact."""
    conversation = await records.conversation_with(Address(heard.channel, str(heard.id)), now)
    if conversation.ticket_id is not None:
        return conversation.id
    read_at_epoch = conversation.epoch
    for number, text in enumerate((heard.words, *heard.notes)):
        kind = Kind.NOTE if number else Kind.SAID
        await records.add_entry(
            Entry(
                id=uuid5(heard.id, str(number)),
                conversation_id=conversation.id,
                kind=kind,
                author=Author.OPERATOR,
                author_name=operator.name,
                text=text,
                at=now,
                epoch=conversation.epoch,
            )
        )
    conversation.heard(now, None)
    ticket = _ticket_of(heard, operator, conversation, mind, now, await records.next_ticket_count())
    await records.add_ticket(ticket)
    conversation.wait_for_person(ticket.id)
    await records.save_conversation(conversation, read_at_epoch=read_at_epoch)
    return conversation.id


def _ticket_of(
    heard: Heard, operator: Operator, conversation: Conversation, mind: Mind, now: datetime, count: int
) -> Ticket:
    section = mind.city.section(heard.section)
    return Ticket(
        id=uuid4(),
        number=ticket_number(now, count),
        conversation_id=conversation.id,
        subject=heard.words[:SUBJECT_AT_MOST],
        section=section.id,
        reason=heard.reason,
        language=conversation.language,
        opened_at=now,
        due_at=due_at(now, section.calendar, mind.city.answer_within_working_days),
        events=[TicketEvent(at=now, who=operator.login, what="opened", after=heard.reason)],
    )
