"""Who else has a conversation open, and who writes in it: said again while the page is open, gone when it is not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from aiohttp import web

from console.addresses import conversation_id
from console.gate import COMMON, must
from conversations.conversation import Owner
from storage import topics
from storage.bus import Bus
from storage.views import Views
from tickets.operators import Operator, Permission

LOOKING_SECONDS: Final = 40
"""more than two heartbeats of the live stream"""
WRITING_SECONDS: Final = 6
"""twice the time between two words of a page about its writer"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Colleagues' names; who writes is not named twice."""

    looking: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()


class Presence:
    """One open page of one operator."""

    def __init__(self, bus: Bus, about: UUID, operator: Operator) -> None:
        self._bus = bus
        self._place = topics.presence(about)
        self._who = f"{operator.id}:{uuid4()}"

    async def renew(self) -> None:
        await self._bus.be_at(self._place, self._who, seconds=LOOKING_SECONDS)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator["Presence"]:
        """There until the block ends; the colleagues' pages are told of both."""
        await self.renew()
        await self._bus.publish(self._place)
        try:
            yield self
        finally:
            await self._bus.leave(self._place, self._who)
            await self._bus.publish(self._place)


async def others_at(bus: Bus, views: Views, about: UUID, me: Operator) -> Others:
    """Which colleagues are there now."""
    writing = _operators(await bus.at(topics.writing(about))) - {me.id}
    looking = _operators(await bus.at(topics.presence(about))) - {me.id} - writing
    return Others(looking=await _names(views, looking), writing=await _names(views, writing))


async def is_typing(request: web.Request) -> web.Response:
    """Colleagues see who is writing; the resident sees it of the one who has the conversation."""
    session = must(request, Permission.REPLY)
    common, about = request.app[COMMON], conversation_id(request)
    found = await common.views.conversation(about)
    await common.bus.be_at(topics.writing(about), str(session.operator.id), seconds=WRITING_SECONDS)
    await common.bus.publish(topics.presence(about))
    if found.owner is Owner.PERSON and found.operator_id == session.operator.id:
        await common.bus.publish(topics.typing_to(about), session.operator.name)
    return web.Response(status=204)


async def stopped_typing(bus: Bus, about: UUID, operator: Operator) -> None:
    await bus.leave(topics.writing(about), str(operator.id))
    await bus.publish(topics.presence(about))


def _operators(there: frozenset[str]) -> set[UUID]:
    return {UUID(who.partition(":")[0]) for who in there}


async def _names(views: Views, operators: set[UUID]) -> tuple[str, ...]:
    return tuple(sorted([await views.operator_name(each) for each in operators]))
