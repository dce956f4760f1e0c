"""Tells an open page that what it shows may have changed; the page then fetches what it needs.

Nothing of a conversation travels here, so nothing can be missed or shown to the wrong person: a lost notice costs the
page the time until its next look by itself (``every 30s``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from aiohttp import web

from console.gate import COMMON, must
from console.presence import Presence
from storage import topics
from tickets.operators import Permission

HEARTBEAT = 15.0
"""seconds of silence after which a comment is sent, so that proxies keep the line"""
NOTICED_WITHIN = 1.0
"""seconds after which colleagues are no longer shown somebody who left"""
AT_MOST = 10 * 60.0
"""seconds a stream lives; the browser comes again, and the gate looks again at who it is"""
TOGETHER = 0.15
"""seconds in which several changes become one notice"""
SLOWEST_READER = 20.0

LISTENING: web.AppKey[set[asyncio.Task[object]]] = web.AppKey("console.listening", set)


def add_live(app: web.Application) -> None:
    """Serve the stream from ``app``; all streams end when the application does."""
    app[LISTENING] = set()
    app.router.add_get("/console/live", live)
    app.on_shutdown.append(_end_all)


async def live(request: web.Request) -> web.StreamResponse:
    """Server-sent events named ``changed``: of one conversation, or (without ``conversation``) of any."""
    session = must(request, Permission.REPLY)
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    about = _about(request.query.get("conversation", ""))
    task = asyncio.current_task()
    assert task is not None
    request.app[LISTENING].add(task)
    try:
        await response.prepare(request)
        async with asyncio.timeout(AT_MOST):
            if about is None:
                await _tell(request, response, [topics.DESK], _nobody)
            else:
                async with Presence(request.app[COMMON].bus, about, session.operator).kept() as here:
                    await _tell(request, response, _topics(about), here.renew)
    except (ConnectionResetError, TimeoutError):
        pass  # the browser went away, or it is time to come again
    finally:
        request.app[LISTENING].discard(task)
    return response


async def _tell(
    request: web.Request, response: web.StreamResponse, wanted: Sequence[str], still_here: Callable[[], Awaitable[None]]
) -> None:
    async with request.app[COMMON].bus.listen(wanted) as inlet:
        # What happened between the page and this line is not lost: the first thing told is "look again".
        await _write(response, b"retry: 2000\nevent: changed\ndata:\n\n")
        silent = 0.0
        while not _left(request):
            heard = await inlet.next(NOTICED_WITHIN)
            if heard is None and (silent := silent + NOTICED_WITHIN) < HEARTBEAT:
                continue
            silent = 0.0
            await still_here()
            if heard is None:
                await _write(response, b": still here\n\n")
                continue
            await asyncio.sleep(TOGETHER)
            inlet.clear()
            await _write(response, b"event: changed\ndata:\n\n")


def _left(request: web.Request) -> bool:
    """Whether the browser closed the line. Nobody else would tell before the next thing is written."""
    return request.transport is None or request.transport.is_closing()


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(SLOWEST_READER):
        await response.write(data)


def _about(conversation: str) -> UUID | None:
    if not conversation:
        return None
    try:
        return UUID(conversation)
    except ValueError:
        raise web.HTTPBadRequest from None


def _topics(about: UUID) -> list[str]:
    return [topics.conversation(about), topics.typing_from(about), topics.presence(about)]


async def _nobody() -> None:
    """Of the list of conversations nobody asks who looks at it."""


async def _end_all(app: web.Application) -> None:
    listening = app[LISTENING]
    for task in tuple(listening):
        task.cancel()
