"""How well intents are told apart, and strangers from all of them."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from bot.understanding.examples import NONE, Example
from bot.understanding.intents import Intent
from evaluation.measures import share

THRESHOLD: Final = 0.5
"""Below it "none of them" is likelier than the best intent: the probabilities are calibrated."""


class TellsIntents(Protocol):
    def classify(self, text: str) -> Intent: ...


def ask_intents(
    classifier: TellsIntents, messages: Sequence[Example], on_progress: Callable[[int], None] = lambda _: None
) -> dict[str, Any]:
    """Accuracy within the intents, F1, out-of-scope recall and precision, and the pairs mixed up most."""
    pairs: list[tuple[str, str]] = []
    likeliest: list[bool] = []
    seconds: list[float] = []
    for number, message in enumerate(messages):
        begin = time.perf_counter()
        found = classifier.classify(message.text)
        seconds.append(time.perf_counter() - begin)
        said = found.name if found.probability >= THRESHOLD else NONE
        if message.intent != NONE:
            likeliest.append(found.name == message.intent)
        pairs.append((message.intent, said))
        on_progress(number + 1)
    # accuracy: of the likeliest intent, sure or not; accuracy_in_scope: of what is sure enough to be acted on
    return {
        "accuracy": share(likeliest),
        **_figures(pairs),
        "milliseconds": {"p50": 1000 * sorted(seconds)[len(seconds) // 2]},
    }


def _figures(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    inside = [pair for pair in pairs if pair[0] != NONE]
    outside = [pair for pair in pairs if pair[0] == NONE]
    rejected = [pair for pair in pairs if pair[1] == NONE]
    scores = {name: _f1(pairs, name) for name in {truth for truth, _ in inside}}
    sizes = Counter(truth for truth, _ in inside)
    return {
        "messages": len(pairs),
        "in_scope": len(inside),
        "accuracy_in_scope": share([truth == said for truth, said in inside]),
        "macro_f1": sum(scores.values()) / len(scores) if scores else 0.0,
        "weighted_f1": sum(scores[name] * size for name, size in sizes.items()) / max(1, len(inside)),
        "out_of_scope": len(outside),
        "out_of_scope_recall": share([said == NONE for _, said in outside]),
        "out_of_scope_precision": share([truth == NONE for truth, _ in rejected]) if outside else None,
        "confused": [
            {"meant": truth, "said": said, "times": times}
            for (truth, said), times in Counter(pair for pair in pairs if pair[0] != pair[1]).most_common(10)
        ],
    }


def _f1(pairs: Sequence[tuple[str, str]], name: str) -> float:
    hits = sum(truth == said == name for truth, said in pairs)
    meant = sum(truth == name for truth, _ in pairs)
    told = sum(said == name for _, said in pairs)
    return 2 * hits / (meant + told) if meant + told else 0.0
