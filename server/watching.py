"""The categories are watched: one whose direct answers are wrong too often stops by itself, and its section is told."""

from functools import partial

import structlog

from bot.stopped_category import tell_the_section
from server.wiring import Parts
from storage import topics
from storage.bars import CategoryBar

log = structlog.get_logger(__name__)

WATCH_SECONDS = 900.0


async def watch_categories(parts: Parts) -> list[str]:
    """Stop every category that falls short of what is wanted of it; which ones."""
    known = await parts.bars.all()
    stopped = []
    for category, measured in (await parts.bars.measured()).items():
        bar = known.get(category, CategoryBar(category=category))
        if bar.stopped_at is not None or not measured.falls_short_of(bar.precision / 100):
            continue
        tell = partial(tell_the_section, category, measured, mind=parts.knowing.mind(), now=parts.clock.now())
        if await parts.bars.stop(category, measured, tell):
            log.warning("a category answers no more directly", category=category, judged=measured.judged)
            stopped.append(category)
    if stopped:
        await parts.publish()
        await parts.bus.publish(topics.DESK)
    return stopped
