"""From signals to probability: one fixed formula, fitted by ``benchmarks/fit_fusion.py`` (``fusion.json``).

Every entry gets a score, a weighted sum of its signals; "no entry answers this" has the score 0. The probability of
an entry is its share of ``exp(score)`` among all of them. So two entries that fit equally well cannot both be likely,
and a question that nothing fits leaves all of them near 0.

There are two sets of weights: with sentence vectors and, for entries that have none (yet), without.
"""

import json
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

_WEIGHTS = json.loads((files("knowledge_base") / "fusion.json").read_text(encoding="utf-8"))
WITHOUT_VECTORS: Final[Mapping[str, float]] = _WEIGHTS["without_vectors"]
WITH_VECTORS: Final[Mapping[str, float]] = _WEIGHTS["with_vectors"]

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
