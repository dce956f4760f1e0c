"""All addresses of the console, in one list."""

from pathlib import Path

from aiohttp import web

from console import (
    bars,
    canned,
    composing,
    conversation,
    faq,
    importing,
    inbox,
    intents,
    languages,
    letters,
    phone,
    reasons,
    signing_in,
    staff,
    suggesting,
    ticket_filters,
    tickets,
)
from console.common import Common
from console.gate import COMMON, PAGES, gate
from console.live import add_live
from console.pages import HERE, Pages

NODE_MODULES = HERE.parent / "node_modules"
STATIC = {
    "console.css": (HERE / "static" / "console.css", "text/css"),
    "console.js": (HERE / "static" / "console.js", "text/javascript"),
    "composer.js": (HERE / "static" / "composer.js", "text/javascript"),
    "phone.js": (HERE / "static" / "phone.js", "text/javascript"),
    "htmx.js": (NODE_MODULES / "htmx.org" / "dist" / "htmx.min.js", "text/javascript"),
    "tokens.css": (NODE_MODULES / "@digital-go-jp" / "design-tokens" / "dist" / "tokens.css", "text/css"),
}


def add_console(app: web.Application, common: Common) -> None:
    """Serve the console from ``app``, behind its gate."""
    app[COMMON] = common
    app[PAGES] = Pages(lambda language: common.city().name_in(language))
    app.middlewares.append(gate)
    add_live(app)
    app.router.add_routes(
        [
            web.get("/console/static/{name}", static),
            *languages.ROUTES,
            *letters.ROUTES,
            *composing.ROUTES,
            *suggesting.ROUTES,
            *canned.ROUTES,
            *phone.ROUTES,
            *ticket_filters.ROUTES,
            web.get("/console/sign-in", signing_in.form),
            web.post("/console/sign-in", signing_in.sign_in),
            web.post("/console/sign-out", signing_in.sign_out),
            web.get("/console/password", signing_in.password_form),
            web.post("/console/password", signing_in.change_password),
            web.get("/console/me", signing_in.me),
            web.post("/console/me/end-session", signing_in.end_session),
            web.get("/console", inbox.inbox),
            web.get("/console/conversations/{id}", conversation.conversation),
            web.get("/console/conversations/{id}/entries", conversation.entries),
            web.get("/console/conversations/{id}/files/{file}", conversation.file),
            web.get("/console/conversations/{id}/entries/{entry}/reason", reasons.search_again),
            *(web.post(f"/console/conversations/{{id}}/{verb}", do) for verb, do in conversation.VERBS.items()),
            web.get("/console/tickets", tickets.tickets),
            web.get("/console/tickets/{id}", tickets.ticket),
            web.get("/console/faq", faq.faq_list),
            web.get("/console/faq/new", faq.new_form),
            web.post("/console/faq/new", faq.create),
            web.get("/console/faq/import", importing.form),
            web.post("/console/faq/import", importing.take_in),
            web.get("/console/faq/bars", bars.bars),
            web.get("/console/faq/bars/of", bars.bar),
            web.post("/console/faq/bars/set", bars.set_bar),
            web.post("/console/faq/bars/lift", bars.lift),
            web.get("/console/faq/by-id/{external_id}/versions/{number}", faq.version_by_number),
            web.get("/console/faq/versions/{id}", faq.version),
            web.post("/console/faq/versions/{id}/restore", faq.restore),
            web.get("/console/faq/{id}", faq.article),
            web.post("/console/faq/{id}", faq.save),
            web.post("/console/faq/{id}/publish", faq.publish),
            web.post("/console/faq/{id}/archive", faq.archive),
            web.get("/console/faq/{id}/versions", faq.versions),
            web.get("/console/operators", staff.operators),
            web.post("/console/operators", staff.create),
            web.post("/console/operators/change", staff.change),
            web.get("/console/audit", staff.audit),
            web.get("/console/overview", staff.overview),
            web.post("/console/overview/retry", staff.retry),
            web.get("/console/intents", intents.intents),
            web.post("/console/intents/teach", intents.teach),
        ]
    )


async def static(request: web.Request) -> web.StreamResponse:
    """One of the few files the pages name; nothing else of the disk."""
    found = STATIC.get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    path, content_type = found
    body = Path(path).read_bytes()  # noqa: ASYNC240 -- small, and in the page cache
    headers = {"Cache-Control": "public, max-age=300"}
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
