from dataclasses import dataclass

from aiohttp import web

from console import words
from console.gate import COMMON, must, page
from tickets.operators import Permission

PER_PAGE = 30
SHOWS = {"waiting": "待機中", "mine": "自分の対応中", "bot": "ボット対応中", "all": "すべて"}


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    name: str
    count: int


async def inbox(request: web.Request) -> web.Response:
    session = must(request, Permission.REPLY)
    views = request.app[COMMON].views
    show = request.query.get("show", "waiting")
    show = show if show in SHOWS else "waiting"
    number = whole(request.query.get("page", "0"))
    rows = await views.inbox(show, session.operator.id, page=number, per_page=PER_PAGE + 1)
    counts = await views.inbox_counts(session.operator.id)
    return page(
        request,
        "inbox.html",
        tabs=[Tab(key, name, counts[key]) for key, name in SHOWS.items()],
        show=show,
        rows=rows[:PER_PAGE],
        more=len(rows) > PER_PAGE,
        page=number,
        url=f"/console?show={show}&page={number}",
        channel_names=words.CHANNELS,
    )


def whole(text: str) -> int:
    """A page number from an address; anything odd is the first page."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
