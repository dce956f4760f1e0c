"""Residents who go on elsewhere: on the city's private page, and on a channel that they linked."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.confidential import PRIVATE, Asked
from bot.desk import Desk
from bot.reaching import Reaching
from channels.web.service import Visit
from conversations.message import Address, IncomingMessage
from server.web_service import ServerWebService
from storage.links import Links
from storage.one_time_codes import OneTimeCodes, hash_of
from storage.store import SqlStore
from storage.views import Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    links: Links
    views: Views
    reaching: Reaching

    async def mail_failed(self, mailbox: Address, key: UUID) -> None:
        """Who linked the mailbox to other channels is told there that mails do not arrive; nothing of what they say."""
        for address in await self.links.beside_mailbox(mailbox):
            conversation = await self.views.conversation_at(address)
            if conversation is not None:
                await self.reaching.tell(conversation.id, "bot.link.mail_failed", key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTalks:
    """As ``channels.web.service.Private`` promises."""

    store: SqlStore
    codes: OneTimeCodes
    web: ServerWebService
    views: Views
    desk: Desk

    async def language_of(self, code: str) -> str | None:
        data = await self.codes.data_of(code, PRIVATE)
        return Asked.of(data).language if data is not None else None

    async def open(self, code: str) -> tuple[Visit, str] | None:
        async with self.store.transaction() as records:
            given = await records.claim_code(code, PRIVATE)
        if given is None:
            return None
        asked, name = Asked.of(given.data), f"{PRIVATE}:{hash_of(code)}"
        visit = await self.web.open_visit(asked.language)
        now = self.web.clock.now()
        message = IncomingMessage(
            id=uuid5(NAMESPACE_URL, name),
            external_id=name,
            sender=Address("web", visit.account),
            text=asked.text,
            choice=asked.choice or None,
            language=asked.language,
            sent_at=now,
            received_at=now,
        )
        entry = await self.web.accept(message)
        key = uuid5(NAMESPACE_URL, f"note:{name}")
        await self.desk.remark(entry.conversation_id, self._note("came", given.address), key=key)
        before = await self.views.conversation_at(given.address)
        if before is not None:
            await self.desk.remark(before.id, self._note("opened", given.address), key=key)
        return visit, asked.language

    def _note(self, what: str, address: Address) -> str:
        channel = self.web.say(f"channel.{address.channel}", "ja")
        return self.web.say(f"note.private.{what}", "ja", channel=channel)
