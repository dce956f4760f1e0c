"""An index remembers what it found: never for another day, never after a change, never half an answer."""

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from knowledge_base.article import ArticleVersion
from knowledge_base.fusion import probabilities
from knowledge_base.portions import portions_missing
from knowledge_base.search import FaqIndex
from knowledge_base.signals import WEIGHED_FIELDS
from language.encoder import Encoder, EncoderError, Vectors

TODAY = date(2026, 11, 25)
QUESTIONS = ["住民票を家族に頼みたい。どうすれば", "粗大ごみ", "Where can I get my certificate?", "ねんきん はらえない"]


class ChanceEncoder:
    """Vectors by chance, the same for the same text; may be away."""

    name = "chance"
    dimensions = 8

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    def queries(self, texts: Sequence[str]) -> Vectors:
        if self.away:
            raise EncoderError("cannot be reached")
        self.asked += texts
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        rows = [1.0 + np.random.default_rng(list(text.encode())).normal(size=self.dimensions) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def vectors_of(versions: Sequence[ArticleVersion], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    missing = portions_missing(FaqIndex.build(versions, vectors={}, encoder=encoder), size=500)
    return {key: row for portion in missing for key, row in portion.encoded(encoder).items()}


def test_the_same_question_on_the_same_day_is_searched_once(versions: list[ArticleVersion]) -> None:
    encoder = ChanceEncoder()
    index = FaqIndex.build(versions, vectors=vectors_of(versions, encoder), encoder=encoder)
    encoder.asked.clear()

    first, again = (index.search(QUESTIONS[0], today=TODAY) for _ in range(2))

    assert first is again
    assert encoder.asked == [QUESTIONS[0]]
    assert len(index.search(QUESTIONS[0], at_most=1, today=TODAY)) == 1


def test_what_was_true_yesterday_is_not_remembered_today(versions: list[ArticleVersion]) -> None:
    ends = replace(versions[0], content=replace(versions[0].content, valid_until=TODAY))
    index = FaqIndex.build([ends, *versions[1:]], vectors={}, encoder=None)
    question = ends.content.question

    assert index.search(question, today=TODAY)[0].version == ends
    assert ends not in [match.version for match in index.search(question, today=TODAY + timedelta(days=1))]
    assert index.search(question, today=TODAY)[0].version == ends


def test_a_new_index_answers_with_what_it_was_built_of(versions: list[ArticleVersion]) -> None:
    question = versions[0].content.question
    old = FaqIndex.build(versions, vectors={}, encoder=None)
    assert old.search(question, today=TODAY)[0].version == versions[0]
    edited = replace(versions[0], number=2, content=replace(versions[0].content, answer="窓口が変わりました。"))

    new = FaqIndex.build([edited, *versions[1:]], vectors={}, encoder=None)

    assert new.search(question, today=TODAY)[0].version == edited
    assert old.search(question, today=TODAY)[0].version == versions[0]


def test_what_was_found_by_words_alone_is_not_kept_when_the_encoder_is_back(versions: list[ArticleVersion]) -> None:
    encoder = ChanceEncoder()
    index = FaqIndex.build(versions, vectors=vectors_of(versions, encoder), encoder=encoder)

    encoder.away = True
    by_words = index.search(QUESTIONS[0], today=TODAY)
    encoder.away = False
    whole = index.search(QUESTIONS[0], today=TODAY)

    assert by_words[0].version == versions[1]
    assert "whole" not in by_words[0].why
    assert "whole" in whole[0].why


def test_a_replaced_index_leaves_the_memory_at_once(versions: list[ArticleVersion]) -> None:
    index = FaqIndex.build(versions, vectors={}, encoder=None)
    index.search(QUESTIONS[0], today=TODAY)
    gone = weakref.ref(index)
    gc.disable()  # thousands of vectors must not wait for a full collection
    try:
        del index
        assert gone() is None
    finally:
        gc.enable()


def test_an_index_knows_whether_building_again_would_change_it(versions: list[ArticleVersion]) -> None:
    encoder = ChanceEncoder()
    vectors = vectors_of(versions, encoder)
    index = FaqIndex.build(versions, vectors=vectors, encoder=encoder)

    assert index.is_all_of(list(versions))
    assert not index.is_all_of(versions[1:])
    assert not index.is_all_of([replace(versions[0], id=uuid4(), number=2), *versions[1:]])
    assert not FaqIndex.build(versions, vectors={}, encoder=encoder).is_all_of(versions)


def test_a_search_leaves_out_only_what_weighs_nothing(versions: list[ArticleVersion]) -> None:
    encoder = ChanceEncoder()
    index = FaqIndex.build(versions, vectors=vectors_of(versions, encoder), encoder=encoder)

    for question in QUESTIONS:
        _, total, weights = index.weighed(index.readable(question))
        best = np.argsort(-total, kind="stable")[:5]
        found = index.search(question, today=TODAY)
        assert [match.version for match in found] == [versions[at] for at in best]
        wanted = probabilities(total, weights)[best]
        np.testing.assert_allclose([match.probability for match in found], wanted, atol=1e-6)


def test_the_weighed_fields_alone_find_the_same(versions: list[ArticleVersion]) -> None:
    encoder = ChanceEncoder()
    vectors = vectors_of(versions, encoder)
    whole = FaqIndex.build(versions, vectors=vectors, encoder=encoder)
    lean = FaqIndex.build(versions, vectors=vectors, encoder=encoder, fields=WEIGHED_FIELDS)

    for question in QUESTIONS:
        found, wanted = lean.search(question, today=TODAY), whole.search(question, today=TODAY)
        assert [match.version for match in found] == [match.version for match in wanted]
        np.testing.assert_allclose([m.probability for m in found], [m.probability for m in wanted], atol=1e-6)
    needed = FaqIndex.build(versions, vectors={}, encoder=encoder, fields=WEIGHED_FIELDS).passages_needed()
    assert len(needed) <= len(FaqIndex.build(versions, vectors={}, encoder=encoder).passages_needed())
