"""Mails beside their messages: to which thread they belong, what an answer to them needs, who may join whose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Executable, select, update

from conversations.conversation import Conversation
from conversations.errors import NotFound
from conversations.message import Address
from storage.database import Database
from storage.shapes import conversation_of
from storage.tables import (
    ConversationRow,
    CorrespondentRow,
    DeliveryRow,
    EntryRow,
    LetterRow,
    OutboxRow,
    TicketRow,
)

MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """What is known of a resident's mail besides its words."""

    id: UUID
    """its message's and its entry's"""
    delivery_id: UUID
    address: Address
    """of its conversation"""
    message_id: str
    references: tuple[str, ...] = ()
    subject: str
    sender: str
    sender_name: str = ""
    written_at: datetime
    proof: str = ""
    suggested: UUID | None = None
    doubt: str = ""
    joined_by: str = ""


@dataclass(frozen=True, slots=True)
class KeptThread:
    address: Address
    conversation_id: UUID | None
    """None for a moment: kept before its first message is accepted"""
    correspondents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answered:
    """A conversation as an answer to its last letter sees it."""

    conversation: Conversation
    number: str
    section: str
    author: str
    said_at: datetime
    letter: KeptLetter | None
    words: str
    """of that letter, as they stand in the timeline"""


class Letters:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, letter: KeptLetter) -> None:
        """Once; and its sender belongs to its thread from now on."""
        row = self._database.insert(LetterRow).values(
            id=letter.id,
            delivery_id=letter.delivery_id,
            thread=letter.address.thread,
            message_id=letter.message_id,
            references=list(letter.references),
            subject=letter.subject,
            sender=letter.sender,
            sender_name=letter.sender_name,
            written_at=letter.written_at,
            proof=letter.proof,
            suggested=letter.suggested,
            doubt=letter.doubt,
            joined_by="",
        )
        async with self._database.write() as session:
            await session.execute(row.on_conflict_do_nothing(index_elements=["id"]))
            await session.execute(self._belongs(letter.address.thread, letter.sender))

    async def thread(self, name: str) -> KeptThread | None:
        """The thread of this name."""
        return (await self._threads([name])).get(name)

    async def by_reference(self, message_ids: Iterable[str], ours: Mapping[str, UUID]) -> dict[str, KeptThread]:
        """The threads of these Message-IDs: of letters we keep, and of ``ours``, which name outbox rows."""
        async with self._database.read() as session:
            kept = select(LetterRow.message_id, LetterRow.thread).where(LetterRow.message_id.in_(list(message_ids)))
            named = {row.message_id: row.thread for row in (await session.execute(kept)).all()}
            sent = select(OutboxRow.id, OutboxRow.thread).where(
                OutboxRow.channel == MAIL, OutboxRow.id.in_(list(ours.values()))
            )
            threads = {row.id: row.thread for row in (await session.execute(sent)).all()}
        named |= {message_id: threads[outbox_id] for message_id, outbox_id in ours.items() if outbox_id in threads}
        found = await self._threads(named.values())
        return {message_id: found[thread] for message_id, thread in named.items() if thread in found}

    async def of_ticket(self, number: str) -> UUID | None:
        """The conversation of the ticket with this number, whatever its channel."""
        async with self._database.read() as session:
            return await session.scalar(select(TicketRow.conversation_id).filter_by(number=number))

    async def sent(self, outbox_id: UUID) -> tuple[UUID, Address] | None:
        """The conversation and address of a letter of ours."""
        async with self._database.read() as session:
            row = await session.get(OutboxRow, outbox_id)
        if row is None or row.channel != MAIL:
            return None
        return row.conversation_id, Address(row.channel, row.account, row.thread)

    async def answered(self, address: Address, outbox_id: UUID) -> Answered | None:
        """What an answer must know: None when there is no such conversation, or no such answer."""
        conversations = select(ConversationRow, TicketRow).outerjoin(
            TicketRow, TicketRow.id == ConversationRow.ticket_id
        )
        here = {"channel": address.channel, "account": address.account, "thread": address.thread}
        async with self._database.read() as session:
            found = (await session.execute(conversations.filter_by(**here))).one_or_none()
            entry = await session.get(EntryRow, outbox_id)
            if found is None or entry is None:
                return None
            conversation: ConversationRow = found[0]
            ticket: TicketRow | None = found[1]
            last = (
                select(LetterRow, EntryRow.text)
                .join(EntryRow, EntryRow.id == LetterRow.id)
                .where(LetterRow.thread == address.thread, EntryRow.seq < entry.seq)
                .order_by(EntryRow.seq.desc())
                .limit(1)
            )
            letter = (await session.execute(last)).one_or_none()
        return Answered(
            conversation=conversation_of(conversation),
            number=ticket.number if ticket else "",
            section=ticket.section if ticket else "",
            author=entry.author,
            said_at=entry.at,
            letter=_kept(letter[0], address) if letter else None,
            words=letter[1] if letter else "",
        )

    async def of_entry(self, entry_id: UUID) -> KeptLetter:
        """The letter of this entry. Raises NotFound."""
        async with self._database.read() as session:
            row = await session.get(LetterRow, entry_id)
            entry = await session.get(EntryRow, entry_id)
            conversation = await session.get(ConversationRow, entry.conversation_id) if entry else None
        if row is None or conversation is None:
            raise NotFound("letter", entry_id)
        return _kept(row, Address(conversation.channel, conversation.account, conversation.thread))

    async def of_conversation(self, thread: str) -> list[KeptLetter]:
        """All letters of a thread, the first one first."""
        query = select(LetterRow).join(DeliveryRow, DeliveryRow.id == LetterRow.delivery_id)
        query = query.where(LetterRow.thread == thread).order_by(DeliveryRow.arrival)
        async with self._database.read() as session:
            return [_kept(row, Address(MAIL, "", thread)) for row in (await session.scalars(query)).all()]

    async def joined(self, letter_id: UUID, thread: str, by: str) -> bool:
        """From now on its sender's mails belong to ``thread``, too. False when it was joined before."""
        async with self._database.write() as session:
            row = await session.get(LetterRow, letter_id, with_for_update=True)
            if row is None or row.joined_by:
                return False
            row.joined_by = by
            await session.execute(self._belongs(thread, row.sender))
            return True

    async def parted(self, letter_id: UUID) -> None:
        """Staff leave it a matter of its own: nothing is suggested any more."""
        async with self._database.write() as session:
            await session.execute(update(LetterRow).where(LetterRow.id == letter_id).values(suggested=None, doubt=""))

    def _belongs(self, thread: str, address: str) -> Executable:
        row = self._database.insert(CorrespondentRow).values(thread=thread, address=address.casefold())
        return row.on_conflict_do_nothing(index_elements=["thread", "address"])

    async def _threads(self, names: Iterable[str]) -> dict[str, KeptThread]:
        wanted = set(names)
        people = select(CorrespondentRow).where(CorrespondentRow.thread.in_(wanted))
        conversations = select(ConversationRow).where(
            ConversationRow.channel == MAIL, ConversationRow.thread.in_(wanted)
        )
        async with self._database.read() as session:
            correspondents = (await session.scalars(people)).all()
            rows = {row.thread: row for row in (await session.scalars(conversations)).all()}
        found = {}
        for name, row in rows.items():
            writers = {each.address for each in correspondents if each.thread == name}
            address = Address(MAIL, row.account, name)
            found[name] = KeptThread(address, row.id, frozenset({*writers, row.account}))
        return found


def _kept(row: LetterRow, address: Address) -> KeptLetter:
    return KeptLetter(
        id=row.id,
        delivery_id=row.delivery_id,
        address=address,
        message_id=row.message_id,
        references=tuple(row.references),
        subject=row.subject,
        sender=row.sender,
        sender_name=row.sender_name,
        written_at=row.written_at,
        proof=row.proof,
        suggested=row.suggested,
        doubt=row.doubt,
        joined_by=row.joined_by,
    )
