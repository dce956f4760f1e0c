"""What the web channel asks of the rest: implemented in ``server/``, faked in its tests."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from conversations.message import Attachment, IncomingMessage
from conversations.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser's conversation: the account of its address, and the secret that proves it (told once)."""

    account: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Who speaks now, for the line above the chat."""

    owner: str
    """``bot``, ``waiting``, ``person``"""
    person: str = ""
    closed: bool = False
    ticket: str = ""
    language: str = "ja"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """A passing notice, never stored, never replayed."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What the plain form collects."""

    key: str
    """made when the form was shown: the same form sent twice opens one ticket"""
    name: str
    email: str
    phone: str
    body: str
    language: str


class Private(Protocol):
    """Talks that begin with a link which was sent on another channel."""

    async def language_of(self, code: str) -> str | None:
        """The language of the talk that this code would begin; None when it begins none. Uses nothing up."""

    async def open(self, code: str) -> tuple[Visit, str] | None:
        """Once: a new visit in which the question is asked already, and its language. None for any other time."""


class WebService(Protocol):
    async def open_visit(self, language: str) -> Visit:
        """Begin a conversation and greet. Only the token's hash is stored."""

    async def account_of(self, token: str) -> str | None:
        """The account this token proves, or None."""

    async def accept(self, message: IncomingMessage) -> Entry:
        """Store the message (commit) and return its entry; the same external id returns the first one's entry.

        An entry carries the id of the message it came from: by that the first time is told from a repetition.
        """

    async def entries_after(self, account: str, seq: int, *, at_most: int) -> Sequence[Entry]:
        """The resident's timeline (no notes) after ``seq``, in order."""

    async def status(self, account: str) -> Status: ...

    def changes(self, account: str) -> AbstractAsyncContextManager[AsyncIterator[Typing | None]]:
        """Wakes when something may have changed (None) or somebody types. May wake for nothing; never replays."""

    async def is_typing(self, account: str) -> None:
        """Show staff that the resident is typing, for some seconds; never what: that is theirs until it is sent."""

    async def keep_file(self, account: str, *, name: str, content_type: str, content: bytes) -> Attachment:
        """Store a checked file."""

    async def file(self, account: str, attachment_id: UUID) -> tuple[Attachment, bytes] | None:
        """A file of this conversation, or None."""

    async def rate(self, account: str, entry_id: UUID, *, helpful: bool) -> bool:
        """Store 「役に立ちましたか」, once per answer, changeable; False when there is no such answer here."""

    async def set_language(self, account: str, language: str) -> None: ...

    async def end(self, account: str) -> None:
        """The resident ends the conversation."""

    async def contact(self, contact: Contact) -> tuple[str, str]:
        """Open a ticket from the plain form: its number, and when we answer, in words."""

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:
        """Count one use of ``key``; False when there were too many in the window."""

    def say(self, key: str, language: str, **values: str) -> str:
        """A phrase of the catalogue."""

    def phrases(self, prefix: str, language: str) -> Mapping[str, str]:
        """All phrases whose key begins so, with their placeholders: the chat window fills them in itself."""
