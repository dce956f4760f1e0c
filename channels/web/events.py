"""A visit's timeline as it grows, by stream or by long poll: both read ``events_after`` and nothing else."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from aiohttp import web

from channels.web.entries import Json, entry_json, status_json, status_key
from channels.web.front import FRONT, Front
from channels.web.guarding import Rate, limit, visitor
from channels.web.headers import common
from channels.web.refusing import Refusal
from channels.web.service import Status, Typing, WebService
from conversations.timeline import Entry, Kind

_AT_ONCE = 100
_LISTENING = Rate(240, 60)
_SLOWEST_READER = 20.0
"""seconds a browser may take to read what we write; after that it comes again and resumes"""
_RETRY = b"retry: 2000\n\n"

News_ = TypeVar("News_")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    entries: tuple[Entry, ...]
    status: Status
    typing: Typing | None = None


async def events_after(service: WebService, account: str, seq: int) -> AsyncGenerator[News, None]:
    """What is there after ``seq``, at once; then whatever is new. Each entry once, in order, none left out."""
    # Listening begins before the first look: what is stored in between wakes us.
    async with service.changes(account) as changes:
        known = await _news(service, account, seq)
        yield known
        async for change in changes:
            seq = known.entries[-1].seq if known.entries else seq
            if isinstance(change, Typing):
                yield News(entries=(), status=known.status, typing=change)
                continue
            latest = await _news(service, account, seq)
            if latest.entries or latest.status != known.status:
                yield latest
            known = latest


async def _news(service: WebService, account: str, seq: int) -> News:
    entries: list[Entry] = []
    while True:
        after = entries[-1].seq if entries else seq
        more = await service.entries_after(account, after, at_most=_AT_ONCE)
        entries += more
        if len(more) < _AT_ONCE:
            break
    return News(
        entries=tuple(entry for entry in entries if entry.kind is not Kind.NOTE),
        status=await service.status(account),
    )


async def with_pauses(
    feed: AsyncGenerator[News_, None], *, pause: float, ending: asyncio.Event
) -> AsyncGenerator[News_ | None, None]:
    """What the feed gives, None after each ``pause`` of silence; over when the feed is, or when ``ending`` is set."""
    over = asyncio.ensure_future(ending.wait())
    upcoming = asyncio.ensure_future(_next(feed))
    try:
        while True:
            done, _ = await asyncio.wait({over, upcoming}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            if over in done:
                return
            if not done:
                yield None
                continue
            try:
                news = upcoming.result()
            except StopAsyncIteration:
                return
            yield news
            upcoming = asyncio.ensure_future(_next(feed))
    finally:
        over.cancel()
        upcoming.cancel()
        await asyncio.gather(over, upcoming, return_exceptions=True)
        await feed.aclose()


async def _next(feed: AsyncIterator[News_]) -> News_:
    return await anext(feed)


async def poll(request: web.Request) -> web.Response:
    """News after ``after``, waiting up to ``wait`` seconds. ``known`` is the key of the status the browser has."""
    front = request.app[FRONT]
    account = await visitor(request)
    await limit(request, "events", account, _LISTENING)
    wait = min(_number(request, "wait"), front.settings.longest_wait)
    known = request.query.get("known")
    feed = events_after(front.service, account, _number(request, "after"))
    latest: News | None = None
    async with aclosing(with_pauses(feed, pause=wait, ending=front.streams.ending)) as heard:
        async for news in heard:
            if news is None:
                break
            is_new = news.entries or news.typing or (known or status_key(news.status)) != status_key(news.status)
            known = status_key(news.status)
            latest = news
            if is_new or not wait:
                break
    return web.json_response(_news_json(latest))


def _news_json(news: News | None) -> Json:
    return {
        "entries": [entry_json(entry) for entry in news.entries] if news else [],
        "status": status_json(news.status) if news else None,
        "typing": news.typing.name if news and news.typing else None,
    }


async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: ``message`` with its seq as id; ``status`` and ``typing`` pass and have none."""
    front = request.app[FRONT]
    account = await visitor(request)
    await limit(request, "events", account, _LISTENING)
    after = _number(request, "after")
    if request.headers.get("Last-Event-ID", "").isdecimal():
        after = max(after, _whole(request.headers["Last-Event-ID"]))
    if front.streams.ending.is_set() or not front.streams.has_room(account):
        raise Refusal(429, "too_many_requests", headers={"Retry-After": "5"})
    response = web.StreamResponse(headers=common(front.settings))
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    response.headers["X-Accel-Buffering"] = "no"
    with front.streams.one_more(account):
        await response.prepare(request)
        try:
            async with asyncio.timeout(front.settings.longest_stream):
                await _write_all(response, front, account, after)
        except (ConnectionResetError, TimeoutError):
            pass  # the browser went away, or it is time to come again: it resumes after what it has
    return response


async def _write_all(response: web.StreamResponse, front: Front, account: str, after: int) -> None:
    feed = events_after(front.service, account, after)
    known: Status | None = None
    await _write(response, _RETRY)
    async with aclosing(with_pauses(feed, pause=front.settings.heartbeat, ending=front.streams.ending)) as heard:
        async for news in heard:
            await _write(response, b": still here\n\n" if news is None else _as_events(news, known))
            known = news.status if news else known


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(_SLOWEST_READER):
        await response.write(data)


def _as_events(news: News, known: Status | None) -> bytes:
    events = [_event("message", entry_json(entry), seq=entry.seq) for entry in news.entries]
    if news.status != known:
        events.append(_event("status", status_json(news.status)))
    if news.typing:
        events.append(_event("typing", {"name": news.typing.name}))
    return b"".join(events)


def _event(name: str, data: Json, *, seq: int | None = None) -> bytes:
    number = f"id: {seq}\n".encode() if seq is not None else b""
    return number + b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


def _number(request: web.Request, name: str) -> int:
    return _whole(request.query.get(name, "0"))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Refusal(400, "bad_request")
    return int(text)
