"""Finds the entries that answer a question, and says how likely each one does."""

import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knowledge_base.article import ArticleContent, ArticleVersion, Match
from knowledge_base.fusion import WITH_SUBJECTS, WITH_VECTORS, WITHOUT_VECTORS, Weights, probabilities, scores
from knowledge_base.hints import all_hints, hints_in, plainly
from knowledge_base.kana import KanaReader
from knowledge_base.lexical import Scores
from knowledge_base.meaning import FIELDS, Meaning
from knowledge_base.signals import LexicalSignals, Signals, add_meaning, add_subjects, of_question
from knowledge_base.subjects import Led, Subjects, common_subjects
from knowledge_base.texts import number_of_key, terms_of
from language.encoder import Encoder, EncoderError, query_key
from language.japanese import key

ANSWER_AT: Final = 0.8
"""From this probability on, the best entry is the answer.

A wrong answer costs a resident a wasted way, taken as 10; to choose from what is offered costs 2 (a tap, and some give up):
answering is cheaper from 1 - 2/10 on.
"""
OFFER_AT: Final = 0.2
"""From this probability on, an entry is worth offering as a choice. Below it the bot says that it did not understand.

A choice in vain costs 1, "not found" for something there is costs 4: offering is cheaper from 1/5 on.
"""
KEEPS_UP: Final = 0.4
"""Beside an entry that is offered, those are offered too that are at least this part as likely."""

_EXACT = 0.98
"""A resident picked or typed the very question: right unless two entries share it."""
_LONGEST_QUESTION = 400
"""Characters of a message that are looked up; nobody asks one question at greater length."""
_REMEMBERED = 512
"""Questions whose matches are kept: many residents press the same button or ask for the same thing on the same day."""


def is_sure(matches: Sequence[Match]) -> bool:
    """Whether the best match may be given as the answer without asking back."""
    return bool(matches) and matches[0].probability >= ANSWER_AT


def worth_offering(matches: Sequence[Match], *, at_most: int) -> tuple[Match, ...]:
    """The matches a resident may be asked to choose from; none when even the best is unlikely.

    Of 「住民票」 alone ten entries are each a little likely: what keeps up with the best is offered beside it.
    """
    if not matches or matches[0].probability < OFFER_AT:
        return ()
    least = matches[0].probability * KEEPS_UP
    return tuple(match for match in matches if match.probability >= least)[:at_most]


class FaqIndex:
    """The published entries, ready to be searched. Immutable: when something changes, a new one is built and swapped in.

    Safe to use from any thread. ``search`` works from the first moment; vectors may arrive later (``passages_needed``).
    """

    def __init__(
        self,
        versions: Sequence[ArticleVersion],
        *,
        vectors: Mapping[str, ArrayLike],
        encoder: Encoder | None,
        fields: Sequence[str],
        subjects: Subjects | None,
    ) -> None:
        self._versions = tuple(versions)
        contents = [version.content for version in self._versions]
        self._exact = _ExactHits(contents)
        self.lexical = LexicalSignals(contents)
        self._kana = KanaReader([*(f"{c.question}\n{c.answer}" for c in contents), *all_hints()])
        self._encoder = encoder if encoder is not None and encoder.dimensions else None
        name = encoder.name if encoder is not None else ""
        self._subjects = subjects
        self.meaning = Meaning(contents, vectors if self._encoder else {}, name, fields)
        self._from, self._until = _in_force(self._versions)
        self._hints = {hint: vectors.get(query_key(name, hint)) for hint in all_hints()} if self._encoder else {}
        # A proxy: caches that held the index itself would keep a replaced one in memory until the next full collection.
        ours = weakref.proxy(self)
        self._encoded = lru_cache(maxsize=_REMEMBERED)(partial(FaqIndex._encode, ours))
        self._found = lru_cache(maxsize=_REMEMBERED)(partial(FaqIndex._find, ours))

    @classmethod
    def build(
        cls,
        versions: Sequence[ArticleVersion],
        *,
        vectors: Mapping[str, ArrayLike],
        encoder: Encoder | None,
        fields: Sequence[str] = tuple(FIELDS),
        subjects: Subjects | None = None,
    ) -> "FaqIndex":
        """An index of these versions. ``vectors`` are the encoder's passages under ``text_key``; some may be missing.

        ``subjects`` lead from residents' words to the office's; those that come with us, unless others are given.
        ``fields`` (names of ``FIELDS``) are to have vectors: ``WEIGHED_FIELDS`` are enough to search, and find the same.
        """
        ours = subjects or common_subjects(encoder.name if encoder is not None else "")
        return cls(versions, vectors=vectors, encoder=encoder, fields=fields, subjects=ours)

    def __len__(self) -> int:
        return len(self._versions)

    def is_all_of(self, versions: Sequence[ArticleVersion]) -> bool:
        """Whether it is of these very versions and lacks no vector: building again would change nothing."""
        ours = [version.id for version in self._versions]
        return ours == [version.id for version in versions] and not (self.passages_needed() or self.queries_needed())

    def passages_needed(self) -> list[str]:
        """The texts that need a vector and have none: encode them as passages, then build again."""
        return list(self.meaning.missing) if self._encoder else []

    def queries_needed(self) -> list[str]:
        """The hints that have no vector yet: encode them as queries. Without it each costs a resident's time once."""
        return [hint for hint, vector in self._hints.items() if vector is None]

    def forget(self) -> None:
        """Forget past questions: for measuring, where every question shall cost what a new one costs."""
        self._encoded.cache_clear()
        self._found.cache_clear()

    def search(self, question: str, *, at_most: int = 5, today: date) -> tuple[Match, ...]:
        """The entries in force that may answer, best first; the same question always finds the same. Never raises."""
        asked = question[:_LONGEST_QUESTION], max(0, at_most), today
        try:
            return self._found(*asked)
        except EncoderError:  # words alone still answer, unremembered; the health check tells staff
            return self._find(*asked, with_meaning=False)

    def _find(self, question: str, at_most: int, today: date, *, with_meaning: bool = True) -> tuple[Match, ...]:
        allowed = (self._from <= today.toordinal()) & (today.toordinal() <= self._until)
        if not key(question) or not allowed.any():
            return ()
        question = self.readable(question)
        exact = [number for number in self._exact.of(question) if allowed[number]]
        signals, present = self._signals(question, with_meaning=with_meaning and not exact, only_weighed=True)
        total, weights = _weighed(signals, present)
        total = np.where(allowed, total, -np.inf)
        chances = probabilities(total, weights, _elsewhere(signals))
        if exact:
            chances = chances * (1 - _EXACT)
            chances[exact] = _EXACT / len(exact)
        order = np.where(np.isin(np.arange(len(total)), exact), np.inf, total)
        best = np.argsort(-order, kind="stable")[:at_most]
        return tuple(self._match(int(number), chances, total, signals, exact) for number in best if allowed[number])

    def readable(self, question: str) -> str:
        """The question as it is looked up: kana alone in the FAQ's words, figures of speech in plain ones."""
        return plainly(self._kana.read(question))

    def weighed(self, question: str, *, with_meaning: bool = True) -> tuple[Signals, Scores, Weights]:
        """Every entry's signals and score, and the weights; of use to the benchmarks."""
        signals, present = self.signals(question, with_meaning=with_meaning)
        return signals, *_weighed(signals, present)

    def signals(self, question: str, *, with_meaning: bool = True) -> tuple[Signals, NDArray[np.bool_]]:
        """All signals of every entry, and which entries have those of meaning. Raises EncoderError."""
        return self._signals(question, with_meaning=with_meaning, only_weighed=False)

    def _signals(self, question: str, *, with_meaning: bool, only_weighed: bool) -> tuple[Signals, NDArray[np.bool_]]:
        found = of_question(question, len(self._versions))
        self.lexical.add_to(found, question)
        if not with_meaning or self._encoder is None or not self.meaning.present.any():
            return found, np.zeros(len(self._versions), dtype=bool)
        hints = np.array([self.hint_row(hint) for hint in hints_in(question)], dtype=np.float32)
        row = self._encoded(question)
        if self._subjects is not None:
            add_subjects(found, self.lexical, self.meaning, self._subjects, row)
        return found, add_meaning(found, self.meaning, row, hints, only_weighed=only_weighed)

    def led_by(self, question: str) -> tuple[Led, ...]:
        """The common subjects that lead the question to the entries, best first; none without vectors."""
        if self._subjects is None or not self.meaning.present.any():
            return ()
        try:
            return self._subjects.led(self._encoded(self.readable(question[:_LONGEST_QUESTION])))
        except EncoderError:
            return ()

    def hint_row(self, hint: str) -> ArrayLike:
        """The vector of one of the hints. Raises EncoderError."""
        known = self._hints.get(hint)
        return self._encoded(hint) if known is None else known

    def _encode(self, question: str) -> NDArray[np.float32]:
        assert self._encoder is not None
        row: NDArray[np.float32] = self._encoder.queries([question])[0]
        return row

    def _match(self, number: int, chances: Scores, total: Scores, signals: Signals, exact: Sequence[int]) -> Match:
        why = {name: round(float(values[number]), 4) for name, values in signals.items()}
        why["score"] = round(float(total[number]), 4)
        if number in exact:
            why["exact"] = 1.0
        return Match(version=self._versions[number], probability=float(chances[number]), why=MappingProxyType(why))


def _weighed(signals: Signals, present: NDArray[np.bool_]) -> tuple[Scores, Weights]:
    total = scores(signals, WITHOUT_VECTORS)
    if not present.any():
        return total, WITHOUT_VECTORS
    weights = WITH_SUBJECTS if "subject_words" in signals else WITH_VECTORS
    return np.where(present, scores(signals, weights), total), weights


def _elsewhere(signals: Signals) -> float:
    """How far the question is others' business; the same for every entry, and 0 where no subjects led."""
    return float(signals["elsewhere"][0]) if "elsewhere" in signals else 0.0


class _ExactHits:
    """Which entries a text is the very question of."""

    def __init__(self, contents: Sequence[ArticleContent]) -> None:
        keys = [terms_of(content).keys for content in contents]
        every = np.concatenate([*keys, np.zeros(0, dtype=np.uint64)])
        order = np.argsort(every, kind="stable")
        self._keys = every[order]
        self._entries = np.repeat(np.arange(len(keys), dtype=np.int32), [len(ours) for ours in keys])[order]

    def of(self, question: str) -> list[int]:
        number = np.uint64(number_of_key(key(question)))
        begin, end = np.searchsorted(self._keys, number), np.searchsorted(self._keys, number, side="right")
        found: list[int] = self._entries[begin:end].tolist()
        return found


def _in_force(versions: Sequence[ArticleVersion]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    def days(bound: Callable[[ArticleVersion], date | None], otherwise: date) -> NDArray[np.int64]:
        return np.array([(bound(version) or otherwise).toordinal() for version in versions], dtype=np.int64)

    return days(lambda v: v.content.valid_from, date.min), days(lambda v: v.content.valid_until, date.max)
