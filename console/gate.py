"""Who is asking? Every console request passes here: session, CSRF, permission, and errors in words."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from console.common import Common
from console.pages import HEADERS, LANGUAGES, Pages
from conversations.errors import (
    AlreadySent,
    ConversationOwned,
    EditConflict,
    NotAllowed,
    NotFound,
    TicketAlreadyClosed,
)
from storage.accounts import Session
from tickets.operators import Permission, may

log = structlog.get_logger(__name__)

COOKIE = "__Host-madoguchi"
LANGUAGE_COOKIE = "language"
SESSION: web.RequestKey[Session] = web.RequestKey("session", Session)
COMMON: web.AppKey[Common] = web.AppKey("console.common", Common)
PAGES: web.AppKey[Pages] = web.AppKey("console.pages", Pages)
OPEN = {"/console/sign-in", "/console/language"}
BEFORE_PASSWORD = {"/console/password", "/console/sign-out"}
MENU: tuple[tuple[str, str, Permission | None], ...] = (
    ("/console", "受信箱", Permission.REPLY),
    ("/console/phone", "電話・窓口", Permission.REPLY),
    ("/console/tickets", "受付一覧", Permission.REPLY),
    ("/console/arrivals", "確認待ちの受信", Permission.REPLY),
    ("/console/canned", "定型文", Permission.REPLY),
    ("/console/faq", "FAQ", Permission.EDIT_FAQ),
    ("/console/overview", "状況", Permission.SEE_REPORTS),
    ("/console/intents", "意図の学習", Permission.SEE_REPORTS),
    ("/console/operators", "職員", Permission.MANAGE_OPERATORS),
    ("/console/audit", "記録", Permission.SEE_AUDIT),
)

_SITE = re.compile(r"[a-z]+://[^/]*")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a signed-in member of staff through to what their roles allow; everybody else hears why not."""
    if not (request.path == "/console" or request.path.startswith("/console/")):
        return await handler(request)
    try:
        response = await _let_through(request, handler)
    except web.HTTPException as answer:
        if answer.status < 400:
            answer.headers.update(HEADERS)
            raise
        message = translated(request, _MESSAGES.get(answer.status, answer.reason))
        response = page(request, "error.html", status=answer.status, message=message)
    except (NotAllowed, NotFound, ConversationOwned, EditConflict, AlreadySent, TicketAlreadyClosed) as refused:
        status, message = _refusal(request, refused)
        response = page(request, "error.html", status=status, message=message)
    except Exception:
        incident = secrets.token_hex(4)
        log.exception("console page failed", incident=incident, path=request.match_info.route.resource)
        message = translated(
            request,
            "申し訳ありません。うまく処理できませんでした。管理者に番号 {incident} をお伝えください。",
            incident=incident,
        )
        response = page(request, "error.html", status=500, message=message)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


async def _let_through(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith("/console/static/"):
        return await handler(request)
    if request.method == "POST":
        _must_be_our_own_page(request)
    if request.path in OPEN:
        return await handler(request)
    session = await _session(request)
    if session is None:
        if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            raise web.HTTPUnauthorized
        raise web.HTTPSeeOther(f"/console/sign-in?next={quote(request.path_qs)}")
    request[SESSION] = session
    if session.operator.must_change_password and request.path not in BEFORE_PASSWORD:
        raise web.HTTPSeeOther("/console/password")
    if request.method == "POST":
        given = (await request.post()).get("csrf", "") or request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(str(given).encode(), session.csrf.encode()):
            raise web.HTTPForbidden(reason="csrf")
    return await handler(request)


async def _session(request: web.Request) -> Session | None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    common = request.app[COMMON]
    settings = common.settings
    return await common.accounts.session(
        token_hash(token),
        at=common.clock.now(),
        idle=settings.idle,
        life=settings.life,
        by_itself=_asked_by_itself(request),
    )


def _asked_by_itself(request: web.Request) -> bool:
    """An open page looks for news without anybody at the desk: that must not keep a session alive."""
    looks = request.path == "/console/live" or request.headers.get("HX-Request") or request.headers.get("X-Refresh")
    return request.method == "GET" and bool(looks)


def _must_be_our_own_page(request: web.Request) -> None:
    """A browser tells where a form was sent from; another site's form is refused before anything is read."""
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden(reason="origin")
        return
    if origin != request.app[COMMON].settings.origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(reason="origin")


def must(request: web.Request, permission: Permission) -> Session:
    """The session, if its operator may do this. Raises NotAllowed."""
    session = request[SESSION]
    if not may(session.operator, permission):
        raise NotAllowed(permission)
    return session


def language_of(request: web.Request) -> str:
    """The language this browser reads the console in: Japanese unless another that we have was chosen."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else "ja"


def translated(request: web.Request, text: str, /, **values: object) -> str:
    """A Japanese sentence of ours in the reader's language, its placeholders filled in."""
    return request.app[PAGES].say(text, language_of(request), **values)


def page(request: web.Request, template: str, /, *, status: int = 200, **values: Any) -> web.Response:
    """A console page for whoever is signed in."""
    session = request.get(SESSION)
    operator = session.operator if session else None
    language, city = language_of(request), request.app[COMMON].city()
    menu = [(path, name) for path, name, needs in MENU if operator and (needs is None or may(operator, needs))]
    here = max((path for path, _ in menu if request.path == path or request.path.startswith(f"{path}/")), default="")
    common: dict[str, Any] = {
        "operator": operator,
        "csrf": session.csrf if session else "",
        "menu": menu,
        "here": here,
        "language": language,
        "back": _back(request),
        "flash": FLASHES.get(request.query.get("done", ""), ""),
        "now": request.app[COMMON].clock.now(),
        "section_name": lambda key: city.section(key).name_in(language),
        "sections": [replace(each, name=each.name_in(language)) for each in city.sections.values()],
    }
    return request.app[PAGES].answer(template, status=status, **(common | values))


def _back(request: web.Request) -> str:
    """Where to read this page again; when a form was sent, the page that had the form."""
    if request.method != "POST":
        return request.path_qs
    return _SITE.sub("", request.headers.get("Referer", ""))


def _refusal(request: web.Request, refused: Exception) -> tuple[int, str]:  # noqa: PLR0911 -- one for each kind
    match refused:
        case NotAllowed() if str(refused) == "take_over_first":
            return 409, translated(request, "先に「引き継ぐ」を押してください。")
        case NotAllowed():
            return 403, translated(request, "この操作をする権限がありません。必要なときは管理者に相談してください。")
        case NotFound():
            return 404, translated(request, "お探しのものが見つかりません。")
        case ConversationOwned(operator_name=name):
            return 409, translated(request, "この会話は{name}さんが対応しています。", name=name)
        case AlreadySent():
            return 409, translated(request, "すでに送信を始めたため、取り消せませんでした。")
        case TicketAlreadyClosed(number=number):
            return 409, translated(request, "{number} はすでに対応を終了しています。", number=number)
        case _:
            return 409, translated(
                request, "ほかの人が先に変更しました。最新の内容を確認して、もう一度お試しください。"
            )


_MESSAGES = {
    400: "送られた内容を読み取れませんでした。画面を読み込み直してください。",
    401: "サインインし直してください。",
    403: "この操作は受け付けられません。画面を読み込み直してください。",
    404: "お探しのページが見つかりません。",
    413: "ファイルが大きすぎます。",
    429: "試行が多すぎます。しばらく待ってから、もう一度お試しください。",
}
FLASHES = {
    "published": "公開しました。次の質問から新しい回答をご案内します。",
    "saved": "保存しました。",
    "bar-set": "基準を変更しました。次の質問から使います。",
    "bar-lifted": "直接の回答を再開しました。",
    "password": "パスワードを変更しました。",
    "closed": "対応を終了しました。",
    "taken-back": "返信を取り消しました。相手の方には送っていません。",
    "canned-removed": "定型文を削除しました。",
    "taken": "引き継ぎました。ボットは話しません。",
    "joined": "ほかの受付からまとめました。",
    "let_in": "受け付けました。",
    "read_again": "もう一度読み取ります。",
    "seen": "確認済みにしました。",
    "handed-back": "ボットに戻しました。",
    "archived": "アーカイブしました。",
    "restored": "下書きに戻しました。内容を確認して公開してください。",
    "moved": "担当課を変更しました。",
    "retried": "もう一度処理します。",
    "taught": "学習しました。次の質問から使います。",
    "logged": "記録しました。",
    "logged-masked": "記録しました。マイナンバーなどと思われる番号は伏せました。",
    "contact-undone": "最後の記録を取り消しました。",
    "filter-deleted": "絞り込みを削除しました。",
    "filter-name-taken": "同じ名前の絞り込みが、この課にもうあります。別の名前で保存してください。",
    "filter-unnamed": "保存する絞り込みの名前を入力してください。",
    "session-ended": "そのサインインを終了しました。",
}
