"""What costs the encoder's time is done before a resident waits for it."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from knowledge_base.article import ArticleVersion
from knowledge_base.hints import hints_in
from knowledge_base.portions import portions_missing
from knowledge_base.search import FaqIndex
from language.encoder import Vectors

TODAY = date(2026, 11, 25)
QUESTION = "父が亡くなりました。印鑑とカードはどうすればよいですか"


class CountingEncoder:
    """Any vectors do: what counts is how many texts were encoded."""

    name = "counting"
    dimensions = 4

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return np.array([[len(text), 1.0, text.count("の"), 2.0] for text in texts], dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.queries(texts)


def test_a_question_costs_one_encoding_however_many_hints_it_has(versions: list[ArticleVersion]) -> None:
    versions = versions * 3  # enough surfaces for meaning to count
    encoder = CountingEncoder()
    vectors: dict[str, np.typing.NDArray[np.float32]] = {}
    for portion in portions_missing(FaqIndex.build(versions, vectors={}, encoder=encoder), size=100):
        vectors |= portion.encoded(encoder)
    index = FaqIndex.build(versions, vectors=vectors, encoder=encoder)
    encoder.encoded.clear()

    index.search(QUESTION, today=TODAY)

    assert len(hints_in(QUESTION)) > 1
    assert encoder.encoded == [QUESTION]


def test_portions_hold_each_missing_text_once_entries_before_hints(versions: list[ArticleVersion]) -> None:
    index = FaqIndex.build(versions, vectors={}, encoder=CountingEncoder())

    portions = portions_missing(index, size=7)

    assert [text for p in portions if not p.is_query for text in p.texts] == index.passages_needed()
    assert [text for p in portions if p.is_query for text in p.texts] == index.queries_needed()
    assert max(len(portion.texts) for portion in portions) == 7
    assert [portion.is_query for portion in portions] == sorted(portion.is_query for portion in portions)
