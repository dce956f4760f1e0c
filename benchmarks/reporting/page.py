"""The whole report as Markdown."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from benchmarks.reporting.measuring import MeasuredFaq, MeasuredIntents
from benchmarks.reporting.pictures import in_force
from benchmarks.reporting.tables import RANKING, by_group, percent, table, three, without_answer, worst
from evaluation.calibration import calibration_error_by_chance
from evaluation.faq import risk_points
from knowledge_base.search import ANSWER_AT

WORST: Final = 20
PERCENTILES: Final = ("p50", "p95", "p99")
MEANINGS: Final[Mapping[str, str]] = {
    "Recall@10": "of the entries that answer a question, the share among the first ten.",
    "nDCG@10": "how near the best entries stand to the top of the first ten; 1 is the best possible order.",
    "Hit@1, Hit@3": "the share of questions with a right entry in the first place, or among the first three.",
    "MRR": "1 divided by the rank of the first right entry, on average.",
    "answered directly (coverage)": f"the share of the answerable questions that the bot answers without asking back: from probability {ANSWER_AT:g} on.",
    "direct answers right (precision)": "of all answers given without asking back, the share that was right; a wrong one sends a resident the wrong way.",
    "no answer: not answered": "of the questions that nothing in the FAQ answers, the share where the bot did not give an answer as if it knew.",
    "calibration error (ECE)": "how far the probabilities are from what came true, on average; 0 is honest.",
    "by chance": "the calibration error that the same number of questions shows when every probability is true, on average of 200 draws: less than this cannot be expected.",
    "ROC area": "how often a question with an answer gets a higher probability than one without; 1 always, 0.5 by chance.",
    "accuracy": "the share of messages whose likeliest intent is the meant one, sure or not.",
    "acted on rightly": "of the messages with an intent, the share that is recognised with probability 0.5 or more: only then does the bot act.",
    "macro F1": "the balance of found and falsely found, every intent counting the same.",
    "strangers found, rightly called so": "of the messages of no intent the share that is recognised as such, and of those called so the share that is.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    day: date
    command: str
    encoder: str
    faqs: tuple[MeasuredFaq, ...] = ()
    intents: tuple[MeasuredIntents, ...] = ()
    speed: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """entries -> figures of ``benchmarks.understanding``"""
    targets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    """part -> why"""


def page(report: Report) -> str:
    parts = [*_head(report), *_at_a_glance(report)]
    for one in report.faqs:
        parts += _collection(one)
    parts += [*_intents(report), *_speed(report)]
    return "\n\n".join(parts) + "\n"


def picture_name(collection: str, kind: str) -> str:
    return f"quality-{collection}-{kind}.svg"


def _head(report: Report) -> Iterator[str]:
    questions = sum(one.figures["questions"] for one in report.faqs)
    messages = sum(one.figures["messages"] for one in report.intents)
    yield "# How good the answers are"
    yield (
        f"Measured on {report.day.isoformat()} by `{report.command}`, with the encoder `{report.encoder}`: "
        f"{questions:,} questions to {len(report.faqs)} FAQs, {messages:,} messages with intents. "
        "This page is written by that command; what is changed by hand is lost."
    )
    if report.left_out:
        yield "**Left out of this run:**"
        yield "\n".join(f"- {part}: {reason}" for part, reason in report.left_out.items())
    yield "## The data"
    yield "\n".join(_data(report))
    yield "## What the numbers mean"
    yield "\n".join(f"- **{name}**: {meaning}" for name, meaning in MEANINGS.items())


def _data(report: Report) -> Iterator[str]:
    for one in report.faqs:
        found = one.figures
        without = found["questions"] - found["answerable"]
        yield (
            f"- **{one.collection.title}**: {one.collection.told} {one.entries:,} entries, {found['questions']:,} "
            f"questions, {without:,} of them without an answer."
        )
    for told in report.intents:
        yield (
            f"- **Intents, {told.set.title}**: {len(told.set.train):,} examples, {told.figures['messages']:,} messages "
            f"asked, {told.figures['out_of_scope']:,} of them of no intent."
        )


def _at_a_glance(report: Report) -> Iterator[str]:
    if not report.faqs:
        return
    yield "## At a glance"
    yield "Finding the right entry (questions that have an answer):"
    yield table(
        ["collection", "questions", *RANKING],
        (
            [one.collection.name, str(one.figures["answerable"])]
            + [three(one.figures["ranking"][field]) for field in RANKING.values()]
            for one in report.faqs
        ),
    )
    yield "Deciding whether to answer (all questions):"
    yield table(
        [
            "collection",
            "direct answers",
            "of these right",
            "answered directly",
            "no answer: not answered",
            "ECE",
            "by chance",
            "ROC area",
        ],
        ([one.collection.name, *_decision(one)] for one in report.faqs),
    )


def _decision(one: MeasuredFaq) -> list[str]:
    found = one.figures["decision"]
    by_chance = calibration_error_by_chance([asked.best for asked in one.asked], Random(0))  # noqa: S311  (no secret)
    return [
        str(found["answered_directly"]),
        percent(found["precision_of_direct_answers"]),
        percent(found["coverage_of_answerable"]),
        percent(found["unanswerable_not_answered"]),
        three(found["expected_calibration_error"]),
        three(by_chance),
        "–" if found["roc_area"] is None else three(found["roc_area"]),
    ]


def _collection(one: MeasuredFaq) -> Iterator[str]:
    name, found = one.collection.name, one.figures
    yield f"## {one.collection.title}"
    yield "\n".join(
        f"![{told}](pictures/{picture_name(name, kind)})"
        for kind, told in (("reliability", _kept(one)), ("risk", _risk(one)))
    )
    yield "By style and by language, each counts only the questions that have an answer; the others have a table of their own."
    if found["by_style"]:
        yield "### By style"
        yield by_group("style", found["by_style"])
    if found["unanswerable_by_style"]:
        yield without_answer(found["unanswerable_by_style"])
    if found["by_language"]:
        yield "### By language"
        yield by_group("language", found["by_language"])
    yield "### Errors by cause"
    yield (
        "Questions whose best entry does not answer them; of those that nothing answers, the ones where the bot offers "
        "an entry all the same. The cause is found by rules over the signals (`benchmarks/reporting/errors.py`)."
    )
    yield table(["cause", "all", "answered directly"], _causes(one))
    yield f"### The {min(WORST, len(one.wrong))} worst errors" if one.wrong else "No best entry was wrong."
    if one.wrong:
        yield worst(one.wrong[:WORST], quoted=one.collection.is_ours)


def _kept(one: MeasuredFaq) -> str:
    bins = one.figures["decision"]["reliability"]
    return f"Reliability: calibration error {three(one.figures['decision']['expected_calibration_error'])} over {len(bins)} bins"


def _risk(one: MeasuredFaq) -> str:
    now = in_force(risk_points(one.asked), ANSWER_AT)
    if now is None:
        return "Risk and coverage: nothing is answered directly"
    return f"Risk and coverage: {percent(now.coverage)} answered directly, {percent(1 - now.precision)} of the answers wrong"


def _causes(one: MeasuredFaq) -> list[list[str]]:
    everywhere = Counter(wrong.cause for wrong in one.wrong)
    answered = Counter(wrong.cause for wrong in one.wrong if wrong.is_answered)
    return [[cause, str(count), str(answered[cause])] for cause, count in everywhere.most_common()]


def _intents(report: Report) -> Iterator[str]:
    if not report.intents:
        return
    yield "## Intents"
    yield table(
        [
            "set",
            "messages",
            "accuracy",
            "acted on rightly",
            "macro F1",
            "strangers found",
            "rightly called so",
            "p50, ms",
        ],
        ([one.set.name, *_told_apart(one.figures)] for one in report.intents),
    )
    yield "\n".join(
        f"- **{one.set.name}**: {one.set.title}. {one.set.beside and f'Published, {one.set.beside}. '}"
        f"Mixed up most: {_mixed_up(one.figures)}. Learning took {one.training_seconds:.0f} s."
        for one in report.intents
    )


def _told_apart(found: Mapping[str, Any]) -> list[str]:
    return [
        str(found["messages"]),
        percent(found["accuracy"]),
        percent(found["accuracy_in_scope"]),
        three(found["macro_f1"]),
        percent(found["out_of_scope_recall"]),
        percent(found["out_of_scope_precision"]),
        f"{found['milliseconds']['p50']:.1f}",
    ]


def _mixed_up(found: Mapping[str, Any]) -> str:
    return (
        ", ".join(f"{one['meant']} taken for {one['said']} ({one['times']})" for one in found["confused"][:5])
        or "nothing"
    )


def _speed(report: Report) -> Iterator[str]:
    if not report.faqs and not report.speed:
        return
    yield "## Speed and size"
    if report.faqs:
        yield (
            "Finding the entries for one question, one after the other, while this report was made. "
            "The clock counts other work on the machine too, the processor's time does not."
        )
        yield table(
            [
                "collection",
                "entries",
                *(f"{name}, ms" for name in PERCENTILES),
                *(f"{name} of processor, ms" for name in PERCENTILES),
            ],
            ([one.collection.name, str(one.entries), *_milliseconds(one.figures)] for one in report.faqs),
        )
    for entries, found in report.speed.items():
        yield f"One core, {int(entries):,} entries (`benchmarks.understanding`):"
        targets = report.targets.get(entries, {})
        yield table(
            ["", "measured", "target"],
            ([name, f"{value:.2f}", _target(targets, name)] for name, value in found.items()),
        )


def _milliseconds(found: Mapping[str, Any]) -> list[str]:
    clocks = (found["milliseconds"], found["processor_milliseconds"])
    return [f"{times[name]:.1f}" if times else "–" for times in clocks for name in PERCENTILES]


def _target(targets: Mapping[str, float], name: str) -> str:
    """The benchmark tells each time by two clocks; the target is the same."""
    target = targets.get(name.removesuffix(" of processor"))
    return "" if target is None else f"{target:g}"
