"""From signals to probability: one fixed formula, fitted by ``benchmarks/fit_fusion.py``.

Every entry gets a score, a weighted sum of its signals; "no entry answers this" has the score 0. The probability of
an entry is its share of ``exp(score)`` among all of them. So two entries that fit equally well cannot both be likely,
and a question that nothing fits leaves all of them near 0.

There are two sets of weights: with sentence vectors and, for entries that have none (yet), without.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEXICAL: Final = ("words", "concepts", "letters", "letters_in", "latin_letters", "sounds", "sounds_in")
SEMANTIC: Final = ("meaning", "latin_meaning", "answer_meaning", "meaning_lead")
OF_QUESTION: Final = ("known_words", "length", "latin")

WITHOUT_VECTORS: Mapping[str, float] = {
    "words": 4.0, "concepts": 4.0, "letters": 5.0, "letters_in": 1.5, "sounds": 3.0, "sounds_in": 1.5, "known_words": 1.0, "length": 0.0, "latin": 0.0, "latin_letters": 0.0, "": -6.5,
}  # fmt: skip
WITH_VECTORS: Mapping[str, float] = {
    "words": 2.5, "concepts": 2.5, "letters": 4.0, "letters_in": 1.0, "sounds": 2.0, "sounds_in": 1.0, "meaning": 8.0, "answer_meaning": 3.0,
    "meaning_lead": 0.0, "latin_meaning": 0.0, "known_words": 1.0, "length": 0.0, "latin": 0.0, "latin_letters": 0.0, "": -9.0,
}  # fmt: skip

Signals = Mapping[str, NDArray[np.float64]]


def scores(signals: Signals, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The weighted sum for each entry; the weight named "" stands alone."""
    total = np.full(next(iter(signals.values())).shape, weights[""])
    for name, weight in weights.items():
        if name:
            total += weight * signals[name]
    return total


def probabilities(entry_scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each entry's share, "none of them" being one more entry with the score 0. Their sum stays below 1."""
    if not entry_scores.size:
        return entry_scores
    top = max(0.0, float(entry_scores.max()))
    raised = np.exp(entry_scores - top)
    return np.asarray(raised / (raised.sum() + math.exp(-top)), dtype=np.float64)
