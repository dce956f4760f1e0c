"""What the mind needs from outside. Implemented in ``storage/`` and, for the clock, in ``server/``."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from conversations.reply import Reply
from conversations.timeline import Entry
from tickets.ticket import Ticket


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedReply:
    """An outbox row: something to be sent after commit, to a channel that must be pushed to."""

    id: UUID
    """the entry's id: also the retry key where the network has one"""
    conversation_id: UUID
    address: Address
    reply: Reply
    reply_handle: str | None = None
    epoch: int | None
    """The epoch a bot's reply was decided in; None for a person's: those are never withdrawn."""
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How words get to the residents of each channel; a channel that is not named is pushed to, word by word."""

    pulled: frozenset[str] = frozenset()
    """their residents fetch the timeline themselves"""
    letters: frozenset[str] = frozenset()
    """all that is said to one message is one letter"""


class Restraint(Protocol):
    """What keeps a robot from writing too much to somebody who may be a robot, too."""

    async def why_silent(self, records: "Records", address: Address, now: datetime, *, only_a_receipt: bool) -> str:
        """Why nothing may be written there now, for staff; empty when it may be, and then it is paid for."""

    async def person_wrote(self, records: "Records", address: Address) -> None:
        """A person of ours wrote there: it is no loop of robots."""


class Records(Protocol):
    """One open transaction. Everything done through it is committed together, or not at all."""

    async def conversation_with(self, address: Address, at: datetime) -> Conversation:
        """The conversation with this address: made to exist, then locked until commit."""

    async def conversation(self, conversation_id: UUID) -> Conversation:
        """The conversation, locked until commit. Raises NotFound."""

    async def save_conversation(self, conversation: Conversation, *, read_at_epoch: int) -> None:
        """Write it back. Raises StaleEpoch unless the stored epoch is still ``read_at_epoch``."""

    async def remember(self, message: IncomingMessage, conversation_id: UUID, raw: bytes | None) -> bool:
        """Put the message into the inbox. False when its (channel, external_id) is already there."""

    async def next_message(self, conversation_id: UUID) -> IncomingMessage | None:
        """The oldest message of the conversation that waits to be handled, its time to retry having come."""

    async def message_handled(self, message_id: UUID, *, silence: str = "") -> None:
        """The message has ended; a reason is stored when nothing was said."""

    async def add_entry(self, entry: Entry) -> Entry:
        """Append to the timeline; returns it with its ``seq``. The conversation must be locked."""

    async def entry_for(self, channel: str, external_id: str) -> Entry | None:
        """The timeline entry of a message accepted before."""

    async def has_entry(self, entry_id: UUID) -> bool:
        """Whether this entry is stored already: what is sent twice is said once."""

    async def queue(self, reply: QueuedReply) -> None:
        """Write an outbox row."""

    async def withdraw_bot_replies(self, conversation_id: UUID, *, before_epoch: int) -> int:
        """Withdraw queued bot replies of older epochs that are not being sent yet; how many."""

    async def add_ticket(self, ticket: Ticket) -> None: ...

    async def ticket(self, ticket_id: UUID) -> Ticket:
        """The ticket with its events, locked until commit. Raises NotFound."""

    async def save_ticket(self, ticket: Ticket) -> None:
        """Write it back and append its new events."""

    async def next_ticket_count(self) -> int:
        """1, 2, 3 …: the running number of the next ticket; never given twice."""

    async def audit(self, *, who: str, what: str, on: str, details: str = "") -> None:
        """Append to the audit log."""

    async def budgets(self, names: Sequence[str]) -> Mapping[str, Any]:
        """What is kept under each name, as JSON can hold it; all locked until commit, in the order of ``names``."""

    async def save_budgets(self, budgets: Mapping[str, Any]) -> None: ...

    async def said_before(self, conversation_id: UUID, at_most: int) -> Sequence[Entry]:
        """The last entries, oldest first."""


class Store(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Records]:
        """Begin; commit at the end of the block; roll back when it raises."""

    async def peek(self, conversation_id: UUID) -> IncomingMessage | None:
        """As ``Records.next_message``, without any lock: to think about it before deciding."""

    async def as_it_stands(self, conversation_id: UUID) -> Conversation:
        """The conversation without any lock: to think about a message before deciding. Raises NotFound."""

    async def conversations_waiting(self, at_most: int) -> Sequence[UUID]:
        """Conversations with messages to handle now, oldest message first."""

    async def message_failed(self, message_id: UUID, error: str) -> bool:
        """Count a failed try and put the message off; True when it is now set aside for staff."""
