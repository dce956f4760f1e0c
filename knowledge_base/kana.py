"""Reads what is written in kana or in romaji as the FAQ writes it: じゅうみんひょう and juminhyo → 住民票.

Young, old and foreign residents write so, and so does whoever's input method is off. The sentence encoder hardly knows
a word in kana; the words are found again by their readings, those of the FAQ itself and of the hints.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from language.japanese import nouns_with_readings
from language.romaji import in_kana, is_romaji, short

SHORTEST: Final = 3
"""kana of a word; shorter ones are found in the middle of anything"""
LONGEST: Final = 14
LEAST: Final = 4
"""kana of a text, below which it is a word by itself that the sounds find"""

_NO_NOUNS: Final = frozenset(
    [
        "こと",
        "もの",
        "とき",
        "です",
        "ます",
        "から",
        "まで",
        "なに",
        "いつ",
        "どこ",
        "した",
        "する",
        "ある",
        "いる",
        "いい",
        "どう",
        "ど",
        "でも",
    ]
)
"""short words that would be homophones of some noun without its long vowels: こと, 口頭"""
_NOT_LETTERS = re.compile(r"[\W_ー]+")


class KanaReader:
    """Immutable, for any thread. ``texts`` are where the words come from; a frequent word is preferred to a rare one."""

    def __init__(self, texts: Iterable[str]) -> None:
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for noun, reading in _nouns(text):
                if SHORTEST <= len(reading) <= LONGEST:
                    spellings[reading][noun] += 1
        self._words: Mapping[str, str] = {reading: found.most_common(1)[0][0] for reading, found in spellings.items()}
        shortened: dict[str, Counter[str]] = defaultdict(Counter)
        for reading, found in spellings.items():
            shortened[short(reading)] += found
        self._short: Mapping[str, str] = {reading: found.most_common(1)[0][0] for reading, found in shortened.items()}

    def read(self, text: str) -> str:
        """The text with the words it knows in kanji, if the text is kana or romaji alone; else as it is."""
        if is_romaji(text):
            return self._read_romaji(in_kana(text).split())
        letters = _NOT_LETTERS.sub("", text)
        if len(letters) < LEAST or not all("ぁ" <= letter <= "ゖ" for letter in letters):
            return text
        return "".join(self._cut(letters, self._words))

    def _read_romaji(self, words: Iterable[str]) -> str:
        """A whole word may be shorter than one found within a text: yuso is ゆそ, 郵送."""
        read, run = "", ""
        for word in words:
            whole = self._short.get(word) if len(word) < SHORTEST and word not in _NO_NOUNS else None
            if whole is None:
                run += word
            else:
                read, run = read + "".join(self._cut(run, self._short)) + whole, ""
        return read + "".join(self._cut(run, self._short))

    @staticmethod
    def _cut(letters: str, words: Mapping[str, str]) -> list[str]:
        """The cutting with the longest known words: each counts as the square of its length."""
        best: list[tuple[int, list[str]]] = [(0, [])]
        for end in range(1, len(letters) + 1):
            score, pieces = best[end - 1]
            candidate = (score, [*pieces, letters[end - 1]])
            for begin in range(max(0, end - LONGEST), end - SHORTEST + 1):
                word = words.get(letters[begin:end])
                if word is not None and best[begin][0] + (end - begin) ** 2 > candidate[0]:
                    candidate = (best[begin][0] + (end - begin) ** 2, [*best[begin][1], word])
            best.append(candidate)
        return best[-1][1]


@lru_cache(maxsize=32768)
def _nouns(text: str) -> tuple[tuple[str, str], ...]:
    """The nouns of a text of the FAQ, kept so that an edit costs one entry; each noun lies in memory once."""
    return tuple(_noun(*pair) for pair in nouns_with_readings.__wrapped__(text))


@lru_cache(maxsize=262144)
def _noun(noun: str, reading: str) -> tuple[str, str]:
    return noun, reading
