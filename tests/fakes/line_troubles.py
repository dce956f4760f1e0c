"""The troubles that the fake LINE platform may make with a message, in the order in which they were asked for."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from simulator.line_menus import refusal
from simulator.line_platform import MONTHLY_LIMIT

Doing = Callable[[], Awaitable[web.StreamResponse]]
"""what LINE would do and answer"""
Trouble = Callable[[Doing], Awaitable[web.StreamResponse]]
"""what comes of it"""

ALWAYS = -1

RATE_LIMIT = "The API rate limit has been exceeded. Try again later."
TOO_MANY_TO_ONE = "Too many messages have been sent to the same user."
"""our wording: LINE documents the cause, not its words"""


class ConnectionLost(Exception):
    pass


async def no_trouble(do: Doing) -> web.StreamResponse:
    return await do()


@dataclass(slots=True)
class Troubles:
    """Each verb is for the next message call; ``times`` says for how many, ``ALWAYS`` until ``recover``."""

    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    """set while somebody waits for an answer that does not come"""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _coming: deque[Trouble] = field(default_factory=deque)
    _standing: Trouble = no_trouble

    def next_trouble(self) -> Trouble:
        return self._coming.popleft() if self._coming else self._standing

    def recover(self) -> None:
        """No trouble from now on; who waits for a slow answer gets it."""
        self.over.set()
        self.over = asyncio.Event()
        self._coming.clear()
        self._standing = no_trouble

    def answer_with(self, status: int, message: str = "", *, times: int = 1, **headers: str) -> None:
        """Refuses, having done nothing."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def refuse(_: Doing) -> web.Response:
            return refusal(status, message, headers=named)

        self._meet(refuse, times)

    def limit_rate(self, *, times: int = 1) -> None:
        self.answer_with(429, RATE_LIMIT, times=times)

    def limit_one_user(self, *, times: int = 1) -> None:
        self.answer_with(429, TOO_MANY_TO_ONE, times=times)

    def reserve_quota(self, *, times: int = 1) -> None:
        """Says that the limit is reached while a broadcast has reserved what is left."""
        self.answer_with(429, MONTHLY_LIMIT, times=times)

    def accept_and_stay_silent(self, *, times: int = 1) -> None:
        """Does what it was asked to, and answers at ``recover``: in no time one would wait."""

        async def accept(do: Doing) -> web.StreamResponse:
            answer = await do()
            await self._silence()
            return answer

        self._meet(accept, times)

    def hang(self, *, times: int = 1) -> None:
        """Does nothing and does not answer."""

        async def wait(_: Doing) -> web.Response:
            await self._silence()
            return web.Response(status=503)

        self._meet(wait, times)

    def lose_connection(self, *, after_accepting: bool = False, times: int = 1) -> None:
        async def lose(do: Doing) -> web.Response:
            if after_accepting:
                await do()
            raise ConnectionLost

        self._meet(lose, times)

    def answer_garbage(self, body: bytes, *, status: int = 200, times: int = 1) -> None:
        """Does nothing, and answers what no LINE answers: a proxy in between."""

        async def answer(_: Doing) -> web.Response:
            return web.Response(body=body, status=status, content_type="text/html")

        self._meet(answer, times)

    def _meet(self, trouble: Trouble, times: int) -> None:
        if times == ALWAYS:
            self._standing = trouble
        else:
            self._coming.extend([trouble] * times)

    async def _silence(self) -> None:
        self.waiting.set()
        await self.over.wait()
        self.waiting.clear()
