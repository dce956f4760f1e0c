"""How long the telephone desk takes for a keystroke: from the request to the hits as HTML, session check included.

    .venv/bin/python -m benchmarks.phone_desk [--entries 2000] [--questions 40]

The real server answers over the loopback network, with ``synthetic_faq`` as its FAQ. Every beginning of every golden
question is typed, each a new text. Two runs in one: by words alone, and with meaning (the bundled encoder, vectors
drawn by chance as in ``benchmarks.understanding``). The search alone is timed beside it, so that the ratios say what
the rest (HTTP, session, sentences, templates) costs, on this machine in this hour; the processor's clock leaves out
the waiting for a core that others use.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.search_data import TODAY
from benchmarks.synthetic_faq import synthetic_faq
from benchmarks.understanding import asked, built, by_chance
from bot.knowing import Known
from console.gate import COOKIE
from knowledge_base.article import ArticleVersion
from knowledge_base.search import FaqIndex
from language.encoder import BundledE5, Encoder, NoEncoder
from tests.support.served import CSRF, Served, served
from tickets.operators import Role

DESK: Final = "/console/phone"
TARGET_MS: Final = 100
LONGEST: Final = 25
"""characters of a question that an operator types"""


async def main(entries: int, questions: int) -> None:
    versions = synthetic_faq(entries)
    typed = list(
        dict.fromkeys(text[:end] for text in asked(questions) for end in range(1, min(len(text), LONGEST) + 1))
    )
    print(f"{entries} entries, {len(typed)} keystrokes")
    with tempfile.TemporaryDirectory() as folder:
        async with served(Path(folder)) as hall:
            await hall.make_staff("bench", Role.OPERATOR)
            await hall.sign_in("bench")
            words = await measured("words alone", hall, versions, NoEncoder(), typed)
            meaning = await measured("with meaning", hall, versions, BundledE5(), typed)
    print(f"with meaning : words alone, median  {meaning / words:.2f}")


async def measured(
    name: str, hall: Served, versions: Sequence[ArticleVersion], encoder: Encoder, typed: Sequence[str]
) -> float:
    """The median; prints more."""
    vectors = by_chance(built(versions, {}, encoder), encoder) if encoder.dimensions else {}
    index = built(versions, vectors, encoder)
    hall.parts.knowing.swap(knows(hall.parts.knowing.known(), index, versions))
    token = CSRF.search((await hall.get(DESK))[1])
    assert token is not None
    form, headers = {"csrf": token[1]}, {"Cookie": f"{COOKIE}={hall.cookie}", "Origin": hall.url}
    whole, alone, busy = [], [], []
    for text in typed:
        index.forget()
        began, worked = time.perf_counter(), time.process_time()
        async with hall.session.post(f"{hall.url}{DESK}/hits", data=form | {"words": text}, headers=headers) as answer:
            await answer.read()
        whole.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
        assert answer.status == 200
        index.forget()
        began = time.perf_counter()
        index.search(text, at_most=3, today=TODAY)
        alone.append(time.perf_counter() - began)
    told(f"{name}: keystroke, server and loopback", whole)
    told(f"{name}: the same on the processor's clock, the asking side included", busy)
    told(f"{name}: search alone", alone)
    print(f"{name}: keystroke : search, median  {statistics.median(whole) / statistics.median(alone):.2f}")
    return statistics.median(whole)


def knows(known: Known, index: FaqIndex, versions: Sequence[ArticleVersion]) -> Known:
    articles = {version.article_id: version for version in versions}
    return replace(known, index=index, mind=replace(known.mind, articles=articles))


def told(name: str, took: Sequence[float]) -> None:
    cuts = statistics.quantiles(took, n=100)
    late = sum(each * 1000 > TARGET_MS for each in took)
    figures = (
        f"p50 {cuts[49] * 1000:.1f}, p95 {cuts[94] * 1000:.1f}, p99 {cuts[98] * 1000:.1f}, worst {max(took) * 1000:.1f}"
    )
    print(f"{name}, ms: {figures}; over {TARGET_MS} ms: {late} of {len(took)}")


if __name__ == "__main__":
    parsing = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsing.add_argument("--entries", type=int, default=2_000)
    parsing.add_argument("--questions", type=int, default=40)
    given = parsing.parse_args()
    asyncio.run(main(given.entries, given.questions))
