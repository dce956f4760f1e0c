"""One encoder for all who need it at the same time: residents first, together, and each question once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import lru_cache
from typing import Final

import numpy as np

from language.encoder import Encoder, Vectors

REMEMBERED: Final = 512
"""questions whose rows are kept: one message is compared with the intents and with the FAQ"""
SLICE: Final = 2
"""texts of a long list that are encoded before a waiting question gets its turn"""


class SharedEncoder:
    """Wraps an encoder; for any thread.

    A single question is a resident's: it goes first, those that wait at the same time are encoded in one call, and its
    row is remembered. Lists and passages are background work, done in slices while nobody waits.
    An encoder that is not ``one_at_a_time``, as an endpoint is not, gets background work whole and beside the rest.
    """

    def __init__(self, encoder: Encoder, *, one_at_a_time: bool = True) -> None:
        self._encoder = encoder
        self._one_at_a_time = one_at_a_time
        self._engine = threading.Lock()
        """held by whoever is encoding"""
        self._quiet = threading.Condition()
        self._waiting: list[tuple[str, Future[Vectors]]] = []
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._now)

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    @property
    def waiting(self) -> int:
        """Questions that nobody encodes yet."""
        return len(self._waiting)

    def queries(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return self._remembered(texts[0])[np.newaxis, :]
        return self._when_quiet(self._encoder.queries, texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._when_quiet(self._encoder.passages, texts)

    def _now(self, text: str) -> Vectors:
        mine: Future[Vectors] = Future()
        with self._quiet:
            self._waiting.append((text, mine))
        with self._engine:
            if not mine.done():  # nobody who had the engine meanwhile took this question along
                self._encode_waiting()
        row = mine.result()
        row.setflags(write=False)  # it is handed out again
        return row

    def _encode_waiting(self) -> None:
        with self._quiet:
            waiting, self._waiting = self._waiting, []
            self._quiet.notify_all()
        try:
            rows = self._encoder.queries([text for text, _ in waiting])
            answered = list(zip(waiting, rows, strict=True))
        except Exception as trouble:  # noqa: BLE001 (whoever waits hears of it, whatever it is)
            for _, theirs in waiting:
                theirs.set_exception(trouble)
        else:
            for (_, theirs), row in answered:
                theirs.set_result(row)

    def _when_quiet(self, encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        if not texts or not self._one_at_a_time:
            return encode(texts)
        return np.concatenate([self._slice(encode, texts[at : at + SLICE]) for at in range(0, len(texts), SLICE)])

    def _slice(self, encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        with self._quiet:
            self._quiet.wait_for(lambda: not self._waiting)
        with self._engine:
            return encode(texts)
