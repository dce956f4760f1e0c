"""What a channel is at, so that it can end when nothing of it is any more."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """The block is waited for."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def ended(self) -> None:
        """When nothing is under way."""
        await self._idle.wait()
