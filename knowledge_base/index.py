"""What a search looks things up in: words, character groups and vectors of all entries, as plain arrays."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knowledge_base.article import ArticleContent
from language.encoder import text_key
from language.japanese import concepts, key, reading, words

Scores: TypeAlias = NDArray[np.float64]
"""One number an entry."""
Ids: TypeAlias = NDArray[np.int64]

FIELD_WEIGHTS: Mapping[str, float] = {
    "question": 3.0,
    "phrasings": 2.0,
    "keywords": 2.0,
    "category": 0.7,
    "answer": 0.6,
}
_SATURATION = 1.2
_LENGTH_MATTERS: Mapping[str, float] = {
    "question": 0.5,
    "phrasings": 0.6,
    "keywords": 0.3,
    "category": 0.0,
    "answer": 0.75,
}


def surfaces_of(content: ArticleContent) -> tuple[str, ...]:
    """Every way the question is put, in every language; the question itself first."""
    return tuple(dict.fromkeys((content.question, *content.phrasings, *content.questions.values())))


def fields_of(content: ArticleContent) -> dict[str, str]:
    return {
        "question": content.question,
        "phrasings": "\n".join((*content.phrasings, *content.questions.values())),
        "keywords": "\n".join(content.keywords),
        "category": content.category,
        "answer": content.answer,
    }


@lru_cache(maxsize=1)
def _city_synonyms() -> Mapping[str, str]:
    lines = (files("knowledge_base") / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    groups = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {
        word: f"={number}" for number, group in enumerate(groups) for name in group for word in (name, *words(name)[:1])
    }


@lru_cache(maxsize=16384)
def terms(text: str) -> tuple[str, ...]:
    return words(text)


@lru_cache(maxsize=16384)
def meanings(text: str) -> tuple[str, ...]:
    """Words with synonyms joined."""
    ours = _city_synonyms()
    joined = [ours[word] for word in words(text) if word in ours]
    return (*concepts(text), *joined)


def _grams(text: str, sizes: Sequence[int]) -> tuple[str, ...]:
    padded = f" {text} " if text else ""
    return tuple(padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1))


@lru_cache(maxsize=16384)
def letters(text: str) -> tuple[str, ...]:
    """Groups of two and three letters of the unified text: found in spite of typing errors and of wrong cutting."""
    return _grams(key(text), (2, 3))


@lru_cache(maxsize=16384)
def sounds(text: str) -> tuple[str, ...]:
    """Groups of two and three sounds: じゅうみんひょう is found as 住民票."""
    return _grams(reading(text), (2, 3))


class FieldedWords:
    """BM25F: one score an entry, each field normalised by its own length, a word's weight saturating.

    Scores are shares of what a perfect entry would get, 0–1, so that they mean the same for every question;
    a word of the question that no entry knows counts as missing.
    """

    def __init__(self, entries: Sequence[Mapping[str, tuple[str, ...]]]) -> None:
        self._size = len(entries)
        weights = _field_weighted(entries)
        found_in: Counter[str] = Counter(term for entry in weights for term in entry)
        self._idf = {term: math.log(1 + (self._size - n + 0.5) / (n + 0.5)) for term, n in found_in.items()}
        self._unknown = math.log(1 + (self._size + 0.5) / 0.5)
        self._postings = _postings({term: w / (w + _SATURATION) for term, w in entry.items()} for entry in weights)

    def share(self, asked: Iterable[str]) -> Scores:
        scores = np.zeros(self._size)
        best = 0.0
        for term in dict.fromkeys(asked):
            idf = self._idf.get(term, self._unknown)
            best += idf
            if term in self._postings:
                ids, weights = self._postings[term]
                scores[ids] += idf * weights
        return scores / best if best else scores

    def known(self, asked: Iterable[str]) -> float:
        """The share of the question's words, by weight, that stand in any entry at all."""
        weights = {term: self._idf.get(term, self._unknown) for term in asked}
        total = sum(weights.values())
        return sum(weight for term, weight in weights.items() if term in self._idf) / total if total else 0.0


def _field_weighted(entries: Sequence[Mapping[str, tuple[str, ...]]]) -> list[dict[str, float]]:
    average = {
        name: max(1.0, sum(len(entry[name]) for entry in entries) / max(1, len(entries))) for name in FIELD_WEIGHTS
    }
    weighted = []
    for entry in entries:
        total: dict[str, float] = {}
        for name, weight in FIELD_WEIGHTS.items():
            share = _LENGTH_MATTERS[name]
            length = 1 - share + share * len(entry[name]) / average[name]
            for term, count in Counter(entry[name]).items():
                total[term] = total.get(term, 0.0) + weight * count / length
        weighted.append(total)
    return weighted


def _postings(rows: Iterable[Mapping[str, float]]) -> dict[str, tuple[Ids, Scores]]:
    gathered: dict[str, tuple[list[int], list[float]]] = {}
    for number, row in enumerate(rows):
        for term, weight in row.items():
            ids, weights = gathered.setdefault(term, ([], []))
            ids.append(number)
            weights.append(weight)
    return {term: (np.array(ids, dtype=np.int64), np.array(weights)) for term, (ids, weights) in gathered.items()}


class Grams:
    """Likeness of a question to each surface by the groups of letters (or sounds) they share, rare ones counting more."""

    def __init__(self, surfaces: Sequence[tuple[str, ...]]) -> None:
        found_in = Counter(gram for grams in surfaces for gram in set(grams))
        self._size = len(surfaces)
        self._idf = {gram: math.log(1 + self._size / n) for gram, n in found_in.items()}
        self._unknown = math.log(1 + self._size)
        self._postings = _postings({gram: self._idf[gram] ** 2 for gram in set(grams)} for grams in surfaces)
        self._lengths = np.array([math.sqrt(sum(self._idf[g] ** 2 for g in set(grams))) or 1.0 for grams in surfaces])

    def likeness(self, asked: Iterable[str]) -> tuple[Scores, Scores]:
        """For each surface: the cosine of the two, and the share of the question that stands in it."""
        shared = np.zeros(self._size)
        square = 0.0
        for gram in dict.fromkeys(asked):
            square += self._idf.get(gram, self._unknown) ** 2
            if gram in self._postings:
                ids, weights = self._postings[gram]
                shared[ids] += weights
        if not square:
            return shared, shared
        return shared / (self._lengths * math.sqrt(square)), shared / square


MEANING_FROM = 40
"""Surfaces with a vector below which their mean says nothing, and meaning is left out."""


class Meaning:
    """Vectors of surfaces and answers, each field's mean taken away.

    All vectors of e5 point nearly the same way (likeness 0.75–0.95 for anything); without the mean they spread.
    An entry takes part only when all its texts have vectors.
    """

    def __init__(
        self,
        contents: Sequence[ArticleContent],
        owners: Ids,
        surfaces: Sequence[str],
        vectors: Mapping[str, ArrayLike],
        name: str,
    ) -> None:
        found = [vectors.get(text_key(name, surface)) for surface in surfaces]
        answers = [vectors.get(text_key(name, content.answer)) for content in contents]
        complete = np.array([answer is not None for answer in answers], dtype=bool)
        for owner, vector in zip(owners, found, strict=True):
            complete[owner] &= vector is not None
        used = np.array([bool(complete[owner]) for owner in owners], dtype=bool)
        self.present = complete if int(used.sum()) >= MEANING_FROM else np.zeros_like(complete)
        if not self.present.any():
            return
        self._surface_ids = np.flatnonzero(used)
        rows, self._mean = _centred([v for v, use in zip(found, used, strict=True) if use and v is not None])
        self._surface_rows = rows
        self._answer_ids = np.flatnonzero(complete)
        self._answer_rows, _ = _centred(
            [answer for answer, whole in zip(answers, complete, strict=True) if whole and answer is not None]
        )
        self._count = len(surfaces), len(contents)

    def likeness(self, question: NDArray[np.float32]) -> tuple[Scores, Scores]:
        """The question's likeness to each surface and to each answer."""
        asked = question - self._mean
        asked = asked / max(float(np.linalg.norm(asked)), 1e-9)
        surfaces, answers = (np.full(count, -1.0) for count in self._count)
        surfaces[self._surface_ids] = self._surface_rows @ asked
        answers[self._answer_ids] = self._answer_rows @ asked
        return surfaces, answers


def _centred(rows: Sequence[ArrayLike]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    stacked = np.asarray(rows, dtype=np.float32)
    mean = stacked.mean(axis=0)
    away = stacked - mean
    return away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9), mean
