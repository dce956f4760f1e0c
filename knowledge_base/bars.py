"""The bar a category must pass before its entries answer directly; and whether its answers were right often enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from types import MappingProxyType
from typing import Final

from knowledge_base.article import Match
from knowledge_base.search import ANSWER_AT

PRECISION: Final = 0.95
"""Of a hundred direct answers, as many must be right, unless staff set another share for the category."""
JUDGED_AT_LEAST: Final = 20
"""Fewer judged answers than this say nothing about a category."""
_Z: Final = 1.96
"""of the 95 % interval"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """From which probability on a category answers directly. Stopped, it only offers choices."""

    answer_at: float = ANSWER_AT
    stopped: bool = False


EVERYDAY: Final = Bar()


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars in force, by category; a category that nobody set has the everyday one."""

    by_category: Mapping[str, Bar] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, category: str) -> Bar:
        return self.by_category.get(category, EVERYDAY)


NOBODY_SET: Final = Bars()


def may_answer(match: Match, bars: Bars) -> bool:
    """Whether this entry may be given as the answer without asking back."""
    bar = bars.of(match.version.content.category)
    return not bar.stopped and match.probability >= max(bar.answer_at, ANSWER_AT)


def is_sure(matches: Sequence[Match], bars: Bars = NOBODY_SET) -> bool:
    """Whether the best match may be given as the answer without asking back."""
    return bool(matches) and may_answer(matches[0], bars)


@dataclass(frozen=True, slots=True)
class Measured:
    """How many of a category's direct answers were judged, and how many of those were right."""

    right: int = 0
    judged: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.judged if self.judged else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies, 19 times in 20 (Wilson score interval)."""
        if not self.judged:
            return 0.0, 1.0
        count, share = self.judged, self.precision
        widened = 1 + _Z**2 / count
        middle = (share + _Z**2 / (2 * count)) / widened
        half = _Z / widened * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    def falls_short_of(self, wanted: float) -> bool:
        """Whether even the best that chance allows lies under what is wanted: one angry click does not stop a category."""
        return self.judged >= JUDGED_AT_LEAST and self.interval[1] < wanted


NOT_JUDGED: Final = Measured()
