from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gather_subjects import subjects_of
from knowledge_base.article import ArticleContent
from knowledge_base.fusion import WITH_SUBJECTS, WITH_VECTORS, WITHOUT_VECTORS, Weights, probabilities
from knowledge_base.meaning import MEANING_FROM, texts_of
from knowledge_base.search import FaqIndex
from language.encoder import Vectors, text_key
from tests.support.city import published

EVERY_SET = pytest.mark.parametrize("weights", [WITHOUT_VECTORS, WITH_VECTORS, WITH_SUBJECTS])
SCORES = st.lists(st.floats(-1000, 1000) | st.floats(-6, 6), min_size=1, max_size=30)
TITLES = ("住民票の写し", "粗大ごみ", "運転免許の更新")


def likely(*entry_scores: float, elsewhere: float = 0.0, weights: Weights = WITH_SUBJECTS) -> Any:
    return probabilities(np.array(entry_scores), weights, elsewhere)


@EVERY_SET
@given(entry_scores=SCORES, elsewhere=st.floats(0, 1))
def test_the_greater_score_is_never_the_less_likely(
    weights: Weights, entry_scores: list[float], elsewhere: float
) -> None:
    found = likely(*sorted(entry_scores), elsewhere=elsewhere, weights=weights)

    assert (np.diff(found) >= -1e-12).all()
    assert ((found > 0) & (found < 1)).all()


@EVERY_SET
@given(entry_scores=SCORES, rival=st.floats(-1000, 1000) | st.floats(-6, 6))
def test_a_rival_makes_no_entry_likelier(weights: Weights, entry_scores: list[float], rival: float) -> None:
    alone, beside = likely(*entry_scores, weights=weights), likely(*entry_scores, rival, weights=weights)

    assert (beside[:-1] <= alone + 1e-9).all()


@given(entry_scores=SCORES)
def test_a_question_of_others_business_is_less_likely_answered(entry_scores: list[float]) -> None:
    ours, theirs = likely(*entry_scores), likely(*entry_scores, elsewhere=1.0)

    assert (theirs <= ours).all()
    assert likely(2.0, elsewhere=1.0)[0] < 0.8 < likely(2.0)[0]


@EVERY_SET
def test_two_that_say_nearly_the_same_may_both_be_likely(weights: Weights) -> None:
    twins = likely(6.0, 6.0, weights=weights)
    ten_alike = likely(*[1.0] * 10, weights=weights)

    assert twins.sum() > 1
    assert (twins > 0.6).all()
    assert (ten_alike < 0.5).all()


@EVERY_SET
def test_an_entry_out_of_force_counts_for_nothing(weights: Weights) -> None:
    found = likely(2.0, -np.inf, 1.0, weights=weights)

    assert found[[0, 2]] == pytest.approx(likely(2.0, 1.0, weights=weights))
    assert found[1] < 1e-6
    assert likely(-np.inf, weights=weights)[0] < 1e-6
    assert likely(-np.inf, weights=Weights({}, (0.0, 1.0, 0.0, 0.0)))[0] < 1e-6, "a column without weight"
    assert not likely(weights=weights).size


class ChanceEncoder:
    """Vectors by chance, the same for the same text."""

    name = "chance"
    dimensions = 8

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        rows = [1.0 + np.random.default_rng(list(text.encode())).normal(size=self.dimensions) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


@pytest.mark.parametrize("others", [0.0, 1.0])
def test_a_search_heeds_whose_business_the_question_is(others: float) -> None:
    encoder = ChanceEncoder()
    contents = [
        ArticleContent(question=f"住民票{number}の写し", answer=f"{number}階で。", category="c")
        for number in range(MEANING_FROM)
    ]
    vectors = {text_key("chance", text): encoder.passages([text])[0] for one in contents for text in texts_of(one)}
    asked = [encoder.queries([title]) for title in TITLES]
    subjects = subjects_of("chance", TITLES, [others > 0] * len(TITLES), asked, encoder.passages(TITLES))
    versions = [published(content) for content in contents]
    index = FaqIndex.build(versions, vectors=vectors, encoder=encoder, subjects=subjects)

    best = index.search("住民票の写しを", today=date(2026, 11, 25))[0]

    _, entry_scores, weights = index.weighed(index.readable("住民票の写しを"))
    wanted = likely(*entry_scores, elsewhere=others, weights=weights)
    assert best.probability == pytest.approx(wanted.max(), abs=1e-6)
    assert best.why["elsewhere"] == pytest.approx(others)
