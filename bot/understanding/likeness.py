"""How alike two sentences are: by pieces of spelling, by words, and by meaning when there is an encoder."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from language.encoder import Encoder
from language.japanese import key, words

LONGEST = 300
SHARES_WITH_MEANING = (0.19, 0.19, 0.62)
SHARES_BY_WORDS = (0.6, 0.4, 0.0)
"""of spelling, words and meaning; the first measured on BANKING77's training half, the second on the demo city"""
NARROWNESS = 2.0
"""How fast likeness in meaning falls with distance: exp(-2 (1 - cosine)), a Gaussian kernel on the sphere."""
COMMON = 0.1
COMMON_FROM = 50
"""A piece in more than a tenth of many examples tells nothing, and comparing by it is most of the work."""
_BATCH = 64

Numbers = NDArray[np.float32]


class Likeness:
    """Compares a text with fixed examples: 1 is the same, near 0 has nothing in common. A positive definite kernel."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._size = len(texts)
        self._spelling = _Bag(texts, _pieces)
        self._words = _Bag(texts, _content_words)
        self._encoder = encoder
        self._shares = SHARES_WITH_MEANING if encoder.dimensions else SHARES_BY_WORDS
        cut = [text[:LONGEST] for text in texts]
        vectors = np.concatenate(
            [encoder.queries(cut[at : at + _BATCH]) for at in range(0, len(cut), _BATCH)]
            or [np.zeros((0, encoder.dimensions), dtype=np.float32)]
        )
        # e5's rows all point roughly the same way; what tells them apart is what remains without the mean.
        self._mean = vectors.mean(axis=0)
        self._vectors = _unit(vectors - self._mean)

    def to_examples(self, text: str) -> Numbers:
        """One number for each example. Raises EncoderError."""
        text = text[:LONGEST]
        spelling, content, meaning = self._shares
        alike = spelling * self._spelling.to_all(text) + content * self._words.to_all(text)
        if meaning:
            vector = _unit(self._encoder.queries([text]) - self._mean)[0]
            alike = alike + meaning * np.exp(-NARROWNESS * (1 - self._vectors @ vector))
        return alike.astype(np.float32)

    def among_examples(self) -> Numbers:
        """The likeness of every example to every other: a square of ``len(texts)`` rows."""
        spelling, content, meaning = self._shares
        alike = np.empty((self._size, self._size), dtype=np.float32)
        for row in range(self._size):
            alike[row] = spelling * self._spelling.to_example(row) + content * self._words.to_example(row)
        if meaning:
            alike += np.float32(meaning) * np.exp(-NARROWNESS * (1 - self._vectors @ self._vectors.T))
        return alike


class _Bag:
    """Cosines of weighted counts. A piece no example has lowers every likeness: strange words make a stranger."""

    def __init__(self, texts: Sequence[str], cut: Callable[[str], Iterable[str]]) -> None:
        self._cut = cut
        self._size = len(texts)
        counted = [Counter(cut(text)) for text in texts]
        everywhere = Counter(piece for counts in counted for piece in counts)
        common = max(COMMON_FROM, COMMON * len(texts))
        seen = {piece: count for piece, count in everywhere.items() if count <= common}
        self._common = everywhere.keys() - seen.keys()
        self._column = {piece: n for n, piece in enumerate(seen)}
        self._rarest = log(1 + len(texts))
        self._weight = {piece: log(1 + len(texts) / count) for piece, count in seen.items()}
        self._examples = [self._weighted(counts) for counts in counted]
        self._starts, self._rows, self._values = self._by_column()

    def to_all(self, text: str) -> NDArray[np.float64]:
        return self._alike(self._weighted(Counter(self._cut(text))))

    def to_example(self, number: int) -> NDArray[np.float64]:
        return self._alike(self._examples[number])

    def _alike(self, weighted: dict[str, float]) -> NDArray[np.float64]:
        known = [(self._column[piece], value) for piece, value in weighted.items() if piece in self._column]
        if not known:
            return np.zeros(self._size)
        slices = [(slice(self._starts[column], self._starts[column + 1]), value) for column, value in known]
        rows = np.concatenate([self._rows[one] for one, _ in slices])
        values = np.concatenate([self._values[one] * value for one, value in slices]).astype(np.float64)
        return np.bincount(rows, weights=values, minlength=self._size).astype(np.float64)

    def _by_column(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Numbers]:
        columns = [self._column[piece] for example in self._examples for piece in example]
        rows = np.repeat(np.arange(self._size), [len(example) for example in self._examples])
        values = np.array([value for example in self._examples for value in example.values()], dtype=np.float32)
        order = np.argsort(columns, kind="stable")
        starts = np.searchsorted(np.asarray(columns, dtype=np.int64)[order], np.arange(len(self._column) + 1))
        return starts, rows[order], values[order]

    def _weighted(self, counts: Counter[str]) -> dict[str, float]:
        raw = {
            piece: sqrt(count) * self._weight.get(piece, self._rarest)
            for piece, count in counts.items()
            if piece not in self._common
        }
        length = sqrt(sum(value * value for value in raw.values())) or 1.0
        return {piece: value / length for piece, value in raw.items()}


def _pieces(text: str) -> list[str]:
    """Two to four letters in a row, with the sentence's ends marked."""
    marked = f"^{key(text)}$"
    return [marked[at : at + n] for n in (2, 3, 4) for at in range(len(marked) - n + 1)]


def _content_words(text: str) -> tuple[str, ...]:
    found = words(text)
    return (*found, *(f"{one} {two}" for one, two in pairwise(found)))


def _unit(rows: Numbers) -> Numbers:
    unit: Numbers = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    return unit
