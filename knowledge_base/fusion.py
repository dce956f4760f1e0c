"""How the signals of a question and an entry become one probability: fitted by ``benchmarks/fit_fusion.py`` (``fusion.json``).

In two steps. Every entry gets a score, a weighted sum of its signals; the weights are those under which the right entries
have the greatest share of ``exp(score)``, "no entry answers this" being one more entry with the score 0. Then a logistic
curve tells how likely an entry with such a share, of such a question, answers: two entries that say nearly the same may both
be likely, and of a question that nothing fits, none is.

There are three sets of weights: with sentence vectors and the subjects of all cities; with vectors of an encoder for which
there are no such subjects; and, for entries that have no vectors (yet), without.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Signals = Mapping[str, Numbers]
_SUREST: Final = 30.0
"""log odds from which on nothing gets surer: beyond, the difference of two nearly equal numbers would be noise"""


@dataclass(frozen=True, slots=True)
class Weights:
    signals: Mapping[str, float]
    """by the signal's name; the weight named "" stands alone"""
    company: tuple[float, ...]
    """of the columns of ``company``"""


def _read(fits: Mapping[str, Any], name: str) -> Weights:
    return Weights(fits[name]["signals"], tuple(fits[name]["company"]))


_FITS = json.loads((files("knowledge_base") / "fusion.json").read_text(encoding="utf-8"))
WITHOUT_VECTORS: Final = _read(_FITS, "without_vectors")
WITH_VECTORS: Final = _read(_FITS, "with_vectors")
WITH_SUBJECTS: Final = _read(_FITS, "with_subjects")


def scores(signals: Signals, weights: Weights) -> Numbers:
    """The weighted sum for each entry."""
    total = np.full(next(iter(signals.values())).shape, weights.signals[""])
    for name, weight in weights.signals.items():
        if name:
            total += weight * signals[name]
    return total


def company(entry_scores: Numbers, elsewhere: float = 0.0) -> Numbers:
    """What tells how far an entry can be trusted, a row an entry.

    A constant; the odds of its share of all ``exp(score)``, "none" among them, as a logarithm; the score itself; and how far
    the question is others' business, by the subjects (0 without them).
    """
    finite = np.maximum(entry_scores, -1e6)
    top = max(0.0, float(finite.max(initial=0.0)))
    each = np.exp(finite - top)
    others = np.maximum(each.sum() - each + np.exp(-top), np.exp(-min(top, _SUREST)))
    odds = finite - top - np.log(others)
    return np.stack([np.ones_like(finite), odds, finite, np.full_like(finite, elsewhere)], axis=1)


def probabilities(entry_scores: Numbers, weights: Weights, elsewhere: float = 0.0) -> Numbers:
    """How likely each entry answers, between 0 and 1; each for itself, and of one question the greater score the likelier."""
    if not entry_scores.size:
        return entry_scores
    curve = company(entry_scores, elsewhere) @ np.array(weights.company)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(curve, -_SUREST, _SUREST))), dtype=np.float64)
