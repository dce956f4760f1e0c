"""One process, from start to graceful stop."""

import asyncio
import errno
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from aiohttp import web

from channels.channel import Refused
from channels.delivering import Sent, deliver_due
from conversations.errors import CityError
from server.app import make_app
from server.mail.doors import fetch_mail
from server.watching import WATCH_SECONDS, watch_categories
from server.wiring import Parts
from server.workers import InboxWorker, WakeUp, every
from tickets.ticket import HandOverReason

SHUTDOWN_SECONDS = 10.0
KNOWLEDGE_SECONDS = 300.0
"""how often the index is looked at anyway, for answers whose date has come"""


class PortTaken(CityError):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"ポート {port} は別のプログラムが使っています。止めるか、`--port` で別の番号を選んでください "
            f"(port {port} on {host} is taken: stop the other program or choose another --port)"
        )


def workers(parts: Parts) -> list[Callable[[], Awaitable[None]]]:
    """The loops of a working process."""

    async def set_aside(conversation_id: UUID) -> None:
        await parts.desk.call_a_person(conversation_id, HandOverReason.SET_ASIDE)

    inbox = InboxWorker(parts.store, parts.engine, parts.notices.inbox, set_aside)

    def sending(only: str | None) -> Callable[[], Awaitable[None]]:
        """A loop for each network, so that one that does not answer holds up nobody else's residents."""
        but = () if only else tuple(parts.channels)

        async def send() -> None:
            for sent in await deliver_due(parts.outbox, parts.channels, only=only, but=but):
                await look_after(parts, sent)

        return lambda: every(1.0, parts.notices.outbox, f"outbox {only or 'of no channel'}", send)

    return [
        inbox.run,
        lambda: every(1.0, parts.notices.arrivals, "arrivals", lambda: read_all(parts)),
        *(sending(channel) for channel in (*parts.channels, None)),
        lambda: every(
            KNOWLEDGE_SECONDS, parts.notices.knowledge, "knowledge", lambda: parts.librarian.refresh(parts.knowing)
        ),
        lambda: every(WATCH_SECONDS, WakeUp(), "categories", lambda: watch_categories(parts)),
        lambda: fetch_mail(parts),
        parts.notices.hear_others,
    ]


async def look_after(parts: Parts, sent: Sent) -> None:
    """What was refused is told in the conversation, and a person looks; a farewell nobody hears is no work for them."""
    if isinstance(sent.outcome, Refused) and await parts.outbox.is_owed(sent.reply_id):
        await parts.desk.remark(
            sent.conversation_id, sent.outcome.reason, key=sent.reply_id, calls=HandOverReason.REFUSED_DELIVERY
        )


async def read_all(parts: Parts) -> None:
    """What networks delivered, until nothing waits."""
    while await parts.intake.work_once():
        pass


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    """The workers run inside the block; at its end they finish what they are at."""
    tasks = [asyncio.ensure_future(loop()) for loop in workers(parts)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def serving(parts: Parts) -> AsyncIterator[int]:
    """The pages are served inside the block; the port that was taken. Raises PortTaken."""
    runner = web.AppRunner(make_app(parts), shutdown_timeout=SHUTDOWN_SECONDS, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, parts.settings.host, parts.settings.port)
        try:
            await site.start()
        except OSError as trouble:
            if trouble.errno == errno.EADDRINUSE:
                raise PortTaken(parts.settings.host, parts.settings.port) from None
            raise
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def told_to_stop() -> asyncio.Event:
    """Set by SIGTERM or SIGINT. Ask for it first of all: until then a signal kills without goodbye."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    return stop
