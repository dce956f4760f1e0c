"""Wake-ups: within this process at once, to the others over the bus. Losing one costs a second, never a message."""

from dataclasses import dataclass, field
from uuid import UUID

from server.workers import WakeUp
from storage.bus import Bus

WORK = "work"
KNOWLEDGE = "knowledge"


def topic(conversation_id: UUID) -> str:
    return f"conversation:{conversation_id}"


@dataclass(slots=True)
class BusNotices:
    bus: Bus
    inbox: WakeUp = field(default_factory=WakeUp)
    outbox: WakeUp = field(default_factory=WakeUp)
    knowledge: WakeUp = field(default_factory=WakeUp)

    async def changed(self, conversation_id: UUID) -> None:
        self.inbox.now()
        self.outbox.now()
        await self.bus.publish(topic(conversation_id))
        await self.bus.publish(WORK)

    async def published(self) -> None:
        """The FAQ changed: every process builds its index anew."""
        self.knowledge.now()
        await self.bus.publish(KNOWLEDGE)

    async def hear_others(self) -> None:
        """Pass on what other processes tell."""
        async with self.bus.listen([WORK, KNOWLEDGE]) as inlet:
            while True:
                heard = await inlet.next(60)
                if heard is not None and heard.topic == KNOWLEDGE:
                    self.knowledge.now()
                elif heard is not None:
                    self.inbox.now()
                    self.outbox.now()
