from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

NOTHING: Mapping[str, str] = MappingProxyType({})


def _nothing() -> Mapping[str, str]:
    return NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContent:
    """What staff write: one question, the city's answer, and what belongs to it."""

    question: str
    answer: str
    """Japanese, safe Markdown."""
    category: str
    section: str = ""
    """id of a section of the city"""
    phrasings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    short_answer: str = ""
    documents: str = ""
    fee: str = ""
    hours: str = ""
    url: str = ""
    questions: Mapping[str, str] = field(default_factory=_nothing)
    """translated questions, by language (``en``, ``ja-easy``)"""
    answers: Mapping[str, str] = field(default_factory=_nothing)
    """translated answers, by language"""
    valid_from: date | None = None
    valid_until: date | None = None
    """last day the answer is true"""
    review_by: date | None = None
    extra: Mapping[str, str] = field(default_factory=_nothing)
    """columns of an imported file that we do not know; kept and exported again"""

    def answer_in(self, language: str) -> tuple[str, str]:
        """The answer and the language it is really in: a missing translation falls back to Japanese."""
        if language in self.answers:
            return self.answers[language], language
        return self.answer, "ja"

    def in_force(self, today: date) -> bool:
        """An answer out of date is not an answer. ``today`` is the date in Japan."""
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_until is None or today <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion:
    """A published text, immutable for ever: what the bot said can always be shown again."""

    id: UUID
    article_id: UUID
    external_id: str
    number: int
    content: ArticleContent
    author: str
    reason: str = ""
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One entry as staff see it: the working copy, and the version residents are told (if any)."""

    id: UUID
    external_id: str
    working: ArticleContent
    published: ArticleVersion | None = None
    revision: int = 1
    """Raised by every change of the working copy: two editors at once are noticed by it."""
    archived: bool = False
    updated_at: datetime
    updated_by: str = ""

    @property
    def has_unpublished_changes(self) -> bool:
        return self.published is None or self.published.content != self.working


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that may answer, with the calibrated probability that it does."""

    version: ArticleVersion
    probability: float
    """0–1: of 100 matches with probability 0.8, about 80 answer the question"""
    why: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """the signals behind the number, for staff: ``exact``, ``words``, ``meaning`` …"""
