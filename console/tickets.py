from uuid import UUID

from aiohttp import web

from console import words
from console.gate import COMMON, must, page
from console.inbox import whole
from conversations.errors import NotFound
from storage.views import TicketFilter
from tickets.numbers import parse_number
from tickets.operators import Permission

PER_PAGE = 30
EVENTS = {
    "opened": "受け付けた", "assigned": "担当が決まった", "released": "担当を外れた", "moved": "担当課を変えた",
    "closed": "終了した", "reopened": "再開した", "replied": "返信した", **words.REASONS,
}  # fmt: skip


async def tickets(request: web.Request) -> web.Response:
    session = must(request, Permission.REPLY)
    common, query = request.app[COMMON], request.query
    said = query.get("words", "").strip()
    wanted = TicketFilter(
        status=query.get("status", "not_closed"),
        section=query.get("section", ""),
        words=parse_number(said) or said,
        late=query.get("late") == "1",
        assignee_id=session.operator.id if query.get("mine") == "1" else None,
    )
    number = whole(query.get("page", "0"))
    rows, count = await common.views.tickets(wanted, page=number, per_page=PER_PAGE)
    return page(
        request,
        "tickets.html",
        rows=rows,
        count=count,
        wanted=wanted,
        said=said,
        page=number,
        pages=(count + PER_PAGE - 1) // PER_PAGE,
        following=str(request.rel_url.update_query(page=str(number + 1))),
        previous=str(request.rel_url.update_query(page=str(max(0, number - 1)))),
        statuses=words.STATUSES,
        reasons=words.REASONS,
    )


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
