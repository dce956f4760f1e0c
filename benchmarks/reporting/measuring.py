"""Runs the evaluations of one part of the report."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.reporting.collections_asked import Collection, questions_of
from benchmarks.reporting.errors import Wrong, wrong_ones
from benchmarks.reporting.intent_sets import IntentSet, learnt
from evaluation.faq import Asked, ask_all, figures
from evaluation.faq_files import read_faq_file
from evaluation.intents import ask_intents
from knowledge_base.article import ArticleVersion
from knowledge_base.search import FaqIndex
from language.encoder import Encoder

Progress = Callable[[str], None]
Indexing = Callable[[list[ArticleVersion]], FaqIndex]
"""builds an index with all its vectors"""


@dataclass(frozen=True, slots=True)
class MeasuredFaq:
    collection: Collection
    entries: int
    asked: tuple[Asked, ...]
    figures: Mapping[str, Any]
    wrong: tuple[Wrong, ...]
    """every question with a wrong best entry, the most confident first"""


@dataclass(frozen=True, slots=True)
class MeasuredIntents:
    set: IntentSet
    figures: Mapping[str, Any]
    training_seconds: float


def measured_faq(collection: Collection, indexing: Indexing, *, today: date, on_progress: Progress) -> MeasuredFaq:
    versions, problems = read_faq_file(collection.faq)
    for problem in problems:
        on_progress(str(problem))
    queries = questions_of(collection, {version.external_id for version in versions})
    on_progress(f"{collection.name}: {len(versions)} entries, {len(queries)} questions …")
    index = indexing(versions)
    asked = ask_all(index, queries, today=today, on_progress=_each_hundred(on_progress))
    wrong = wrong_ones(index, asked, size=len(versions), today=today)
    return MeasuredFaq(collection, len(versions), tuple(asked), figures(asked), wrong)


def measured_intents(one: IntentSet, encoder: Encoder, *, on_progress: Progress) -> MeasuredIntents:
    on_progress(f"{one.name}: {len(one.train)} examples, {len(one.test)} messages …")
    begin = time.perf_counter()
    classifier = learnt(one, encoder)
    seconds = time.perf_counter() - begin
    return MeasuredIntents(one, ask_intents(classifier, one.test, _each_hundred(on_progress)), seconds)


def measured_speed() -> dict[str, dict[str, float]]:
    """Entries -> figures, from ``benchmarks.understanding``: in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.understanding", "--json"]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603  (our own module)
    found: dict[str, dict[str, float]] = json.loads(ran.stdout)
    return found


def _each_hundred(on_progress: Progress) -> Callable[[int], None]:
    return lambda done: on_progress(f"  {done} asked") if done % 100 == 0 else None
