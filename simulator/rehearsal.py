"""A rehearsal: the city hall as the world sees it, the residents that are played, and what the page waits for."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator.line_phone import Phones
from simulator.mailboxes import PostOffice
from simulator.residents import Resident

LONGEST_WAIT: Final = 25.0
"""seconds that the page waits for a change"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    login: str
    password: str = field(repr=False)
    roles: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CityHall:
    """The server that is rehearsed with."""

    name: str
    url: str
    """as a browser opens it"""
    sign_ins: Sequence[SignIn] = ()


@dataclass(slots=True)
class Changes:
    """Counts what has changed, so that a page may wait for the next change."""

    version: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, _: Resident) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, version: int) -> int:
        """At once when there was a change since; else at the next one, or when the wait is over."""
        if version == self.version:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    hall: CityHall
    residents: Mapping[str, Resident]
    """by key"""
    phones: Phones
    post: PostOffice
    changes: Changes
