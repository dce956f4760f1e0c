"""The intents: what the bot was taught, and teaching it anew from the city's file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from aiohttp import web

from bot.understanding.examples import Mistake, WrongExamples
from bot.understanding.taught import AlreadyTeaching, CannotTeach
from console.gate import COMMON, must, page, translated
from tickets.operators import Permission

FEW = 5
"""examples below which an intent is hardly recognised"""


async def intents(request: web.Request) -> web.Response:
    must(request, Permission.SEE_REPORTS)
    return await _page(request)


async def teach(request: web.Request) -> web.StreamResponse:
    """Teach the bot what the city's file says now. With mistakes nothing changes, and each is shown by its line."""
    session = must(request, Permission.SEE_REPORTS)
    common = request.app[COMMON]
    try:
        taught = await common.lessons.again()
    except WrongExamples as wrong:
        return await _page(request, mistakes=wrong.mistakes, status=422)
    except AlreadyTeaching:
        problem = translated(request, "ほかの人が始めた学習の途中です。終わってから、もう一度お試しください。")
        return await _page(request, problem=problem, status=409)
    except CannotTeach as trouble:
        return await _page(request, trouble=str(trouble), status=409)
    details = " ".join(f"{name}={value}" for name, value in asdict(taught).items() if name not in {"at", "source"})
    await common.accounts.audit(who=session.operator.login, what="intents_taught", on=taught.source, details=details)
    raise web.HTTPSeeOther("/console/intents?done=taught")


async def _page(
    request: web.Request,
    *,
    mistakes: Sequence[Mistake] = (),
    trouble: str = "",
    problem: str = "",
    status: int = 200,
) -> web.Response:
    lessons = request.app[COMMON].lessons
    counted = Counter(example.intent for example in lessons.in_use())
    return page(
        request,
        "intents.html",
        status=status,
        counted=sorted(counted.items()),
        few=FEW,
        last=await lessons.last(),
        differs=await lessons.file_differs(),
        mistakes=mistakes,
        trouble=trouble,
        problem=problem,
    )
