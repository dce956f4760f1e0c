"""What a form of the page brought, and what it gets for it."""

from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import FileField
from multidict import MultiDictProxy

from simulator.letters import File
from simulator.rehearsal import Rehearsal
from simulator.residents import Resident

REHEARSAL: web.AppKey[Rehearsal] = web.AppKey("rehearsal", Rehearsal)
LIVE: Final = "X-Live"
"""the page's script asks; it draws what changes by itself"""

Form = MultiDictProxy[str | bytes | bytearray | FileField]


def played(request: web.Request) -> Resident:
    """The resident that is played: of the path, or of the page's address; else the first."""
    residents = request.app[REHEARSAL].residents
    key = request.match_info.get("resident") or request.query.get("resident") or next(iter(residents))
    if key not in residents:
        raise web.HTTPNotFound(text="その方はこのリハーサルにいません。")
    return residents[key]


def words(form: Form, name: str) -> str:
    given: Any = form.get(name, "")
    return given if isinstance(given, str) else ""


def files(form: Form, name: str) -> tuple[File, ...]:
    """What was chosen; a field that was left empty comes as a file without a name."""
    return tuple(
        File(name=each.filename, content_type=each.content_type, data=each.file.read())
        for each in form.getall(name, ())
        if isinstance(each, FileField) and each.filename
    )


def done(request: web.Request, anchor: str) -> web.Response:
    if LIVE in request.headers:
        return web.Response(status=204)
    raise web.HTTPSeeOther(f"/?resident={played(request).key}#{anchor}")
