"""What a message is for: certain words first, then likeness to examples, as a calibrated probability."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.examples import Example
from bot.understanding.likeness import Likeness
from bot.understanding.plain_words import speaks_about_staff, wish
from language.encoder import Encoder, EncoderError, NoEncoder
from language.japanese import key

NONE = "none"
EXACT = 0.99
CERTAIN_WORDS = 0.97
SMOOTHNESS = 0.6
"""How much each example may bend the decision; chosen by leave-one-out on the demo city's examples."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Intent:
    name: str
    """``none`` when the message is none of the intents"""
    probability: float
    """0–1: of 100 messages with probability 0.8, about 80 mean this"""


NOTHING = Intent(NONE, 1.0)


class IntentClassifier:
    """Immutable, for any thread. Make it with ``build``."""

    def __init__(self, exact: dict[str, str], by_words: "_Model | None", by_meaning: "_Model | None") -> None:
        self._exact = exact
        self._by_words = by_words
        self._by_meaning = by_meaning

    @classmethod
    def build(cls, examples: Sequence[Example], encoder: Encoder | None = None) -> "IntentClassifier":
        """Learn from examples; without an encoder (none yet, none at all) by words alone.

        Takes a second per few hundred examples, most of it in the encoder. Raises EncoderError.
        """
        exact = {known: example.intent for example in examples if (known := key(example.text))}
        if len({example.intent for example in examples}) < 2:
            return cls(exact, None, None)
        by_words = _Model(examples, NoEncoder())
        by_meaning = _Model(examples, encoder) if encoder is not None and encoder.dimensions else None
        return cls(exact, by_words, by_meaning)

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
        return self._by_words.classify(text) if self._by_words is not None else NOTHING


class _Model:
    """Kernel ridge regression on likeness, one column an intent; its leave-one-out errors calibrate it."""

    def __init__(self, examples: Sequence[Example], encoder: Encoder) -> None:
        self._names = sorted({example.intent for example in examples})
        self._likeness = Likeness([example.text for example in examples], encoder)
        column = {name: n for n, name in enumerate(self._names)}
        truth = np.array([column[example.intent] for example in examples])
        wanted = np.zeros((len(examples), len(self._names)))
        wanted[np.arange(len(examples)), truth] = 1.0
        kernel = self._likeness.among_examples()
        inverse = np.linalg.inv(kernel + SMOOTHNESS * np.eye(len(examples)))
        self._weights: Numbers = inverse @ wanted
        left_out = wanted - self._weights / np.diag(inverse)[:, None]
        nearest = np.max(kernel - 2 * np.eye(len(examples)) * kernel.max(), axis=1)
        signals = np.array([_signals(row, near) for row, near in zip(left_out, nearest, strict=True)])
        self._calibration = _logistic(signals, left_out.argmax(axis=1) == truth)

    def classify(self, text: str) -> Intent:
        alike = self._likeness.to_examples(text)
        scores: Numbers = alike @ self._weights
        probability = _probability(_signals(scores, float(alike.max())), self._calibration)
        return Intent(self._names[int(scores.argmax())], probability)


def _signals(scores: Numbers, nearest: float) -> Numbers:
    """What tells whether the best score is right: how high, how far ahead, how near the nearest example."""
    second, first = np.sort(scores)[-2:]
    return np.array([1.0, first, first - second, nearest])


def _logistic(signals: Numbers, right: NDArray[np.bool_]) -> Numbers:
    """Logistic regression by Newton's method, with a small penalty so that even "always right" stays finite."""
    weights = np.zeros(signals.shape[1])
    penalty = 0.1 * np.eye(signals.shape[1])
    for _ in range(30):
        guess = 1.0 / (1.0 + np.exp(-signals @ weights))
        slope = signals.T @ (right - guess) - penalty @ weights
        curve = (signals * (guess * (1.0 - guess))[:, None]).T @ signals + penalty
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def _probability(signals: Numbers, weights: Numbers) -> float:
    return float(1.0 / (1.0 + np.exp(-signals @ weights)))
