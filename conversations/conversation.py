from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from conversations.errors import ConversationOwned
from conversations.message import Address, Choice


class Owner(StrEnum):
    """Who may speak. Every change of owner begins a new epoch."""

    BOT = "bot"
    WAITING = "waiting"
    """Handed over: a ticket is open and nobody has taken over yet. The bot only says what cannot wait."""
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueState:
    """Where a resident stands in a procedure: plain data, so it can be stored, shown and tested."""

    dialogue: str
    step: str
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    since: datetime

    def answered(self, slot: str, value: str, *, then: str) -> "DialogueState":
        """The latest answer stands last, a corrected one too: 「戻る」 takes back what was said last."""
        others = {name: answer for name, answer in self.answers.items() if name != slot}
        return replace(self, answers=MappingProxyType({**others, slot: value}), step=then)


TOPICS_KEPT: Final = 4
"""left topics that a resident may come back to"""
ASKED_AT_MOST: Final = 200
OUT_OF_FOCUS: Final = timedelta(hours=12)
"""after such a silence 「料金は？」 is no longer about what was said yesterday"""


@dataclass(frozen=True, slots=True)
class Focus:
    """What a resident's next words may lean on."""

    topic: UUID | None = None
    earlier: tuple[UUID, ...] = ()
    asked: str = ""

    @property
    def topics(self) -> tuple[UUID, ...]:
        """Everything spoken of, the newest first."""
        return (self.topic, *self.earlier) if self.topic else self.earlier


NO_FOCUS: Final = Focus()


@dataclass(slots=True, kw_only=True)
class Conversation:
    """All that is said with one address. Changes only by its verbs; each change of owner raises ``epoch``."""

    id: UUID
    address: Address
    owner: Owner = Owner.BOT
    operator_id: UUID | None = None
    epoch: int = 0
    closed: bool = False
    dialogue: DialogueState | None = None
    language: str = "ja"
    misunderstood: int = 0
    """Misunderstandings in a row."""
    topic: UUID | None = None
    """The article last answered with: what 「それはいくら？」 is about."""
    earlier: tuple[UUID, ...] = ()
    """The topics before it, newest first: what 「さっきの話」 may mean."""
    asked: str = ""
    """The last question, as it was understood: what 「いや、郵送で」 puts right."""
    heard_at: datetime | None = None
    """When the resident was last heard and understood; ``last_message_at`` may be a message that still waits."""
    offered: tuple[Choice, ...] = ()
    """What the bot last let the resident choose from, so that a typed number or label is that choice too."""
    ticket_id: UUID | None = None
    opened_at: datetime
    last_message_at: datetime

    def heard(self, at: datetime, language: str | None) -> None:
        """A resident's message arrived; writing again reopens a closed conversation, with the bot."""
        if self.heard_at is not None and at - self.heard_at > OUT_OF_FOCUS:
            self.leave_the_topic()
            self.asked = ""
        self.heard_at = at
        self.last_message_at = at
        self.language = language or self.language
        if self.closed:
            self.closed = False
            self._change_owner(Owner.BOT, None)
            self.misunderstood = 0

    @property
    def focus(self) -> Focus:
        """What the next words may lean on; nothing while a procedure asks or a person answers."""
        if self.dialogue is not None or self.owner is Owner.PERSON:
            return NO_FOCUS
        return Focus(self.topic, self.earlier, self.asked)

    def speaks_of(self, topic: UUID | None) -> None:
        """A topic comes into focus, a new one or an earlier one again; the one before it can be come back to."""
        if topic is not None and topic != self.topic:
            self.leave_the_topic()
            self.topic = topic
            self.earlier = tuple(each for each in self.earlier if each != topic)[:TOPICS_KEPT]

    def leave_the_topic(self) -> None:
        """What comes next is about something else; the topic can be come back to."""
        if self.topic is not None:
            self.earlier = (self.topic, *(each for each in self.earlier if each != self.topic))[:TOPICS_KEPT]
            self.topic = None
            self.asked = ""

    def was_asked(self, question: str) -> None:
        self.asked = question.strip()[:ASKED_AT_MOST]

    def wait_for_person(self, ticket_id: UUID) -> None:
        self.ticket_id = ticket_id
        self.dialogue = None
        self.misunderstood = 0
        if self.owner is Owner.BOT:
            self._change_owner(Owner.WAITING, None)

    def take_over(self, operator_id: UUID, *, from_operator: UUID | None = None) -> None:
        """A person takes the conversation: from the bot, or from the colleague named in ``from_operator``.

        Raises ConversationOwned when a colleague has it who was not named: nobody loses a conversation unasked.
        """
        if self.owner is Owner.PERSON and self.operator_id == operator_id:
            return
        if self.owner is Owner.PERSON and self.operator_id != from_operator:
            raise ConversationOwned(str(self.operator_id))
        self.closed = False
        self._change_owner(Owner.PERSON, operator_id)

    def hand_back(self) -> None:
        """The bot answers again."""
        if self.owner is not Owner.BOT:
            self._change_owner(Owner.BOT, None)
        self.misunderstood = 0

    def close(self) -> None:
        self.hand_back()
        self.closed = True
        self.dialogue = None
        self.topic, self.earlier, self.asked = None, (), ""

    def _change_owner(self, owner: Owner, operator_id: UUID | None) -> None:
        self.owner, self.operator_id = owner, operator_id
        self.epoch += 1
