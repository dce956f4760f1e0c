"""The language the console is read in, chosen once per browser."""

from aiohttp import web

from console.gate import LANGUAGE_COOKIE
from console.pages import LANGUAGES
from console.signing_in import inside

KEPT_SECONDS = 365 * 24 * 3600


async def choose(request: web.Request) -> web.StreamResponse:
    """Remember the language and come back to the page one was on; before the sign-in also.

    No session is asked for and nothing but this browser's cookie changes; the gate has refused other sites' forms.
    """
    given = await request.post()
    language = str(given.get("language", ""))
    if language not in LANGUAGES:
        raise web.HTTPBadRequest
    response = web.HTTPSeeOther(inside(str(given.get("back", ""))))
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=KEPT_SECONDS,
        path="/console",
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    raise response


ROUTES = (web.post("/console/language", choose),)
