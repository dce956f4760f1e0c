"""What a channel's test supplies to ``ListeningContract``: an ear, and somebody who is heard."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from channels.arriving import Event


class Ear(Protocol):
    """How a channel hears: pure where the channel's own functions are, awaited where it takes a server."""

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Awaitable[None] | None:
        """Raise Forged unless the network itself sent this body under these headers."""

    def parse(self, body: bytes) -> Awaitable[Sequence[Event]] | Sequence[Event]:
        """Everything in the delivery, in its order. Raises BadDelivery when it is none of this network's."""


class Signer(Protocol):
    """The network's seal. ``binds_body``: it fits one body only (HMAC), and is no mere password."""

    binds_body: bool

    def headers(self, body: bytes) -> Mapping[str, str]: ...

    def with_wrong_secret(self, body: bytes) -> Mapping[str, str]: ...


class Writer(Protocol):
    """A resident at their own device: makes the bodies that the network would deliver."""

    at_once: int
    """how many messages the network puts into one delivery at most"""

    def says(self, *texts: str, nth: int = 0) -> bytes:
        """One delivery with these messages; another ``nth`` is another delivery, though the words be the same."""


class What(StrEnum):
    """What a recorded payload shows."""

    WORDS = "words"
    STICKER = "a sticker"
    PICTURE = "a picture"
    VOICE = "a voice message"
    FILE = "a file"
    PLACE = "a place"
    NO_RESIDENT = "nothing a resident said: our own message, a bounce, an auto-reply, a list"
    EDITED = "an edited message"
    WITHDRAWN = "a withdrawn message"
    OTHER = "anything else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A payload as a network sent it, and what it is to become."""

    name: str
    what: What = What.OTHER
    body: bytes = field(repr=False)
    expected: Sequence[Event | Mapping[str, Any]]
    """One for each event, in order: the event itself, or of it ``event``, the name of its type, and some fields."""
    same_as: str = ""
    """the name of the payload of which this is a redelivery"""
