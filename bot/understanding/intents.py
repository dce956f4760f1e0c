"""What a message is for: certain words first, then likeness to examples, as a calibrated probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bot.understanding.examples import NONE, Example
from bot.understanding.likeness import Likeness
from bot.understanding.plain_words import speaks_about_staff, wish
from language.encoder import Encoder, EncoderError, NoEncoder
from language.japanese import key

EXACT = 0.99
CERTAIN_WORDS = 0.97
SMOOTHNESS = 0.1
"""How much each example may bend the decision; 0.03 to 0.3 are equally good on BANKING77."""
ONE_BY_ONE = 3000
"""examples up to which leaving out is exact; beyond, it would take minutes"""

Numbers = NDArray[np.float64]
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Intent:
    name: str
    """``none`` when the message is none of the intents"""
    probability: float
    """0–1: of 100 messages with probability 0.8, about 80 mean this"""


NOTHING = Intent(NONE, 1.0)


class IntentClassifier:
    """Immutable, for any thread. Make it with ``build``."""

    def __init__(self, examples: Sequence[Example], by_meaning: "_Model | None", *, can_tell: bool) -> None:
        self._examples = tuple(examples)
        self._exact = {known: example.intent for example in examples if (known := key(example.text))}
        self._by_meaning = by_meaning
        self._can_tell = can_tell
        self._learning = Lock()

    @classmethod
    def build(cls, examples: Sequence[Example], encoder: Encoder | None = None) -> "IntentClassifier":
        """Learn from examples; without an encoder (none yet, none at all) by words alone.

        Takes a second per few hundred examples, most of it in the encoder. Raises EncoderError.
        """
        if len({example.intent for example in examples}) < 2:
            return cls(examples, None, can_tell=False)
        if encoder is not None and encoder.dimensions:
            return cls(examples, _Model(examples, encoder), can_tell=True)
        found = cls(examples, None, can_tell=True)
        _ = found._by_words
        return found

    def classify(self, text: str) -> Intent:
        """The most probable intent. Never raises: when the encoder fails, the words alone decide."""
        known = key(text)
        if not known:
            return NOTHING
        if (name := self._exact.get(known)) is not None:
            return Intent(name, EXACT)
        if name := wish(text):
            return Intent(name, CERTAIN_WORDS)
        likely = self._most_alike(text)
        if likely.name == "talk_to_person" and speaks_about_staff(text):
            return Intent(NONE, likely.probability)
        return likely

    def _most_alike(self, text: str) -> Intent:
        if self._by_meaning is not None:
            try:
                return self._by_meaning.classify(text)
            except EncoderError:
                pass  # an endpoint may be down for a while: words still tell most
        with self._learning:
            by_words = self._by_words
        return by_words.classify(text) if by_words is not None else NOTHING

    @cached_property
    def _by_words(self) -> "_Model | None":
        """Learnt when it is first needed: with a bundled encoder that is never."""
        return _Model(self._examples, NoEncoder()) if self._can_tell else None


class _Model:
    """Kernel ridge regression on likeness, one column an intent; errors on examples left out calibrate it.

    Examples of no intent (``NONE``) pull every score towards 0 and teach the calibration what a stranger is.
    """

    def __init__(self, examples: Sequence[Example], encoder: Encoder) -> None:
        self._names = sorted({example.intent for example in examples} - {NONE})
        self._likeness = Likeness([example.text for example in examples], encoder)
        column = {name: n for n, name in enumerate(self._names)}
        truth = np.array([column.get(example.intent, -1) for example in examples])
        wanted = np.zeros((len(examples), len(self._names)), dtype=np.float32)
        wanted[np.flatnonzero(truth >= 0), truth[truth >= 0]] = 1.0
        kernel = self._likeness.among_examples()
        known, strangers = _seen(kernel, wanted, truth)
        signals = np.array([_signals(row, near) for row, near, _ in (*known, *strangers)])
        right = np.array([truth[number] == row.argmax() for row, _, number in known] + [False] * len(strangers))
        # As many strangers are expected as the examples hold, at least one intent's worth of them.
        expected = max(1 / (len(self._names) + 1), float((truth < 0).mean() / max((truth >= 0).mean(), 1e-9)))
        share = expected * len(known) / len(strangers) if strangers else 1.0
        weigh = np.array([1.0] * len(known) + [share] * len(strangers))
        self._calibration = _logistic(signals, right, weigh)
        kernel[np.diag_indices_from(kernel)] += SMOOTHNESS
        self._weights = np.linalg.solve(kernel, wanted)

    def classify(self, text: str) -> Intent:
        alike = self._likeness.to_examples(text)
        scores = (alike @ self._weights).astype(np.float64)
        probability = _probability(_signals(scores, float(alike.max())), self._calibration)
        return Intent(self._names[int(scores.argmax())], probability)


Seen = tuple[Numbers, float, int]
"""an example as the model sees it when it was not trained on it: scores, likeness of the nearest example, its number"""


def _seen(kernel: Rows, wanted: Rows, truth: NDArray[np.int64]) -> tuple[list[Seen], list[Seen]]:
    """What the model says about examples it has not learnt, and about messages of intents it has never met.

    Without the second, a model that is right about all its examples would trust itself with anything. Few examples are
    left out one by one, exactly and at once (Rifkin & Lippert 2007), and a fifth of the intents five times; of many,
    every fifth example and every fifth intent together, once.
    """
    fifth = np.arange(len(truth)) % 5
    rounds = [np.isin(truth, range(turn, wanted.shape[1], 5)) for turn in range(5)] if wanted.shape[1] >= 3 else []
    rounds = [missing for missing in rounds if missing.any() and not missing.all()]
    if len(kernel) > ONE_BY_ONE and rounds:
        asked = np.flatnonzero(fifth == 0)
        told = _asked_of_the_others(kernel, wanted, rounds[0] | (fifth == 0), asked)
        strange = rounds[0][asked]
        return (
            [one for one, is_strange in zip(told, strange, strict=True) if not is_strange],
            [one for one, is_strange in zip(told, strange, strict=True) if is_strange],
        )
    known = _left_out(kernel, wanted)
    return known, [one for out in rounds for one in _asked_of_the_others(kernel, wanted, out, np.flatnonzero(out))]


def _left_out(kernel: Rows, wanted: Rows) -> list[Seen]:
    inverse = np.linalg.inv((kernel + SMOOTHNESS * np.eye(len(kernel), dtype=np.float32)).astype(np.float64))
    scores = wanted - (inverse @ wanted) / np.diag(inverse)[:, None]
    nearest = np.max(kernel - 2 * np.eye(len(kernel)) * kernel.max(), axis=1)
    return [(row, float(near), number) for number, (row, near) in enumerate(zip(scores, nearest, strict=True))]


def _asked_of_the_others(kernel: Rows, wanted: Rows, out: NDArray[np.bool_], asked: NDArray[np.intp]) -> list[Seen]:
    kept = np.flatnonzero(~out)
    ridge = SMOOTHNESS * np.eye(len(kept), dtype=np.float32)
    weights = np.linalg.solve(kernel[np.ix_(kept, kept)] + ridge, wanted[kept])
    across = kernel[np.ix_(asked, kept)]
    scores = (across @ weights).astype(np.float64)
    return [
        (row, float(near), int(number)) for row, near, number in zip(scores, across.max(axis=1), asked, strict=True)
    ]


def _signals(scores: Numbers, nearest: float) -> Numbers:
    """What tells whether the best score is right: how high, how far ahead, how near the nearest example."""
    second, first = np.sort(scores)[-2:]
    return np.array([1.0, first, first - second, nearest])


def _logistic(signals: Numbers, right: NDArray[np.bool_], weigh: Numbers) -> Numbers:
    """Logistic regression by Newton's method, with a small penalty so that even "always right" stays finite."""
    weights = np.zeros(signals.shape[1])
    penalty = 0.1 * np.eye(signals.shape[1])
    for _ in range(30):
        guess = 1.0 / (1.0 + np.exp(-signals @ weights))
        slope = signals.T @ (weigh * (right - guess)) - penalty @ weights
        curve = (signals * (weigh * guess * (1.0 - guess))[:, None]).T @ signals + penalty
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def _probability(signals: Numbers, weights: Numbers) -> float:
    return float(1.0 / (1.0 + np.exp(-signals @ weights)))
