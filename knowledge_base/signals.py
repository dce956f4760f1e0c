"""What speaks for each entry: by words, sounds and meaning. The weights are in ``fusion``."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.article import ArticleContent
from knowledge_base.fusion import WITH_SUBJECTS, WITH_VECTORS
from knowledge_base.hints import hints_in
from knowledge_base.lexical import FieldedTerms, Scores
from knowledge_base.meaning import FIELDS, LIKENESSES, Meaning
from knowledge_base.subjects import Subjects
from knowledge_base.texts import Counts, concepts_in, counted, counted_sounds, terms_of, words_in
from language.encoder import Vectors
from language.japanese import key

Signals = dict[str, Scores]

LEXICAL: Final = ("words", "concepts", "sounds", "surface_sounds", "hints")
SEMANTIC: Final = LIKENESSES
SUBJECT: Final = (
    "subject_words",
    "subject_words_lead",
    "subject_agree",
    "subject_near",
    "subject_margin",
    "elsewhere",
)
_DERIVED: Final = {
    "top": ("", "hinted_whole"),
    "foreign_surface": ("foreign", "surface"),
    "foreign_whole": ("foreign", "hinted_whole"),
    "kana_surface": ("kana", "surface"),
    "kana_whole": ("kana", "hinted_whole"),
}
"""the greatest of a likeness, or a likeness that counts for one kind of question alone: the kind, and the likeness"""
_COUNTED: Final = frozenset({*WITH_VECTORS.signals, *WITH_SUBJECTS.signals})
WEIGHED_FIELDS: Final = tuple(
    field
    for field in FIELDS
    if {field, f"hinted_{field}"} & {_DERIVED[name][1] if name in _DERIVED else name for name in _COUNTED}
)
"""The fields whose vectors a search needs. The others are for the next fit."""
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
        self._words = FieldedTerms(_by_field([t.words() for t in terms]), _FIELD_WEIGHTS, size)
        self._concepts = FieldedTerms(_by_field([t.concepts() for t in terms]), _FIELD_WEIGHTS, size)
        self._sounds = FieldedTerms(_by_field([t.sounds() for t in terms]), _FIELD_WEIGHTS, size)
        surfaces = [t.surface_sounds() for t in terms]
        counts = np.array([len(sounds) for sounds in surfaces], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64) if size else counts
        self._surface_sounds = _of_surfaces(surfaces)

    def add_to(self, found: Signals, question: str) -> None:
        """Each signal twice: as a share of the best possible (is it good?), and beside the best entry (is it better?)."""
        words, concepts, sounds = counted(words_in(question)), counted(concepts_in(question)), counted_sounds(question)
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

    def share_of(self, words: Counts) -> Scores:
        """How much of these words each entry has, 0–1."""
        return self._words.share(words)[0]

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


def add_meaning(
    found: Signals, meaning: Meaning, question: Vectors, hints: Vectors, *, only_weighed: bool = False
) -> NDArray[np.bool_]:
    """The likeness of each field, and the same again where words cannot help: in other languages, in kana.

    ``only_weighed`` leaves out what has no weight for this question: the scores are the same, and sooner there.
    """
    likeness = meaning.likeness(question, hints, _weighed(found) if only_weighed else LIKENESSES)
    found.update(likeness)
    for name, (kind, source) in _DERIVED.items():
        if source in likeness and kind:
            found[name] = found[kind] * likeness[source]
        elif source in likeness:
            found[name] = np.full_like(likeness[source], float(likeness[source].max()))
        else:
            found[name] = np.zeros(len(meaning.present))
    return meaning.present


def add_subjects(
    found: Signals, lexical: LexicalSignals, meaning: Meaning, subjects: Subjects, question: Vectors
) -> None:
    """What the subjects say that the question is nearest to: of each entry, and of whether it is our business at all."""
    guidance = subjects.near(question)
    led = list(zip(guidance.numbers, guidance.shares.tolist(), strict=True))
    words = np.sum([share * lexical.share_of(subjects.words_of(number)) for number, share in led], axis=0)
    found["subject_words"] = words
    found["subject_words_lead"] = words / max(float(words.max(initial=0.0)), WEAK)
    found["subject_agree"] = meaning.agreement(subjects.told[list(guidance.numbers)], guidance.shares)
    of_question = {
        "subject_near": guidance.nearness,
        "subject_margin": guidance.margin,
        "elsewhere": guidance.elsewhere,
    }
    found.update({name: np.full(len(words), value) for name, value in of_question.items()})


def _weighed(found: Signals) -> set[str]:
    """The likenesses that count for a question of this kind."""
    counted_in = {name for name in _COUNTED if name in LIKENESSES}
    for name, (kind, source) in _DERIVED.items():
        if name in _COUNTED and (not kind or found[kind].any()):
            counted_in.add(source)
    return counted_in


def _by_field(entries: Sequence[Mapping[str, Counts]]) -> dict[str, list[Counts]]:
    return {name: [entry[name] for entry in entries] for name in entries[0]} if entries else {}


def _of_surfaces(entries: Sequence[Sequence[Counts]]) -> FieldedTerms:
    surfaces = [surface for entry in entries for surface in entry]
    return FieldedTerms({"surface": surfaces}, _SURFACE, len(surfaces))
