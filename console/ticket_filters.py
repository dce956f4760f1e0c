"""Lists of tickets that a section looks at again and again: kept under a name, for everybody of the section."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web
from multidict import MultiMapping

from console.gate import COMMON, SESSION, must
from conversations.errors import NotAllowed, NotFound
from storage.saved_filters import SavedFilter
from tickets.operators import Operator, Permission, may

KEPT: Final = ("words", "status", "section", "late", "mine", "scope")
"""of the page's address"""
NAME_AT_MOST: Final = 60
WORDS_AT_MOST: Final = 200


def kept(query: MultiMapping[object]) -> dict[str, str]:
    """What of an address or a form is a filter."""
    chosen = {name: str(query[name])[:WORDS_AT_MOST] for name in KEPT if query.get(name)}
    # None chosen means those that are not closed; an empty one means all.
    return {**chosen, "status": str(query.get("status", "not_closed"))}


def address(wanted: Mapping[str, str]) -> str:
    return f"/console/tickets?{urlencode(wanted)}"


def may_delete(operator: Operator, saved: SavedFilter) -> bool:
    """Whoever saved it, and who may take work from colleagues."""
    return saved.owner_id == operator.id or may(operator, Permission.TAKE_FROM_COLLEAGUE)


async def of_section(request: web.Request) -> list[tuple[SavedFilter, str, bool]]:
    """Each with its address, and whether this operator may delete it."""
    operator = request[SESSION].operator
    found = await request.app[COMMON].views.saved_filters(operator.section)
    return [(each, address(each.wanted), may_delete(operator, each)) for each in found]


async def save(request: web.Request) -> web.StreamResponse:
    """Keep the filter that is in use."""
    operator = must(request, Permission.REPLY).operator
    common, given = request.app[COMMON], await request.post()
    name, wanted = str(given.get("name", "")).strip()[:NAME_AT_MOST], kept(given)
    if not name:
        raise web.HTTPSeeOther(f"{address(wanted)}&done=filter-unnamed")
    new = SavedFilter(
        id=uuid4(),
        name=name,
        owner_id=operator.id,
        section=operator.section,
        wanted=wanted,
        saved_at=common.clock.now(),
    )
    async with common.store.transaction() as records:
        is_new = await records.save_filter(new)
        if is_new:
            await records.audit(who=operator.login, what="filter_saved", on=name, details=operator.section)
    raise web.HTTPSeeOther(f"{address(wanted)}&done={'saved' if is_new else 'filter-name-taken'}")


async def delete(request: web.Request) -> web.StreamResponse:
    """For everybody of the section."""
    operator = must(request, Permission.REPLY).operator
    common = request.app[COMMON]
    saved = await _found(request, operator.section)
    if not may_delete(operator, saved):
        raise NotAllowed(Permission.TAKE_FROM_COLLEAGUE)
    async with common.store.transaction() as records:
        if await records.delete_filter(saved.id):
            await records.audit(who=operator.login, what="filter_deleted", on=saved.name, details=saved.section)
    raise web.HTTPSeeOther("/console/tickets?done=filter-deleted")


async def _found(request: web.Request, section: str) -> SavedFilter:
    wanted = request.match_info["id"]
    for each in await request.app[COMMON].views.saved_filters(section):
        if str(each.id) == wanted:
            return each
    raise NotFound("saved filter", wanted)


ROUTES: Final = (
    web.post("/console/tickets/filters", save),
    web.post("/console/tickets/filters/{id}/delete", delete),
)
