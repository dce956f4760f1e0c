"""One engine for all: residents first, together, each question once."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from language.encoder import EncoderError, Vectors
from language.sharing import SLICE, SharedEncoder

PATIENCE = 20.0


def rows(texts: Sequence[str]) -> Vectors:
    return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32)


class HeldEncoder:
    """Each row tells its text. A call with a text of ``held_at`` waits until it is let go; one of ``bad`` fails."""

    name = "held"
    dimensions = 2

    def __init__(self, *, held_at: str = "", bad: str = "") -> None:
        self.calls: list[list[str]] = []
        self.held, self.let_go = threading.Event(), threading.Event()
        self._held_at, self._bad = held_at, bad

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        if self._held_at in texts:
            self.held.set()
            assert self.let_go.wait(PATIENCE)
        if self._bad in texts:
            raise EncoderError("cannot be reached")
        return rows(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.queries(texts)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline


def asked_while_held(
    shared: SharedEncoder, inner: HeldEncoder, first: str, then: Sequence[str]
) -> list[Future[Vectors]]:
    """The questions, of which all but the first arrive while the engine is busy with it."""
    with ThreadPoolExecutor(max_workers=1 + len(then)) as pool:
        futures = [pool.submit(shared.queries, [first])]
        assert inner.held.wait(PATIENCE)
        futures += [pool.submit(shared.queries, [text]) for text in then]
        until(lambda: shared.waiting == len(then))
        inner.let_go.set()
    return futures


def test_a_question_is_encoded_once_however_often_it_is_asked() -> None:
    inner = HeldEncoder()
    shared = SharedEncoder(inner)

    twice = [shared.queries(["住民票"]), shared.queries(["住民票"])]

    assert inner.calls == [["住民票"]]
    assert [answer.tolist() for answer in twice] == [rows(["住民票"]).tolist()] * 2


def test_questions_that_wait_together_share_a_call_and_each_gets_its_own_row() -> None:
    inner = HeldEncoder(held_at="ごみ")
    texts = ["住民票", "転入の届け", "税"]

    futures = asked_while_held(SharedEncoder(inner), inner, "ごみ", texts)

    assert [future.result().tolist() for future in futures] == [rows([text]).tolist() for text in ("ごみ", *texts)]
    assert [sorted(call) for call in inner.calls] == [["ごみ"], sorted(texts)]


def test_an_error_reaches_all_who_shared_the_call_and_the_next_call_works() -> None:
    inner = HeldEncoder(held_at="ごみ", bad="悪")
    shared = SharedEncoder(inner)

    first, *others = asked_while_held(shared, inner, "ごみ", ["悪", "税"])

    assert first.result().tolist() == rows(["ごみ"]).tolist()
    for other in others:
        with pytest.raises(EncoderError, match="cannot be reached"):
            other.result()
    assert shared.queries(["税"]).tolist() == rows(["税"]).tolist()


def test_a_question_goes_before_the_rest_of_a_list() -> None:
    listed = [f"答え{number}" for number in range(3 * SLICE)]
    inner = HeldEncoder(held_at=listed[0])
    shared = SharedEncoder(inner)

    with ThreadPoolExecutor(max_workers=2) as pool:
        background = pool.submit(shared.passages, listed)
        assert inner.held.wait(PATIENCE)
        question = pool.submit(shared.queries, ["税"])
        until(lambda: shared.waiting == 1)
        inner.let_go.set()

    assert background.result().tolist() == rows(listed).tolist()
    assert question.result().tolist() == rows(["税"]).tolist()
    assert inner.calls == [listed[:SLICE], ["税"], listed[SLICE : 2 * SLICE], listed[2 * SLICE :]]


def test_an_endpoint_gets_a_list_whole() -> None:
    inner = HeldEncoder()
    listed = [f"答え{number}" for number in range(3 * SLICE)]
    assert SharedEncoder(inner, one_at_a_time=False).passages(listed).tolist() == rows(listed).tolist()
    assert inner.calls == [listed]


def test_nothing_asked_is_nothing_encoded() -> None:
    assert SharedEncoder(HeldEncoder()).passages([]).shape[0] == 0
