"""Accounts, and the audit log."""

from uuid import UUID

from aiohttp import web

from console import passwords, words
from console.gate import COMMON, must, page, translated
from console.inbox import whole
from conversations.errors import EditConflict, NotFound
from tickets.operators import Operator, Permission, Role

PER_PAGE = 100


async def operators(request: web.Request) -> web.Response:
    must(request, Permission.MANAGE_OPERATORS)
    return await _page(request)


async def _page(request: web.Request, *, told: str = "", problem: str = "", status: int = 200) -> web.Response:
    common = request.app[COMMON]
    return page(
        request,
        "operators.html",
        status=status,
        rows=await common.accounts.operators(),
        roles=words.ROLES,
        told=told,
        problem=problem,
    )


async def create(request: web.Request) -> web.Response:
    """A new account; its first password is shown this once."""
    session = must(request, Permission.MANAGE_OPERATORS)
    common = request.app[COMMON]
    given = await request.post()
    login, name = str(given.get("login", "")).strip(), str(given.get("name", "")).strip()
    roles = frozenset(Role(role) for role in given.getall("role", []) if role in words.ROLES)
    if not login or not name or not roles:
        return await _page(request, problem=translated(request, "利用者名、名前、役割を入力してください。"), status=422)
    password = passwords.first()
    try:
        await common.accounts.create(
            login=login,
            name=name,
            roles=roles,
            section=str(given.get("section", "")),
            password_hash=await passwords.hashed(password),
        )
    except EditConflict:
        return await _page(request, problem=translated(request, "この利用者名はすでに使われています。"), status=409)
    await common.accounts.audit(who=session.operator.login, what="operator_created", on=login)
    told = translated(
        request, "{login} の初回パスワード: {password}（この一度だけ表示します）", login=login, password=password
    )
    return await _page(request, told=told)


async def change(request: web.Request) -> web.Response:
    """Disable, enable, or give a new first password. Either ends all sessions of the account."""
    session = must(request, Permission.MANAGE_OPERATORS)
    common = request.app[COMMON]
    given = await request.post()
    operator = await _operator(request, str(given.get("id", "")))
    verb, told = str(given.get("verb", "")), ""
    if verb == "password":
        password = passwords.first()
        await common.accounts.set_password(operator.id, await passwords.hashed(password), must_change=True)
        told = translated(
            request,
            "{login} の新しいパスワード: {password}（この一度だけ表示します）",
            login=operator.login,
            password=password,
        )
    elif verb in {"disable", "enable"}:
        if operator.id == session.operator.id:
            return await _page(request, problem=translated(request, "自分自身は止められません。"), status=409)
        await common.accounts.set_disabled(operator.id, disabled=verb == "disable")
    else:
        raise web.HTTPBadRequest
    await common.accounts.end_sessions_of(operator.id, at=common.clock.now())
    await common.accounts.audit(who=session.operator.login, what=f"operator_{verb}", on=operator.login)
    return await _page(request, told=told)


async def _operator(request: web.Request, key: str) -> Operator:
    for operator in await request.app[COMMON].accounts.operators():
        if str(operator.id) == key:
            return operator
    raise NotFound("operator", key)


async def audit(request: web.Request) -> web.Response:
    must(request, Permission.SEE_AUDIT)
    number = whole(request.query.get("page", "0"))
    lines = await request.app[COMMON].accounts.audit_lines(page=number, per_page=PER_PAGE)
    return page(request, "audit.html", lines=lines, page=number)


async def overview(request: web.Request) -> web.Response:
    """Who waits, what is late, what could not be done, what was not understood."""
    session = must(request, Permission.SEE_REPORTS)
    common = request.app[COMMON]
    waiting = await common.views.inbox("waiting", session.operator.id, page=0, per_page=20)
    return page(
        request,
        "overview.html",
        figures=await common.views.figures(),
        waiting=waiting,
        set_aside=await common.views.set_aside(),
        asked=await common.views.unanswered(at_most=50),
        vectors=common.vectors(),
        stopped=[each for each in (await common.bars.all()).values() if each.stopped_at],
        encoder_away=common.encoder_away(),
        channel_names=words.CHANNELS,
    )


async def retry(request: web.Request) -> web.StreamResponse:
    must(request, Permission.SEE_REPORTS)
    await request.app[COMMON].store.retry(UUID(str((await request.post()).get("id", ""))))
    raise web.HTTPSeeOther("/console/overview?done=retried")
