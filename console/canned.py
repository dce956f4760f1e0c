"""Texts to use again: written here, put into a reply by ``/`` and their name."""

import re
from dataclasses import replace
from typing import Final
from uuid import UUID

from aiohttp import web

from console.addresses import uuid_of
from console.gate import COMMON, must, page, translated
from conversations.errors import EditConflict, NotAllowed, NotFound
from storage.accounts import Session
from storage.canned import Typed
from tickets.operators import Operator, Permission, may

NAME: Final = re.compile(r"[^\s/]{1,30}")
NOTHING: Final = Typed(section="", name="", text="")


def may_change(operator: Operator, section: str) -> bool:
    """Everybody keeps the texts of their own section; those of all, only who keeps the FAQ."""
    return may(operator, Permission.EDIT_FAQ) or (bool(section) and section == operator.section)


async def canned(request: web.Request) -> web.Response:
    """All of one's own section and of everybody; those whose FAQ entry was published anew first."""
    session = must(request, Permission.REPLY)
    if not (chosen := request.query.get("edit", "")):
        return await _page(request, session, replace(NOTHING, section=session.operator.section))
    found = await request.app[COMMON].canned.one(uuid_of(chosen))
    typed = Typed(section=found.section, name=found.name, text=found.text, entry=found.entry)
    return await _page(request, session, typed, editing=found.id)


async def _page(
    request: web.Request,
    session: Session,
    typed: Typed,
    *,
    editing: UUID | None = None,
    problem: str = "",
) -> web.Response:
    operator = session.operator
    everything = may(operator, Permission.EDIT_FAQ)
    rows = await request.app[COMMON].canned.for_section(None if everything else operator.section)
    return page(
        request,
        "canned.html",
        status=422 if problem else 200,
        rows=sorted(rows, key=lambda each: not each.outdated),
        typed=typed,
        editing=editing,
        problem=problem,
        may_change=lambda section: may_change(operator, section),
        may_change_all=everything,
        own_section=operator.section,
    )


async def keep(request: web.Request) -> web.StreamResponse:
    """Keep a new one, or other words of one; what cannot be kept is shown again with the reason."""
    session = must(request, Permission.REPLY)
    common, given = request.app[COMMON], await request.post()
    section, name, text, entry = (str(given.get(each, "")).strip() for each in ("section", "name", "text", "entry"))
    typed = Typed(section=section, name=name.removeprefix("/"), text=text, entry=entry)
    editing = uuid_of(given["id"]) if given.get("id") else None
    if section and section not in common.city().sections:
        raise web.HTTPBadRequest
    await _must_change(request, session, editing, section)
    problem = ""
    if not NAME.fullmatch(typed.name):
        problem = "呼び出す名前は、空白と「/」を含まない30文字までで入力してください。"
    elif not text:
        problem = "内容を入力してください。"
    if not problem:
        try:
            await common.canned.keep(typed, by=session.operator.login, canned_id=editing)
        except EditConflict:
            problem = "この担当課には、同じ名前の定型文がすでにあります。"
        except NotFound:
            problem = "そのIDの公開中のFAQがありません。FAQの一覧でIDを確かめてください。"
    if problem:
        return await _page(request, session, typed, editing=editing, problem=translated(request, problem))
    raise web.HTTPSeeOther("/console/canned?done=saved")


async def remove(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    chosen = uuid_of((await request.post()).get("id"))
    await _must_change(request, session, chosen)
    await request.app[COMMON].canned.remove(chosen, by=session.operator.login)
    raise web.HTTPSeeOther("/console/canned?done=canned-removed")


async def _must_change(request: web.Request, session: Session, chosen: UUID | None, *sections: str) -> None:
    """The sections named, and the one that the text belongs to now. Raises NotAllowed, NotFound."""
    belongs = [(await request.app[COMMON].canned.one(chosen)).section] if chosen else []
    if not all(may_change(session.operator, each) for each in (*sections, *belongs)):
        raise NotAllowed(Permission.EDIT_FAQ)


ROUTES = (
    web.get("/console/canned", canned),
    web.post("/console/canned", keep),
    web.post("/console/canned/remove", remove),
)
