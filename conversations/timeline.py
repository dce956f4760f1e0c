from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from conversations.message import Attachment, Choice
from conversations.reply import Card


class Author(StrEnum):
    RESIDENT = "resident"
    BOT = "bot"
    OPERATOR = "operator"
    SYSTEM = "system"


class Kind(StrEnum):
    SAID = "said"
    """the resident's words"""
    REPLY = "reply"
    """words of the bot or an operator to the resident"""
    NOTICE = "notice"
    """the resident is told what happened: a person joined, a number was masked, the conversation ended"""
    NOTE = "note"
    """for staff only"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a conversation, immutable: ``seq`` counts 1, 2, 3 … within it, without a gap.

    Residents see every kind but NOTE, so their numbers may have gaps; they still only grow.
    """

    id: UUID
    conversation_id: UUID
    seq: int = 0
    """0 until stored: given in the transaction that stores it"""
    kind: Kind
    author: Author
    author_name: str = ""
    text: str
    """safe Markdown from the bot and system; plain text from people"""
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    card: Card | None = None
    language: str = "ja"
    external_id: str = ""
    """of the resident's message: the web client's own id comes back to it here"""
    at: datetime
    epoch: int = 0
    why: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """for staff: the rule, the probabilities and the versions behind a decision (JSON values only)"""
    silence: str = ""
    """on a resident's message: why nobody answered it, when that is so; on a person's reply: that it was taken back"""
