"""A mailbox in memory that keeps the contract of ``channels.mail.mailbox.Session``, and misbehaves when told to.

And what stands on our side of it: where mail is kept, and where progress is written down.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from channels.mail.imap_session import ConnectionCut, LoginRefused, MessageRefused, Selected

PATIENCE = 20.0


@dataclass
class Folder:
    """The server's side: what tests turn, from any thread."""

    uidvalidity: int = 7
    uidnext: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    fetched: list[int] = field(default_factory=list)
    connections: int = 0
    waits: list[float] = field(default_factory=list)
    wrong_password: bool = False
    dying: bool = False
    """every connection dies when IDLE begins"""
    changed: threading.Condition = field(default_factory=threading.Condition)
    version: int = 0
    era: int = 0
    """connections of an earlier one are dead"""

    def deliver(self, mail: bytes, *, seen: bool = False) -> int:
        with self.changed:
            uid, self.uidnext = self.uidnext, self.uidnext + 1
            self.mails[uid] = mail
            if seen:
                self.seen.add(uid)
            self._change()
        return uid

    def kill_connections(self) -> None:
        with self.changed:
            self.era += 1
            self._change()

    def _change(self) -> None:
        self.version += 1
        self.changed.notify_all()


class FolderSession:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._cut = False
        self._era = -1
        self._looked_at = -1
        self.closed = threading.Event()

    def open(self) -> Selected:
        with self._folder.changed:
            self._folder.connections += 1
            if self._folder.wrong_password:
                raise LoginRefused
            self._era = self._folder.era
            return Selected(self._folder.uidvalidity, self._folder.uidnext)

    def unread(self) -> list[int]:
        self._look()
        return [uid for uid in self._folder.mails if uid not in self._folder.seen]

    def above(self, uid: int) -> list[int]:
        self._look()
        return [found for found in self._folder.mails if found > uid]

    def fetch(self, uid: int) -> bytes | None:
        self._alive()
        self._folder.fetched.append(uid)
        if uid in self._folder.refused:
            raise MessageRefused
        return self._folder.mails.get(uid)

    def mark_seen(self, uid: int) -> None:
        self._alive()
        self._folder.seen.add(uid)

    def wait(self, seconds: float) -> None:
        with self._folder.changed:
            self._folder.waits.append(seconds)
            if self._folder.dying:
                raise ConnectionCut
            self._folder.changed.wait_for(lambda: self._cut or self._looked_at != self._folder.version, seconds)
        self._alive()

    def cut(self) -> None:
        with self._folder.changed:
            self._cut = True
            self._folder.changed.notify_all()

    def close(self) -> None:
        self.closed.set()

    def _look(self) -> None:
        self._alive()
        self._looked_at = self._folder.version

    def _alive(self) -> None:
        if self._cut or self._era != self._folder.era:
            raise ConnectionCut


@dataclass
class Book:
    """Progress as it was last written down."""

    page: tuple[int, int] | None = None

    async def load(self) -> tuple[int, int] | None:
        return self.page

    async def save(self, uidvalidity: int, uid: int) -> None:
        self.page = (uidvalidity, uid)


@dataclass
class Desk:
    """Where mail is kept; what is in ``spilt`` cannot be."""

    kept: list[bytes] = field(default_factory=list)
    spilt: set[bytes] = field(default_factory=set)
    away: bool = False
    tried: list[bytes] = field(default_factory=list)

    async def keep(self, raw: bytes) -> None:
        self.tried.append(raw)
        if self.away or raw in self.spilt:
            raise ConnectionError("INSERT … 'a resident's words'")
        self.kept.append(raw)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.001)
