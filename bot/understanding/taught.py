"""What came of teaching the intents, for those who asked for it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.understanding.examples import Example
from conversations.errors import CityError


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One teaching that is in use."""

    at: datetime
    source: str
    """the file"""
    examples: int
    intents: int
    new_vectors: int
    """examples the encoder had not seen before; the rest cost it nothing"""
    seconds: float
    """of learning, vectors included"""
    asked: int
    """examples that were held back and then asked, every fifth of each intent"""
    right: int
    """of them: those whose likeliest intent is theirs"""

    @property
    def accuracy(self) -> float | None:
        return self.right / self.asked if self.asked else None


class CannotTeach(CityError):
    """The intents stay as they are; the text says why."""


class AlreadyTeaching(CannotTeach):
    """Somebody else began a moment ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What the console can ask about the intents."""

    in_use: Callable[[], Sequence[Example]]
    last: Callable[[], Awaitable[Taught | None]]
    """None when nothing was ever taught: then the city's file of the start is in use"""
    file_differs: Callable[[], Awaitable[bool]]
    """whether the city's file says something else than what is in use"""
    again: Callable[[], Awaitable[Taught]]
    """Read the city's file and teach. Raises WrongExamples or CannotTeach; then the old model stays."""
