"""The bars of the categories: what each must pass to answer directly, how right it was, and letting it go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from aiohttp import web

from console.gate import COMMON, must, page, translated
from conversations.errors import NotFound
from knowledge_base.bars import JUDGED_AT_LEAST, NOT_JUDGED
from knowledge_base.search import ANSWER_AT
from storage.bars import CategoryBar
from tickets.operators import Permission, may

LOWEST: Final = round(ANSWER_AT * 100)
HIGHEST: Final = 98
"""what the very question of an entry gets: at this bar nothing else answers directly"""
PRECISION_LOWEST, PRECISION_HIGHEST = 80, 99


@dataclass(slots=True)
class Typed:
    """What stands in the form. ``wrong`` says by field, in Japanese, what must be mended."""

    answer_at: str
    precision: str
    reason: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


def typed_from(given: Mapping[str, object]) -> Typed:
    """What was sent, and what is wrong with it. The bar may be raised above the everyday one, never lowered below."""
    answer_at, precision, reason = (str(given.get(name, "")).strip() for name in ("answer_at", "precision", "reason"))
    typed = Typed(answer_at, precision, reason)
    if not _within(answer_at, LOWEST, HIGHEST):
        typed.wrong["answer_at"] = "80から98までの整数を入力してください。80より低くはできません。"
    if not _within(precision, PRECISION_LOWEST, PRECISION_HIGHEST):
        typed.wrong["precision"] = "80から99までの整数を入力してください。"
    if not reason:
        typed.wrong["reason"] = "理由を入力してください。記録に残ります。"
    return typed


def _within(text: str, lowest: int, highest: int) -> bool:
    return text.isdecimal() and len(text) <= 3 and lowest <= int(text) <= highest


async def bars(request: web.Request) -> web.Response:
    """Every category with its bar and what was measured; those that were stopped first."""
    must(request, Permission.EDIT_FAQ)
    common = request.app[COMMON]
    known, measured = await common.bars.all(), await common.bars.measured()
    rows = [
        (known.get(category, CategoryBar(category=category)), measured.get(category, NOT_JUDGED))
        for category in sorted(_categories(request) | known.keys())
    ]
    rows.sort(key=lambda row: row[0].stopped_at is None)
    return page(request, "bars.html", rows=rows, judged_at_least=JUDGED_AT_LEAST)


async def bar(request: web.Request) -> web.Response:
    must(request, Permission.EDIT_FAQ)
    found = await _found(request, request.query.get("category", ""))
    return await _form(request, found, Typed(str(found.answer_at), str(found.precision)))


async def set_bar(request: web.Request) -> web.StreamResponse:
    """Raise the bar of a category, or take it back to the everyday one; from the next question on."""
    session = must(request, Permission.PUBLISH_FAQ)
    common, given = request.app[COMMON], await request.post()
    found = await _found(request, str(given.get("category", "")))
    typed = typed_from(given)
    if typed.wrong:
        return await _form(request, found, typed, status=422)
    await common.bars.set(
        found.category,
        answer_at=int(typed.answer_at),
        precision=int(typed.precision),
        by=session.operator.login,
        reason=typed.reason,
    )
    await common.published()
    raise web.HTTPSeeOther(f"/console/faq/bars/of?category={quote(found.category)}&done=bar-set")


async def lift(request: web.Request) -> web.StreamResponse:
    """A person who looked lets the category answer directly again; what was judged before counts no more."""
    session = must(request, Permission.PUBLISH_FAQ)
    common, given = request.app[COMMON], await request.post()
    found = await _found(request, str(given.get("category", "")))
    reason = str(given.get("reason", "")).strip()
    if not reason:
        typed = Typed(str(found.answer_at), str(found.precision))
        typed.wrong["lift"] = "何を見直したかを入力してください。記録に残ります。"
        return await _form(request, found, typed, status=422)
    if await common.bars.lift(found.category, by=session.operator.login, reason=reason):
        await common.published()
    raise web.HTTPSeeOther(f"/console/faq/bars/of?category={quote(found.category)}&done=bar-lifted")


def _categories(request: web.Request) -> set[str]:
    return {version.content.category for version in request.app[COMMON].knowing.mind().articles.values()}


async def _found(request: web.Request, category: str) -> CategoryBar:
    found = await request.app[COMMON].bars.of(category)
    if not found.changed_by and category not in _categories(request):
        raise NotFound("category", category)
    return found


async def _form(request: web.Request, found: CategoryBar, typed: Typed, *, status: int = 200) -> web.Response:
    session = must(request, Permission.EDIT_FAQ)
    measured = await request.app[COMMON].bars.measured()
    return page(
        request,
        "bar.html",
        status=status,
        found=found,
        typed=typed,
        wrong={name: translated(request, text) for name, text in typed.wrong.items()},
        problem=translated(request, "入力内容を確認してください。") if typed.wrong else "",
        measured=measured.get(found.category, NOT_JUDGED),
        judged_at_least=JUDGED_AT_LEAST,
        may_change=may(session.operator, Permission.PUBLISH_FAQ),
        lowest=LOWEST,
        highest=HIGHEST,
        precision_lowest=PRECISION_LOWEST,
        precision_highest=PRECISION_HIGHEST,
    )
