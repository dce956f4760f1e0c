"""Why the bot said it: what was recorded when it spoke, and, asked for, what today's index would find."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from aiohttp import web

from bot.knowing import Known
from console import words
from console.gate import COMMON, PAGES, language_of, must, page
from conversations.errors import NotFound
from conversations.timeline import Entry
from knowledge_base.article import Match
from knowledge_base.bars import Bar, may_answer
from knowledge_base.hints import hints_in
from knowledge_base.search import OFFER_AT
from knowledge_base.speaking import spoken
from language.japanese import analysed
from storage.articles import Articles
from tickets.duty_calendar import JAPAN
from tickets.operators import Permission

STRONG, WEAK = 1.5, 0.1
"""points from which a signal counts as strong; and from which it is worth naming"""
MATCHES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """An entry that was weighed, in the version of then."""

    external_id: str
    number: int
    probability: float
    question: str = ""
    version_id: UUID | None = None
    said: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What was recorded with one message of the bot. ``bar`` is None in records made before bars were recorded."""

    rule: str
    intent: str
    intent_probability: float
    detail: str
    considered: tuple[Considered, ...]
    bar: Bar | None
    offer_at: float


async def reasons_of(entries: Iterable[Entry], articles: Articles) -> dict[UUID, Reason]:
    """The recorded reason of every entry that has one, by the entry's id."""
    recorded = [entry for entry in entries if entry.why]
    wanted = {(match[0], match[1]) for entry in recorded for match in _matches(entry.why)}
    known = {(each.external_id, each.number): each for each in await articles.numbered(wanted)}

    def considered(entry: Entry) -> Iterable[Considered]:
        for external_id, number, probability in _matches(entry.why):
            version = known.get((external_id, number))
            yield Considered(
                external_id=external_id,
                number=number,
                probability=probability,
                question=version.content.question if version else "",
                version_id=version.id if version else None,
                said=version is not None and entry.card is not None and entry.card.version_id == version.id,
            )

    return {entry.id: _reason(entry.why, tuple(considered(entry))) for entry in recorded}


def _matches(why: Mapping[str, Any]) -> Sequence[tuple[str, int, float]]:
    return [(str(name), int(number), float(probability)) for name, number, probability in why.get("matches", ())]


def _reason(why: Mapping[str, Any], considered: tuple[Considered, ...]) -> Reason:
    answer_at = why.get("answer_at")
    return Reason(
        rule=str(why.get("rule", "")),
        intent=str(why.get("intent", "")),
        intent_probability=float(why.get("intent_probability", 0.0)),
        detail=str(why.get("detail", "")),
        considered=considered,
        bar=Bar(answer_at=answer_at, stopped=bool(why.get("stopped"))) if answer_at else None,
        offer_at=float(why.get("offer_at", 0.0)),
    )


async def search_again(request: web.Request) -> web.Response:
    """How today's index reads and answers the question the bot replied to then. As a piece of the page, or alone."""
    must(request, Permission.REPLY)
    common = request.app[COMMON]
    entry, asked = await _asked(request)
    today = common.clock.now().astimezone(JAPAN).date()
    found = await asyncio.to_thread(_looked_up, asked.text, common.knowing.known(), today)
    if request.headers.get("HX-Request"):
        return request.app[PAGES].answer("reason_again.html", language=language_of(request), **found)
    return page(request, "reason.html", entry=entry, **found)


def _looked_up(question: str, known: Known, today: date) -> dict[str, Any]:
    cut, bars = analysed(question), known.mind.bars
    matches = known.index.search(question, at_most=MATCHES, today=today)
    return {
        "question": question,
        "read_as": known.index.readable(question),
        "cut": tuple(dict.fromkeys(cut.words)),
        "reading": cut.reading,
        "hints": hints_in(question),
        "subjects": known.index.led_by(question),
        "matches": matches,
        "bar": bars.of(matches[0].version.content.category) if matches else None,
        "offer_at": OFFER_AT,
        "answers": bool(matches) and may_answer(matches[0], bars),
        "voices": _voices(matches),
    }


async def _asked(request: web.Request) -> tuple[Entry, Entry]:
    """The bot's entry of the address, and the resident's that it was about. Raises NotFound."""
    try:
        conversation_id, entry_id = (UUID(request.match_info[name]) for name in ("id", "entry"))
    except ValueError:
        raise NotFound("page", request.path) from None
    views = request.app[COMMON].views
    entry = await views.entry(conversation_id, entry_id)
    about = str(entry.why.get("message", ""))
    if not about:
        raise NotFound("reason", entry_id)
    return entry, await views.entry(conversation_id, UUID(about))


def _voices(matches: Sequence[Match]) -> list[tuple[str, str, float]]:
    """What spoke for the best match and against it: name, strength in words, points (0 for what needs no others)."""
    if not matches:
        return []
    points = spoken(matches[0].why)
    if "exact" in points:
        return [(words.SIGNALS["exact"], "決め手", 0.0)]
    return [(words.SIGNALS[kind], _strength(each), each) for kind, each in points.items() if abs(each) >= WEAK]


def _strength(points: float) -> str:
    if points < 0:
        return "反対に働いた"
    return "強く後押し" if points >= STRONG else "少し後押し"
