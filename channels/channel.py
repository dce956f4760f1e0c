from dataclasses import dataclass
from datetime import timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do, declared; the contract tests hold it to both sides of each line."""

    pulled: bool
    """The resident's side fetches the timeline itself: nothing is ever pushed, so nothing waits in the outbox."""
    retry_safe: bool
    """The same key sent twice is heard once."""
    buttons: bool
    text_limit: int | None
    may_carry_confidential: bool


class Channel(Protocol):
    """A mouth: sends a reply to an address. Ears differ too much to share a protocol; see each ``parse.py``."""

    name: str
    capabilities: Capabilities

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        """Send; never raises for what the network does. ``key`` is the same at every retry of the same reply."""

    async def close(self) -> None:
        """End; harmless a second time."""
