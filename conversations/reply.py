from dataclasses import dataclass
from uuid import UUID

from conversations.message import Attachment, Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands beside an approved answer: whose it is, where to read on, how to rate it."""

    title: str
    section: str = ""
    phone: str = ""
    url: str = ""
    version_id: UUID | None = None
    """The published version the answer was taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said to a resident, in no channel's words. ``text`` is safe Markdown."""

    text: str
    choices: tuple[Choice, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    card: Card | None = None
    language: str = "ja"
