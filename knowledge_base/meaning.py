"""Sentence vectors of all entries: of the surfaces, each passage of the answer, and question and answer together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knowledge_base.article import ArticleContent
from knowledge_base.lexical import Scores
from knowledge_base.texts import passages_of, surfaces_of, whole_of
from language.encoder import text_key

MEANING_FROM: Final = 40
"""Surfaces with a vector below which their mean says nothing, and meaning is left out."""
HINTED: Final = ("surface", "whole")
HINTS_WEIGH: Final = 0.6
"""How far the hints move the question; 0.3 and 1.0 were worse on the development questions."""
_SAMPLE = 256

Rows = NDArray[np.float32]


def _wholes(content: ArticleContent) -> tuple[str, ...]:
    return (whole_of(content),)


def _passages(content: ArticleContent) -> tuple[str, ...]:
    return passages_of(content.answer)


FIELDS: Final[Mapping[str, Callable[[ArticleContent], tuple[str, ...]]]] = {
    "surface": surfaces_of,
    "whole": _wholes,
    "passage": _passages,
}
MERGED: Final = frozenset({"surface"})
"""The fields whose vectors are one: the middle of all ways to put a question. On the development questions it found
more than the nearest single one did, and an entry with thirty phrasings costs no more than one without."""
LIKENESSES: Final = (*FIELDS, *(f"hinted_{name}" for name in HINTED))


def texts_of(content: ArticleContent, fields: Collection[str] = tuple(FIELDS)) -> tuple[str, ...]:
    """Every text of an entry that needs a vector."""
    return tuple(dict.fromkeys(text for field in fields for text in FIELDS[field](content)))


class Meaning:
    """How near a question is to each entry, field by field.

    All vectors of e5 point nearly the same way (likeness 0.75–0.95 for anything). Without their field's mean they
    spread; divided by the spread of the field, a likeness says how far it stands out from chance, in any collection.
    An entry takes part only when all its texts have vectors.
    """

    def __init__(
        self,
        contents: Sequence[ArticleContent],
        vectors: Mapping[str, ArrayLike],
        name: str,
        fields: Collection[str] = tuple(FIELDS),
    ) -> None:
        self._size = len(contents)
        keys = {text: text_key(name, text) for content in contents for text in texts_of(content, fields)}
        self.missing = tuple(text for text, known in keys.items() if known not in vectors)
        """texts without a vector"""
        self.present = self._present(contents, fields)
        self._ids = np.flatnonzero(self.present)
        self._fields: dict[str, _Field] = {}
        if len(self._ids):
            inside = [contents[number] for number in self._ids.tolist()]
            for field in fields:
                of_entry = [FIELDS[field](content) for content in inside]
                rows = [np.array([vectors[keys[text]] for text in texts], dtype=np.float32) for texts in of_entry]
                self._fields[field] = _Field.of(rows, merged=field in MERGED)

    def _present(self, contents: Sequence[ArticleContent], fields: Collection[str]) -> NDArray[np.bool_]:
        missing = frozenset(self.missing)
        present = [missing.isdisjoint(texts_of(content, fields)) for content in contents]
        surfaces = sum(len(surfaces_of(content)) for content, is_in in zip(contents, present, strict=True) if is_in)
        return np.array([is_in and surfaces >= MEANING_FROM for is_in in present], dtype=bool)

    def likeness(self, question: Rows, hints: Rows, wanted: Collection[str] = LIKENESSES) -> dict[str, Scores]:
        """For each field, each entry's best likeness in standard deviations; 0 for an entry without vectors.

        ``hinted_…`` is the likeness to the question as the city hall would put it: moved towards the hints' rows.
        What is not ``wanted`` is not computed.
        """
        found: dict[str, Scores] = {}
        for name, field in self._fields.items():
            hinted = f"hinted_{name}"
            if name not in wanted and hinted not in wanted:
                continue
            asked = field.centred(question)
            found[name] = self._spread(field.best(asked))
            if hinted in wanted:
                moved = asked + HINTS_WEIGH * field.centred(hints).mean(axis=0) if len(hints) else asked
                found[hinted] = self._spread(field.best(_unit(moved))) if len(hints) else found[name]
        return found

    def agreement(self, rows: Rows, shares: Rows) -> Scores:
        """Each entry's likeness to several texts at once, in the same unit; each text counts by its share."""
        field = self._fields["whole"]
        return self._spread(field.best(shares @ field.centred(rows)))

    def _spread(self, values: Rows) -> Scores:
        everywhere = np.zeros(self._size)
        everywhere[self._ids] = values
        return everywhere


@dataclass(frozen=True, slots=True)
class _Field:
    rows: Rows
    starts: NDArray[np.int64]
    """where each entry's rows begin"""
    mean: Rows
    spread: float

    @classmethod
    def of(cls, rows: Sequence[Rows], *, merged: bool) -> "_Field":
        """``rows``: those of each entry. ``merged``: their middle alone stands for them."""
        count = sum(len(ours) for ours in rows)
        mean = np.sum([ours.sum(axis=0) for ours in rows], axis=0) / np.float32(count)
        centred = np.empty((len(rows) if merged else count, len(mean)), dtype=np.float32)
        starts = np.zeros(len(rows), dtype=np.int64)
        at = 0
        for number, ours in enumerate(rows):
            own = _unit(ours - mean)
            own = _unit(own.mean(axis=0, keepdims=True)) if merged else own
            starts[number], centred[at : at + len(own)] = at, own
            at += len(own)
        some = centred[:: max(1, len(centred) // _SAMPLE)]
        among = (some @ some.T)[~np.eye(len(some), dtype=bool)]
        return cls(centred, starts, mean, max(float(among.std()), 1e-3) if among.size else 1.0)

    def centred(self, rows: Rows) -> Rows:
        return _unit(rows - self.mean)

    def best(self, asked: Rows) -> Rows:
        likeness = self.rows @ asked
        if len(likeness) > len(self.starts):
            likeness = np.maximum.reduceat(likeness, self.starts)
        return likeness / np.float32(self.spread)


def _unit(rows: Rows) -> Rows:
    unit: Rows = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.float32(1e-9))
    return unit
