from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from conversations.message import Address
from conversations.reply import Reply


@dataclass(frozen=True, slots=True)
class Accepted:
    """The network took it. Not "delivered": no network tells us that (LINE says 200 for a blocked account, too)."""


@dataclass(frozen=True, slots=True)
class RetryLater:
    after: timedelta


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken: a person must look. ``reason`` is for staff."""

    reason: str


DeliveryOutcome = Accepted | RetryLater | Refused


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something arrived that is no message, and why: counted and logged, never dropped in silence."""

    reason: str


class BadDelivery(Exception):
    """The bytes are none of this channel's deliveries."""


class TextUnit(StrEnum):
    """In what a network counts the length of a text."""

    GRAPHEMES = "grapheme clusters"
    UTF16 = "UTF-16 code units"
    CHARACTERS = "code points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do, declared; the contract tests hold it to both sides of each line."""

    pulled: bool
    """The resident's side fetches the timeline itself: nothing is ever pushed, so nothing waits in the outbox."""
    retry_safe: bool
    """The same key sent twice is heard once."""
    buttons: bool
    text_limit: int | None
    """of one message, in ``text_unit``; what is longer goes in several"""
    text_unit: TextUnit = TextUnit.GRAPHEMES
    sends_files: frozenset[str] = frozenset()
    """kinds (``FileKind``) that are sent as the thing itself; the others go as a link"""
    location: bool = False
    """a place can arrive"""
    edits: bool = False
    """the network tells when a message is changed or withdrawn"""
    typing: bool = False
    """the resident can be shown that we are at it"""
    read_marks: bool = False
    may_carry_confidential: bool


class Channel(Protocol):
    """A mouth: sends a reply to an address. Ears differ too much to share a protocol; see each ``parse.py``."""

    name: str
    capabilities: Capabilities

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        """Send; never raises for what the network does. ``key`` is the same at every retry of the same reply."""

    async def close(self) -> None:
        """End; harmless a second time."""
