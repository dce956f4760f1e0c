"""How the signals of a question and an entry become one probability: fitted by ``benchmarks/fit_fusion.py`` (``fusion.json``).

In two steps. Every entry gets a score, a weighted sum of its signals; the weights are those under which the right entries
have the greatest share of ``exp(score)``, "no entry answers this" being one more entry with the score 0. Then a logistic
curve tells how likely an entry with such a score, in such company, answers: two entries that say nearly the same may both
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


def company(entry_scores: Numbers) -> Numbers:
    """What tells how far a score can be trusted, a row an entry.

    A constant, the score itself, and its share of all ``exp(score)``, as a logarithm.
    """
    top = max(0.0, float(entry_scores.max(initial=0.0, where=np.isfinite(entry_scores))))
    everything = top + np.log(np.exp(entry_scores - top).sum() + np.exp(-top))
    finite = np.maximum(entry_scores, -1e6)
    return np.stack([np.ones_like(finite), finite, finite - everything], axis=1)


def probabilities(entry_scores: Numbers, weights: Weights) -> Numbers:
    """How likely each entry answers, between 0 and 1; each for itself."""
    if not entry_scores.size:
        return entry_scores
    curve = company(entry_scores) @ np.array(weights.company)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(curve, -500, 500))), dtype=np.float64)
