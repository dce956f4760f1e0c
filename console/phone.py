"""The desk for telephone and counter: hits while the caller still speaks, and each contact logged with one key."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from aiohttp import web

from bot.by_phone import Heard, open_ticket
from bot.knowing import Known
from console import words as names
from console.gate import COMMON, PAGES, language_of, must, page, translated
from conversations.errors import ConversationOwned
from conversations.masking import mask_numbers
from knowledge_base.article import ArticleVersion
from knowledge_base.sentence import sentence_for
from storage.accounts import Session
from storage.contact_log import ContactLine, LoggedContact, Outcome
from tickets.city import Section
from tickets.duty_calendar import JAPAN
from tickets.operators import Operator, Permission
from tickets.ticket import HandOverReason

HITS: Final = 3
SHOW_AT: Final = 0.05
"""From this probability on, an entry is worth a glance of somebody who listens: less than is worth a resident's."""
WORDS_AT_MOST, NOTE_AT_MOST = 400, 2000
"""characters; the page's fields take no more"""
CONTACTS_SHOWN = 100
NO_REPLY_HERE = "電話か窓口で受けた用件です。ここで返信しても、相手の方には届きません。"

Given = Mapping[str, object]
"""a form as it was sent"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that may be what the caller asks."""

    version: ArticleVersion
    sentence: str
    section: Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent, or as it begins."""

    words: str = ""
    channel: str = "phone"
    note: str = ""


async def desk(request: web.Request) -> web.Response:
    session = must(request, Permission.REPLY)
    lines = await request.app[COMMON].contact_log.today(session.operator.id, at_most=CONTACTS_SHOWN)
    channel = lines[0].contact.channel if lines else "phone"
    return await _page(request, session, Typed(channel=channel))


async def search(request: web.Request) -> web.Response:
    """The same page with the hits on it, for browsers without scripts."""
    session = must(request, Permission.REPLY)
    return await _page(request, session, _typed(await request.post()))


async def hits(request: web.Request) -> web.Response:
    """The hits for what is typed so far, as a piece of the page. By POST: a caller's words belong in no address."""
    session = must(request, Permission.REPLY)
    words = _typed(await request.post()).words
    found = await _found(request, words)
    return request.app[PAGES].answer(
        "phone_hits.html",
        language=language_of(request),
        hits=found,
        words=words,
        own=_own_section(request, session),
        now=request.app[COMMON].clock.now(),
    )


async def log(request: web.Request) -> web.StreamResponse:
    """Log the contact, once for each form; 「受付にする」 opens its ticket first."""
    session = must(request, Permission.REPLY)
    given, contact_log = await request.post(), request.app[COMMON].contact_log
    typed = _typed(given)
    contact = await _contact(request, session.operator, given)
    if contact is None:
        problem = translated(request, "聞いた言葉を入力するか、項目を選んでください。")
        return await _page(request, session, typed, problem=problem, status=422)
    if not await contact_log.has(contact.id):
        await contact_log.add(await _with_ticket(request, session.operator, contact))
    if _masked(given):
        raise web.HTTPSeeOther("/console/phone?done=logged-masked")
    raise web.HTTPSeeOther("/console/phone?done=logged")


async def undo(request: web.Request) -> web.StreamResponse:
    """The operator's last contact was none. Its ticket is closed, unless a colleague works on it already."""
    session, common = must(request, Permission.REPLY), request.app[COMMON]
    last = await common.contact_log.last_to_undo(session.operator.id)
    if last is None or str(last.contact.id) != str((await request.post()).get("contact", "")):
        problem = translated(request, "取り消していません。取り消せるのは、最後の記録だけで、5分以内です。")
        return await _page(request, session, Typed(), problem=problem, status=409)
    if last.contact.conversation_id is not None:
        try:
            await common.desk.close(last.contact.conversation_id, session.operator)
        except ConversationOwned:
            problem = translated(request, "取り消していません。この受付は、ほかの担当者が対応を始めています。")
            return await _page(request, session, Typed(), problem=problem, status=409)
    await common.contact_log.undo(last.contact.id, session.operator.id)
    raise web.HTTPSeeOther("/console/phone?done=contact-undone")


ROUTES: Final = (
    web.get("/console/phone", desk),
    web.post("/console/phone", search),
    web.post("/console/phone/hits", hits),
    web.post("/console/phone/log", log),
    web.post("/console/phone/undo", undo),
)


async def _page(
    request: web.Request, session: Session, typed: Typed, *, problem: str = "", status: int = 200
) -> web.Response:
    common, operator = request.app[COMMON], session.operator
    lines = await common.contact_log.today(operator.id, at_most=CONTACTS_SHOWN)
    last = await common.contact_log.last_to_undo(operator.id)
    return page(
        request,
        "phone.html",
        status=status,
        problem=problem,
        typed=typed,
        hits=await _found(request, typed.words),
        words=typed.words,
        own=_own_section(request, session),
        key=uuid4(),
        lines=lines,
        undoable=last.contact.id if last else None,
        **_receipt(request, last),
        channels=names.BY_PHONE,
        outcomes=names.OUTCOMES,
        words_at_most=WORDS_AT_MOST,
        note_at_most=NOTE_AT_MOST,
    )


def _receipt(request: web.Request, last: ContactLine | None) -> Mapping[str, str]:
    """The number to read out, right after the ticket was opened."""
    done = request.query.get("done", "")
    if last is None or not last.ticket_number or not done.startswith("logged"):
        return {"receipt": ""}
    said_with_it = {"flash": ""} if done == "logged" else {}
    return {"receipt": last.ticket_number, **said_with_it}


def _own_section(request: web.Request, session: Session) -> Section:
    return request.app[COMMON].city().section(session.operator.section)


def _typed(given: Given) -> Typed:
    """Masked before anything else looks at it. Raises HTTPBadRequest for what our page cannot have sent."""
    words, note, channel = (str(given.get(name, "")).strip() for name in ("words", "note", "channel"))
    if len(words) > WORDS_AT_MOST or len(note) > NOTE_AT_MOST or channel not in {"", *names.BY_PHONE}:
        raise web.HTTPBadRequest
    return Typed(words=mask_numbers(words).text, note=mask_numbers(note).text, channel=channel or "phone")


def _masked(given: Given) -> bool:
    return any(mask_numbers(str(given.get(name, ""))).found for name in ("words", "note"))


async def _found(request: web.Request, words: str) -> list[Hit]:
    common = request.app[COMMON]
    today = common.clock.now().astimezone(JAPAN).date()
    # On a thread of its own: residents' questions wait for no operator's keystroke.
    return await asyncio.to_thread(looked_up, words, common.knowing.known(), today)


def looked_up(words: str, known: Known, today: date) -> list[Hit]:
    """The entries worth a glance, best first; none when nothing is near."""
    matches = known.index.search(words, at_most=HITS, today=today)
    asked = known.index.readable(words)
    return [
        Hit(
            version=match.version,
            sentence=sentence_for(match.version.content, asked),
            section=known.mind.city.section(match.version.content.section),
        )
        for match in matches
        if match.probability >= SHOW_AT
    ]


async def _contact(request: web.Request, operator: Operator, given: Given) -> LoggedContact | None:
    """What the form says; None when it says neither words nor entry."""
    typed, common = _typed(given), request.app[COMMON]
    try:
        contact_id, outcome = UUID(str(given.get("key", ""))), Outcome(str(given.get("outcome", "")))
        chosen = str(given.get("version", ""))
        version_id = UUID(chosen) if chosen else None
    except ValueError:
        raise web.HTTPBadRequest from None
    if version_id is not None:
        await common.articles.version(version_id)
    elif not typed.words:
        return None
    return LoggedContact(
        id=contact_id,
        operator_id=operator.id,
        channel=typed.channel,
        words=typed.words,
        version_id=version_id,
        section=common.city().section(str(given.get("section", ""))).id,
        outcome=outcome,
        note=typed.note,
    )


async def _with_ticket(request: web.Request, operator: Operator, contact: LoggedContact) -> LoggedContact:
    """The contact and, if it is to be one, the ticket it became. Asked again, it is the same ticket."""
    if contact.outcome is not Outcome.TICKET:
        return contact
    common = request.app[COMMON]
    heard = Heard(
        id=contact.id,
        channel=contact.channel,
        words=contact.words or await _question(request, contact),
        notes=(*([contact.note] if contact.note else ()), NO_REPLY_HERE),
        section=contact.section,
        reason=HandOverReason.TAKEN_OVER if contact.version_id else HandOverReason.NO_ANSWER,
    )
    async with common.store.transaction() as records:
        conversation_id = await open_ticket(heard, operator, records, common.knowing.mind(), common.clock.now())
    await common.desk.announce([conversation_id])
    return replace(contact, conversation_id=conversation_id)


async def _question(request: web.Request, contact: LoggedContact) -> str:
    if contact.version_id is None:
        return ""
    return (await request.app[COMMON].articles.version(contact.version_id)).content.question
