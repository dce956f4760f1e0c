"""Wake-ups: within this process at once, to the others over the bus. Losing one costs a second, never a message."""

from dataclasses import dataclass, field
from uuid import UUID

from server.workers import WakeUp
from storage import topics
from storage.bus import Bus


@dataclass(slots=True)
class BusNotices:
    bus: Bus
    inbox: WakeUp = field(default_factory=WakeUp)
    outbox: WakeUp = field(default_factory=WakeUp)
    arrivals: WakeUp = field(default_factory=WakeUp)
    knowledge: WakeUp = field(default_factory=WakeUp)

    async def changed(self, conversation_id: UUID) -> None:
        self.inbox.now()
        self.outbox.now()
        await self.bus.publish(topics.conversation(conversation_id))
        await self.bus.publish(topics.DESK)
        await self.bus.publish(topics.WORK)

    async def arrived(self) -> None:
        """A network delivered something, and it is kept."""
        self.arrivals.now()
        await self.bus.publish(topics.ARRIVALS)

    async def published(self) -> None:
        """The FAQ changed: every process builds its index anew."""
        self.knowledge.now()
        await self.bus.publish(topics.KNOWLEDGE)

    async def hear_others(self) -> None:
        """Pass on what other processes tell."""
        async with self.bus.listen([topics.WORK, topics.KNOWLEDGE, topics.ARRIVALS]) as inlet:
            while True:
                heard = await inlet.next(60)
                if heard is not None and heard.topic == topics.KNOWLEDGE:
                    self.knowledge.now()
                elif heard is not None and heard.topic == topics.ARRIVALS:
                    self.arrivals.now()
                elif heard is not None:
                    self.inbox.now()
                    self.outbox.now()
