"""What of an entry is looked up: its surfaces, its passages, and their words and sounds as numbers."""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.article import ArticleContent
from language.japanese import analysed, key

Counts: TypeAlias = tuple[NDArray[np.uint32], NDArray[np.float32]]
"""the terms of one text (sorted, each once) and how often each stands in it"""

PASSAGE: Final = 160
"""Characters of a passage: the vector of a long answer says everything a little, that of two sentences says them."""
_MOST = np.iinfo(np.uint8).max
_SPREADING = np.uint64(0x9E3779B97F4A7C15)
"""Multiplied by it, close numbers end far apart (Fibonacci hashing)."""
_SENTENCE_END = re.compile(r"(?<=[。！？!?\n])")
_MARKUP = re.compile(r"\*\*|__|^#+\s*|^[-*・]\s+|\[([^\]\n]*)\]\([^)\n]*\)|https?://\S+", re.MULTILINE)


FIELDS: Final = ("question", "phrasings", "keywords", "category", "answer")
SOUNDED: Final = ("question", "answer")
"""the fields whose sounds are looked up; those of the phrasings are, surface by surface"""


@dataclass(frozen=True, slots=True)
class EntryTerms:
    """One entry, cut into terms. Kept for every entry, so that an edit costs one entry: packed, for there are many."""

    ids: NDArray[np.uint32]
    counts: NDArray[np.uint8]
    ends: NDArray[np.uint32]
    """where each text's terms end: words by field, concepts by field, sounds by field, sounds by surface"""
    keys: NDArray[np.uint64]
    """``number_of_key`` of what a message must come down to in order to be one of the surfaces; each once"""

    @classmethod
    def of(cls, texts: Sequence[Counts], keys: Iterable[str]) -> "EntryTerms":
        ids = np.concatenate([ids for ids, _ in texts])
        counts = np.concatenate([counts for _, counts in texts])
        ends = np.cumsum([len(ids) for ids, _ in texts], dtype=np.uint32)
        numbers = np.array([number_of_key(known) for known in keys], dtype=np.uint64)
        return cls(ids, np.minimum(counts, _MOST).astype(np.uint8), ends, numbers)

    def words(self) -> dict[str, Counts]:
        return self._by_field(FIELDS, 0)

    def concepts(self) -> dict[str, Counts]:
        return self._by_field(FIELDS, len(FIELDS))

    def sounds(self) -> dict[str, Counts]:
        return self._by_field(SOUNDED, 2 * len(FIELDS))

    def surface_sounds(self) -> list[Counts]:
        """One item a surface, the question first."""
        return [self._text(number) for number in range(2 * len(FIELDS) + len(SOUNDED), len(self.ends))]

    def _by_field(self, fields: Sequence[str], first: int) -> dict[str, Counts]:
        return {name: self._text(first + number) for number, name in enumerate(fields)}

    def _text(self, number: int) -> Counts:
        begin, end = int(self.ends[number - 1]) if number else 0, int(self.ends[number])
        return self.ids[begin:end], self.counts[begin:end].astype(np.float32)


def surfaces_of(content: ArticleContent) -> tuple[str, ...]:
    """Every way the question is put, in every language; the question itself first."""
    return tuple(dict.fromkeys((content.question, *content.phrasings, *content.questions.values())))


def whole_of(content: ArticleContent) -> str:
    """Question and answer as one text."""
    return f"{content.question}\n{plain(content.answer)}"


@lru_cache(maxsize=32768)
def passages_of(answer: str) -> tuple[str, ...]:
    """The answer in pieces of a few sentences; at least one, even of an empty answer."""
    pieces: list[str] = []
    current = ""
    for sentence in _SENTENCE_END.split(plain(answer)):
        if current.strip() and len(current) + len(sentence) > PASSAGE:
            pieces.append(current.strip())
            current = ""
        current += sentence
    return (*pieces, *([current.strip()] if current.strip() or not pieces else ()))


def plain(markdown: str) -> str:
    """The text without marks and addresses, which say nothing about its meaning."""
    return _MARKUP.sub(lambda found: found[1] or "", markdown)


def terms_of(content: ArticleContent) -> EntryTerms:
    """The entry's terms; remembered, so that one edited entry costs one entry."""
    phrasings = (*content.phrasings, *content.questions.values())
    return _terms_of(surfaces_of(content), phrasings, content.keywords, content.category, content.answer)


@lru_cache(maxsize=32768)
def _terms_of(
    surfaces: tuple[str, ...], phrasings: tuple[str, ...], keywords: tuple[str, ...], category: str, answer: str
) -> EntryTerms:
    texts = (surfaces[0], "\n".join(phrasings), "\n".join(keywords), category, plain(answer))
    sounded = [text for name, text in zip(FIELDS, texts, strict=True) if name in SOUNDED]
    words, concepts = zip(*((counted(words_in(text)), counted(concepts_in(text))) for text in texts), strict=True)
    sounds = [counted_sounds(text) for text in (*sounded, *surfaces)]
    keys = dict.fromkeys(known for surface in surfaces if (known := key(surface)))
    return EntryTerms.of([*words, *concepts, *sounds], keys)


def words_in(text: str) -> tuple[str, ...]:
    return analysed(text).words


def concepts_in(text: str) -> tuple[str, ...]:
    """Words with synonyms joined."""
    found = analysed(text)
    ours = _city_synonyms()
    return (*found.concepts, *(ours[word] for word in found.words if word in ours))


def counted_sounds(text: str) -> Counts:
    """Three sounds in a row: じゅうみんひょう is found as 住民票. Many, so they are numbered without cutting strings."""
    sounds = analysed(text).reading
    letters = np.frombuffer(f" {sounds} ".encode("utf-32-le", errors="replace"), dtype="<u4").astype(np.uint64)
    if not sounds:
        return _counted(np.zeros(0, dtype=np.uint32))
    threes = (
        letters[:-2] << np.uint64(42) | letters[1:-1] << np.uint64(21) | letters[2:]
    )  # a letter has 21 bits at most
    return _counted((threes * _SPREADING >> np.uint64(32)).astype(np.uint32))


def _counted(ids: NDArray[np.uint32]) -> Counts:
    each, counts = np.unique(ids, return_counts=True)
    return each, counts.astype(np.float32)


def counted(terms: Iterable[str]) -> Counts:
    """Terms as numbers: two of 100,000 terms share one by chance once in a city, which no ranking notices."""
    found = Counter(map(number_of, terms))
    ids = np.fromiter(found, dtype=np.uint32, count=len(found))
    order = np.argsort(ids)
    return ids[order], np.fromiter(found.values(), dtype=np.float32, count=len(found))[order]


@lru_cache(maxsize=65536)
def number_of(term: str) -> int:
    return zlib.crc32(term.encode(errors="replace"))


def number_of_key(known: str) -> int:
    """A key as a number of 64 bits, which two keys of a million share by chance in one city of thirty million."""
    return int.from_bytes(hashlib.blake2b(known.encode(errors="replace"), digest_size=8).digest())


@lru_cache(maxsize=1)
def _city_synonyms() -> Mapping[str, str]:
    lines = (files("knowledge_base") / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    groups = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {
        word: f"={number}"
        for number, group in enumerate(groups)
        for name in group
        for word in (name, *analysed(name).words[:1])
    }
