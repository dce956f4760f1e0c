from collections.abc import Sequence

import numpy as np

from language.encoder import Vectors, query_key
from language.recalling import RecallingEncoder


class Counting:
    """A text's row is its length; every text it is asked for is written down."""

    name = "counting"
    dimensions = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 0] for text in texts], dtype=np.float32).reshape(len(texts), 2)

    passages = queries


def test_only_what_is_not_known_is_asked_and_rows_stay_in_order() -> None:
    inner = Counting()
    encoder = RecallingEncoder(inner, {query_key("counting", "bb"): np.array([9, 9], dtype=np.float32)})

    rows = encoder.queries(["a", "bb", "ccc", "bb"])

    assert inner.asked == ["a", "ccc"]
    assert rows.tolist() == [[1, 0], [9, 9], [3, 0], [9, 9]]
    assert rows.dtype == np.float32
    assert (encoder.name, encoder.dimensions) == ("counting", 2)


def test_nothing_is_asked_when_all_is_known_and_all_when_it_is_forgotten() -> None:
    inner = Counting()
    encoder = RecallingEncoder(inner, {query_key("counting", "bb"): np.array([9, 9], dtype=np.float32)})

    assert encoder.queries(["bb"]).tolist() == [[9, 9]]
    assert inner.asked == []
    encoder.forget()
    assert encoder.queries(["bb"]).tolist() == [[2, 0]]
    assert encoder.queries([]).shape == (0, 2)


def test_vectors_of_questions_do_not_stand_for_passages_or_another_model() -> None:
    inner = Counting()
    rows = {query_key(name, "bb"): np.array([9, 9], dtype=np.float32) for name in ("counting", "other")}
    del rows[query_key("counting", "bb")]
    encoder = RecallingEncoder(inner, rows)

    assert encoder.queries(["bb"]).tolist() == [[2, 0]]
    assert encoder.passages(["bb"]).tolist() == [[2, 0]]
