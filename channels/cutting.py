"""Long texts in pieces that a network takes, counted as that network counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import regex

from channels.channel import TextUnit

_CLUSTER = regex.compile(r"\X")
_SENTENCE_ENDS = frozenset("。！？．!?.…")
_CLOSING = frozenset("」』）】〕》”’\"')]")
_ENDS_ALONE = frozenset("。！？．")
"""Japanese sentences are not followed by a space."""

_NOWHERE, _WORD, _SENTENCE, _PARAGRAPH = range(4)


def cut(text: str, *, at_most: int, unit: TextUnit) -> list[str]:
    """Pieces of at most ``at_most`` in ``unit`` that are, put together, the text to the last character.

    No piece begins or ends inside an extended grapheme cluster (UAX #29), except where one cluster alone is longer than
    a piece may be: then between two of its code points. Where a piece's second half has a paragraph's end, the piece
    ends there; else at a sentence's or line's end; else between words; else where it is full.
    """
    measure = _MEASURES[unit]
    if at_most < measure("\U00010000"):
        raise ValueError(f"no character fits into {at_most} {unit.value}")
    pieces: list[str] = []
    piece: list[str] = []
    room = at_most
    for cluster in _clusters(text, at_most, measure):
        size = measure(cluster)
        while size > room:
            end = _best_end(piece, cluster)
            pieces.append("".join(piece[:end]))
            room += sum(map(measure, piece[:end]))
            piece = piece[end:]
        piece.append(cluster)
        room -= size
    return [*pieces, "".join(piece)] if piece else pieces


def shortened(text: str, *, at_most: int, unit: TextUnit) -> str:
    """The text, or as much of its beginning as fits before an ellipsis."""
    measure = _MEASURES[unit]
    if measure(text) <= at_most:
        return text
    begins, room = "", at_most - measure("…")
    for cluster in _clusters(text, at_most, measure):
        room -= measure(cluster)
        if room < 0:
            break
        begins += cluster
    return f"{begins.rstrip()}…"


def length(text: str, unit: TextUnit) -> int:
    return _MEASURES[unit](text)


def _clusters(text: str, at_most: int, measure: Callable[[str], int]) -> Iterator[str]:
    for found in _CLUSTER.finditer(text):
        # A letter under thousands of marks is one cluster, too.
        yield from [found[0]] if measure(found[0]) <= at_most else found[0]


def _best_end(piece: Sequence[str], following: str) -> int:
    """How many of the piece's clusters to keep; at least one."""
    ends = range(len(piece), len(piece) // 2, -1)
    return max(ends, key=lambda end: (_kind_of_end(piece, end, following), end))


def _kind_of_end(piece: Sequence[str], end: int, following: str) -> int:
    last, before = piece[end - 1], piece[end - 2] if end > 1 else ""
    after = piece[end] if end < len(piece) else following
    if last.isspace():
        # A blank line, spaces and all, stays with what it closes.
        if after.isspace():
            return _NOWHERE
        if "\n" not in last:
            return _SENTENCE if before in _SENTENCE_ENDS | _CLOSING else _WORD
        return _PARAGRAPH if before.isspace() else _SENTENCE
    if after in _ENDS_ALONE or after in _CLOSING:
        return _NOWHERE
    closes = last in _CLOSING and before in _ENDS_ALONE
    return _SENTENCE if (closes or last in _ENDS_ALONE) and not after.isspace() else _NOWHERE


def _utf16(text: str) -> int:
    # 𠮷 is two: what lies outside the basic plane is written as a pair.
    return len(text) + sum(character > "\uffff" for character in text)


def _graphemes(text: str) -> int:
    return sum(1 for _ in _CLUSTER.finditer(text))


_MEASURES: Final[Mapping[TextUnit, Callable[[str], int]]] = {
    TextUnit.UTF16: _utf16,
    TextUnit.GRAPHEMES: _graphemes,
    TextUnit.CHARACTERS: len,
}
