"""Beside the composer: drafts, replies that can still be taken back, and texts to use again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from bot.taking_back import take_back as take_back_at
from console.addresses import conversation_id, uuid_of
from console.gate import COMMON, must, translated
from conversations.conversation import Conversation, Owner
from conversations.errors import ColleagueAnswered
from conversations.timeline import Entry
from storage.drafts import Draft
from tickets.operators import Operator, Permission
from tickets.ticket import Ticket

SECOND_THOUGHTS: Final = timedelta(seconds=5)
"""how long a reply waits before it is sent over a network"""
MINUTE: Final = 60


async def composer_of(
    request: web.Request,
    operator: Operator,
    conversation: Conversation,
    ticket: Ticket | None,
    entries: Sequence[Entry],
) -> Mapping[str, Any]:
    """What the template needs for the composer of this page."""
    common = request.app[COMMON]
    drafts = await common.drafts.of(conversation.id)
    mine = conversation.owner is Owner.PERSON and conversation.operator_id == operator.id
    own = next((each for each in drafts if each.operator_id == operator.id), None)
    thoughts = await common.outbox.second_thoughts(conversation.id)
    waiting = [each for each in entries if each.id in thoughts.until] if mine else []
    return {
        "draft": own.text if own else "",
        "handed_over": _others(drafts, operator) if mine else [],
        "canned": [
            (each, filled_in(each.text, operator, ticket)) for each in await common.canned.for_section(operator.section)
        ],
        "taken_back": thoughts.taken_back,
        "undo": waiting[-1] if waiting else None,
        "undo_ms": _left(thoughts.until[waiting[-1].id], common.clock.now()) if waiting else 0,
        "seen": entries[-1].seq if entries else 0,
    }


def filled_in(text: str, operator: Operator, ticket: Ticket | None) -> str:
    """``{name}`` is the operator, as residents see them; ``{number}`` the ticket's. Everything else stays as it is."""
    return text.replace("{name}", operator.name).replace("{number}", ticket.number if ticket else "")


def _others(drafts: Sequence[Draft], operator: Operator) -> list[Draft]:
    return [each for each in drafts if each.operator_id != operator.id]


def _left(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds() * 1000))


def warning(request: web.Request, answered: ColleagueAnswered) -> str:
    """Who answered, and how long ago."""
    seconds = max(1, int((request.app[COMMON].clock.now() - answered.at).total_seconds()))
    if seconds < MINUTE:
        return translated(
            request,
            "{name}さんが{seconds}秒前に返信しました。それでも送りますか？",
            name=answered.name,
            seconds=seconds,
        )
    return translated(
        request,
        "{name}さんが{minutes}分前に返信しました。それでも送りますか？",
        name=answered.name,
        minutes=seconds // MINUTE,
    )


async def save_draft(request: web.Request) -> web.Response:
    """What is being written, as the page sends it from time to time."""
    session = must(request, Permission.REPLY)
    given = await request.post()
    text, key = str(given.get("text", "")), uuid_of(given.get("key"))
    await request.app[COMMON].drafts.save(conversation_id(request), session.operator.id, text, key=key)
    return web.Response(status=204)


async def adopt_draft(request: web.Request) -> web.StreamResponse:
    """A colleague's draft becomes a part of one's own: for whoever has the conversation now."""
    session = must(request, Permission.REPLY)
    about, common = conversation_id(request), request.app[COMMON]
    found = await common.views.conversation(about)
    if found.owner is not Owner.PERSON or found.operator_id != session.operator.id:
        raise web.HTTPConflict
    await common.drafts.adopt(about, session.operator.id, uuid_of((await request.post()).get("from")))
    raise web.HTTPSeeOther(f"/console/conversations/{about}")


async def take_back(request: web.Request) -> web.StreamResponse:
    """Within the seconds that a reply waits: nothing of it is sent."""
    session = must(request, Permission.REPLY)
    entry_id = uuid_of((await request.post()).get("entry"))
    await take_back_at(request.app[COMMON].desk, conversation_id(request), session.operator, entry_id)
    raise web.HTTPSeeOther(f"/console/conversations/{conversation_id(request)}?done=taken-back")


_HERE = "/console/conversations/{id}"
ROUTES = (
    web.post(f"{_HERE}/draft", save_draft),
    web.post(f"{_HERE}/adopt-draft", adopt_draft),
    web.post(f"{_HERE}/take-back", take_back),
)
