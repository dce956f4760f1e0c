from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Address(NamedTuple):
    """The other end of a conversation: hashable, storable, the key of the conversation and of its lock."""

    channel: str
    """``web``, ``terminal``, ``line``, ``mail``, ``telegram``, ``form``"""
    account: str
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A stored file. The bytes stay in the storage; what travels is this card."""

    id: UUID
    name: str
    content_type: str
    size: int
    """bytes"""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the resident may pick. ``value`` comes back in ``IncomingMessage.choice``, unchanged."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """What a resident said, the same for every channel. Numbers that must not be stored are already masked."""

    id: UUID
    external_id: str
    """Unique within the channel, never empty: made by the channel when the network gives none."""
    sender: Address
    text: str
    attachments: tuple[Attachment, ...] = ()
    place: tuple[float, float] | None = None
    """latitude, longitude in degrees (WGS 84)"""
    choice: str | None = None
    in_reply_to: str | None = None
    message_id: str = ""
    """The network's id of the message itself, by which its sender may withdraw it later."""
    language: str | None = None
    """BCP 47 tag the resident chose, or None when the words must tell: ``ja``, ``ja-easy``, ``en`` …"""
    sent_at: datetime
    received_at: datetime
    reply_handle: str | None = field(default=None, repr=False)
    """Opaque to all but its channel (LINE's reply token)."""
    robot: str = ""
    """Why its writer is a machine (a note of absence, say): staff see it, and nobody answers it."""
    for_a_person: str = ""
    """Why no robot may answer it: a person reads it, and nothing is said before."""
    masked: bool = False
    """True when a number that must not be stored was taken out of ``text``."""
