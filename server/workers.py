"""The workers of one process: the inbox, the outbox, and the knowledge. Each loop owns its one broad except."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from bot.engine import Engine
from bot.ports import Store
from conversations.errors import StaleEpoch

log = structlog.get_logger(__name__)

LOOK_AGAIN = 1.0
"""seconds: wake-ups may get lost, so every loop also looks by itself"""
AT_ONCE = 4
TAKE_AT_MOST = 50


class WakeUp:
    """Set by whoever has work, awaited by the loop that does it; sleeps at most ``LOOK_AGAIN``."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def now(self) -> None:
        self._event.set()

    async def wait(self, seconds: float = LOOK_AGAIN) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()


@dataclass(slots=True)
class InboxWorker:
    """Handles waiting messages: several conversations side by side, each conversation's messages in order."""

    store: Store
    engine: Engine
    wake_up: WakeUp
    set_aside: Callable[[UUID], Awaitable[None]]
    """Called with the conversation when a message was given up on: a person must look."""

    async def run(self) -> None:
        while True:
            try:
                busy = await self.work_once()
            except Exception:
                log.exception("the inbox could not be read")
                busy = False
            if not busy:
                await self.wake_up.wait()

    async def work_once(self) -> bool:
        """Handle one waiting message of each waiting conversation; True when any was handled."""
        waiting = await self.store.conversations_waiting(at_most=TAKE_AT_MOST)
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(conversation_id: UUID) -> bool:
            async with gate:
                return await self._handle(conversation_id)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(conversation_id)) for conversation_id in waiting]
        return any(task.result() for task in tasks)

    async def _handle(self, conversation_id: UUID) -> bool:
        message = await self.store.peek(conversation_id)
        if message is None:
            return False
        try:
            return await self.engine.handle_next(conversation_id)
        except StaleEpoch:
            return True  # somebody took over meanwhile: the next look decides anew
        except Exception as trouble:
            log.exception("message not handled", message_id=str(message.id))
            if await self.store.message_failed(message.id, type(trouble).__name__):
                log.warning("message set aside", message_id=str(message.id))
                await self.set_aside(conversation_id)
            return False


async def every(seconds: float, wake_up: WakeUp, name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do ``work`` whenever woken, and every so many seconds anyway; a failure is logged, and the loop goes on."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("worker failed", worker=name)
        await wake_up.wait(seconds)
