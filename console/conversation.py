"""One conversation: read it, take it over, answer, note, hand back, close."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from aiohttp import web

from bot.confidential import TalkedAboutElsewhere
from bot.meanwhile import Care
from bot.ports import Link
from console import words
from console.composing import SECOND_THOUGHTS, composer_of, warning
from console.gate import COMMON, PAGES, language_of, must, page, translated
from console.presence import is_typing, others_at, stopped_typing
from console.reasons import reasons_of
from conversations.conversation import Owner
from conversations.errors import ColleagueAnswered, ConversationOwned, NotAllowed, NotFound
from conversations.message import Address
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
    request: web.Request,
    session: Session,
    *,
    text: str = "",
    problem: str = "",
    answered: ColleagueAnswered | None = None,
    status: int = 200,
) -> web.Response:
    common, conversation_id = request.app[COMMON], _id(request)
    found = await common.views.conversation(conversation_id)
    entries = await common.views.entries(conversation_id, after=0, at_most=ENTRIES, with_notes=True)
    mine = found.owner is Owner.PERSON and found.operator_id == session.operator.id
    ticket = await common.views.ticket(found.ticket_id) if found.ticket_id else None
    beside = await composer_of(request, session.operator, found, ticket, entries)
    return page(
        request,
        "conversation.html",
        status=status,
        conversation=found,
        entries=entries,
        recorded=await reasons_of(entries, common.articles),
        ticket=ticket,
        contact=await common.visits.contact(conversation_id),
        operator_name=await common.views.operator_name(found.operator_id),
        mine=mine,
        may_invite=common.reaching.may_invite(found.address),
        may_take_from_colleague=may(session.operator, Permission.TAKE_FROM_COLLEAGUE),
        linked=await _linked(request, found.address),
        letters=await common.mail.letters_of(found.address) if common.mail else [],
        suspended=await common.mail.suspended(found.address) if common.mail else "",
        typing=bool(await common.bus.held(topics.typing_from(conversation_id))),
        base=f"/console/conversations/{conversation_id}",
        key=uuid4(),
        others=await others_at(common.bus, common.views, conversation_id, session.operator),
        **beside,
        text=text or beside["draft"],
        answered=answered,
        problem=problem,
        **_words(),
    )


async def _linked(request: web.Request, here: Address) -> list[tuple[Link, Address, UUID | None]]:
    """Each link of this address: itself, its other end, and the conversation there."""
    common, linked = request.app[COMMON], []
    for link in await common.links.of(here):
        there = link.far_from(here)
        other = await common.views.conversation_at(there)
        linked.append((link, there, other.id if other else None))
    return linked


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
        "proofs": words.PROOFS,
    }


async def entries(request: web.Request) -> web.Response:
    """What is new after ``after``, as lines of the log; 204 when there is nothing."""
    must(request, Permission.REPLY)
    after = request.query.get("after", "0")
    if not (after.isascii() and after.isdecimal()):
        raise web.HTTPBadRequest
    common = request.app[COMMON]
    found = await common.views.entries(_id(request), after=int(after), at_most=ENTRIES, with_notes=True)
    taken_back = (await common.outbox.second_thoughts(_id(request))).taken_back
    headers = {"X-Taken-Back": " ".join(sorted(map(str, taken_back)))}
    if not found:
        return web.Response(status=204, headers=headers)
    recorded = await reasons_of(found, common.articles)
    language = language_of(request)
    shown: dict[str, Any] = {"entries": found, "recorded": recorded, "taken_back": taken_back}
    answer = request.app[PAGES].answer("entries.html", language=language, **shown, **_words())
    answer.headers.update(headers)
    return answer


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
            care = Care(seen=_seen(given.get("seen")), wait=SECOND_THOUGHTS)
            await desk.reply(_id(request), session.operator, text, key=key, care=care)
        await stopped_typing(request.app[COMMON].bus, _id(request), session.operator)
    except ColleagueAnswered as answered:
        problem = warning(request, answered)
        return await _page(request, session, text=text, problem=problem, answered=answered, status=409)
    except ConversationOwned:
        problem = translated(request, "ほかの担当者が引き継いだため、送信していません。書いた内容は下に残しています。")
        return await _page(request, session, text=text, problem=problem, status=409)
    except TalkedAboutElsewhere:
        problem = translated(
            request,
            "送信していません。秘密を守る必要のある用件は、このチャネルでは返信できません。「専用ページに招待する」を押すと、市の専用ページでお話しできます。書いた内容は下に残しています。",
        )
        return await _page(request, session, text=text, problem=problem, status=409)
    except NotAllowed:
        problem = translated(
            request, "送信していません。先に「引き継ぐ」を押してください。書いた内容は下に残しています。"
        )
        return await _page(request, session, text=text, problem=problem, status=409)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=said")


def _seen(given: object) -> int | None:
    """The last entry that the page had shown; None of a form that does not tell."""
    text = str(given or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


async def hand_back(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    await request.app[COMMON].desk.hand_back(_id(request), session.operator)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=handed-back")


async def close(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    await request.app[COMMON].desk.close(_id(request), session.operator)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}?done=closed")


async def invite(request: web.Request) -> web.StreamResponse:
    """Send the resident a link to the city's own page; there a person is called."""
    session = must(request, Permission.REPLY)
    try:
        key = UUID(str((await request.post()).get("key", "")))
    except ValueError:
        raise web.HTTPBadRequest from None
    await request.app[COMMON].reaching.invite(_id(request), session.operator, key=key)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}")


async def end_link(request: web.Request) -> web.StreamResponse:
    session = must(request, Permission.REPLY)
    try:
        link_id = UUID(str((await request.post()).get("link", "")))
    except ValueError:
        raise web.HTTPBadRequest from None
    await request.app[COMMON].reaching.end_link(_id(request), session.operator, link_id)
    raise web.HTTPSeeOther(f"/console/conversations/{_id(request)}")


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
    "invite": invite,
    "end-link": end_link,
}
