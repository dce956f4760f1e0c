"""What of an entry is looked up: its surfaces, its passages, and their words and sounds as numbers."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge_base.article import ArticleContent
from language.japanese import analysed

Counts: TypeAlias = tuple[NDArray[np.uint32], NDArray[np.float32]]
"""the terms of one text (sorted, each once) and how often each stands in it"""

PASSAGE: Final = 160
"""Characters of a passage: the vector of a long answer says everything a little, that of two sentences says them."""
_SENTENCE_END = re.compile(r"(?<=[。！？!?\n])")
_MARKUP = re.compile(r"\*\*|__|^#+\s*|^[-*・]\s+|\[([^\]\n]*)\]\([^)\n]*\)|https?://\S+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class EntryTerms:
    """One entry, cut into terms: a tuple has one item a surface, the question first."""

    words: Mapping[str, Counts]
    """by field"""
    concepts: Mapping[str, Counts]
    sounds: Mapping[str, Counts]
    surface_sounds: tuple[Counts, ...]


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
    return _terms_of(
        surfaces_of(content),
        "\n".join((*content.phrasings, *content.questions.values())),
        "\n".join(content.keywords),
        content.category,
        plain(content.answer),
    )


@lru_cache(maxsize=32768)
def _terms_of(surfaces: tuple[str, ...], phrasings: str, keywords: str, category: str, answer: str) -> EntryTerms:
    fields = {
        "question": surfaces[0],
        "phrasings": phrasings,
        "keywords": keywords,
        "category": category,
        "answer": answer,
    }
    return EntryTerms(
        words={name: counted(words_in(text)) for name, text in fields.items()},
        concepts={name: counted(concepts_in(text)) for name, text in fields.items()},
        sounds={name: counted(sounds_in(fields[name])) for name in ("question", "answer")},
        surface_sounds=tuple(counted(sounds_in(surface)) for surface in surfaces),
    )


def words_in(text: str) -> tuple[str, ...]:
    return analysed(text).words


def concepts_in(text: str) -> tuple[str, ...]:
    """Words with synonyms joined."""
    found = analysed(text)
    ours = _city_synonyms()
    return (*found.concepts, *(ours[word] for word in found.words if word in ours))


def sounds_in(text: str) -> Iterator[str]:
    """Three sounds in a row: じゅうみんひょう is found as 住民票."""
    padded = f" {sounds} " if (sounds := analysed(text).reading) else ""
    return (padded[at : at + 3] for at in range(len(padded) - 2))


def counted(terms: Iterable[str]) -> Counts:
    """Terms as numbers: two of 100,000 terms share one by chance once in a city, which no ranking notices."""
    found = Counter(map(number_of, terms))
    ids = np.fromiter(found, dtype=np.uint32, count=len(found))
    order = np.argsort(ids)
    return ids[order], np.fromiter(found.values(), dtype=np.float32, count=len(found))[order]


@lru_cache(maxsize=65536)
def number_of(term: str) -> int:
    return zlib.crc32(term.encode(errors="replace"))


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
