"""A city hall behind the doors of networks: deliveries come in over HTTP, and the workers run when a test says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp.test_utils import TestClient, TestServer

from channels.delivering import deliver_due
from conversations.conversation import Conversation
from conversations.message import Address
from conversations.timeline import Entry
from server.app import make_app
from server.seeding import seed
from server.settings import Settings
from server.wiring import Parts, assembled
from server.workers import InboxWorker, WakeUp
from tests.conftest import FrozenClock
from tests.support.seeded import with_the_demo_city


@dataclass
class NetworkedHall:
    parts: Parts
    client: TestClient[Any, Any]

    async def works(self) -> None:
        """The workers, until nothing is left to do now."""

        async def nobody(_: UUID) -> None: ...

        inbox = InboxWorker(self.parts.store, self.parts.engine, WakeUp(), nobody)
        while await self.parts.intake.work_once() or await inbox.work_once():
            pass
        while await deliver_due(self.parts.outbox, self.parts.channels):
            pass

    async def conversation(self, address: Address) -> Conversation:
        found = await self.parts.views.conversation_at(address)
        assert found is not None
        return found

    async def entries(self, address: Address) -> list[Entry]:
        return list(await self.parts.views.last_entries((await self.conversation(address)).id, 99))


@asynccontextmanager
async def networked(settings: Settings, clock: FrozenClock) -> AsyncIterator[NetworkedHall]:
    """The settings' city, with its FAQ published."""
    await with_the_demo_city(settings)
    async with assembled(settings, clock=clock) as parts:
        await seed(parts)
        await parts.publish()
        async with TestClient(TestServer(make_app(parts))) as client:
            yield NetworkedHall(parts, client)
