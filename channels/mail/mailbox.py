"""A mailbox is watched: what comes is kept first and marked as read second; nothing is deleted.

The connection blocks, so it lives in a thread of its own; what is decided about it is decided here, in our loop.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, ParamSpec, Protocol, TypeVar

import structlog

from channels.mail.imap_box import ImapBox
from channels.mail.imap_session import ImapSession, LoginRefused, MessageRefused, Selected

__all__ = ["ImapBox", "Pauses", "Progress", "Session", "watch"]

log = structlog.get_logger(__name__)

Keep = Callable[[bytes], Awaitable[None]]
"""Returns when the mail is committed; the same mail again changes nothing."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
_FAILURES_IN_A_ROW: Final = 5
"""after so many the trouble is not the mail's; the next look begins with what was not tried"""
_THREAD_ENDS_WITHIN: Final = 2.0


class Progress(Protocol):
    """How far the mailbox was read: nothing up to this UID waits to be kept."""

    async def load(self) -> tuple[int, int] | None:
        """(UIDVALIDITY, UID), or None at the first time."""

    async def save(self, uidvalidity: int, uid: int) -> None: ...


class Session(Protocol):
    """One blocking connection: see ``ImapSession``."""

    def open(self) -> Selected: ...
    def unread(self) -> list[int]: ...
    def above(self, uid: int) -> list[int]: ...
    def fetch(self, uid: int) -> bytes | None: ...
    def mark_seen(self, uid: int) -> None: ...
    def wait(self, seconds: float) -> None: ...
    def cut(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """In seconds."""

    look: float = 60.0
    """from one look to the next, if the server is silent. Far below the 29 minutes of RFC 2177: what the server says in
    the moment in which IDLE begins can be missed, and a connection may die without a word"""
    first: float = 1.0
    """after the first trouble; doubled with each that follows"""
    longest: float = 300.0

    def after(self, failures: int, *, chance: float) -> float:
        """Between half of it and all of it, so that not everybody comes back in the same moment."""
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 30)) * (1 + chance) / 2


async def watch(
    box: ImapBox,
    keep: Keep,
    progress: Progress,
    *,
    pauses: Pauses = Pauses(),
    jitter: Callable[[], float] = random.random,
    connect: Callable[[ImapBox], Session] = ImapSession,
) -> None:
    """Run until cancelled; whatever happens to the connection, it comes back.

    At the first time, and when the server numbers its messages anew, everything unread is new; later, everything above
    the UID that was reached. A message that could not be kept stays unread, is tried again, and holds up no other;
    progress never passes it.
    """
    logging.getLogger("imapclient").setLevel(logging.WARNING)  # at debug it writes out every mail
    reading = _Reading(keep=keep, progress=progress, pauses=pauses, jitter=jitter)
    failures, pause = 0, pauses.first
    while True:
        try:
            async with _in_a_thread(connect(box)) as session:
                await reading.begin(session)
                while True:
                    await reading.look(session)
                    await session.do(session.blocking.wait, reading.pause())
                    failures = 0
        except LoginRefused:
            pause = pauses.longest
            log.error("mailbox refuses user or password: check mail_imap", box=str(box), again_after=pause)  # noqa: TRY400
        except Exception as trouble:  # noqa: BLE001 -- the one place: it says so, and begins anew
            failures += 1
            pause = pauses.after(failures, chance=jitter())
            log.warning("mailbox lost", box=str(box), error=type(trouble).__name__, again_after=round(pause, 1))
        await asyncio.sleep(pause)


@dataclass(frozen=True, slots=True)
class _Threaded:
    blocking: Session
    executor: ThreadPoolExecutor

    async def do(self, work: Callable[_P, _T], *args: _P.args, **_: _P.kwargs) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self.executor, work, *args)


@asynccontextmanager
async def _in_a_thread(session: Session) -> AsyncIterator[_Threaded]:
    """On leaving, the connection is cut, so that the thread, wherever it waits, ends soon."""
    executor = ThreadPoolExecutor(1, thread_name_prefix="imap")
    try:
        yield _Threaded(session, executor)
    finally:
        session.cut()
        closed = executor.submit(session.close)
        executor.shutdown(wait=False)
        # It may still be connecting; that has an end of its own.
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.wrap_future(closed), _THREAD_ENDS_WITHIN)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What was kept of this mailbox, and what waits."""

    keep: Keep
    progress: Progress
    pauses: Pauses
    jitter: Callable[[], float]
    uidvalidity: int = -1
    uidnext: int = 0
    reached: int | None = None
    """None: nobody knows yet, and the unread ones are looked at"""
    kept: set[int] = field(default_factory=set)
    """above ``reached``"""
    failed: Counter[int] = field(default_factory=Counter)
    """how often, of those that wait"""
    vain_looks: int = 0
    """since everything was kept"""

    async def begin(self, session: _Threaded) -> None:
        selected = await session.do(session.blocking.open)
        if selected.uidvalidity != self.uidvalidity:
            self.kept.clear()
            self.failed.clear()
        self.uidvalidity, self.uidnext = selected.uidvalidity, selected.uidnext
        known = await self.progress.load()
        self.reached = known[1] if known and known[0] == selected.uidvalidity else None

    def pause(self) -> float:
        """Until the next look: soon when something waits."""
        if not self.vain_looks:
            return self.pauses.look
        return min(self.pauses.look, self.pauses.after(self.vain_looks, chance=self.jitter()))

    async def look(self, session: _Threaded) -> None:
        """Keep what is new. What failed before comes last: it holds up nothing."""
        found = await self._found(session)
        self.failed = Counter({uid: count for uid, count in self.failed.items() if uid in found})
        in_a_row = 0
        for uid in sorted(found - self.kept, key=lambda uid: (self.failed[uid], uid)):
            if await self._take(session, uid):
                in_a_row = 0
                await self._advance(found)
                continue
            self.failed[uid] += 1
            in_a_row += 1
            if in_a_row == _FAILURES_IN_A_ROW:
                break
        await self._advance(found)
        self.vain_looks = self.vain_looks + 1 if found - self.kept else 0

    async def _found(self, session: _Threaded) -> set[int]:
        if self.reached is None:
            return set(await session.do(session.blocking.unread))
        self.kept = {uid for uid in self.kept if uid > self.reached}
        return set(await session.do(session.blocking.above, self.reached))

    async def _take(self, session: _Threaded, uid: int) -> bool:
        """Whether the message needs nothing more of us."""
        try:
            raw = await session.do(session.blocking.fetch, uid)
        except MessageRefused:
            log.warning("mailbox does not give a message", uid=uid)
            return False
        if raw is not None and not await self._kept(raw, uid):
            return False
        self.kept.add(uid)
        if raw is not None:
            await session.do(session.blocking.mark_seen, uid)
        return True

    async def _kept(self, raw: bytes, uid: int) -> bool:
        try:
            await self.keep(raw)
        except Exception as trouble:  # noqa: BLE001 -- whatever it was, the mail is not ours yet
            # Only its name: a database's error quotes the statement, and the mail is in it.
            log.error("mail not kept", error=type(trouble).__name__, uid=uid)  # noqa: TRY400
            return False
        return True

    async def _advance(self, found: AbstractSet[int]) -> None:
        reached = reached_after(self.reached, found, waiting=found - self.kept, uidnext=self.uidnext)
        if reached is not None and reached != self.reached:
            await self.progress.save(self.uidvalidity, reached)
            self.reached = reached


def reached_after(
    before: int | None, found: AbstractSet[int], *, waiting: AbstractSet[int], uidnext: int
) -> int | None:
    """The UID up to which nothing waits.

    ``before`` is None while only the unread ones are looked at: what lies between them was read by people and is no
    business of ours, so it is passed at once when nothing waits any more.
    """
    if before is None:
        return None if waiting or not (found or uidnext) else max({uidnext - 1} | found)
    return max(before, min(waiting) - 1 if waiting else max(found, default=0))
