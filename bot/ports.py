"""What the mind needs from outside. Implemented in ``storage/`` and, for the clock, in ``server/``."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from conversations.reply import Reply
from conversations.timeline import Entry
from tickets.ticket import Ticket

NOT_AT_ALL: Final = timedelta(0)


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
    wait: timedelta = NOT_AT_ALL
    """the least time until it is sent: so long it can be taken back"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How words get to the residents of each channel; a channel that is not named is pushed to, word by word."""

    pulled: frozenset[str] = frozenset()
    """their residents fetch the timeline themselves"""
    letters: frozenset[str] = frozenset()
    """all that is said to one message is one letter"""
    in_the_open: frozenset[str] = frozenset()
    """may not carry confidential words: instead of them, a link to the city's own page"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCode:
    """What stands behind a code that works once; the code itself is told to its address, and kept nowhere."""

    purpose: str
    address: Address
    """whom it was told"""
    data: Mapping[str, str]
    expires_at: datetime


class Unguessable(Protocol):
    """Codes that nobody can guess. Pure code draws no lots."""

    def to_type(self) -> str:
        """One that people read and type (``bot.linking.ALPHABET``)."""

    def to_open(self) -> tuple[str, str]:
        """One that opens the city's private page, and the address that carries it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two addresses of one person: never merged, so ending it undoes all of it."""

    id: UUID
    one: Address
    """that the code was told to"""
    other: Address
    """that it was typed at"""
    since: datetime
    proof: str

    def far_from(self, address: Address) -> Address:
        return self.other if address == self.one else self.one


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

    async def take_back(self, conversation_id: UUID, reply_id: UUID) -> bool:
        """Withdraw a person's queued reply; false when there is none, or sending has begun and it cannot be stopped."""

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

    async def discard_draft(self, conversation_id: UUID, operator_id: UUID) -> None:
        """What this operator was writing was sent."""

    async def said_before(self, conversation_id: UUID, at_most: int) -> Sequence[Entry]:
        """The last entries, oldest first."""

    async def keep_code(self, code: str, given: OneTimeCode) -> None:
        """From commit on the code can be claimed."""

    async def claim_code(self, code: str, purpose: str, *, not_from: str = "") -> OneTimeCode | None:
        """What the code stands for, once. None, and nothing is used up, for one that cannot be claimed.

        That is an unknown, used or expired one, and one that was told to an address of the channel ``not_from``.
        """

    async def add_link(self, link: Link) -> None: ...

    async def links_of(self, address: Address) -> Sequence[Link]:
        """The links of exactly this address that hold, the oldest first."""

    async def end_link(self, link_id: UUID, *, by: str) -> bool:
        """It holds no more. False when it did not."""


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
