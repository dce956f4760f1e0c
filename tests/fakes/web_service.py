"""The rest of the city hall, in memory: keeps what ``channels.web.service.WebService`` promises."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bot.phrases.catalogue import Phrases
from channels.web.service import Contact, Status, Typing, Visit
from conversations.errors import NotFound
from conversations.message import Attachment, Choice, IncomingMessage
from conversations.reply import Card
from conversations.timeline import Author, Entry, Kind


@dataclass(slots=True)
class _Timeline:
    conversation_id: UUID = field(default_factory=uuid4)
    entries: list[Entry] = field(default_factory=list)
    status: Status = field(default_factory=lambda: Status(owner="bot"))
    files: dict[UUID, tuple[Attachment, bytes]] = field(default_factory=dict)
    ratings: dict[UUID, bool] = field(default_factory=dict)
    times_typing: int = 0
    listeners: set[asyncio.Queue[Typing | None]] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    """told when somebody begins or ceases to listen"""


class FakeWebService:
    """``answer`` is asked after each message what the bot says to it; a test may also speak by the verbs below."""

    def __init__(self, answer: Callable[[IncomingMessage], Iterable[Entry]] | None = None) -> None:
        self.phrases_ = Phrases.load()
        self.contacts: dict[str, tuple[Contact, str]] = {}
        self.accepted: list[IncomingMessage] = []
        self.languages: dict[str, str] = {}
        self.full = False
        """True: ``allow`` says no"""
        self._answer = answer
        self._accounts: dict[str, str] = {}
        self._timelines: dict[str, _Timeline] = {}
        self._uses: Counter[str] = Counter()
        self._clock = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

    # what a test does on the other side

    def account(self, token: str) -> str:
        return self._accounts[token]

    def timeline(self, account: str) -> _Timeline:
        return self._timelines[account]

    async def listeners_are(self, account: str, count: int) -> None:
        """Return when this many listen to the conversation."""
        timeline = self._timelines[account]
        async with timeline.changed:
            await timeline.changed.wait_for(lambda: len(timeline.listeners) == count)

    def says(
        self,
        account: str,
        text: str,
        *,
        author: Author = Author.BOT,
        kind: Kind = Kind.REPLY,
        choices: tuple[Choice, ...] = (),
        card: Card | None = None,
    ) -> Entry:
        """Somebody on our side says something."""
        name = "鈴木" if author is Author.OPERATOR else ""
        entry = a_entry(text, author=author, kind=kind, choices=choices, card=card, name=name)
        return self._append(account, entry)

    def types(self, account: str, name: str) -> None:
        self._wake(account, Typing(name=name))

    def changes_status(self, account: str, status: Status) -> None:
        self._timelines[account].status = status
        self._wake(account, None)

    # what the channel asks

    async def open_visit(self, language: str) -> Visit:
        visit = Visit(account=str(uuid4()), token=secrets.token_urlsafe(32))
        self._accounts[visit.token] = visit.account
        self._timelines[visit.account] = _Timeline()
        self.says(visit.account, self.say("bot.greeting", language, city="みらい市"))
        return visit

    async def account_of(self, token: str) -> str | None:
        return self._accounts.get(token)

    async def accept(self, message: IncomingMessage) -> Entry:
        account = message.sender.account
        # Unique within the channel, as in the database: not only within one conversation.
        for timeline in self._timelines.values():
            for entry in timeline.entries:
                if entry.external_id == message.external_id:
                    return entry
        self.accepted.append(message)
        said = a_entry(message.text, author=Author.RESIDENT, kind=Kind.SAID)
        said = replace(
            said, id=message.id, external_id=message.external_id, attachments=message.attachments, choices=()
        )
        kept = self._append(account, said)
        if message.masked:
            self.says(account, self.say("bot.masked", "ja"), author=Author.SYSTEM, kind=Kind.NOTICE)
        for reply in self._answer(message) if self._answer else ():
            self._append(account, reply)
        return kept

    async def entries_after(self, account: str, seq: int, *, at_most: int) -> Sequence[Entry]:
        seen = (entry for entry in self._timelines[account].entries if entry.kind is not Kind.NOTE)
        return [entry for entry in seen if entry.seq > seq][:at_most]

    async def status(self, account: str) -> Status:
        return self._timelines[account].status

    @asynccontextmanager
    async def changes(self, account: str) -> AsyncIterator[AsyncIterator[Typing | None]]:
        woken: asyncio.Queue[Typing | None] = asyncio.Queue()
        timeline = self._timelines[account]
        timeline.listeners.add(woken)
        await _tell(timeline)
        try:
            yield _each(woken)
        finally:
            timeline.listeners.discard(woken)
            await _tell(timeline)

    async def is_typing(self, account: str) -> None:
        self._timelines[account].times_typing += 1

    async def keep_file(self, account: str, *, name: str, content_type: str, content: bytes) -> Attachment:
        attachment = Attachment(id=uuid4(), name=name, content_type=content_type, size=len(content))
        self._timelines[account].files[attachment.id] = (attachment, content)
        return attachment

    async def file(self, account: str, attachment_id: UUID) -> tuple[Attachment, bytes] | None:
        return self._timelines[account].files.get(attachment_id)

    async def rate(self, account: str, entry_id: UUID, *, helpful: bool) -> bool:
        timeline = self._timelines[account]
        if not any(entry.id == entry_id and entry.card for entry in timeline.entries):
            return False
        timeline.ratings[entry_id] = helpful
        return True

    async def set_language(self, account: str, language: str) -> None:
        self.languages[account] = language
        self.changes_status(account, replace(self._timelines[account].status, language=language))

    async def end(self, account: str) -> None:
        self.changes_status(account, replace(self._timelines[account].status, closed=True))

    async def contact(self, contact: Contact) -> tuple[str, str]:
        number = self.contacts.get(contact.key, (contact, f"MR-{len(self.contacts) + 1:06}"))[1]
        self.contacts.setdefault(contact.key, (contact, number))
        return number, "11月27日（金）までにお返事します。"

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:
        assert per_seconds > 0
        self._uses[key] += 1
        return not self.full and self._uses[key] <= at_most

    def say(self, key: str, language: str, **values: str) -> str:
        return self.phrases_.say(key, language, **values)

    def phrases(self, prefix: str, language: str) -> Mapping[str, str]:
        return self.phrases_.under(prefix, language)

    def _append(self, account: str, entry: Entry) -> Entry:
        if (timeline := self._timelines.get(account)) is None:
            raise NotFound("conversation", account)
        self._clock += timedelta(seconds=20)
        kept = replace(entry, seq=len(timeline.entries) + 1, conversation_id=timeline.conversation_id, at=self._clock)
        timeline.entries.append(kept)
        self._wake(account, None)
        return kept

    def _wake(self, account: str, change: Typing | None) -> None:
        for woken in self._timelines[account].listeners:
            woken.put_nowait(change)


async def _tell(timeline: _Timeline) -> None:
    async with timeline.changed:
        timeline.changed.notify_all()


async def _each(woken: asyncio.Queue[Typing | None]) -> AsyncIterator[Typing | None]:
    while True:
        yield await woken.get()


def a_entry(
    text: str,
    *,
    author: Author = Author.BOT,
    kind: Kind = Kind.REPLY,
    choices: tuple[Choice, ...] = (),
    card: Card | None = None,
    name: str = "",
) -> Entry:
    return Entry(
        id=uuid4(),
        conversation_id=uuid4(),
        kind=kind,
        author=author,
        author_name=name,
        text=text,
        choices=choices,
        card=card,
        at=datetime(2026, 11, 24, 5, 0, tzinfo=UTC),
    )
