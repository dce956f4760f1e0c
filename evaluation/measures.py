"""How good a ranking is. Definitions as in trec_eval; a grade is a whole number, 0 is "not relevant"."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

DEPTH: Final = 10
Grades = Mapping[str, int]
"""entry id -> grade; ids that are missing have grade 0"""


@dataclass(frozen=True, slots=True)
class RankingMeasures:
    """Means over the questions that have an answer, each 0–1."""

    questions: int
    recall_at_10: float
    precision_at_10: float
    ndcg_at_10: float
    """gain = grade (Järvelin & Kekäläinen 2002), as trec_eval computes it"""
    ndcg_exp_at_10: float
    """gain = 2^grade - 1 (Burges et al. 2005)"""
    mrr: float
    hit_at_1: float
    hit_at_3: float
    hit_at_5: float
    hit_at_10: float


def share(values: Iterable[bool]) -> float | None:
    """How many of them are true, 0–1; None when there are none."""
    found = list(values)
    return sum(found) / len(found) if found else None


def measure(judged: Sequence[tuple[Sequence[str], Grades]]) -> RankingMeasures:
    """The mean of each measure over (ranking, grades); all zeros when there is nothing to measure."""

    def mean(value: Callable[[Sequence[str], Grades], float]) -> float:
        return sum(value(ranking, grades) for ranking, grades in judged) / len(judged) if judged else 0.0

    def hit(at: int) -> float:
        return mean(lambda ranking, grades: float(any(grades.get(one, 0) > 0 for one in ranking[:at])))

    return RankingMeasures(
        questions=len(judged),
        recall_at_10=mean(recall),
        precision_at_10=mean(lambda ranking, grades: _found(ranking, grades) / DEPTH),
        ndcg_at_10=mean(lambda ranking, grades: ndcg(ranking, grades, float)),
        ndcg_exp_at_10=mean(lambda ranking, grades: ndcg(ranking, grades, lambda grade: 2.0**grade - 1)),
        mrr=mean(reciprocal_rank),
        hit_at_1=hit(1),
        hit_at_3=hit(3),
        hit_at_5=hit(5),
        hit_at_10=hit(DEPTH),
    )


def recall(ranking: Sequence[str], grades: Grades) -> float:
    relevant = sum(grade > 0 for grade in grades.values())
    return _found(ranking, grades) / relevant if relevant else 0.0


def ndcg(ranking: Sequence[str], grades: Grades, gain: Callable[[int], float]) -> float:
    def discounted(values: Sequence[int]) -> float:
        return sum(gain(grade) / math.log2(place + 2) for place, grade in enumerate(values[:DEPTH]))

    best = discounted(sorted((grade for grade in grades.values() if grade > 0), reverse=True))
    return discounted([max(0, grades.get(one, 0)) for one in ranking]) / best if best else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades) -> float:
    return next((1 / place for place, one in enumerate(ranking, start=1) if grades.get(one, 0) > 0), 0.0)


def _found(ranking: Sequence[str], grades: Grades) -> int:
    return sum(grades.get(one, 0) > 0 for one in ranking[:DEPTH])
