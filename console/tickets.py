"""The list of tickets, with its search, and one ticket's history."""

from collections.abc import Sequence
from uuid import UUID

from aiohttp import web

from console import words
from console.finding import excerpt, marked
from console.gate import COMMON, must, page
from console.inbox import whole
from console.ticket_filters import WORDS_AT_MOST, kept, of_section
from conversations.errors import NotFound
from storage.ticket_lists import TicketFilter, TicketLine, asked_for
from storage.views import InboxLine
from tickets.numbers import parse_number
from tickets.operators import Permission

PER_PAGE = 30
EVENTS = {
    "opened": "受け付けた", "assigned": "担当が決まった", "released": "担当を外れた", "moved": "担当課を変えた",
    "closed": "終了した", "reopened": "再開した", "replied": "返信した", "took_back": "返信を取り消した",
    **words.REASONS,
}  # fmt: skip


async def tickets(request: web.Request) -> web.Response:
    """Tickets, or all conversations, that the filter lets through; each with the lines in which the words are."""
    must(request, Permission.REPLY)
    return await (_conversations(request) if request.query.get("scope") == "all" else _tickets(request))


async def _tickets(request: web.Request) -> web.Response:
    session = must(request, Permission.REPLY)
    common, query = request.app[COMMON], request.query
    said = _said(request)
    wanted = TicketFilter(
        status=query.get("status", "not_closed"),
        section=query.get("section", ""),
        words=parse_number(said) or said,
        late=query.get("late") == "1",
        assignee_id=session.operator.id if query.get("mine") == "1" else None,
    )
    rows, count = await common.views.tickets(wanted, page=_page_number(request), per_page=PER_PAGE)
    return await _list(request, wanted, rows, count, scope="tickets")


async def _conversations(request: web.Request) -> web.Response:
    """With a ticket or without; states and sections are a ticket's, and are not asked for here."""
    said = _said(request)
    wanted = TicketFilter(words=parse_number(said) or said)
    common, number = request.app[COMMON], _page_number(request)
    rows, count = await common.views.conversations_with(wanted.words, page=number, per_page=PER_PAGE)
    return await _list(request, wanted, rows, count, scope="all")


async def _list(
    request: web.Request, wanted: TicketFilter, rows: Sequence[TicketLine | InboxLine], count: int, *, scope: str
) -> web.Response:
    number, folded_words = _page_number(request), [word for _, word in asked_for(wanted.words)]
    if number and not rows:  # the list became shorter
        raise web.HTTPSeeOther(str(request.rel_url.update_query(page="0")))
    found = await request.app[COMMON].views.lines_with([row.conversation_id for row in rows], wanted.words)
    return page(
        request,
        "tickets.html",
        rows=rows,
        count=count,
        scope=scope,
        wanted=wanted,
        said=_said(request),
        found={key: [(line, excerpt(line.text, folded_words)) for line in lines] for key, lines in found.items()},
        marked=lambda text: marked(text, folded_words),
        page=number,
        pages=(count + PER_PAGE - 1) // PER_PAGE,
        following=str(request.rel_url.update_query(page=str(number + 1))),
        previous=str(request.rel_url.update_query(page=str(max(0, number - 1)))),
        kept=kept(request.query),
        filters=await of_section(request),
        statuses=words.STATUSES,
        reasons=words.REASONS,
        authors=words.AUTHORS,
        channel_names=words.CHANNELS,
    )


def _said(request: web.Request) -> str:
    return request.query.get("words", "").strip()[:WORDS_AT_MOST]


def _page_number(request: web.Request) -> int:
    return whole(request.query.get("page", "0"))


async def ticket(request: web.Request) -> web.Response:
    must(request, Permission.REPLY)
    common = request.app[COMMON]
    try:
        found = await common.views.ticket(UUID(request.match_info["id"]))
    except ValueError:
        raise NotFound("ticket", request.match_info["id"]) from None
    names = {str(operator.id): operator.name for operator in await common.accounts.operators()}
    return page(
        request,
        "ticket.html",
        ticket=found,
        names=names,
        events=EVENTS,
        statuses=words.STATUSES,
        reasons=words.REASONS,
        assignee=names.get(str(found.assignee_id), ""),
    )
