"""How long understanding takes, and what it weighs: on one core, nothing remembered.

    .venv/bin/python -m benchmarks.understanding [--entries 2000 20000] [--questions 300] [--json]

The FAQ is recombined from our own material (``synthetic_faq``). Questions are the golden ones, and really encoded, as
are a hundred entries; the other entries' vectors are drawn by chance, because encoding 20,000 entries takes hours and
their numbers make no difference to the time. Each size runs in a process of its own, so that its memory is its own.
"""

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.search_data import GOLDEN, TODAY
from benchmarks.synthetic_faq import synthetic_faq
from bot.understanding.examples import read_intents
from bot.understanding.intents import IntentClassifier
from evaluation.query_files import read_queries
from knowledge_base.article import ArticleVersion
from knowledge_base.fusion import WITH_SUBJECTS, probabilities, scores
from knowledge_base.hints import hints_in
from knowledge_base.memory import give_back
from knowledge_base.portions import portions_missing
from knowledge_base.search import FaqIndex
from knowledge_base.signals import WEIGHED_FIELDS, Signals, add_meaning, add_subjects, of_question
from knowledge_base.subjects import common_subjects
from language.encoder import BundledE5, Encoder, query_key, text_key
from language.sharing import SharedEncoder
from server.librarian import GIVE_WAY_AFTER

Figures = dict[str, float]
Vectors = Mapping[str, NDArray[np.float32]]
T = TypeVar("T")

ENTRIES: Final = (2_000, 20_000)
QUESTIONS: Final = 300
DEMO_INTENTS: Final = Path(__file__).parent.parent / "demo" / "mirai" / "intents.yml"
SAMPLE: Final = 100
"""entries that are really encoded"""
TARGETS: Final[Mapping[int, Mapping[str, float]]] = {
    2_000: {
        "import: lexical index, s": 5,
        "new text p50, ms": 12,
        "new text p99, ms": 40,
        "exact hit p50, ms": 2,
        "repeated text p50, ms": 0.2,
        "one entry edited: live again, s": 1,
        "event loop, longest stall, ms": 5,
    },
    20_000: {"new text p50, ms": 25, "memory of its own, MB": 400},
}


@dataclass(frozen=True, slots=True)
class Took:
    """Two clocks, in seconds: on a busy machine the wall clock counts other people's work too."""

    wall: float
    processor: float


def measured(entries: int, questions: int) -> Figures:
    """All figures of one size, in the order in which a process meets them."""
    encoder = SharedEncoder(BundledE5())
    encoder.queries(["住民票"])
    versions = synthetic_faq(entries)
    texts = asked(questions)
    found: Figures = {"load of the machine before": os.getloadavg()[0]} | memory("before: ")
    bare, took = timed(lambda: built(versions, {}, encoder))
    found |= seconds("import: lexical index", took)
    found |= encoding(versions[:SAMPLE], encoder, len(bare.passages_needed()) + len(bare.queries_needed()))
    vectors = by_chance(bare, encoder)
    del bare
    index, took = timed(partial(built, versions, vectors, encoder))
    found |= seconds("index with vectors", took)
    found |= new_text(index, texts)
    found |= phases(index, encoder, texts)
    found |= known_text(index, versions)
    found |= whole_message(index, encoder, texts)
    found |= edited(versions, vectors, encoder)
    found |= asyncio.run(stalls(index, texts))
    vectors.clear()
    gc.collect()
    give_back()
    return found | memory()


def built(versions: Sequence[ArticleVersion], vectors: Vectors, encoder: Encoder) -> FaqIndex:
    """As the service builds it."""
    return FaqIndex.build(versions, vectors=vectors, encoder=encoder, fields=WEIGHED_FIELDS)


def asked(number: int) -> list[str]:
    """Golden questions of every style, evenly over the files."""
    texts = [query.text for path in sorted(GOLDEN.glob("*.jsonl")) for query in read_queries(path)[0]]
    return list(dict.fromkeys(texts[:: max(1, len(texts) // number)]))[:number]


def encoding(versions: Sequence[ArticleVersion], encoder: Encoder, needed: int) -> Figures:
    texts = built(versions, {}, encoder).passages_needed()
    _, took = timed(lambda: [encoder.passages(texts[at : at + 16]) for at in range(0, len(texts), 16)])
    return seconds(f"vectors: {len(versions)} entries ({len(texts)} texts)", took) | {
        f"vectors: all {needed} texts, by extrapolation, min": took.wall / len(texts) * needed / 60
    }


def by_chance(index: FaqIndex, encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """As many vectors as the index wants; all near one direction, as e5's are."""
    dice = np.random.default_rng(20261125)
    common = np.full(encoder.dimensions, 0.9 / encoder.dimensions**0.5, dtype=np.float32)
    found: dict[str, NDArray[np.float32]] = {}
    for portion in portions_missing(index, size=1000):
        key = query_key if portion.is_query else text_key
        rows = common + dice.normal(size=(len(portion.texts), encoder.dimensions)).astype(np.float32) * np.float32(0.02)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        found |= {key(encoder.name, text): row.copy() for text, row in zip(portion.texts, rows, strict=True)}
    return found


def new_text(index: FaqIndex, texts: Sequence[str]) -> Figures:
    index.search("最初の一回はあたためるだけ", today=TODAY)
    return percentiles("new text", searched(index, texts))


def searched(index: FaqIndex, texts: Sequence[str]) -> list[Took]:
    return [timed(partial(index.search, text, today=TODAY))[1] for text in texts]


def phases(index: FaqIndex, encoder: Encoder, texts: Sequence[str]) -> Figures:
    """Where the time goes. The texts get a tail that no cache knows: their words are cut anew."""
    ours = common_subjects(encoder.name)
    assert ours is not None
    spent: dict[str, list[Took]] = {
        "reading": [],
        "lexical": [],
        "encoder": [],
        "subjects": [],
        "meaning": [],
        "fusion": [],
    }
    for text in texts:
        question, reading = timed(partial(index.readable, f"{text}。"))
        signals = of_question(question, len(index))
        _, lexical = timed(partial(index.lexical.add_to, signals, question))
        row, encoded = timed(partial(encoder.queries, [question]))  # index.search never saw it: encoded now
        hints = np.array([index.hint_row(hint) for hint in hints_in(question)], dtype=np.float32)
        led = partial(add_subjects, signals, index.lexical, index.meaning, ours, row[0])
        _, subjects = timed(led)
        _, meaning = timed(partial(add_meaning, signals, index.meaning, row[0], hints, only_weighed=True))
        _, fusion = timed(partial(fused, signals))
        for name, took in zip(spent, (reading, lexical, encoded, subjects, meaning, fusion), strict=True):
            spent[name].append(took)
    return {
        k: v for name, all_took in spent.items() for k, v in percentiles(f"  of which {name}", all_took, (50,)).items()
    }


def fused(signals: Signals) -> NDArray[np.float64]:
    return probabilities(scores(signals, WITH_SUBJECTS), WITH_SUBJECTS)


def known_text(index: FaqIndex, versions: Sequence[ArticleVersion]) -> Figures:
    """An entry's own question, never asked before; and the same again."""
    questions = [version.content.question for version in versions[:: max(1, len(versions) // QUESTIONS)]]
    return percentiles("exact hit", searched(index, questions)) | percentiles(
        "repeated text", searched(index, questions)
    )


def whole_message(index: FaqIndex, encoder: Encoder, texts: Sequence[str]) -> Figures:
    """The intent and the FAQ together, as each message is understood: they share one encoding."""
    intents = IntentClassifier.build(read_intents(DEMO_INTENTS), encoder)
    new = [f"{text}？" for text in texts]
    return percentiles(
        "intent and FAQ, new text", [timed(partial(understood, intents, index, text))[1] for text in new]
    )


def understood(intents: IntentClassifier, index: FaqIndex, text: str) -> None:
    intents.classify(text)
    index.search(text, today=TODAY)


def edited(versions: Sequence[ArticleVersion], vectors: Vectors, encoder: Encoder) -> Figures:
    """Staff publish one changed entry: until there is an index that knows it by its words."""
    changed = replace(versions[7].content, question="ドローンを公園で飛ばせますか", answer="許可が要ります。")
    ours = [*versions[:7], replace(versions[7], content=changed), *versions[8:]]
    index, took = timed(lambda: built(ours, vectors, encoder))
    assert index.search("ドローン 公園", today=TODAY)[0].version.content == changed
    return seconds("one entry edited: live again", took)


async def stalls(index: FaqIndex, texts: Sequence[str]) -> Figures:
    """How late an event loop is while a thread understands; the first figure is the machine's own unrest."""
    sys.setswitchinterval(GIVE_WAY_AFTER)
    new = [f"{text}!" for text in texts[:100]]
    return {
        "event loop alone, longest stall, ms": await longest_stall(asyncio.sleep(1)),
        "event loop, longest stall, ms": await longest_stall(asyncio.to_thread(searched, index, new)),
    }


async def longest_stall(work: Awaitable[object]) -> float:
    """Milliseconds by which a task that wants to run every millisecond came too late, at worst."""
    worst = 0.0
    working = asyncio.ensure_future(work)
    last = time.perf_counter()
    while not working.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        worst, last = max(worst, now - last - 0.001), now
    await working
    return worst * 1000


def timed(work: Callable[[], T]) -> tuple[T, Took]:
    begin, worked = time.perf_counter(), time.process_time()
    result = work()
    return result, Took(time.perf_counter() - begin, time.process_time() - worked)


def seconds(name: str, took: Took) -> Figures:
    return {f"{name}, s": took.wall, f"{name}, s of processor": took.processor}


def percentiles(name: str, all_took: Sequence[Took], wanted: Sequence[int] = (50, 99, 100)) -> Figures:
    found: Figures = {}
    for percent in wanted:
        found[f"{name} p{percent}, ms"] = float(np.percentile([took.wall * 1000 for took in all_took], percent))
    for percent in wanted[:2]:
        of_processor = np.percentile([took.processor * 1000 for took in all_took], percent)
        found[f"{name} p{percent}, ms of processor"] = float(of_processor)
    return found


def memory(when: str = "") -> Figures:
    """Megabytes: what is the process's own, and the mapped dictionary and model, which the system may drop and share."""
    lines = dict(line.split(":") for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    named = {"of its own": "RssAnon", "of mapped files": "RssFile"}
    return {f"{when}memory {name}, MB": int(lines[line].split()[0]) / 1024 for name, line in named.items()}


def table(entries: int, figures: Figures) -> Iterator[str]:
    targets = TARGETS.get(entries, {})
    yield f"\n{entries} entries"
    yield f"{'':<62}{'measured':>10}{'target':>9}{'ratio':>8}"
    for name, value in figures.items():
        target = targets.get(name.removesuffix(" of processor"))
        yield f"{name:<62}{value:>10.2f}" + (f"{target:>9g}{value / target:>8.2f}" if target else "")


def main() -> None:
    parsing = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsing.add_argument("--entries", type=int, nargs="+", default=list(ENTRIES))
    parsing.add_argument("--questions", type=int, default=QUESTIONS)
    parsing.add_argument("--json", action="store_true")
    parsing.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parsing.parse_args()
    measure = measured if given.here else in_its_own_process
    figures = {entries: measure(entries, given.questions) for entries in given.entries}
    if given.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        print("\n".join(line for entries, found in figures.items() for line in table(entries, found)))


def in_its_own_process(entries: int, questions: int) -> Figures:
    """On one core from its first instruction: the libraries count the cores when they are loaded."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    command = [sys.executable, "-m", "benchmarks.understanding", "--here", "--json"]
    command += ["--entries", str(entries), "--questions", str(questions)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 (this very program)
    figures: Figures = json.loads(ran.stdout)[str(entries)]
    return figures


if __name__ == "__main__":
    main()
