"""What a network delivers, in no network's words. Pure data: files stay with the network until they are fetched."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from channels.channel import Ignored
from conversations.message import Address


class Forged(Exception):
    """The signature is missing or wrong: the network did not send this. Answered with 401, nothing is kept."""


class FileKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file that the resident sent and the network keeps for a while."""

    reference: str
    """by which the channel fetches it"""
    kind: FileKind
    name: str = ""
    content_type: str = ""
    size: int | None = None
    """bytes, where the network says so; never to be relied on"""
    content: bytes | None = field(default=None, repr=False)
    """already here, as a mail's; else it is fetched"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A resident's message. ``external_id`` is the network's own id of the delivery, or made from its bytes."""

    external_id: str
    sender: Address
    text: str
    files: tuple[RemoteFile, ...] = ()
    place: tuple[float, float] | None = None
    """latitude, longitude in degrees (WGS 84)"""
    choice: str | None = None
    """the ``value`` of a choice we offered, unchanged"""
    in_reply_to: str | None = None
    message_id: str = ""
    """the network's id of the message itself, by which it is withdrawn or edited later"""
    edits: bool = False
    """it takes the place of the earlier message of this ``message_id``"""
    language: str | None = None
    sent_at: datetime
    reply_handle: str | None = field(default=None, repr=False)
    robot: str = ""
    """as ``IncomingMessage.robot``"""
    for_a_person: str = ""
    """as ``IncomingMessage.for_a_person``"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The resident took a message back: our copy loses its words, too."""

    external_id: str
    sender: Address
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The resident opened the channel to us, for the first time or again."""

    external_id: str
    sender: Address
    again: bool
    sent_at: datetime
    reply_handle: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """The resident closed the channel: nothing we send is heard from now on."""

    external_id: str
    sender: Address


Event = Arrived | Withdrawn | Followed | Blocked | Ignored
