"""How alike two sentences are: by pieces of spelling, by words, and by meaning when there is an encoder."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from language.encoder import Encoder
from language.japanese import key, words

LONGEST = 300
SHARES_WITH_MEANING = (0.2, 0.15, 0.65)
SHARES_BY_WORDS = (0.6, 0.4, 0.0)
"""of spelling, words and meaning; chosen by leave-one-out on the demo city's examples"""

Numbers = NDArray[np.float64]


class Likeness:
    """Compares a text with fixed examples: 1 is the same, 0 has nothing in common."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._spelling = _Bag(texts, _pieces)
        self._words = _Bag(texts, _content_words)
        self._encoder = encoder
        self._shares = SHARES_WITH_MEANING if encoder.dimensions else SHARES_BY_WORDS
        vectors = encoder.queries([text[:LONGEST] for text in texts]).astype(np.float64)
        # e5's rows all point roughly the same way; what tells them apart is what remains without the mean.
        self._mean = vectors.mean(axis=0)
        self._vectors = _unit(vectors - self._mean)

    def to_examples(self, text: str) -> Numbers:
        """One number for each example. Raises EncoderError."""
        text = text[:LONGEST]
        spelling, content, meaning = self._shares
        alike = spelling * self._spelling.to_all(text) + content * self._words.to_all(text)
        if meaning:
            vector = self._encoder.queries([text]).astype(np.float64) - self._mean
            alike = alike + meaning * (self._vectors @ _unit(vector)[0])
        return alike

    def among_examples(self) -> Numbers:
        spelling, content, meaning = self._shares
        return (
            spelling * self._spelling.among()
            + content * self._words.among()
            + meaning * self._vectors @ self._vectors.T
        )


class _Bag:
    """Cosines of weighted counts. A piece no example has lowers every likeness: strange words make a stranger."""

    def __init__(self, texts: Sequence[str], cut: Callable[[str], Iterable[str]]) -> None:
        self._cut = cut
        counted = [Counter(cut(text)) for text in texts]
        seen = Counter(piece for counts in counted for piece in counts)
        self._column = {piece: n for n, piece in enumerate(seen)}
        self._rarest = log(1 + len(texts))
        self._weight = {piece: log(1 + len(texts) / count) for piece, count in seen.items()}
        self._rows = np.zeros((len(texts), max(len(seen), 1)))
        for row, counts in zip(self._rows, counted, strict=True):
            for piece, value in self._weighted(counts).items():
                row[self._column[piece]] = value

    def to_all(self, text: str) -> Numbers:
        weighted = self._weighted(Counter(self._cut(text)))
        known = [piece for piece in weighted if piece in self._column]
        columns = [self._column[piece] for piece in known]
        values = np.array([weighted[piece] for piece in known])
        alike: Numbers = self._rows[:, columns] @ values
        return alike

    def among(self) -> Numbers:
        alike: Numbers = self._rows @ self._rows.T
        return alike

    def _weighted(self, counts: Counter[str]) -> dict[str, float]:
        raw = {piece: sqrt(count) * self._weight.get(piece, self._rarest) for piece, count in counts.items()}
        length = sqrt(sum(value * value for value in raw.values())) or 1.0
        return {piece: value / length for piece, value in raw.items()}


def _pieces(text: str) -> list[str]:
    """Two and three letters in a row, with the sentence's ends marked."""
    marked = f"^{key(text)}$"
    return [marked[at : at + n] for n in (2, 3) for at in range(len(marked) - n + 1)]


def _content_words(text: str) -> tuple[str, ...]:
    return words(text)


def _unit(rows: Numbers) -> Numbers:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Numbers = rows / np.maximum(lengths, 1e-9)
    return unit
