"""Wrong best entries, the most confident first, and why each came about."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from evaluation.faq import Asked
from evaluation.query_files import Query
from knowledge_base.article import Match
from knowledge_base.search import OFFER_AT, FaqIndex, is_sure
from knowledge_base.signals import LONG, WEAK
from language.japanese import key

HARDLY: Final = 0.05
"""A share of words below which an entry has only words like 市 or 手続き in common with the question."""
SOME: Final = 0.1
"""A share of words or hints from which on an entry is of a related subject."""
NEAR: Final = 3
"""Up to this rank a right entry was found, and lost to a neighbour."""


_NUMBERS = re.compile(r"\d+")


class Cause(StrEnum):
    NO_ANSWER_NEAR = "no answer exists: neighbouring subject"
    NO_ANSWER_BUT_MEANING = "no answer exists: near in meaning alone"
    SAME_QUESTION = "another entry has this very question"
    ONLY_ACCEPTABLE = "right entry only acceptable"
    CLOSE_NEIGHBOUR = "a neighbour in the same category, just ahead"
    FOREIGN = "in another language"
    KANA = "kana alone"
    TYPING_ERROR = "typing error not bridged"
    HINT = "a hint leads to the wrong entry"
    NOTHING_SHARED = "the right entry shares hardly a word and no hint"
    NEIGHBOUR = "a neighbour in the same category"
    TWO_QUESTIONS = "two questions in one message"
    STORY = "a story: its words lead elsewhere"
    WORDS = "the wrong entry shares more words"
    MEANING = "the wrong entry seems nearer in meaning"


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry as the search saw it for one question."""

    id: str
    question: str
    category: str
    rank: int
    probability: float
    why: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A question whose best entry does not answer it, though the bot offers it, or something else does."""

    query: Query
    said: Ranked
    right: Ranked | None
    """of its best entries the one ranked first; None when nothing answers it"""
    is_answered: bool
    """the wrong entry was given as the answer, without asking back"""

    @property
    def cause(self) -> Cause:
        return cause_of(self)


def wrong_ones(index: FaqIndex, asked: Sequence[Asked], *, size: int, today: date) -> tuple[Wrong, ...]:
    """Every question with a wrong best entry, the most confident first; ``size`` is the number of entries.

    A question that nothing answers counts from the probability on from which an entry is offered: below it the bot
    says, rightly, that it knows nothing. Each is looked up again, down to the last entry: the right one may stand
    anywhere.
    """
    wrong = [one for one in asked if one.ranking and not one.is_right and (one.query.relevant or one.best >= OFFER_AT)]
    wrong.sort(key=lambda one: -one.best)
    return tuple(_seen(one.query, index.search(one.query.text, at_most=size, today=today)) for one in wrong)


def cause_of(wrong: Wrong) -> Cause:
    """The first of ``RULES`` that holds: what the question is comes before what happened to stand in front."""
    return next(cause for cause, holds in RULES if holds(wrong))


def _seen(query: Query, matches: Sequence[Match]) -> Wrong:
    ranked = [
        Ranked(
            match.version.external_id,
            match.version.content.question,
            match.version.content.category,
            rank,
            match.probability,
            match.why,
        )
        for rank, match in enumerate(matches, start=1)
    ]
    best = max(query.relevant.values(), default=0)
    right = next((one for one in ranked if query.relevant.get(one.id, 0) == best > 0), None)
    return Wrong(query, ranked[0], right, is_sure(matches))


def _has_no_answer(wrong: Wrong) -> bool:
    return not wrong.query.relevant


def _is_near(wrong: Wrong) -> bool:
    """The wrong entry shares words or hints with the question."""
    return _signal(wrong.said, "words") >= SOME or _signal(wrong.said, "hints") >= SOME


def _is_only_acceptable(wrong: Wrong) -> bool:
    return max(wrong.query.relevant.values(), default=0) == 1  # our questions are graded: 2 answers, 1 will do


def _is_neighbour(wrong: Wrong) -> bool:
    return wrong.right is not None and wrong.right.category == wrong.said.category != ""


def _is_foreign(wrong: Wrong) -> bool:
    return wrong.query.language not in {"", "ja"} or _signal(wrong.said, "foreign") > 0


def _is_kana(wrong: Wrong) -> bool:
    # not the signal "kana": the search reads kana with the FAQ's words before it looks
    letters = _NUMBERS.sub("", key(wrong.query.text))
    return bool(letters) and all("ぁ" <= letter <= "ゖ" for letter in letters)


def _is_mistyped(wrong: Wrong) -> bool:
    return wrong.query.style.startswith("typo")


def _is_led_by_a_hint(wrong: Wrong) -> bool:
    """The residents' or foreign words in it point to the wrong entry, and much less to the right one."""
    return _signal(wrong.said, "hints") >= max(WEAK, 2 * _signal(wrong.right, "hints"))


def _shares_nothing(wrong: Wrong) -> bool:
    return _signal(wrong.right, "words") < HARDLY and _signal(wrong.right, "hints") < HARDLY


def _signal(entry: Ranked | None, name: str) -> float:
    return entry.why.get(name, 0.0) if entry is not None else 0.0


RULES: Final[tuple[tuple[Cause, Callable[[Wrong], bool]], ...]] = (
    (Cause.NO_ANSWER_NEAR, lambda wrong: _has_no_answer(wrong) and _is_near(wrong)),
    (Cause.NO_ANSWER_BUT_MEANING, _has_no_answer),
    (Cause.SAME_QUESTION, lambda wrong: _signal(wrong.said, "exact") > 0),
    (Cause.ONLY_ACCEPTABLE, _is_only_acceptable),
    (
        Cause.CLOSE_NEIGHBOUR,
        lambda wrong: _is_neighbour(wrong) and wrong.right is not None and wrong.right.rank <= NEAR,
    ),
    (Cause.FOREIGN, _is_foreign),
    (Cause.KANA, _is_kana),
    (Cause.TYPING_ERROR, _is_mistyped),
    (Cause.HINT, _is_led_by_a_hint),
    (Cause.NOTHING_SHARED, _shares_nothing),
    (Cause.NEIGHBOUR, _is_neighbour),
    (Cause.TWO_QUESTIONS, lambda wrong: wrong.query.style == "two_questions"),
    (Cause.STORY, lambda wrong: len(key(wrong.query.text)) >= LONG),
    (Cause.WORDS, lambda wrong: _signal(wrong.said, "words") > _signal(wrong.right, "words")),
    (Cause.MEANING, lambda _: True),
)
"""What the question is, in this order, then what it met."""
