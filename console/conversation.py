"""One conversation: read it, take it over, answer, note, hand back, close."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from aiohttp import web

from console import words
from console.gate import COMMON, PAGES, language_of, must, page, translated
from console.reasons import reasons_of
from conversations.conversation import Owner
from conversations.errors import ConversationOwned, NotAllowed, NotFound
from storage import topics
from storage.accounts import Session
from storage.visits import owner_of
from tickets.operators import Permission, may

ENTRIES = 500
FILE_HEADERS = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}


def _id(request: web.Request, name: str = "id") -> UUID:
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise NotFound("page", request.match_info[name]) from None


async def conversation(request: web.Request) -> web.Response:
    return await _page(request, must(request, Permission.REPLY))


async def _page(
    request: web.Request, session: Session, *, text: str = "", problem: str = "", status: int = 200
) -> web.Response:
    common, conversation_id = request.app[COMMON], _id(request)
    found = await common.views.conversation(conversation_id)
    entries = await common.views.entries(conversation_id, after=0, at_most=ENTRIES, with_notes=True)
    mine = found.owner is Owner.PERSON and found.operator_id == session.operator.id
    return page(
        request,
        "conversation.html",
        status=status,
        conversation=found,
        entries=entries,
        recorded=await reasons_of(entries, common.articles),
        ticket=await common.views.ticket(found.ticket_id) if found.ticket_id else None,
        contact=await common.visits.contact(conversation_id),
        operator_name=await common.views.operator_name(found.operator_id),
        mine=mine,
        may_take_from_colleague=may(session.operator, Permission.TAKE_FROM_COLLEAGUE),
        letters=await common.mail.letters_of(found.address) if common.mail else [],
        suspended=await common.mail.suspended(found.address) if common.mail else "",
        typing=bool(await common.bus.held(topics.typing_from(conversation_id))),
        base=f"/console/conversations/{conversation_id}",
        key=uuid4(),
        text=text,
        problem=problem,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "channel_names": words.CHANNELS,
        "language_names": words.LANGUAGES,
        "author_names": words.AUTHORS,
        "statuses": words.STATUSES,
        "reasons": words.REASONS,
        "rules": words.RULES,
        "rules_explained": words.RULES_EXPLAINED,
        "silences": words.SILENCES,
    }


async def entries(request: web.Request) -> web.Response:
    """What is new after ``after``, as lines of the log; 204 when there is nothing."""
    must(request, Permission.REPLY)
    after = request.query.get("after", "0")
    if not (after.isascii() and after.isdecimal()):
        raise web.HTTPBadRequest
    common = request.app[COMMON]
    found = await common.views.entries(_id(request), after=int(after), at_most=ENTRIES, with_notes=True)
    if not found:
        return web.Response(status=204)
    recorded = await reasons_of(found, common.articles)
    language = language_of(request)
    return request.app[PAGES].answer("entries.html", language=language, entries=found, recorded=recorded, **_words())


async def take_over(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.TAKE_OVER)
    colleague = str((await request.post()).get("from", ""))
    from_colleague = UUID(colleague) if colleague else None
    await request.app[COMMON].desk.take_over(_id(request), session.operator, from_colleague=from_colleague)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=taken")


async def say(request: web.Request) -> web.StreamResponse:
    """Reply or leave a note. When that may not be, the words are shown again: nothing typed is lost."""
    session = must(request, Permission.REPLY)
    desk = request.app[COMMON].desk
    given = await request.post()
    text = str(given.get("text", "")).strip()
    try:
        key = UUID(str(given.get("key", "")))
    except ValueError:
        raise web.HTTPBadRequest from None
    if not text:
        return await _page(request, session, problem=translated(request, "内容を入力してください。"), status=422)
    try:
        if given.get("kind") == "note":
            await desk.note(_id(request), session.operator, text, key=key)
        else:
            await desk.reply(_id(request), session.operator, text, key=key)
    except ConversationOwned:
        problem = translated(request, "ほかの担当者が引き継いだため、送信していません。書いた内容は下に残しています。")
        return await _page(request, session, text=text, problem=problem, status=409)
    except NotAllowed:
        problem = translated(
            request, "送信していません。先に「引き継ぐ」を押してください。書いた内容は下に残しています。"
        )
        return await _page(request, session, text=text, problem=problem, status=409)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}")


async def is_typing(request: web.Request) -> web.Response:
    """Show the resident that somebody is writing."""
    session = must(request, Permission.REPLY)
    await request.app[COMMON].bus.publish(topics.typing_to(_id(request)), session.operator.name)
    return web.Response(status=204)


async def hand_back(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    await request.app[COMMON].desk.hand_back(_id(request), session.operator)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=handed-back")


async def close(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    await request.app[COMMON].desk.close(_id(request), session.operator)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=closed")


async def move(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    given = await request.post()
    section, reason = str(given.get("section", "")), str(given.get("reason", "")).strip()
    if section not in request.app[COMMON].city().sections:
        raise web.HTTPBadRequest
    await request.app[COMMON].desk.move(_id(request), session.operator, section, reason=reason)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=moved")


async def file(request: web.Request) -> web.Response:
    """A resident's file, to be saved, never to be shown as a page."""
    must(request, Permission.REPLY)
    common = request.app[COMMON]
    found = await common.views.conversation(_id(request))
    kept = await common.visits.file(owner_of(found.address), _id(request, "file"))
    if kept is None:
        raise web.HTTPNotFound
    attachment, content = kept
    return web.Response(
        body=content,
        content_type=attachment.content_type,
        headers={**FILE_HEADERS, "Content-Disposition": web_disposition(attachment.name)},
    )


def web_disposition(name: str) -> str:
    """RFC 6266, with the name in UTF-8 (RFC 8187)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


VERBS: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "take-over": take_over,
    "say": say,
    "typing": is_typing,
    "hand-back": hand_back,
    "close": close,
    "move": move,
}
