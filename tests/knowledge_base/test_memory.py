"""Memory that is free is given back."""

import platform
from pathlib import Path

import pytest

from knowledge_base.memory import give_back


def own_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(each for each in status.splitlines() if each.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is free, and gives it back when asked"
)
def test_what_many_small_pieces_held_goes_back_to_the_system() -> None:
    pieces = [bytes(700) for _ in range(200_000)]
    holds_the_end = [bytes(700) for _ in range(100)]
    pieces.clear()
    before = own_megabytes()

    give_back()

    assert own_megabytes() < before - 50
    assert len(holds_the_end) == 100
