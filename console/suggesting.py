"""The best FAQ entries for what the resident said last, to be put into the draft or refused with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from bot.small_talk import SMALL_TALK
from bot.understood import Understood
from console import words
from console.addresses import conversation_id, uuid_of
from console.common import Common
from console.gate import COMMON, PAGES, SESSION, language_of, must
from conversations.conversation import NO_FOCUS, Conversation, Focus
from conversations.message import IncomingMessage
from conversations.timeline import Entry, Kind
from knowledge_base.article import ArticleVersion, Match
from knowledge_base.search import ANSWER_AT, OFFER_AT
from storage.withdrawals import IN_ITS_PLACE
from tickets.operators import Permission, may

SHOWN: Final = 3
AT_LEAST: Final = 0.02
"""less likely ones only take up room"""
LIKELY: Final = 0.5
LOOK_BACK: Final = 50
"""entries among which the resident's last words are looked for"""
NO_QUESTIONS: Final = frozenset({"talk_to_person", *SMALL_TALK})
WORDS_TRIED: Final = 3
"""After 「職員と話したい」 it is the question before that matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    version: ArticleVersion
    probability: float
    how_likely: str
    """in Japanese"""
    text: str
    """the published answer in the conversation's language, as plain words"""
    language: str
    """that it is really in"""


async def suggestions(request: web.Request) -> web.Response:
    """A piece of the page."""
    must(request, Permission.REPLY)
    return await _piece(request)


async def refuse(request: web.Request) -> web.Response:
    """It does not help, and why: kept for whoever keeps the FAQ. The next best takes its place."""
    session = must(request, Permission.REPLY)
    given = await request.post()
    reason = str(given.get("reason", ""))
    if reason not in words.REFUSALS:
        raise web.HTTPBadRequest
    await request.app[COMMON].feedback.refuse(
        conversation_id(request),
        uuid_of(given.get("entry")),
        uuid_of(given.get("version")),
        reason=reason,
        who=session.operator.login,
    )
    return await _piece(request)


async def _piece(request: web.Request) -> web.Response:
    common, about = request.app[COMMON], conversation_id(request)
    found = await common.views.conversation(about)
    said, best = await suggested(common, found)
    return request.app[PAGES].answer(
        "suggestions.html",
        language=language_of(request),
        said=said,
        suggestions=best,
        refusals=words.REFUSALS,
        base=f"/console/conversations/{about}",
        csrf=request[SESSION].csrf,
        may_see_faq=may(request[SESSION].operator, Permission.EDIT_FAQ),
    )


async def suggested(common: Common, conversation: Conversation) -> tuple[Entry | None, Sequence[Suggestion]]:
    """The resident's words, and what may answer them, best first; refused entries are not suggested again."""
    said = await _last_said(common, conversation.id)
    if not said:
        return None, ()
    refused = await common.feedback.refused([each.id for each in said])
    focus, first = Focus(conversation.topic, conversation.earlier, conversation.asked), None
    for entry in said:
        understood = await common.knowing.understand(_message(entry, conversation), focus)
        matches = [each for each in _all(understood) if (entry.id, each.version.id) not in refused][:SHOWN]
        first = first or (entry, matches)
        if matches and matches[0].probability >= OFFER_AT and not _is_no_question(understood):
            return entry, [_shown(each, conversation.language, common) for each in matches]
        focus = NO_FOCUS
    assert first is not None
    return first[0], [_shown(each, conversation.language, common) for each in first[1]]


async def _last_said(common: Common, about: UUID) -> list[Entry]:
    """Newest first."""
    last = await common.views.last_entries(about, LOOK_BACK)
    said = [each for each in last if each.kind is Kind.SAID and each.text.strip() and each.text != IN_ITS_PLACE]
    return said[::-1][:WORDS_TRIED]


def _is_no_question(understood: Understood) -> bool:
    """Thanks, or the wish for a person: what was said before is more likely to be the matter."""
    intent = understood.intent
    return intent is not None and intent.name in NO_QUESTIONS and intent.probability >= LIKELY


def _message(entry: Entry, conversation: Conversation) -> IncomingMessage:
    return IncomingMessage(
        id=entry.id,
        external_id=entry.external_id,
        sender=conversation.address,
        text=entry.text,
        sent_at=entry.at,
        received_at=entry.at,
    )


def _all(understood: Understood) -> list[Match]:
    """What the words, their parts, and the words with the topic's name found: each entry once, best first."""
    found = [
        *understood.matches,
        *understood.found.best_together,
        *(m for part in understood.found.parts for m in part),
    ]
    best: dict[UUID, Match] = {}
    for match in sorted(found, key=lambda each: -each.probability):
        if match.probability >= AT_LEAST:
            best.setdefault(match.version.id, match)
    return list(best.values())


def _shown(match: Match, language: str, common: Common) -> Suggestion:
    answer, answer_language = match.version.content.answer_in(language)
    return Suggestion(
        version=match.version,
        probability=match.probability,
        how_likely=_in_words(match.probability),
        text=common.plain(answer),
        language=answer_language,
    )


def _in_words(probability: float) -> str:
    if probability >= ANSWER_AT:
        return "ほぼ確か"
    if probability >= LIKELY:
        return "可能性が高い"
    return "可能性あり" if probability >= OFFER_AT else "可能性は低い"


_HERE = "/console/conversations/{id}/suggestions"
ROUTES = (web.get(_HERE, suggestions), web.post(f"{_HERE}/refuse", refuse))
