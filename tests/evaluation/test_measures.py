import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.calibration import (
    calibration_error_by_chance,
    expected_calibration_error,
    reliability,
    risk_coverage,
    roc_area,
)
from evaluation.measures import measure, ndcg, recall, reciprocal_rank

GRADES = {"a": 3, "b": 1}


def test_the_measures_of_a_ranking_worked_out_by_hand() -> None:
    ranking = ["x", "a", "y", "b"]
    assert recall(ranking, GRADES) == 1.0
    assert reciprocal_rank(ranking, GRADES) == 0.5
    best = 3 / math.log2(2) + 1 / math.log2(3)
    assert ndcg(ranking, GRADES, float) == pytest.approx((3 / math.log2(3) + 1 / math.log2(5)) / best)
    best = 7 / math.log2(2) + 1 / math.log2(3)
    assert ndcg(ranking, GRADES, lambda g: 2.0**g - 1) == pytest.approx((7 / math.log2(3) + 1 / math.log2(5)) / best)


def test_means_over_questions() -> None:
    found = measure([(["a", "b"], GRADES), (["x"] * 10 + ["a"], GRADES)])
    assert (found.questions, found.hit_at_1, found.hit_at_10) == (2, 0.5, 0.5)
    assert found.precision_at_10 == pytest.approx(0.1)
    assert found.mrr == pytest.approx((1 + 1 / 11) / 2)
    assert measure([]).ndcg_at_10 == 0.0


@given(st.permutations(["a", "b", "c", "d"]))
def test_no_order_beats_the_best_order(ranking: list[str]) -> None:
    assert ndcg(ranking, GRADES, float) <= ndcg(["a", "b", "c", "d"], GRADES, float) == pytest.approx(1.0)


def test_a_probability_that_keeps_its_word_has_no_calibration_error() -> None:
    honest = [(0.75, True)] * 3 + [(0.75, False)]
    assert expected_calibration_error(honest) == 0
    assert expected_calibration_error([(0.95, False)] * 10) == pytest.approx(0.95)
    assert [(one.said, one.was, one.count) for one in reliability(honest)] == [(0.75, 0.75, 4)]


def test_even_true_probabilities_show_an_error_that_fades_with_more_questions() -> None:
    def by_chance(probabilities: list[float]) -> float:
        return calibration_error_by_chance(probabilities, Random(1), draws=400)

    of_a_hundred_coins = math.sqrt(2 / math.pi) * 0.5 / 10  # the mean distance of their share from a half
    assert by_chance([0.5] * 100) == pytest.approx(of_a_hundred_coins, rel=0.15)
    assert by_chance([0.5] * 1600) == pytest.approx(of_a_hundred_coins / 4, rel=0.15)
    assert by_chance([0.0, 1.0] * 50) == 0.0


def test_the_area_under_the_roc_curve_is_the_chance_to_tell_them_apart() -> None:
    assert roc_area([0.9, 0.8], [0.1]) == 1.0
    assert roc_area([0.1], [0.9]) == 0.0
    assert roc_area([0.5, 0.9], [0.5]) == pytest.approx(0.75)
    assert roc_area([], [0.5]) == 0.5


def test_risk_and_coverage_from_careful_to_bold() -> None:
    points = risk_coverage([(0.9, True, True), (0.6, False, True), (0.3, False, False)])
    assert [(p.threshold, p.coverage, p.precision, p.answers) for p in points] == [
        (0.9, 0.5, 1.0, 1),
        (0.6, 1.0, 0.5, 2),
        (0.3, 1.0, pytest.approx(1 / 3), 3),
    ]
