"""Residents who block the city's account, and open it again: staff see it in the conversation."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bot.desk import Desk
from bot.phrases.catalogue import Phrases
from conversations.message import Address
from storage.closed_channels import ClosedChannels
from storage.views import Views

NAMES: Final = MappingProxyType({"line": "LINE", "telegram": "Telegram"})
"""networks that residents can block us in, as staff call them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """Each verb may be repeated: for one event of the network there is one note."""

    closed: ClosedChannels
    desk: Desk
    views: Views
    phrases: Phrases

    async def blocked(self, resident: Address, event_id: str) -> None:
        """Nothing is sent from now on; what should be sent goes to a person."""
        why = self._say("note.channel.blocked", resident)
        await self.closed.close(resident, why)
        await self._note(resident, event_id, why)

    async def heard(self, resident: Address, event_id: str) -> None:
        """They follow us or write: whoever was blocking us does it no more, should the network have told us or not."""
        if resident.channel in NAMES and await self.closed.reason_of(resident):
            await self._note(resident, event_id, self._say("note.channel.opened", resident))
            await self.closed.open(resident)

    def _say(self, key: str, resident: Address) -> str:
        return self.phrases.say(key, "ja", channel=NAMES.get(resident.channel, resident.channel))

    async def _note(self, resident: Address, event_id: str, text: str) -> None:
        conversation = await self.views.conversation_at(resident)
        if conversation is not None:
            key = uuid5(NAMESPACE_URL, f"{resident.channel}:{event_id}")
            await self.desk.remark(conversation.id, text, key=key)
