"""The page of the rehearsal: every address, what stands before it, and how it is drawn."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jinja2
from aiohttp import web

from simulator.line_doing import line_routes
from simulator.line_menus import Json
from simulator.line_phone import PLACES, STICKERS
from simulator.line_talk import Talk
from simulator.mail_doing import mail_routes
from simulator.mail_programs import FAILURES, JAPAN, PROGRAMS
from simulator.rehearsal import Rehearsal
from simulator.taking import REHEARSAL, played

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HERE: Final = Path(__file__).parent
PAGES: web.AppKey[jinja2.Environment] = web.AppKey("pages", jinja2.Environment)
LOOK: web.AppKey[bytes] = web.AppKey("look", bytes)
BODY_LIMIT: Final = 30 * 1024 * 1024
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_TYPES: Final = {".css": "text/css", ".js": "text/javascript"}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def make_page(rehearsal: Rehearsal, *, look: bytes = b"") -> web.Application:
    """``look``: the style sheets that all pages of the city share."""
    app = web.Application(middlewares=[_guard], client_max_size=BODY_LIMIT)
    app[REHEARSAL], app[PAGES], app[LOOK] = rehearsal, _templates(), look
    app.add_routes([
        web.get("/", _whole),
        web.get("/talk", _talk),
        web.get("/mail", _mail),
        web.get("/changes", _changes),
        web.get("/static/{name}", _static),
        *line_routes(),
        *mail_routes(),
    ])  # fmt: skip
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For this machine only: a foreign page that knows the port, by whatever name, may neither read nor write."""
    origin = urlsplit(request.headers.get("Origin", f"http://{request.host}"))
    if urlsplit(f"//{request.host}").hostname not in _LOCAL or origin.netloc != request.host:
        raise web.HTTPForbidden(text="この画面は、このコンピューターのブラウザーだけで使えます。")
    response = await handler(request)
    if not response.prepared:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
    return response


async def _whole(request: web.Request) -> web.Response:
    return _shown(request, "page.html")


async def _talk(request: web.Request) -> web.Response:
    return _shown(request, "talk.html")


async def _mail(request: web.Request) -> web.Response:
    return _shown(request, "mail.html")


async def _changes(request: web.Request) -> web.Response:
    after = request.query.get("after", "")
    changes = request.app[REHEARSAL].changes
    return web.json_response({"version": await changes.after(int(after) if after.isdecimal() else -1)})


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    known = {path.name: path for path in (HERE / "static").iterdir()}
    if name != "look.css" and name not in known:
        raise web.HTTPNotFound
    content = request.app[LOOK] if name == "look.css" else known[name].read_bytes()
    return web.Response(body=content, content_type=_TYPES[Path(name).suffix], charset="utf-8")


def _shown(request: web.Request, template: str) -> web.Response:
    rehearsal, resident = request.app[REHEARSAL], played(request)
    phones, post = rehearsal.phones, rehearsal.post
    talk, now = phones.talks[resident.key], phones.now()
    text = request.app[PAGES].get_template(template).render(
        hall=rehearsal.hall,
        residents=rehearsal.residents.values(),
        played=resident,
        version=rehearsal.changes.version,
        talk=talk,
        loading_seconds=_loading_seconds(talk, now),
        menu=_menu(rehearsal, talk),
        stickers=STICKERS,
        places=PLACES,
        office=post if post.door else None,
        box=post.boxes[resident.key],
        mail_programs=PROGRAMS,
        failures=FAILURES,
    )  # fmt: skip
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def _loading_seconds(talk: Talk, now: datetime) -> int:
    until = talk.loading_until
    return 0 if until is None or until <= now else int((until - now).total_seconds()) + 1


def _menu(rehearsal: Rehearsal, talk: Talk) -> dict[str, Any] | None:
    """The rich menu that the resident sees: what stands on its bar, and its fields, row by row."""
    menus = rehearsal.phones.platform.menus
    menu: Json | None = menus.menus.get(rehearsal.phones.platform.menu_of(talk.resident.line) or "")
    if menu is None:
        return None
    areas = sorted(menu["areas"], key=lambda area: (area["bounds"]["y"], area["bounds"]["x"]))
    columns = sum(area["bounds"]["y"] == areas[0]["bounds"]["y"] for area in areas)
    return {"bar": menu["chatBarText"], "actions": [area["action"] for area in areas], "columns": columns}


def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["clock"] = lambda at: at.astimezone(JAPAN).strftime("%H:%M")
    made.filters["token"] = lambda name: "".join(each for each in str(name) if each.isalnum() or each in "-_")
    return made
