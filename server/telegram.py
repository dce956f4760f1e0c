"""Telegram's mouth and ear, over our storage."""

import asyncio
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from bot.phrases.catalogue import Phrases
from channels.arriving import Arrived, Event, RemoteFile
from channels.telegram.channel import TelegramChannel
from channels.telegram.files import FileGone, FileNotNow, FileTooBig
from channels.telegram.messages import value_of
from channels.telegram.parse import parse
from conversations.message import Address, Attachment
from conversations.timeline import Entry
from server.intake import LARGEST_FILE, Ear, Fetched, FileIsGone, checked_file
from server.settings import Settings
from storage.deliveries import Delivery
from storage.views import Views
from storage.visits import Visits

HOST: Final = "https://api.telegram.org"
LOOK_BACK: Final = 50
"""entries of a conversation among which the last offer is looked for"""


def telegram_of(settings: Settings, visits: Visits, views: Views, phrases: Phrases) -> tuple[TelegramChannel, Ear]:
    async def stored(attachment: Attachment) -> bytes | None:
        found = await visits.linked_file(attachment.id)
        return found[1] if found else None

    channel = TelegramChannel(settings.telegram_token, open_file=stored, api_url=settings.telegram_host or HOST)
    taps = Taps(channel, views, phrases)

    async def events(delivery: Delivery) -> Sequence[Event]:
        return parse(delivery.body, account=channel.account)

    return channel, Ear(events=events, fetch=partial(_fetched, channel), heard=taps.heard)


@dataclass(frozen=True, slots=True)
class Taps:
    """A tapped button means its choice while it hangs under our last offer; a stale one is answered, and left."""

    channel: TelegramChannel
    views: Views
    phrases: Phrases

    async def heard(self, event: Arrived) -> Arrived | None:
        """The event with the choice's own value; None when the tap is stale."""
        if event.choice is None:
            return event
        offer = await self._last_offer(event.sender)
        value = value_of(event.choice, key=str(offer.id), choices=offer.choices) if offer else None
        stale = "" if value else self.phrases.say("bot.choice.stale", offer.language if offer else "ja")
        await self.channel.answer_tap(event.reply_handle, text=stale)
        return replace(event, choice=value) if value else None

    async def _last_offer(self, address: Address) -> Entry | None:
        conversation = await self.views.conversation_at(address)
        if conversation is None:
            return None
        entries = await self.views.last_entries(conversation.id, LOOK_BACK)
        return next((entry for entry in reversed(entries) if entry.choices), None)


async def _fetched(channel: TelegramChannel, _: Address, file: RemoteFile) -> Fetched:
    try:
        content = await channel.fetch(file, at_most=LARGEST_FILE)
    except (FileGone, FileTooBig) as gone:
        raise FileIsGone(str(gone)) from None
    except FileNotNow as later:
        raise ConnectionError(str(later)) from None
    ending = mimetypes.guess_extension(file.content_type) or (".jpg" if file.kind.value == "image" else "")
    name = file.name if "." in file.name else f"{file.name or file.kind.value}{ending}"
    return await asyncio.to_thread(checked_file, name, content)
