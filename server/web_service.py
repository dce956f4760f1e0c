"""What the web channel asks for, answered by the engine and the storage."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from bot.desk import Desk
from bot.engine import Engine
from bot.knowing import Knowing
from bot.ports import Clock, Store
from channels.web.service import Contact, Status, Typing, Visit
from conversations.conversation import Conversation
from conversations.message import Address, Attachment, IncomingMessage
from conversations.timeline import Entry
from storage import topics
from storage.bus import Bus
from storage.views import Views
from storage.visits import Visits
from tickets.deadlines import expectation

LISTEN_SECONDS = 15.0
TYPING_SECONDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWebService:
    engine: Engine
    desk: Desk
    store: Store
    knowing: Knowing
    views: Views
    visits: Visits
    bus: Bus
    clock: Clock

    async def open_visit(self, language: str) -> Visit:
        account, token = await self.visits.open()
        await self.engine.greet(_address(account), language)
        return Visit(account=account, token=token)

    async def account_of(self, token: str) -> str | None:
        return await self.visits.account_of(token)

    async def accept(self, message: IncomingMessage) -> Entry:
        return await self.engine.accept(message)

    async def entries_after(self, account: str, seq: int, *, at_most: int) -> Sequence[Entry]:
        conversation = await self._conversation(account)
        return await self.views.entries(conversation.id, after=seq, at_most=at_most, with_notes=False)

    async def status(self, account: str) -> Status:
        conversation = await self._conversation(account)
        ticket = await self.views.ticket(conversation.ticket_id) if conversation.ticket_id else None
        return Status(
            owner=conversation.owner.value,
            person=await self.views.operator_name(conversation.operator_id),
            closed=conversation.closed,
            ticket=ticket.number if ticket else "",
            language=conversation.language,
        )

    @asynccontextmanager
    async def changes(self, account: str) -> AsyncIterator[AsyncIterator[Typing | None]]:
        conversation = await self._conversation(account)
        typing = topics.typing_to(conversation.id)
        async with self.bus.listen([topics.conversation(conversation.id), typing]) as inlet:

            async def wake_ups() -> AsyncIterator[Typing | None]:
                while True:
                    heard = await inlet.next(LISTEN_SECONDS)
                    yield Typing(name=heard.payload) if heard and heard.topic == typing else None

            yield wake_ups()

    async def is_typing(self, account: str) -> None:
        conversation = await self._conversation(account)
        typing = topics.typing_from(conversation.id)
        await self.bus.hold(typing, "yes", seconds=TYPING_SECONDS)
        await self.bus.publish(typing)

    async def keep_file(self, account: str, *, name: str, content_type: str, content: bytes) -> Attachment:
        return await self.visits.keep_file(account, name=name, content_type=content_type, content=content)

    async def file(self, account: str, attachment_id: UUID) -> tuple[Attachment, bytes] | None:
        return await self.visits.file(account, attachment_id)

    async def rate(self, account: str, entry_id: UUID, *, helpful: bool) -> bool:
        return await self.visits.rate(account, entry_id, helpful=helpful)

    async def set_language(self, account: str, language: str) -> None:
        async with self.store.transaction() as records:
            conversation = await records.conversation_with(_address(account), self.clock.now())
            conversation.language = language
            await records.save_conversation(conversation, read_at_epoch=conversation.epoch)

    async def end(self, account: str) -> None:
        await self.desk.leave((await self._conversation(account)).id)

    async def contact(self, contact: Contact) -> tuple[str, str]:
        """The letter is accepted like any message and handled at once: the resident is shown the number."""
        now = self.clock.now()
        entry = await self.engine.accept(_letter(contact, now))
        await self.visits.keep_contact(
            entry.conversation_id, name=contact.name, email=contact.email, phone=contact.phone
        )
        while await self.engine.handle_next(entry.conversation_id):
            pass
        conversation = await self.views.conversation(entry.conversation_id)
        assert conversation.ticket_id is not None, "the form always opens a ticket"
        ticket = await self.views.ticket(conversation.ticket_id)
        city = self.knowing.mind().city
        return ticket.number, expectation(now, city.section(ticket.section), city, contact.language)

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:
        return await self.bus.allow(f"web:{key}", at_most=at_most, per_seconds=per_seconds)

    def say(self, key: str, language: str, **values: str) -> str:
        return self.knowing.mind().phrases.say(key, language, **values)

    def phrases(self, prefix: str, language: str) -> Mapping[str, str]:
        return self.knowing.mind().phrases.under(prefix, language)

    async def _conversation(self, account: str) -> Conversation:
        found = await self.views.conversation_at(_address(account))
        assert found is not None, "a visit begins with a greeted conversation"
        return found


def _address(account: str) -> Address:
    return Address("web", account)


def _letter(contact: Contact, now: datetime) -> IncomingMessage:
    return IncomingMessage(
        id=uuid4(),
        external_id=contact.key,
        sender=Address("form", contact.key),
        text=contact.body,
        language=contact.language,
        sent_at=now,
        received_at=now,
    )
