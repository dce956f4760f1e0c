"""Which answers pass the bar of their category, and when a category is stopped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.article import Match
from knowledge_base.bars import Bar, Bars, Measured, is_sure, may_answer
from tests.support.city import BATTERIES, CERTIFICATE, published

CERTAIN = 0.98


def likely(probability: float) -> Match:
    """An entry of the category 住民票."""
    return Match(version=published(CERTIFICATE), probability=probability)


def test_the_everyday_bar_holds_for_who_set_none() -> None:
    assert is_sure([likely(0.8)])
    assert not is_sure([likely(0.79)])
    assert not is_sure([])


def test_a_raised_bar_holds_for_its_category_alone() -> None:
    bars = Bars({"住民票": Bar(answer_at=0.85)})

    assert may_answer(likely(0.85), bars)
    assert not may_answer(likely(0.84), bars)
    assert may_answer(Match(version=published(BATTERIES), probability=0.8), bars)


def test_no_bar_is_lower_than_the_everyday_one() -> None:
    assert not may_answer(likely(0.6), Bars({"住民票": Bar(answer_at=0.5)}))


def test_a_stopped_category_answers_nothing_directly() -> None:
    assert not is_sure([likely(CERTAIN)], Bars({"住民票": Bar(stopped=True)}))
    assert is_sure([likely(CERTAIN)], Bars({"ごみ": Bar(stopped=True)}))


@pytest.mark.parametrize(
    ("right", "judged", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(right: int, judged: int, low: float, high: float) -> None:
    assert Measured(right, judged).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_measured_share_lies_in_its_interval(right: int, wrong: int) -> None:
    measured = Measured(right, right + wrong)
    low, high = measured.interval

    assert 0 <= low <= high <= 1
    assert not measured.judged or low <= measured.precision + 1e-12
    assert not measured.judged or measured.precision <= high + 1e-12


@pytest.mark.parametrize(
    ("right", "judged", "short"),
    [
        (0, 0, False),
        (0, 1, False),  # one angry click
        (0, 19, False),  # too few to tell
        (0, 20, True),
        (18, 20, False),  # 90 %, and chance allows 97 %
        (17, 20, True),
        (180, 200, True),  # the same 90 %, of many
        (190, 200, False),
    ],
)
def test_a_category_falls_short_only_beyond_what_chance_allows(right: int, judged: int, short: bool) -> None:  # noqa: FBT001
    assert Measured(right, judged).falls_short_of(0.95) is short
