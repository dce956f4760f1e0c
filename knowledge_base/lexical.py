"""BM25 over fields, as flat arrays: thousands of entries are scored in a fraction of a millisecond."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.texts import Counts

Scores: TypeAlias = NDArray[np.float64]
"""One number an entry (or a surface)."""

_SATURATION = 1.2


class FieldedTerms:
    """BM25F (Robertson, Zaragoza, Taylor 2004): fields weighted first, saturated once.

    ``fields[name]`` has one item a document; ``weights[name]`` is (weight, how much the field's length matters: 0–1).
    """

    def __init__(
        self, fields: Mapping[str, Sequence[Counts]], weights: Mapping[str, tuple[float, float]], size: int
    ) -> None:
        self._size = size
        keys, values = _weighted(fields, weights)
        pairs, place = np.unique(keys, return_inverse=True)
        summed = np.bincount(place, weights=values, minlength=len(pairs))
        terms = (pairs >> np.uint64(32)).astype(np.uint32)
        # Narrow types: these two are most of what the words of 20,000 entries weigh.
        self._documents = (pairs & np.uint64(0xFFFFFFFF)).astype(np.min_scalar_type(max(size, 1)))
        self._values = (summed / (summed + _SATURATION)).astype(np.float16)
        self._terms, starts = np.unique(terms, return_index=True)
        self._starts = np.append(starts, len(terms)).astype(np.int64)
        found_in = np.diff(self._starts)
        self._idf = np.log(1 + (size - found_in + 0.5) / (found_in + 0.5))
        self._unknown = float(np.log(1 + (size + 0.5) / 0.5))

    def share(self, asked: Counts) -> tuple[Scores, float]:
        """Each document's score as a share of what a perfect one would get, 0–1, and the share of the question known.

        A word of the question that no document has counts as missing. Shares mean the same for every question.
        """
        ids = asked[0]
        if not len(ids) or not len(self._terms):
            return np.zeros(self._size), 0.0
        place = np.minimum(np.searchsorted(self._terms, ids), len(self._terms) - 1)
        known = place[self._terms[place] == ids]
        best = float(self._idf[known].sum()) + self._unknown * (len(ids) - len(known))
        if not len(known):
            return np.zeros(self._size), 0.0
        slices = [slice(self._starts[at], self._starts[at + 1]) for at in known]
        documents = np.concatenate([self._documents[one] for one in slices])
        values = np.concatenate([self._values[one] * self._idf[at] for one, at in zip(slices, known, strict=True)])
        scores = np.bincount(documents, weights=values, minlength=self._size)
        return scores / best, float(self._idf[known].sum()) / best


def _weighted(
    fields: Mapping[str, Sequence[Counts]], weights: Mapping[str, tuple[float, float]]
) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """(term, document) packed into one number, and the term's weight there, one row a field."""
    keys: list[NDArray[np.uint64]] = [np.zeros(0, dtype=np.uint64)]
    values: list[NDArray[np.float64]] = [np.zeros(0)]
    for name, documents in fields.items():
        if not documents:
            continue
        weight, length_matters = weights[name]
        ids = np.concatenate([ids for ids, _ in documents]).astype(np.uint64)
        counts = np.concatenate([counts for _, counts in documents]).astype(np.float64)
        document = np.repeat(np.arange(len(documents), dtype=np.uint64), [len(ids) for ids, _ in documents])
        lengths = np.bincount(document.astype(np.int64), weights=counts, minlength=len(documents))
        average = max(1.0, float(lengths.mean()))
        scaled = weight / (1 - length_matters + length_matters * lengths / average)
        keys.append(ids << np.uint64(32) | document)
        values.append(counts * scaled[document.astype(np.int64)])
    return np.concatenate(keys), np.concatenate(values)
