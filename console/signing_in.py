"""Sign in, sign out, one's own password and sessions."""

from urllib.parse import urlsplit

from aiohttp import web

from console import passwords
from console.common import Common
from console.gate import COMMON, COOKIE, SESSION, new_token, page, token_hash, translated
from tickets.operators import Operator

TRIES = 10
TRIES_PER_ADDRESS = 50
WINDOW = 15 * 60


async def form(request: web.Request) -> web.Response:
    return page(request, "sign_in.html", next=inside(request.query.get("next", "")), login="")


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Begin a session. Unknown login, wrong password and disabled account sound and take the same."""
    common = request.app[COMMON]
    given = await request.post()
    login, password = str(given.get("login", "")).strip()[:100], str(given.get("password", ""))
    target = inside(str(given.get("next", "")))
    if not await _may_try(common, login, request.remote or ""):
        raise web.HTTPTooManyRequests
    account = await common.accounts.password_of(login)
    if not await passwords.matches(password, account[1] if account else None) or account is None:
        await common.accounts.audit(who=login, what="sign_in_failed", on="session", details=request.remote or "")
        problem = translated(request, "利用者名かパスワードが違います。")
        return page(request, "sign_in.html", status=403, next=target, login=login, problem=problem)
    return await _begin(request, common, account[0], target)


async def _begin(request: web.Request, common: Common, operator: Operator, target: str) -> web.StreamResponse:
    token = new_token()
    await common.accounts.begin_session(
        operator.id,
        token_hash=token_hash(token),
        csrf=new_token(),
        at=common.clock.now(),
        address=request.remote or "",
        user_agent=request.headers.get("User-Agent", "")[:200],
    )
    await common.accounts.audit(who=operator.login, what="signed_in", on="session")
    response = web.HTTPSeeOther(target)
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")
    raise response


async def sign_out(request: web.Request) -> web.StreamResponse:
    session, common = request[SESSION], request.app[COMMON]
    await common.accounts.end_session(session.id, at=common.clock.now())
    response = web.HTTPSeeOther("/console/sign-in")
    response.del_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    raise response


async def password_form(request: web.Request) -> web.Response:
    return page(request, "password.html")


async def change_password(request: web.Request) -> web.StreamResponse:
    """A new password ends every other session of the account."""
    session, common = request[SESSION], request.app[COMMON]
    given = await request.post()
    old, new = str(given.get("old", "")), str(given.get("new", ""))
    account = await common.accounts.password_of(session.operator.login)
    if account is None or not await passwords.matches(old, account[1]):
        return page(request, "password.html", status=403, problem=translated(request, "今のパスワードが違います。"))
    if problem := passwords.weakness(new, session.operator.login, old):
        return page(request, "password.html", status=422, problem=translated(request, problem))
    await common.accounts.set_password(session.operator.id, await passwords.hashed(new), must_change=False)
    await common.accounts.end_sessions_of(session.operator.id, at=common.clock.now(), but=session.id)
    await common.accounts.audit(who=session.operator.login, what="password_changed", on=session.operator.login)
    raise web.HTTPSeeOther("/console/me?done=password")


async def me(request: web.Request) -> web.Response:
    session, common = request[SESSION], request.app[COMMON]
    sessions = await common.accounts.sessions_of(session.operator.id)
    return page(request, "me.html", sessions=sessions, this=session.id)


async def end_session(request: web.Request) -> web.StreamResponse:
    """End one of one's own sessions; another's is not found."""
    session, common = request[SESSION], request.app[COMMON]
    wanted = str((await request.post()).get("session", ""))
    if wanted not in {each.id for each in await common.accounts.sessions_of(session.operator.id)}:
        raise web.HTTPNotFound
    await common.accounts.end_session(wanted, at=common.clock.now())
    raise web.HTTPSeeOther("/console/me?done=session-ended")


async def _may_try(common: Common, login: str, address: str) -> bool:
    return await common.bus.allow(f"sign-in:{login}", at_most=TRIES, per_seconds=WINDOW) and await common.bus.allow(
        f"sign-in-from:{address}", at_most=TRIES_PER_ADDRESS, per_seconds=WINDOW
    )


def inside(target: str) -> str:
    """The target, if it is a page of the console; otherwise the console's first page."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/console"
    ours = not parts.scheme and not parts.netloc and (parts.path == "/console" or parts.path.startswith("/console/"))
    return target if ours else "/console"
