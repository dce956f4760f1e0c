"""LINE over our storage: what is sent and what is not, what is shown meanwhile, and what a tap on the menu means."""

import asyncio
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, assert_never, cast
from uuid import UUID

from bot.phrases.catalogue import Phrases
from bot.ports import Clock
from channels.arriving import Arrived, Event, Followed, RemoteFile
from channels.channel import Accepted, DeliveryOutcome, Refused
from channels.line.channel import LineAccount, LineChannel
from channels.line.content import HOST, LineContent, Lost, TooBig, TryAgain, Unsent
from channels.line.content import Fetched as OnFile
from channels.line.menu_definition import LANGUAGE_CHOICE
from channels.line.parse import findings, read_handle
from channels.line.reply_tokens import renewed
from channels.line.rich_menu import RichMenus
from channels.web.settings import MEGABYTE
from conversations.conversation import Owner
from conversations.masking import mask_numbers
from conversations.message import Address
from conversations.reply import Reply
from server.city import CityFolder
from server.courtesies import Courtesies
from server.file_links import FileLinks
from server.intake import LARGEST_FILE, Ear, Fetched, FileIsGone, checked_file
from server.line_menus import labels_of, menus_of
from server.settings import Settings
from storage.closed_channels import ClosedChannels
from storage.database import Database
from storage.deliveries import Delivery
from storage.outbox import SqlOutbox
from storage.reply_handles import ReplyHandles
from storage.store import SqlStore
from storage.views import Views
from storage.visits import Visits

RETRY_KEYS_LIVE: Final = timedelta(hours=23)
"""LINE forgets a retry key after 24 hours; some of them may go by on the way"""
MAYBE_HEARD: Final = (
    "最初の送信から23時間が過ぎました。届いたかどうかをLINEで確かめられないため、送り直していません。"
    "LINEの管理画面のトークを確かめ、届いていなければ、もう一度お送りください。"
)
MARKS_REMEMBERED: Final = 1000


def line_of(
    settings: Settings, clock: Clock, links: FileLinks, *, database: Database, folder: CityFolder
) -> tuple["LineMouth", Ear]:
    """Raises SettingsError when the city's menus cannot be used."""
    host = settings.line_host or None
    tokens = dict(zip(settings.line_accounts, settings.line_tokens, strict=True))
    accounts = {user_id: LineAccount(access_token=token) for user_id, token in tokens.items()}
    content = LineContent(tokens, pause=asyncio.sleep, host=host or HOST)
    mouth = LineMouth(
        LineChannel(accounts, clock=clock, file_link=links.of, host=host),
        content,
        {user_id: RichMenus(token, host=host) for user_id, token in tokens.items()},
        Memory(database, clock, frozenset(settings.line_profile_sections)),
    )
    taps = MenuTaps(mouth, folder.phrases, folder.city.languages, labels_of(menus_of(folder.path)))
    ear = Ear(events=_events, fetch=partial(_fetched, content), heard=taps.heard, taken_in=mouth.taken_in)
    return mouth, ear


class Memory:
    """What LINE's mouth looks up before it speaks."""

    def __init__(self, database: Database, clock: Clock, profile_sections: frozenset[str]) -> None:
        self.clock = clock
        self.visits = Visits(database, clock)
        self.views = Views(database, clock)
        self._profile_sections = profile_sections
        self.closed = ClosedChannels(database, clock)
        self.outbox = SqlOutbox(database, clock)
        self.handles = ReplyHandles(database)
        self.store = SqlStore(database, clock)

    async def why_not(self, address: Address, reply_id: UUID) -> str:
        """Why this reply is not to be sent, for staff."""
        if closed := await self.closed.reason_of(address):
            return closed
        first = await self.outbox.first_tried_at(reply_id)
        return MAYBE_HEARD if first is not None and self.clock.now() - first > RETRY_KEYS_LIVE else ""

    async def wants_the_name(self, address: Address) -> UUID | None:
        """The conversation whose section works with names, and has none of this resident yet."""
        conversation = await self.views.conversation_at(address) if self._profile_sections else None
        if conversation is None or conversation.ticket_id is None:
            return None
        ticket = await self.views.ticket(conversation.ticket_id)
        if ticket.section not in self._profile_sections or await self.visits.contact(conversation.id):
            return None
        return conversation.id


class LineMouth:
    """LINE's channel, which is not used for who has blocked the account (LINE says 200, and nobody hears it).

    What else residents see, that we are at it and that their message was read, is shown beside: it holds nothing up.
    """

    name = LineChannel.name
    capabilities = LineChannel.capabilities

    def __init__(
        self, channel: LineChannel, content: LineContent, menus: Mapping[str, RichMenus], memory: Memory
    ) -> None:
        self._channel = channel
        self._content = content
        self._menus = menus
        self._memory = memory
        self._courtesies = Courtesies()
        self._marked: dict[Address, str] = {}

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        # The dots end with the next message: they must not come after it.
        self._courtesies.stop(address)
        if why := await self._memory.why_not(address, UUID(key)):
            return Refused(why)
        outcome = await self._channel.send(address, reply, key=key, handle=handle)
        if isinstance(outcome, Accepted):
            self._courtesies.begin("mark as read", partial(self._mark_as_read, address, handle))
            self._courtesies.begin("display name", partial(self._keep_the_name, address))
        return outcome

    def taken_in(self, address: Address, conversation_id: UUID) -> None:
        """A message is safe: the resident is shown that we are at it, unless a person will answer."""
        self._courtesies.begin("loading", partial(self._show_loading, address, conversation_id), about=address)

    def speaks(self, address: Address, language: str) -> None:
        """The resident is given the menu of this language."""
        if (menus := self._menus.get(address.account)) is not None:
            self._courtesies.begin("menu", partial(menus.show, address.thread, language))

    async def settled(self) -> None:
        """When nothing is going on beside any more."""
        await self._courtesies.settled()

    async def close(self) -> None:
        await self._courtesies.settled()
        for menus in self._menus.values():
            await menus.close()
        await self._content.close()
        await self._channel.close()

    async def _show_loading(self, address: Address, conversation_id: UUID) -> None:
        conversation = await self._memory.store.as_it_stands(conversation_id)
        if conversation.owner is not Owner.PERSON:
            await self._channel.show_loading(address)

    async def _keep_the_name(self, address: Address) -> None:
        """As the resident shows it to everybody in LINE; no proof of who they are."""
        conversation_id = await self._memory.wants_the_name(address)
        profile = await self._channel.profile(address) if conversation_id else None
        if conversation_id and profile:
            name = mask_numbers(profile.display_name).text
            await self._memory.visits.keep_contact(conversation_id, name=name, email="", phone="")

    async def _mark_as_read(self, address: Address, handle: str | None) -> None:
        """What was answered was read: by the bot, whose answers have a handle, or by who answers or takes over."""
        handles = [handle] if handle else await self._memory.handles.of_last_messages(address)
        newest = next((each for each in handles if read_handle(each).read_token), None)
        if newest is None or self._marked.get(address) == newest:
            return
        if len(self._marked) >= MARKS_REMEMBERED:
            self._marked.clear()
        self._marked[address] = newest
        await self._channel.mark_as_read(address, newest)


@dataclass(frozen=True, slots=True)
class MenuTaps:
    """A tap on the menu arrives without words: staff read the button's, and a language is one from then on."""

    mouth: LineMouth
    phrases: Phrases
    languages: Sequence[str]
    labels: Mapping[str, str]

    async def heard(self, event: Arrived) -> Arrived:
        choice = event.choice or ""
        language = choice.removeprefix(LANGUAGE_CHOICE)
        name = f"language.{language}"
        if choice.startswith(LANGUAGE_CHOICE) and language in self.languages and name in self.phrases.keys:
            self.mouth.speaks(event.sender, language)
            return replace(event, language=language, text=self.phrases.say(name, language))
        return event if event.text else replace(event, text=self.labels.get(choice, ""))


async def _events(delivery: Delivery) -> Sequence[Event]:
    _, found = findings(delivery.body)
    return [_renewed(each.event, delivery) if each.redelivered else each.event for each in found]


def _renewed(event: Event, delivery: Delivery) -> Event:
    if isinstance(event, Arrived | Followed):
        return replace(event, reply_handle=renewed(event.reply_handle, delivery.received_at))
    return event


async def _fetched(content: LineContent, sender: Address, file: RemoteFile) -> Fetched:
    """Fetched, and checked like any upload. Raises FileIsGone; ConnectionError when it is to be tried again."""
    with SpooledTemporaryFile(max_size=MEGABYTE) as into:
        outcome = await content.fetch(sender.account, file.reference, cast("BinaryIO", into), at_most=LARGEST_FILE)
        into.seek(0)
        match outcome:
            case OnFile(content_type=content_type):
                return await asyncio.to_thread(checked_file, _named(file, content_type), into.read())
            case Lost(reason=reason):
                raise FileIsGone(reason)
            case Unsent():
                raise FileIsGone("相手の方が送信を取り消しました")
            case TooBig():
                raise FileIsGone(f"{LARGEST_FILE // MEGABYTE} MB を超えています")
            case TryAgain():
                raise ConnectionError("LINE does not give the file now")
            case _:
                assert_never(outcome)


def _named(file: RemoteFile, content_type: str) -> str:
    """A photo has no name of its own."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    ending = mimetypes.guess_extension(kind) or ""
    return file.name if "." in file.name else f"{file.name or file.kind.value}{ending}"
