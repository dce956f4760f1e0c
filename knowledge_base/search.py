"""Finds the entries that answer a question, and says how likely each one does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knowledge_base.article import ArticleVersion, Match
from knowledge_base.fusion import WITH_VECTORS, WITHOUT_VECTORS, Signals, probabilities, scores
from knowledge_base.index import (
    FieldedWords,
    Grams,
    Ids,
    Meaning,
    Scores,
    fields_of,
    letters,
    meanings,
    sounds,
    surfaces_of,
    terms,
)
from language.encoder import Encoder, EncoderError, text_key
from language.japanese import key

ANSWER_AT: Final = 0.7
"""From this probability on, the best entry is the answer."""
OFFER_AT: Final = 0.12
"""From this probability on, an entry is worth offering as a choice. Below it the bot says that it did not understand."""
CLEAR_LEAD: Final = 0.3
"""How far the best entry must be ahead of the next: several near answers are offered, not guessed between."""

_EXACT = 0.98
"""A resident picked or typed the very question: right unless two entries share it."""
_LONGEST_QUESTION = 400
"""Characters of a message that are looked up; nobody asks one question at greater length."""
_LEAST = 0.001


class FaqIndex:
    """The published entries, ready to be searched. Immutable: when something changes, a new one is built and swapped in.

    Safe to use from any thread. ``search`` works from the first moment; vectors may arrive later (``passages_needed``).
    """

    def __init__(
        self, versions: Sequence[ArticleVersion], *, vectors: Mapping[str, ArrayLike], encoder: Encoder | None
    ) -> None:
        self._versions = tuple(versions)
        contents = [version.content for version in self._versions]
        by_entry = [surfaces_of(content) for content in contents]
        self._surfaces = tuple(surface for surfaces in by_entry for surface in surfaces)
        self._owners: Ids = np.repeat(np.arange(len(contents)), [len(surfaces) for surfaces in by_entry])
        self._exact = _exact_hits(self._surfaces, self._owners)
        fields = [fields_of(content) for content in contents]
        self._words = FieldedWords([{name: terms(text) for name, text in entry.items()} for entry in fields])
        self._concepts = FieldedWords([{name: meanings(text) for name, text in entry.items()} for entry in fields])
        self._letters = Grams([letters(surface) for surface in self._surfaces])
        self._sounds = Grams([sounds(surface) for surface in self._surfaces])
        self._encoder = encoder if encoder is not None and encoder.dimensions else None
        name = encoder.name if encoder is not None else ""
        self._meaning = Meaning(contents, self._owners, self._surfaces, vectors if self._encoder else {}, name)
        texts = dict.fromkeys((*self._surfaces, *(content.answer for content in contents)))
        self._needed = tuple(text for text in texts if text_key(name, text) not in vectors) if self._encoder else ()
        self._from, self._until = _in_force(self._versions)
        self._encoded = lru_cache(maxsize=512)(self._encode)

    @classmethod
    def build(
        cls, versions: Sequence[ArticleVersion], *, vectors: Mapping[str, ArrayLike], encoder: Encoder | None
    ) -> "FaqIndex":
        """An index of these versions. ``vectors`` are the encoder's passages under ``text_key``; some may be missing."""
        return cls(versions, vectors=vectors, encoder=encoder)

    def passages_needed(self) -> list[str]:
        """The texts that need a vector and have none: encode them as passages, then build again."""
        return list(self._needed)

    def search(self, question: str, *, at_most: int = 5, today: date) -> tuple[Match, ...]:
        """The entries in force that may answer, best first; the same question always finds the same. Never raises."""
        question = question[:_LONGEST_QUESTION]
        allowed = (self._from <= today.toordinal()) & (today.toordinal() <= self._until)
        if not key(question) or not allowed.any():
            return ()
        exact = [number for number in self._exact.get(key(question), ()) if allowed[number]]
        signals, chances = self.weighed(question, allowed, with_meaning=not exact)
        if exact:
            chances = chances * (1 - _EXACT)
            chances[exact] = _EXACT / len(exact)
        best = np.argsort(-chances, kind="stable")[: max(0, at_most)]
        return tuple(self._match(int(number), chances, signals, exact) for number in best if chances[number] >= _LEAST)

    def weighed(
        self, question: str, allowed: NDArray[np.bool_], *, with_meaning: bool = True
    ) -> tuple[Signals, NDArray[np.float64]]:
        """Every entry's signals and probability; of use to the benchmarks too."""
        signals, semantic = self.signals(question, with_meaning=with_meaning)
        total = scores(signals, WITHOUT_VECTORS)
        if semantic.any():
            total = np.where(semantic, scores(signals, WITH_VECTORS), total)
        return signals, probabilities(np.where(allowed, total, -np.inf))

    def signals(self, question: str, *, with_meaning: bool = True) -> tuple[Signals, NDArray[np.bool_]]:
        """The signals of every entry, and which entries have those of meaning."""
        asked = terms(question)
        found: dict[str, Scores] = {
            "words": self._words.share(asked),
            "concepts": self._concepts.share(meanings(question)),
        }
        for name, grams, cut in (("letters", self._letters, letters), ("sounds", self._sounds, sounds)):
            likeness, inside = grams.likeness(cut(question))
            found[name], found[f"{name}_in"] = self._best_surface(likeness), self._best_surface(inside)
        size = len(self._versions)
        found["known_words"] = np.full(size, self._words.known(asked))
        found["length"] = np.full(size, min(len(key(question)), 60) / 20)
        found["latin"] = np.full(size, float(key(question).isascii()))
        found["latin_letters"] = found["latin"] * found["letters"]
        return found, self._add_meaning(found, question, wanted=with_meaning)

    def _add_meaning(self, found: dict[str, Scores], question: str, *, wanted: bool) -> NDArray[np.bool_]:
        none = np.zeros(len(self._versions), dtype=bool)
        if not wanted or self._encoder is None or not self._meaning.present.any():
            return none
        try:
            asked = self._encoded(question)
        except EncoderError:
            return none  # the endpoint is down: words alone still answer; the caller's health check tells staff
        surfaces, answers = self._meaning.likeness(asked)
        found["meaning"], found["answer_meaning"] = self._best_surface(surfaces), answers
        found["latin_meaning"] = found["latin"] * found["meaning"]
        present = found["meaning"][self._meaning.present]
        found["meaning_lead"] = (found["meaning"] - present.mean()) / max(float(present.std()), 1e-6) / 5
        return self._meaning.present

    def _encode(self, question: str) -> NDArray[np.float32]:
        assert self._encoder is not None
        row: NDArray[np.float32] = self._encoder.queries([question])[0]
        return row

    def _best_surface(self, of_surfaces: Scores) -> Scores:
        best = np.full(len(self._versions), -1.0)
        np.maximum.at(best, self._owners, of_surfaces)
        return best

    def _match(self, number: int, chances: Scores, signals: Signals, exact: Sequence[int]) -> Match:
        why = {name: round(float(values[number]), 4) for name, values in signals.items()}
        if number in exact:
            why["exact"] = 1.0
        return Match(version=self._versions[number], probability=float(chances[number]), why=MappingProxyType(why))


def _exact_hits(surfaces: Sequence[str], owners: Ids) -> Mapping[str, tuple[int, ...]]:
    hits: dict[str, dict[int, None]] = {}
    for surface, owner in zip(surfaces, owners, strict=True):
        if key(surface):
            hits.setdefault(key(surface), {})[int(owner)] = None
    return {surface: tuple(numbers) for surface, numbers in hits.items()}


def _in_force(versions: Sequence[ArticleVersion]) -> tuple[Ids, Ids]:
    def days(bound: Callable[[ArticleVersion], date | None], otherwise: date) -> Ids:
        return np.array([(bound(version) or otherwise).toordinal() for version in versions], dtype=np.int64)

    return days(lambda v: v.content.valid_from, date.min), days(lambda v: v.content.valid_until, date.max)
