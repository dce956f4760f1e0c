"""The commands that measure and explain: evaluate-faq, evaluate-intents, explain."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from bot.understanding.intents import IntentClassifier
from evaluation.faq import ask_all, figures, trec_run
from evaluation.faq_files import read_faq_file
from evaluation.intent_files import read_intent_file
from evaluation.intents import ask_intents
from evaluation.page import page
from evaluation.problems import Problem
from evaluation.query_files import read_queries
from knowledge_base.hints import hints_in
from knowledge_base.portions import portions_missing
from knowledge_base.search import FaqIndex
from language.encoder import Encoder
from language.japanese import analysed, key
from server.asking import decided
from server.settings import Settings
from server.wiring import assembled, encoder_of
from tickets.duty_calendar import JAPAN

BATCH = 32


def _today() -> date:
    return datetime.now(JAPAN).date()


async def evaluate_faq(settings: Settings, given: argparse.Namespace) -> int:
    return await asyncio.to_thread(_evaluate_faq, settings, given)


def _evaluate_faq(settings: Settings, given: argparse.Namespace) -> int:
    versions, faq_problems = read_faq_file(given.faq)
    queries, query_problems = read_queries(given.queries, given.qrels)
    known = {version.external_id for version in versions}
    strangers = [
        Problem(str(given.queries), 0, query.id, f"{entry!r} is not an entry of {given.faq}: it can never be found")
        for query in queries
        for entry in query.relevant
        if entry not in known
    ]
    problems = [*faq_problems, *query_problems, *strangers]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not versions or not queries:
        print("測るものがありません (nothing to measure: no entries or no questions)", file=sys.stderr)
        return 1
    index = _index_of(versions, encoder_of(settings))
    asked = ask_all(index, queries, today=_today(), on_progress=lambda done: _progress("questions", done, len(queries)))
    if given.run_file:
        given.run_file.write_text(trec_run(asked), encoding="utf-8")
    found = {"entries": len(versions), "problems": len(problems), **figures(asked)}
    print(msgspec.json.format(msgspec.json.encode(found)).decode() if given.json else page(found))
    return 0


def _index_of(versions: Sequence[Any], encoder: Encoder) -> FaqIndex:
    missing = portions_missing(FaqIndex.build(versions, vectors={}, encoder=encoder), size=BATCH)
    vectors: dict[str, Any] = {}
    for number, portion in enumerate(missing, start=1):
        vectors |= portion.encoded(encoder)
        _progress("vectors", number, len(missing))
    return FaqIndex.build(versions, vectors=vectors, encoder=encoder)


def _progress(what: str, done: int, wanted: int) -> None:
    if sys.stderr.isatty() and (done % 10 == 0 or done == wanted):
        print(f"\r{what} {done}/{wanted}", end="\n" if done == wanted else "", file=sys.stderr, flush=True)


async def evaluate_intents(settings: Settings, given: argparse.Namespace) -> int:
    return await asyncio.to_thread(_evaluate_intents, settings, given)


def _evaluate_intents(settings: Settings, given: argparse.Namespace) -> int:
    train, train_problems = read_intent_file(given.train)
    test, test_problems = read_intent_file(given.test)
    for problem in (*train_problems, *test_problems):
        print(problem, file=sys.stderr)
    if not train or not test:
        print("測るものがありません (nothing to measure: no examples)", file=sys.stderr)
        return 1
    begin = time.perf_counter()
    classifier = IntentClassifier.build(train, encoder_of(settings))
    seconds = time.perf_counter() - begin
    found = {
        "examples": len(train),
        "training_seconds": round(seconds, 1),
        **ask_intents(classifier, test, lambda done: _progress("messages", done, len(test))),
    }
    if given.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        confused = found.pop("confused")
        for name, value in found.items():
            print(f"{name:<24}{value:.4f}" if isinstance(value, float) else f"{name:<24}{value}")
        print("\n".join(f"  {row['times']:>3} × {row['meant']} taken for {row['said']}" for row in confused))
    return 0


async def explain(settings: Settings, given: argparse.Namespace) -> int:
    """What was cut, matched and scored for one question, and what the bot decides."""
    async with assembled(settings) as parts:
        decision, understood = await decided(parts, given.question)
        subjects = parts.knowing.known().index.led_by(given.question)
    cut = analysed(given.question)
    guard = understood.guard
    print(f"language  {understood.language or '?'}   unified  {key(given.question)}")
    print(f"words     {' '.join(cut.words)}\nreading   {cut.reading}")
    print(f"hints     {' '.join(hints_in(given.question)) or '-'}")
    led = (f"{each.title}{' (not ours)' if each.elsewhere else ''} {each.share:.2f}" for each in subjects)
    print(f"subjects  {'  '.join(led) or '-'}")
    print(f"guard     {guard.kind if guard else '-'}")
    if understood.intent:
        print(f"intent    {understood.intent.name} {understood.intent.probability:.2f}")
    for match in understood.matches:
        version = match.version
        print(f"\n{match.probability:.3f}  {version.external_id} v{version.number}  {version.content.question}")
        told = sorted(match.why.items(), key=lambda item: item[0])
        print("       " + "  ".join(f"{name} {value:g}" for name, value in told if value))
    print(f"\ndecision  {type(decision).__name__} by {decision.why.rule} {decision.why.detail}")
    return 0
