"""From a message to its consequences: remembered before it is acknowledged, sent after it is committed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol
from uuid import UUID

from bot.confidential import asked_elsewhere, private_link, said_elsewhere, without_confidential_choices
from bot.consequences import Consequences
from bot.deciding import decide
from bot.decision import Settled
from bot.following_up import LEANS_ON_THE_PAST, LOOK_BACK, NOTHING, Remembered, last_reply
from bot.linking import Linkage
from bot.ports import Clock, Delivery, Records, Restraint, Store, Unguessable
from bot.silencing import is_only_a_receipt, silenced, speaks
from bot.turn import Turn
from bot.understood import Mind, Understood
from conversations.conversation import Conversation, Focus, Owner
from conversations.errors import NotAllowed
from conversations.masking import mask_numbers
from conversations.message import Address, IncomingMessage
from conversations.timeline import Author, Entry, Kind

NO_RESTRAINT: Final[Mapping[str, Restraint]] = MappingProxyType({})


class Understanding(Protocol):
    async def understand(self, message: IncomingMessage, focus: Focus) -> Understood:
        """What the words may mean, leaning on the focus. May take milliseconds: asked outside of any transaction."""

    def mind(self) -> Mind:
        """What is published right now."""


class Notices(Protocol):
    async def changed(self, conversation_id: UUID) -> None:
        """Wake whoever looks at, works on or sends for this conversation. May get lost: nobody depends on it."""


class Engine:
    """``restraints`` holds, by channel, what may keep the robot silent."""

    def __init__(  # noqa: PLR0913 -- all that a message meets on its way
        self,
        *,
        store: Store,
        understanding: Understanding,
        clock: Clock,
        delivery: Delivery,
        notices: Notices,
        codes: Unguessable,
        restraints: Mapping[str, Restraint] = NO_RESTRAINT,
    ) -> None:
        self._store = store
        self._understanding = understanding
        self._clock = clock
        self._delivery = delivery
        self._restraints = restraints
        self._codes = codes
        self._linkage = Linkage(codes, delivery)
        self._notices = notices

    async def accept(self, message: IncomingMessage, raw: bytes | None = None) -> Entry:
        """Remember a message, once. When this returns it is committed: only now may it be acknowledged.

        The same (channel, external id) again returns the entry of the first time.
        """
        message = _without_secret_numbers(message)
        async with self._store.transaction() as records:
            conversation = await records.conversation_with(message.sender, message.received_at)
            message = _with_label(message, conversation)
            if await records.remember(message, conversation.id, raw):
                entry = await records.add_entry(_said(message, conversation))
            else:
                first = await records.entry_for(message.sender.channel, message.external_id)
                assert first is not None, "an inbox row and its entry are written together"
                if first.conversation_id != conversation.id:
                    raise NotAllowed("somebody else's message id")
                return first
        await self._notices.changed(conversation.id)
        return entry

    async def greet(self, address: Address, language: str, *, reply_handle: str | None = None) -> UUID:
        """Begin a conversation with the bot's greeting; the conversation's id. Greets once per address."""
        now = self._clock.now()
        async with self._store.transaction() as records:
            conversation = await records.conversation_with(address, now)
            if not await records.said_before(conversation.id, 1):
                conversation.language = language
                consequences = Consequences(
                    records, conversation, self._understanding.mind(), now, delivery=self._delivery
                )
                await consequences.greet(reply_handle)
                await records.save_conversation(conversation, read_at_epoch=conversation.epoch)
        return conversation.id

    async def handle_next(self, conversation_id: UUID) -> bool:
        """Handle the oldest waiting message of a conversation; False when there is none.

        One transaction: the message is handled, the conversation changed, the ticket opened, the replies queued —
        all of it, or nothing. Raises StaleEpoch when a person took over meanwhile: try again, and decide anew.
        """
        message = await self._store.peek(conversation_id)
        if message is None:
            return False
        now = self._clock.now()
        focus = _focus(await self._store.as_it_stands(conversation_id), now)
        understood = await self._understanding.understand(message, focus)
        mind = self._understanding.mind()
        async with self._store.transaction() as records:
            conversation = await records.conversation(conversation_id)
            current = await records.next_message(conversation_id)
            if current is None or current.id != message.id:
                return True  # another worker was quicker
            if _focus(conversation, now) != focus:
                return True  # closed or taken over meanwhile: understood anew
            read_at_epoch = conversation.epoch
            understood = replace(understood, language=_language(message, understood, conversation))
            conversation.heard(now, understood.language)
            message = _as_chosen(message, conversation)
            remembered = await _remembered(records, conversation, understood)
            turn = Turn(conversation, message, understood, mind, now, remembered)
            decided = decide(conversation, message, understood, mind, now, remembered)
            decision, elsewhere = await self._linkage.said(decided, turn, records)
            decision = await self._kept_private(decision, turn, records)
            decision = await self._restrained(decision, turn, records)
            consequences = Consequences(records, conversation, mind, now, delivery=self._delivery)
            await consequences.of(decision, message)
            await records.save_conversation(conversation, read_at_epoch=read_at_epoch)
        for each in (conversation_id, *elsewhere):
            await self._notices.changed(each)
        return True

    async def _kept_private(self, decision: Settled, turn: Turn, records: Records) -> Settled:
        """The decision; or a link to the city's own page, when this channel may not carry it."""
        here = turn.message.sender
        if here.channel not in self._delivery.in_the_open:
            return decision
        asked = asked_elsewhere(decision, turn)
        if asked is None:
            return without_confidential_choices(decision, turn.mind)
        link = await private_link(asked, here, records, self._codes, turn.now)
        return said_elsewhere(decision, asked, link, turn)

    async def _restrained(self, decision: Settled, turn: Turn, records: Records) -> Settled:
        """The decision; or silence and a person, when a robot may not write there now."""
        restraint = self._restraints.get(turn.message.sender.channel)
        if restraint is None or not speaks(decision):
            return decision
        receipt = is_only_a_receipt(decision, waits=turn.conversation.owner is Owner.WAITING)
        why = await restraint.why_silent(records, turn.message.sender, turn.now, only_a_receipt=receipt)
        return silenced(decision, turn, why) if why else decision


def _focus(conversation: Conversation, now: datetime) -> Focus:
    """What words that are heard now may lean on."""
    ahead = replace(conversation)
    ahead.heard(now, None)
    return ahead.focus


def _without_secret_numbers(message: IncomingMessage) -> IncomingMessage:
    """The one gate all channels pass: a My Number typed by mistake goes no further than this."""
    masked = mask_numbers(message.text)
    return replace(message, text=masked.text, masked=message.masked or masked.found)


async def _remembered(records: Records, conversation: Conversation, understood: Understood) -> Remembered:
    """Read only for the few messages that ask for it."""
    if understood.intent is None or understood.intent.name not in LEANS_ON_THE_PAST:
        return NOTHING
    ticket = await records.ticket(conversation.ticket_id) if conversation.ticket_id else None
    return Remembered(last_reply(await records.said_before(conversation.id, LOOK_BACK)), ticket)


def _with_label(message: IncomingMessage, conversation: Conversation) -> IncomingMessage:
    """A tap comes without words from some networks: staff read the label of what was picked."""
    if message.text or message.choice is None:
        return message
    label = next((each.label for each in conversation.offered if each.value == message.choice), "")
    return replace(message, text=label)


def _said(message: IncomingMessage, conversation: Conversation) -> Entry:
    return Entry(
        id=message.id,
        conversation_id=conversation.id,
        kind=Kind.SAID,
        author=Author.RESIDENT,
        text=message.text,
        attachments=message.attachments,
        language=message.language or conversation.language,
        external_id=message.external_id,
        at=message.received_at,
        epoch=conversation.epoch,
    )


def _language(message: IncomingMessage, understood: Understood, conversation: Conversation) -> str:
    """What the resident chose; else what the words tell; else what was spoken so far.

    やさしい日本語 is only ever chosen: Japanese words do not end it.
    """
    told = message.language or understood.language or conversation.language
    return conversation.language if told == "ja" and conversation.language == "ja-easy" else told


def _as_chosen(message: IncomingMessage, conversation: Conversation) -> IncomingMessage:
    """A typed number or label of what was offered is that choice; so is a choice picked by button."""
    if message.choice is not None or not conversation.offered or conversation.owner is Owner.PERSON:
        return message
    typed = message.text.strip().translate(_DIGITS)
    for number, choice in enumerate(conversation.offered, start=1):
        if typed in {str(number), choice.label}:
            return replace(message, choice=choice.value)
    return message


_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
