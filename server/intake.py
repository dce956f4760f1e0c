"""Deliveries of networks into the inbox: each event once, its files at once; what cannot be read waits for staff."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from bot.engine import Engine
from channels.arriving import Arrived, Blocked, Event, Followed, RemoteFile, Withdrawn
from channels.channel import BadDelivery, Ignored
from channels.web.checking import BadFile, check_file
from channels.web.settings import MEGABYTE
from conversations.masking import REPLACEMENT, mask_numbers
from conversations.message import Address, Attachment, IncomingMessage
from server.blocking import Blocking
from storage.deliveries import Deliveries, Delivery
from storage.visits import Visits, owner_of
from storage.withdrawals import Withdrawals

log = structlog.get_logger(__name__)

AT_ONCE: Final = 20
LARGEST_FILE: Final = 10 * MEGABYTE
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file of a resident, fetched."""

    name: str
    content_type: str
    content: bytes


class FileIsGone(Exception):
    """The network has the file no more, or it is larger than we take; the text says which, for staff."""


def checked_file(name: str, content: bytes) -> Fetched:
    """As any upload is checked: pictures drawn anew, nothing that can act. Raises FileIsGone."""
    try:
        checked = check_file(mask_numbers(name).text, content)
    except BadFile as bad:
        raise FileIsGone(f"受け取れない種類のファイルです（{bad.code}）") from bad
    return Fetched(name=checked.name, content_type=checked.content_type, content=checked.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """The listening side of one channel."""

    events: Callable[[Delivery], Awaitable[Sequence[Event]]]
    """Raises BadDelivery, told for staff."""
    fetch: Callable[[Address, RemoteFile], Awaitable[Fetched]]
    """Raises FileIsGone; anything else is tried again."""
    heard: Callable[[Arrived], Awaitable[Arrived | None]] | None = None
    """What is done about a message before it is accepted; None when it is to be left: the resident was told why."""
    taken_in: Callable[[Address, UUID], None] | None = None
    """Told, once it is safe, about a new message of this address and conversation; returns at once."""
    keeps_raw: bool = False
    """The delivery itself is a record (a mail); otherwise it is let go once it is read."""


@dataclass(slots=True, kw_only=True)
class Intake:
    """Reads what was kept. Each step may be repeated: a delivery read twice is heard once."""

    deliveries: Deliveries
    engine: Engine
    withdrawals: Withdrawals
    visits: Visits
    ears: Mapping[str, Ear]
    blocking: Blocking

    async def work_once(self) -> bool:
        """Read what waits, oldest first; True when there was anything."""
        claimed = await self.deliveries.claim(at_most=AT_ONCE)
        for delivery in claimed:
            try:
                await self._read(delivery)
            except Exception as trouble:
                log.exception("delivery not read", delivery_id=str(delivery.id), channel=delivery.channel)
                if await self.deliveries.failed(delivery.id, type(trouble).__name__):
                    log.warning("delivery set aside", delivery_id=str(delivery.id), channel=delivery.channel)
        return bool(claimed)

    async def _read(self, delivery: Delivery) -> None:
        ear = self.ears.get(delivery.channel)
        if ear is None:
            await self.deliveries.set_aside(delivery.id, f"チャネル {delivery.channel} は設定されていません")
            return
        try:
            events = await ear.events(delivery)
        except BadDelivery as trouble:
            await self.deliveries.set_aside(delivery.id, str(trouble))
            log.warning("delivery set aside", delivery_id=str(delivery.id), why=str(trouble))
            return
        ignored = []
        for event in events:
            if isinstance(event, Ignored):
                ignored.append(event.reason)
            else:
                await self._take(event, ear, delivery)
        await self.deliveries.read(delivery.id, "; ".join(ignored), keep_body=ear.keeps_raw)

    async def _take(self, event: Arrived | Withdrawn | Followed | Blocked, ear: Ear, delivery: Delivery) -> None:
        match event:
            case Arrived():
                await self.blocking.heard(event.sender, event.external_id)
                said = await ear.heard(event) if ear.heard else event
                if said is not None:
                    entry = await self.engine.accept(await self._message(said, ear, delivery))
                    if ear.taken_in and entry.at == delivery.received_at:
                        ear.taken_in(said.sender, entry.conversation_id)
            case Withdrawn():
                await self.withdrawals.withdraw(event.sender, event.message_id)
            case Followed():
                await self.blocking.heard(event.sender, event.external_id)
                await self.engine.greet(event.sender, "ja", reply_handle=event.reply_handle)
            case Blocked():
                await self.blocking.blocked(event.sender, event.external_id)
            case _:
                assert_never(event)
        log.info("event taken", channel=delivery.channel, kind=type(event).__name__, external_id=event.external_id)

    async def _message(self, event: Arrived, ear: Ear, delivery: Delivery) -> IncomingMessage:
        attachments, text = [], event.text
        for file in event.files:
            try:
                fetched = await ear.fetch(event.sender, file)
            except FileIsGone as why:
                log.warning("file not fetched", external_id=event.external_id, why=str(why))
                text = f"{text}\n{_not_taken(file)}".strip()
            else:
                attachments.append(await self._kept(event.sender, fetched))
        return IncomingMessage(
            # The same for the same event: who reads a delivery again says nothing new.
            id=uuid5(NAMESPACE_URL, f"{event.sender.channel}:{event.external_id}"),
            external_id=event.external_id,
            sender=event.sender,
            text=text,
            attachments=tuple(attachments),
            place=event.place,
            choice=event.choice,
            in_reply_to=event.in_reply_to,
            message_id=event.message_id,
            language=event.language,
            # A network may not say when, or nonsense.
            sent_at=event.sent_at if event.sent_at > LONG_AGO else delivery.received_at,
            received_at=delivery.received_at,
            reply_handle=event.reply_handle,
            # The doors mask what they keep, so what is read has no number any more.
            masked=REPLACEMENT in event.text,
            robot=event.robot,
            for_a_person=event.for_a_person,
        )

    async def _kept(self, sender: Address, fetched: Fetched) -> Attachment:
        return await self.visits.keep_file(
            owner_of(sender), name=fetched.name, content_type=fetched.content_type, content=fetched.content
        )


def _not_taken(file: RemoteFile) -> str:
    """In the message, where the file should be."""
    name = f"「{mask_numbers(file.name).text}」" if file.name else ""
    return f"［ファイル{name}を受け取れませんでした］"
