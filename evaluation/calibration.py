"""Whether a probability means what it says, and what silence buys."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

Said = tuple[float, bool]
"""a probability, and whether it came true"""


@dataclass(frozen=True, slots=True)
class Bin:
    said: float
    was: float
    count: int


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering only from this probability on."""

    threshold: float
    coverage: float
    """share of the answerable questions that are answered directly, rightly or not"""
    precision: float
    """share of the direct answers that are right"""
    answers: int
    """direct answers"""


def reliability(said: Sequence[Said], bins: int = 10) -> tuple[Bin, ...]:
    """Equal-width bins over 0–1; empty ones are left out."""
    filled: list[Bin] = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [(p, right) for p, right in said if low <= p < high or (number == bins - 1 and p >= high)]
        if inside:
            filled.append(
                Bin(
                    sum(p for p, _ in inside) / len(inside),
                    sum(right for _, right in inside) / len(inside),
                    len(inside),
                )
            )
    return tuple(filled)


def expected_calibration_error(said: Sequence[Said], bins: int = 10) -> float:
    """ECE (Naeini et al. 2015): the mean distance between said and was, weighted by the bins' sizes."""
    return sum(one.count * abs(one.said - one.was) for one in reliability(said, bins)) / len(said) if said else 0.0


def calibration_error_by_chance(probabilities: Sequence[float], chance: Random, *, draws: int = 200) -> float:
    """The ECE that these probabilities show on average when every one of them is true.

    A few hundred questions in ten bins never come out even: what is measured is to be read beside this.
    """
    came_true = ([(p, chance.random() < p) for p in probabilities] for _ in range(draws))
    return sum(map(expected_calibration_error, came_true)) / draws


def roc_area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive has the greater value than a negative; ties count half. 0.5 when one side is empty."""
    if not positive or not negative:
        return 0.5
    rank_of: dict[float, float] = {}
    ordered = sorted([*positive, *negative])
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end] == ordered[at]:
            end += 1
        rank_of[ordered[at]] = (at + 1 + end) / 2
        at = end
    ranks = sum(rank_of[value] for value in positive)
    return (ranks - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def risk_coverage(best: Sequence[tuple[float, bool, bool]]) -> tuple[RiskPoint, ...]:
    """One point a distinct probability, from the most careful to the boldest.

    ``best`` has each question's best candidate: its probability, whether it is right, whether anything is.
    """
    points: list[RiskPoint] = []
    answerable = sum(one[2] for one in best)
    ordered = sorted(best, reverse=True)
    right = covered = 0
    for place, (threshold, is_right, has_answer) in enumerate(ordered, start=1):
        right += is_right
        covered += has_answer
        if place == len(ordered) or ordered[place][0] < threshold:
            points.append(RiskPoint(threshold, covered / answerable if answerable else 0.0, right / place, place))
    return tuple(points)
