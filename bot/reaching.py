"""Other ways to reach a resident than the channel they write on: the private page, and linked addresses."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from bot.choices import PERSON
from bot.confidential import MINUTES, Asked, private_link
from bot.desk import Act, Desk
from bot.linking import Telling, tell_far_end
from bot.ports import Delivery, Unguessable
from conversations.errors import NotAllowed
from conversations.message import Address
from conversations.timeline import Author, Entry, Kind
from tickets.operators import Operator, Permission, may

LOOK_BACK = 50
"""entries among which the resident's last words are looked for"""


class Reaching:
    """More verbs of the desk; each is one transaction, as its own are."""

    def __init__(self, desk: Desk, *, delivery: Delivery, codes: Unguessable) -> None:
        self._desk = desk
        self._delivery = delivery
        self._codes = codes

    def may_invite(self, address: Address) -> bool:
        """Whether there is a more private place to talk than this."""
        return address.channel in self._delivery.in_the_open

    async def invite(self, conversation_id: UUID, operator: Operator, *, key: UUID) -> None:
        """Send a link to the private page, where what the resident said last waits for a person. Once for each ``key``.

        Raises ConversationOwned when somebody else has the conversation, NotAllowed when nobody took it over yet.
        """
        _must(operator)
        async with self._desk.at(conversation_id) as act:
            act.must_be_held_by(operator)
            conversation, language = act.conversation, act.conversation.language
            if await act.records.has_entry(uuid5(key, str(conversation_id))):
                return
            asked = Asked(text=await _last_words(act), choice=PERSON, language=language)
            link = await private_link(asked, conversation.address, act.records, self._codes, act.now)
            text = act.mind.phrases.say("bot.private.invited", language, name=operator.name, minutes=MINUTES, link=link)
            await act.send(await act.records.add_entry(act.entry(operator, Kind.REPLY, text, key=key)))
            await act.records.audit(who=operator.login, what="private_link_sent", on=str(conversation_id))

    async def tell(self, conversation_id: UUID, phrase: str, *, key: UUID) -> None:
        """The resident is told something that asks for no answer, once for each ``key``."""
        async with self._desk.at(conversation_id) as act:
            entry = _notice(act, phrase, key)
            if not await act.records.has_entry(entry.id):
                await act.send(await act.records.add_entry(entry))

    async def end_link(self, conversation_id: UUID, operator: Operator, link_id: UUID) -> None:
        """One link of this conversation's address holds no more, and nothing else changes. Both ends are told."""
        _must(operator)
        told: list[UUID] = []
        async with self._desk.at(conversation_id) as act:
            here = act.conversation.address
            for link in await act.records.links_of(here):
                if link.id != link_id or not await act.records.end_link(link.id, by=operator.login):
                    continue
                await act.records.audit(who=operator.login, what="unlinked", on=str(link.id))
                telling = Telling(act.records, act.mind, act.now, self._delivery)
                told.append(await tell_far_end("ended", link, here, telling))
                told.append(await tell_far_end("ended", link, link.far_from(here), telling))
        await self._desk.announce(told)


def _must(operator: Operator) -> None:
    if not may(operator, Permission.REPLY):
        raise NotAllowed(Permission.REPLY)


async def _last_words(act: Act) -> str:
    entries: Sequence[Entry] = await act.records.said_before(act.conversation.id, LOOK_BACK)
    said = (each.text for each in reversed(entries) if each.kind is Kind.SAID and each.author is Author.RESIDENT)
    return next(said, "")


def _notice(act: Act, phrase: str, key: UUID) -> Entry:
    conversation = act.conversation
    return Entry(
        id=uuid5(key, str(conversation.id)),
        conversation_id=conversation.id,
        kind=Kind.NOTICE,
        author=Author.SYSTEM,
        text=act.mind.phrases.say(phrase, conversation.language),
        language=conversation.language,
        at=act.now,
        epoch=conversation.epoch,
    )
