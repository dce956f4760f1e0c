"""One resident's talk with the city's account, as their telephone shows it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from simulator.line_platform import Json, Loading, MarkedAsRead, Sent
from simulator.residents import Resident


class Side(Enum):
    MINE = "mine"
    """the resident's"""
    CITY = "city"
    NOTE = "note"
    """neither: what happened to the talk"""


@dataclass(slots=True, kw_only=True)
class Bubble:
    number: int
    side: Side
    at: datetime
    message: Json
    """as LINE has it, in either direction"""
    by: str = ""
    """of the city's: ``reply`` or ``push``"""
    read: bool = False
    unsent: bool = False
    trouble: str = ""
    """why it did not reach the city hall"""
    content: str = ""
    """what kind of picture or file came with it"""

    @property
    def kind(self) -> str:
        return str(self.message.get("type", ""))

    @property
    def pretty(self) -> str:
        return json.dumps(self.message, ensure_ascii=False, indent=2)


@dataclass(slots=True, kw_only=True)
class Talk:
    resident: Resident
    bubbles: list[Bubble] = field(default_factory=list)
    friend: bool = False
    loading_until: datetime | None = None
    last_delivery: list[Json] = field(default_factory=list)
    """the events that were delivered last"""

    def add(self, side: Side, message: Json, *, at: datetime, **more: Any) -> Bubble:
        bubble = Bubble(number=len(self.bubbles) + 1, side=side, at=at, message=message, **more)
        self.bubbles.append(bubble)
        return bubble

    def note(self, words: str, *, at: datetime) -> Bubble:
        return self.add(Side.NOTE, {"type": "note", "text": words}, at=at)

    def receive(self, happening: Sent | Loading, *, at: datetime) -> None:
        if isinstance(happening, Loading):
            self.loading_until = at + timedelta(seconds=happening.seconds)
            return
        self.loading_until = None
        for message in happening.messages:
            self.add(Side.CITY, message, at=at, by=happening.by)

    def mark_as_read(self, marked: MarkedAsRead) -> bool:
        """The message of that token and all before it; False when it is of another talk."""
        tokens = [bubble.message.get("markAsReadToken") for bubble in self.bubbles]
        if marked.token not in tokens:
            return False
        for bubble in self.bubbles[: tokens.index(marked.token) + 1]:
            bubble.read = bubble.side is Side.MINE
        return True

    def bubble(self, number: int) -> Bubble | None:
        return self.bubbles[number - 1] if 0 < number <= len(self.bubbles) else None

    @property
    def quick_replies(self) -> Sequence[Json]:
        """The actions under the last message: those of earlier ones are gone."""
        last = self.bubbles[-1].message if self.bubbles else {}
        return [item.get("action", {}) for item in last.get("quickReply", {}).get("items", [])]
