"""A circuit breaker: what failed several times in a row is left alone for a while, then tried by one, then trusted again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 3
"""in a row, until it is left alone"""
PAUSE: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Away:
    """Something is left alone because it failed."""

    since: datetime
    tried_again_at: datetime
    why: str


class LeftAlone(Exception):
    """It is not tried now."""

    def __init__(self, away: Away) -> None:
        super().__init__(f"left alone until {away.tried_again_at:%H:%M:%S} UTC after failing ({away.why})")
        self.away = away


class Breaker:
    """For any thread. Closed at first; open after ``failures`` in a row; after ``pause`` one attempt decides.

    ``changed`` hears of each change between closed and open, once, on the thread that caused it.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        changed: Callable[[Away | None], None],
        failures: int = FAILURES,
        pause: timedelta = PAUSE,
    ) -> None:
        self._now = now
        self._changed = changed
        self._most = failures
        self._pause = pause
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._on_trial = False
        self._away: Away | None = None

    @property
    def away(self) -> Away | None:
        """None while it works."""
        return self._away

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """The work inside the block counts as one attempt; what it raises is a failure. Raises LeftAlone before it."""
        self._begin()
        try:
            yield
        except BaseException as error:
            self._failed(str(error) or type(error).__name__)
            raise
        self._succeeded()

    def _begin(self) -> None:
        with self._lock:
            if self._away is None:
                return
            if self._on_trial or self._now() < self._away.tried_again_at:
                raise LeftAlone(self._away)
            self._on_trial = True

    def _failed(self, why: str) -> None:
        with self._lock:
            before, now = self._away, self._now()
            self._on_trial = False
            self._in_a_row += 1
            if self._in_a_row >= self._most:
                self._away = Away(before.since if before else now, now + self._pause, why)
            opened = self._away if before is None else None
        if opened:
            self._changed(opened)

    def _succeeded(self) -> None:
        with self._lock:
            was_open = self._away is not None
            self._on_trial, self._in_a_row, self._away = False, 0, None
        if was_open:
            self._changed(None)
