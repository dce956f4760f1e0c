"""Small kindnesses beside the work: nothing waits for them, and nothing is lost when they fail."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import structlog

log = structlog.get_logger(__name__)

AT_MOST = 2.0
"""seconds that one may take"""


class Courtesies:
    """Begun and forgotten; each ends by itself, soon, and its failure is one line of the log."""

    def __init__(self, *, at_most: float = AT_MOST) -> None:
        self._at_most = at_most
        self._under_way: dict[asyncio.Task[None], Hashable] = {}

    def begin(self, what: str, doing: Callable[[], Awaitable[object]], *, about: Hashable = None) -> None:
        """``about`` is by what it can be stopped."""
        task = asyncio.ensure_future(self._done(what, doing))
        self._under_way[task] = about
        task.add_done_callback(self._under_way.pop)

    def stop(self, about: Hashable) -> None:
        """What is under way about this comes too late by now."""
        for task in [task for task, its in self._under_way.items() if its == about]:
            task.cancel()

    async def settled(self) -> None:
        """When all that was begun has ended."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _done(self, what: str, doing: Callable[[], Awaitable[object]]) -> None:
        try:
            async with asyncio.timeout(self._at_most):
                await doing()
        except Exception as trouble:  # noqa: BLE001 -- whatever it is, it must not matter
            log.warning("courtesy not done", what=what, error=type(trouble).__name__)
