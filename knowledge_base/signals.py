"""What speaks for each entry: by words, sounds and meaning. The weights are in ``fusion``."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.article import ArticleContent
from knowledge_base.hints import hints_in
from knowledge_base.lexical import FieldedTerms, Scores
from knowledge_base.meaning import FIELDS, HINTED, Meaning
from knowledge_base.texts import Counts, concepts_in, counted, sounds_in, terms_of, words_in
from language.encoder import Vectors
from language.japanese import key

Signals = dict[str, Scores]

LEXICAL: Final = ("words", "concepts", "sounds", "surface_sounds", "hints")
SEMANTIC: Final = (*FIELDS, *(f"hinted_{name}" for name in HINTED))
WEAK: Final = 0.2
"""a share below which even the best entry leads nobody"""
LONG: Final = 60
"""letters from which on a message is a story, of which every word cannot be matched"""

_FIELD_WEIGHTS: Mapping[str, tuple[float, float]] = {
    "question": (3.0, 0.5),
    "phrasings": (2.0, 0.6),
    "keywords": (2.0, 0.3),
    "category": (0.7, 0.0),
    "answer": (0.6, 0.75),
}
_SURFACE = {"surface": (2.0, 0.5)}


class LexicalSignals:
    """The entries' words and sounds, indexed."""

    def __init__(self, contents: Sequence[ArticleContent]) -> None:
        terms = [terms_of(content) for content in contents]
        size = len(terms)
        self._size = size
        self._words = FieldedTerms(_by_field([t.words for t in terms]), _FIELD_WEIGHTS, size)
        self._concepts = FieldedTerms(_by_field([t.concepts for t in terms]), _FIELD_WEIGHTS, size)
        self._sounds = FieldedTerms(_by_field([t.sounds for t in terms]), _FIELD_WEIGHTS, size)
        counts = np.array([len(t.surface_sounds) for t in terms], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64) if size else counts
        self._surface_sounds = _of_surfaces([t.surface_sounds for t in terms])

    def add_to(self, found: Signals, question: str) -> None:
        """Each signal twice: as a share of the best possible (is it good?), and beside the best entry (is it better?)."""
        words, concepts, sounds = (counted(cut(question)) for cut in (words_in, concepts_in, sounds_in))
        hints = counted(word for hint in hints_in(question) for word in words_in(hint))
        shares = {
            "hints": self._words.share(hints),
            "words": self._words.share(words),
            "concepts": self._concepts.share(concepts),
            "sounds": self._sounds.share(sounds),
            "surface_sounds": self._best_surface(self._surface_sounds, sounds),
        }
        for name, (share, _) in shares.items():
            found[name] = share
            found[f"{name}_lead"] = share / max(float(share.max(initial=0.0)), WEAK)
        found["known_words"] = np.full(self._size, shares["words"][1])
        found["known_sounds"] = np.full(self._size, shares["sounds"][1])

    def _best_surface(self, terms: FieldedTerms, asked: Counts) -> tuple[Scores, float]:
        share, known = terms.share(asked)
        return (np.maximum.reduceat(share, self._starts) if self._size else share), known


def of_question(question: str, size: int) -> Signals:
    """What kind of question it is; the same for every entry, so it only speaks for or against "none of them"."""
    letters = key(question)
    japanese = sum("ぁ" <= letter <= "ゖ" or "一" <= letter <= "鿿" for letter in letters)
    foreign = float(japanese * 4 < len(letters))
    kana = float(bool(letters) and all("ぁ" <= letter <= "ゖ" for letter in letters))
    kinds = {
        "long": min(len(letters), LONG) / LONG,
        "short": float(len(letters) <= 4),
        "foreign": foreign,
        "kana": kana,
    }
    return {name: np.full(size, value) for name, value in kinds.items()}


def add_meaning(found: Signals, meaning: Meaning, question: Vectors, hints: Vectors) -> NDArray[np.bool_]:
    """The likeness of each field, and the same again where words cannot help: in other languages, in kana."""
    likeness = meaning.likeness(question, hints)
    for name, values in likeness.items():
        found[name] = values
    found["top"] = np.full_like(likeness["whole"], float(likeness["hinted_whole"].max()))
    for kind in ("foreign", "kana"):
        found[f"{kind}_surface"] = found[kind] * likeness["surface"]
        found[f"{kind}_whole"] = found[kind] * likeness["hinted_whole"]
    return meaning.present


def _by_field(entries: Sequence[Mapping[str, Counts]]) -> dict[str, list[Counts]]:
    return {name: [entry[name] for entry in entries] for name in entries[0]} if entries else {}


def _of_surfaces(entries: Sequence[tuple[Counts, ...]]) -> FieldedTerms:
    surfaces = [surface for entry in entries for surface in entry]
    return FieldedTerms({"surface": surfaces}, _SURFACE, len(surfaces))
