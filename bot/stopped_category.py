"""A category's direct answers were wrong too often: its section is told, by a ticket as for any other work."""

from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from bot.ports import Records
from bot.understood import Mind
from conversations.message import Address
from conversations.timeline import Author, Entry, Kind
from knowledge_base.bars import Measured
from tickets.deadlines import due_at
from tickets.numbers import ticket_number
from tickets.ticket import HandOverReason, Ticket, TicketStatus

STAFF: Final = "staff"
"""the channel of what concerns nobody but staff: no resident, and nothing is sent"""


def owner_of(category: str, mind: Mind) -> str:
    """The section that has most of the category's entries; of several, the first by name."""
    sections = Counter(
        mind.city.section(version.content.section).id
        for version in mind.articles.values()
        if version.content.category == category
    )
    return min(sections, key=lambda section: (-sections[section], section), default=mind.city.section("").id)


async def tell_the_section(category: str, measured: Measured, records: Records, mind: Mind, now: datetime) -> None:
    """A line that says what happened, and an open ticket of the section; the same conversation each time."""
    conversation = await records.conversation_with(Address(STAFF, category), now)
    read_at_epoch = conversation.epoch
    low, high = measured.interval
    text = mind.phrases.say(
        "alert.category_stopped",
        "ja",
        category=category,
        right=measured.right,
        judged=measured.judged,
        low=round(low * 100),
        high=round(high * 100),
    )
    await records.add_entry(
        Entry(
            id=uuid4(),
            conversation_id=conversation.id,
            kind=Kind.SAID,
            author=Author.SYSTEM,
            text=text,
            at=now,
            epoch=conversation.epoch,
        )
    )
    conversation.heard(now, None)
    if conversation.ticket_id is None:
        ticket = await _open(category, conversation.id, records, mind, now)
    else:
        ticket = await _open_again(conversation.ticket_id, records, now)
    conversation.wait_for_person(ticket.id)
    await records.save_conversation(conversation, read_at_epoch=read_at_epoch)


async def _open(category: str, conversation_id: UUID, records: Records, mind: Mind, now: datetime) -> Ticket:
    section = mind.city.section(owner_of(category, mind))
    ticket = Ticket(
        id=uuid4(),
        number=ticket_number(now, await records.next_ticket_count()),
        conversation_id=conversation_id,
        subject=category,
        section=section.id,
        reason=HandOverReason.BELOW_ITS_BAR,
        opened_at=now,
        due_at=due_at(now, section.calendar, mind.city.answer_within_working_days),
    )
    await records.add_ticket(ticket)
    return ticket


async def _open_again(ticket_id: UUID, records: Records, now: datetime) -> Ticket:
    ticket = await records.ticket(ticket_id)
    if ticket.status is TicketStatus.CLOSED:
        ticket.reopen(by="bot", at=now)
    ticket.note(what=HandOverReason.BELOW_ITS_BAR, by="bot", at=now)
    await records.save_ticket(ticket)
    return ticket
