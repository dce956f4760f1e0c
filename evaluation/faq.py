"""Asks an index every question of a file, and tells how well it did."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from evaluation.calibration import RiskPoint, expected_calibration_error, reliability, risk_coverage, roc_area
from evaluation.measures import DEPTH, RankingMeasures, measure, share
from evaluation.query_files import Query
from knowledge_base.search import ANSWER_AT, FaqIndex, is_sure

RANKED: Final = 50
"""entries kept of each ranking"""


@dataclass(frozen=True, slots=True)
class Found:
    id: str
    score: float
    probability: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and what came back."""

    query: Query
    ranking: tuple[Found, ...]
    is_answered: bool
    """the bot would answer directly, without asking back"""
    seconds: float
    processor_seconds: float
    """of this process alone: on a busy machine the clock on the wall counts other people's work too"""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.ranking)

    @property
    def is_right(self) -> bool:
        return bool(self.ranking) and self.ranking[0].id in self.query.relevant

    @property
    def best(self) -> float:
        return self.ranking[0].probability if self.ranking else 0.0


def ask_all(
    index: FaqIndex, queries: Sequence[Query], *, today: date, on_progress: Callable[[int], None] = lambda _: None
) -> list[Asked]:
    """One after the other, as a resident's messages come; the times are wall-clock, without the start of the model."""
    if queries:
        index.search(queries[0].text, at_most=1, today=today)
        index.forget()
    asked: list[Asked] = []
    for number, query in enumerate(queries):
        begin, processor = time.perf_counter(), time.process_time()
        matches = index.search(query.text, at_most=RANKED, today=today)
        seconds, processor_seconds = time.perf_counter() - begin, time.process_time() - processor
        ranking = tuple(Found(m.version.external_id, m.why.get("score", m.probability), m.probability) for m in matches)
        asked.append(Asked(query, ranking, is_sure(matches), seconds, processor_seconds))
        on_progress(number + 1)
    return asked


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Everything ``evaluate-faq`` prints, as plain values."""
    answerable = [one for one in asked if one.query.relevant]
    return {
        "questions": len(asked),
        "answerable": len(answerable),
        "ranking": asdict(_ranking(answerable)),
        "by_style": _by(answerable, lambda one: one.query.style),
        "by_language": _by(answerable, lambda one: one.query.language),
        "unanswerable_by_style": _silence_by_style([one for one in asked if not one.query.relevant]),
        "decision": _decision(asked),
        "milliseconds": _times([one.seconds for one in asked]),
        "processor_milliseconds": _times([one.processor_seconds for one in asked]),
    }


def risk_points(asked: Sequence[Asked]) -> tuple[RiskPoint, ...]:
    """What answering from each probability on would give, from the most careful to the boldest."""
    return risk_coverage([(one.best, one.is_right, bool(one.query.relevant)) for one in asked])


def trec_run(asked: Sequence[Asked]) -> str:
    """A TREC run: ``question Q0 entry rank score tag``. The score is the probability, the tag carries the raw score."""
    return "".join(
        f"{one.query.id} Q0 {found.id} {rank} {found.probability:.9f} madoguchi;score={found.score:.4f}\n"
        for one in asked
        for rank, found in enumerate(one.ranking, start=1)
    )


def _ranking(answerable: Sequence[Asked]) -> RankingMeasures:
    return measure([(one.ids[:DEPTH], one.query.relevant) for one in answerable])


def _by(answerable: Sequence[Asked], name: Callable[[Asked], str]) -> dict[str, Any]:
    return {group: asdict(_ranking(members)) | _directness(members) for group, members in _grouped(answerable, name)}


def _silence_by_style(without: Sequence[Asked]) -> dict[str, Any]:
    return {
        style: {"questions": len(members), "not_answered": share(not one.is_answered for one in members)}
        for style, members in _grouped(without, lambda one: one.query.style)
    }


def _grouped(asked: Sequence[Asked], name: Callable[[Asked], str]) -> list[tuple[str, list[Asked]]]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if name(one):
            groups[name(one)].append(one)
    return sorted(groups.items())


def _directness(members: Sequence[Asked]) -> dict[str, float | None]:
    direct = [one for one in members if one.is_answered]
    return {
        "precision_of_direct_answers": share(one.is_right for one in direct),
        "coverage": share(one.is_answered for one in members),
    }


def _decision(asked: Sequence[Asked]) -> dict[str, Any]:
    """Answer or abstain: by the engine's own rule, and over all thresholds."""
    answerable = [one for one in asked if one.query.relevant]
    without = [one for one in asked if not one.query.relevant]
    direct = [one for one in asked if one.is_answered]
    said = [(one.best, one.is_right) for one in asked]
    return {
        "threshold": ANSWER_AT,
        "answered_directly": len(direct),
        "precision_of_direct_answers": share(one.is_right for one in direct),
        "coverage_of_answerable": share(one.is_answered for one in answerable),
        "unanswerable": len(without),
        "unanswerable_not_answered": share(not one.is_answered for one in without),
        "roc_area": roc_area([one.best for one in answerable], [one.best for one in without]) if without else None,
        "expected_calibration_error": expected_calibration_error(said),
        "reliability": [asdict(one) for one in reliability(said)],
        "coverage_at_95_percent_precision": max(
            (point.coverage for point in risk_points(asked) if point.precision >= 0.95),
            default=0.0,
        ),
    }


def _times(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    times = sorted(1000 * one for one in seconds)
    return {
        "p50": statistics.median(times),
        "p95": times[int(0.95 * (len(times) - 1))],
        "p99": times[int(0.99 * (len(times) - 1))],
    }
