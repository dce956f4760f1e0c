"""From residents' words to the city hall's: 「父が息を引き取った」 asks for 死亡届, "moved here" for 転入届."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from language.japanese import key

AT_MOST: Final = 5
"""Hints that one message gets; more would say everything and therefore nothing."""
_LONGEST = 14
_LATIN_MARKS = re.compile(r"(?<=[a-zA-Z])[\u0300-\u036f]+")
_ENDING = re.compile(r"(?<=\w\w\w)(?:[っん][ただてで]|[いし][たて]|れ[たて]|する|[たてるい])$")
"""so that 息を引き取った is found in 息を引き取りました"""
_WORD = re.compile(r"[a-z0-9'đ-]+")


@lru_cache(maxsize=2048)
def hints_in(text: str) -> tuple[str, ...]:
    """The official words that the message's everyday or foreign words point to; the longest match speaks first."""
    found = [*_in_japanese(text), *_in_other_languages(text)]
    found.sort(key=lambda match: -len(match[0]))
    terms = (term for _, terms in found for term in terms)
    return tuple(dict.fromkeys(terms))[:AT_MOST]


def all_hints() -> tuple[str, ...]:
    """Every hint there is: about two thousand texts, worth encoding once rather than when a resident waits."""
    terms = (term for known in (_residents_words(), _glossary()) for hints in known.values() for term in hints)
    return tuple(dict.fromkeys(terms))


def plainly(text: str) -> str:
    """The text with its figures of speech put in plain words."""
    for figure, plain in _figures():
        text = text.replace(figure, plain)
    return text


def _in_japanese(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """At each place the longest known phrase; the text is searched on behind it."""
    known, letters, at = _residents_words(), key(text), 0
    while at < len(letters):
        for length in range(min(_LONGEST, len(letters) - at), 1, -1):
            if (phrase := letters[at : at + length]) in known:
                yield phrase, known[phrase]
                at += length
                break
        else:
            at += 1


def _in_other_languages(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    plain = _without_marks(text)
    latin = " " + " ".join(_WORD.findall(plain))
    for word, terms in _glossary().items():
        if (f" {word}" in latin) if word.isascii() or "đ" in word else (word in plain):
            yield word, terms


@lru_cache(maxsize=1)
def _residents_words() -> Mapping[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for phrases, *official in _rows("residents_words.tsv"):
        for phrase in phrases.split("|"):
            terms = tuple(official[0].split("|"))
            for form in (key(phrase), key(_ENDING.sub("", phrase))):
                if len(form) > 1:
                    known.setdefault(form, terms)
    return known


@lru_cache(maxsize=1)
def _glossary() -> Mapping[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for name in ("glossary.tsv", "foreign_words.tsv"):
        for terms, *languages in _rows(name):
            for word in "|".join(languages).split("|"):
                if len(word) > 1 or not word.isascii():
                    known.setdefault(_without_marks(word), tuple(terms.split("|")))
    known.pop("", None)
    return known


@lru_cache(maxsize=1)
def _figures() -> tuple[tuple[str, str], ...]:
    return tuple((figure, plain) for figure, plain in _rows("figures_of_speech.tsv"))


def _rows(name: str) -> Iterator[list[str]]:
    for line in (files("knowledge_base") / name).read_text(encoding="utf-8").splitlines():
        if "\t" in line and not line.startswith("#"):
            yield line.split("\t")


def _without_marks(text: str) -> str:
    """Lower case, and Latin letters without accents: people leave them out on a telephone."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", decomposed))
