"""How a text is read, for finding what somebody knows by ear alone: さいとう is in 斉藤さん, in 齋藤さん, too."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from language.folding import folded, joined
from language.japanese import read_aloud

READ_AT_MOST: Final = 2_000
"""characters; a longer text is found by what is written in it, and read no further than this: a millisecond"""
_READ_DIFFERENTLY: Final = re.compile(r"[㐀-鿿豈-﫿々\U00020000-\U0003ffff]")
_NOT_KANA: Final = re.compile(r"[^ぁ-ゖー]+")
_BROKEN: Final = re.compile(r"(?<![!-~\s])\s+|\s+(?![!-~\s])")
"""a line's end, which may be in the middle of a name"""


def spoken(text: str) -> str:
    """The text in hiragana, a space for whatever is no word of it; empty when its letters say it all already."""
    if not _READ_DIFFERENTLY.search(text):
        return ""
    read = "".join(reading for _, _, reading in read_aloud(_BROKEN.sub("", text[:READ_AT_MOST])))
    return _NOT_KANA.sub(" ", folded(read)).strip()


def spoken_places(text: str, words: Iterable[str]) -> Sequence[tuple[int, int]]:
    """The written words that are read so, by where they begin and end; a reading may begin within a written word."""
    text = text[:READ_AT_MOST]
    dropped = {at for space in _BROKEN.finditer(text) for at in range(*space.span())}
    kept = [at for at in range(len(text)) if at not in dropped]
    heard = [
        (kept[begin], kept[end - 1] + 1, _NOT_KANA.sub(" ", folded(reading)))
        for begin, end, reading in read_aloud(_BROKEN.sub("", text))
        if begin < end
    ]
    origin = [(begin, end) for begin, end, reading in heard for _ in reading]
    whole = "".join(reading for _, _, reading in heard)
    found = []
    for word in words:
        at = whole.find(word)
        while word and at >= 0:
            found += origin[at : at + len(word)]
            at = whole.find(word, at + len(word))
    return joined(found)
