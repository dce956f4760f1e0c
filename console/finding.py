"""Where the words that were looked for stand in a line, to be marked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from language.folding import folded, is_kana, joined, places
from language.spoken import spoken_places

BEFORE: Final = 24
LONGEST: Final = 90
"""characters of a line that are shown"""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool = False


def marked(text: str, words: Iterable[str]) -> Sequence[Piece]:
    """The text in pieces, folded words of it marked: as they are written, or else as they are read."""
    return list(_pieces(text, _spans(text, words)))


def excerpt(text: str, words: Iterable[str]) -> Sequence[Piece]:
    """The part of the text around the first word that was found, in one line."""
    line = " ".join(text.split())
    spans = _spans(line, words)
    begin = max(0, spans[0][0] - BEFORE) if spans and spans[0][1] > LONGEST else 0
    end = begin + LONGEST
    inside = [(one - begin, min(other, end) - begin) for one, other in spans if begin <= one < end]
    shown = _pieces(line[begin:end], inside)
    return [*([Piece("…")] if begin else []), *shown, *([Piece("…")] if end < len(line) else [])]


def _spans(text: str, words: Iterable[str]) -> Sequence[tuple[int, int]]:
    form = folded(text)
    written = [word for word in words if word in form]
    heard = [word for word in words if word not in form and is_kana(word)]
    return joined([*places(text, written), *(spoken_places(text, heard) if heard else ())])


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for begin, end in spans:
        if at < begin:
            yield Piece(text[at:begin])
        yield Piece(text[begin:end], marked=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])
