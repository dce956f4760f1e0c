import io
import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from channels.terminal.channel import TerminalChannel
from conversations.message import Address
from tests.contracts.channel import SpeakingContract
from tests.contracts.network import Heard, NoNetwork, Trouble


class Screen(io.TextIOWrapper):
    """A terminal in UTF-8: what it cannot encode it refuses, as the real one does."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")
        self.written: list[str] = []

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.append(text)
        return count


class ClosedWindow(NoNetwork):
    troubles = frozenset({Trouble.BLOCKED})

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        del trouble, after
        self._screen.close()


class TestTerminal(SpeakingContract):
    @pytest.fixture
    def screen(self) -> Screen:
        return Screen()

    @pytest.fixture
    def channel(self, screen: Screen) -> TerminalChannel:
        return TerminalChannel(screen)

    @pytest.fixture
    def address(self) -> Address:
        return Address("terminal", "1")

    @pytest.fixture
    def heard(self, screen: Screen) -> Callable[[], Sequence[Heard]]:
        return lambda: [Heard(text=text, obeyed=_commands(text)) for text in screen.written]

    @pytest.fixture
    def network(self, screen: Screen) -> ClosedWindow:
        return ClosedWindow(screen)


def _commands(text: str) -> frozenset[str]:
    """Control characters: with them a terminal is told what to do."""
    return frozenset(f"control:{ord(c):02x}" for c in text if c not in "\n\t" and unicodedata.category(c) == "Cc")
