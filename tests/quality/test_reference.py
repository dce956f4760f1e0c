"""The fast signals against the formulas written down plainly, entry by entry and term by term."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import log

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base.article import ArticleContent, ArticleVersion
from knowledge_base.hints import hints_in
from knowledge_base.meaning import HINTS_WEIGH, Meaning
from knowledge_base.signals import LexicalSignals, Signals
from knowledge_base.texts import concepts_in, passages_of, plain, surfaces_of, whole_of, words_in
from language.encoder import Vectors, text_key
from language.japanese import analysed

Cut = Callable[[str], Sequence[str]]
Entry = Mapping[str, Sequence[str]]
"""an entry's terms, by field"""

SATURATION = 1.2
HALF_PRECISION = 1e-3
"""how terms' weights are kept"""
WEIGHTS = {
    "question": (3.0, 0.5),
    "phrasings": (2.0, 0.6),
    "keywords": (2.0, 0.3),
    "category": (0.7, 0.0),
    "answer": (0.6, 0.75),
}
QUESTIONS = [
    "住民票を家族が代わりに取れますか",
    "父が亡くなりました。年金と保険は",
    "粗大ゴミ ソファー",
    "library card?",
    "宇宙船",
]


def sounds_in(text: str) -> list[str]:
    sounds = f" {analysed(text).reading} "
    return [sounds[at : at + 3] for at in range(len(sounds) - 2)]


def fields_of(content: ArticleContent, cut: Cut) -> dict[str, Sequence[str]]:
    return {
        "question": cut(content.question),
        "phrasings": cut("\n".join((*content.phrasings, *content.questions.values()))),
        "keywords": cut("\n".join(content.keywords)),
        "category": cut(content.category),
        "answer": cut(plain(content.answer)),
    }


def shares(entries: Sequence[Entry], weights: Mapping[str, tuple[float, float]], asked: Sequence[str]) -> list[float]:
    """BM25F: each entry's part of what a perfect one would get."""
    averages = {name: max(1.0, float(np.mean([len(entry[name]) for entry in entries]))) for name in entries[0]}

    def weight_in(entry: Entry, term: str) -> float:
        return sum(
            weights[name][0] * terms.count(term) / (1 + weights[name][1] * (len(terms) / averages[name] - 1))
            for name, terms in entry.items()
        )

    def rarity(term: str) -> float:
        having = sum(any(term in terms for terms in entry.values()) for entry in entries)
        return log(1 + (len(entries) - having + 0.5) / (having + 0.5))

    terms = sorted(set(asked))
    best = sum(map(rarity, terms)) or 1.0
    saturated = [
        [(w := weight_in(entry, term)) / (w + SATURATION) * rarity(term) for term in terms] for entry in entries
    ]
    return [sum(values) / best for values in saturated]


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_and_sounds_weigh_what_the_formula_says(versions: list[ArticleVersion], question: str) -> None:
    contents = [version.content for version in versions]
    hints = [word for hint in hints_in(question) for word in words_in(hint)]
    surfaces = [(number, surface) for number, content in enumerate(contents) for surface in surfaces_of(content)]
    by_surface = shares(
        [{"surface": sounds_in(text)} for _, text in surfaces], {"surface": (2.0, 0.5)}, sounds_in(question)
    )
    heard = [{name: fields_of(c, sounds_in)[name] for name in ("question", "answer")} for c in contents]
    wanted = {
        "words": shares([fields_of(c, words_in) for c in contents], WEIGHTS, words_in(question)),
        "concepts": shares([fields_of(c, concepts_in) for c in contents], WEIGHTS, concepts_in(question)),
        "hints": shares([fields_of(c, words_in) for c in contents], WEIGHTS, hints),
        "sounds": shares(heard, WEIGHTS, sounds_in(question)),
        "surface_sounds": [
            max(share for share, (at, _) in zip(by_surface, surfaces, strict=True) if at == number)
            for number in range(len(contents))
        ],
    }
    found: Signals = {}

    LexicalSignals(contents).add_to(found, question)

    for name, values in wanted.items():
        lead = np.array(values) / max(0.2, *values)
        np.testing.assert_allclose(found[name], values, atol=HALF_PRECISION, err_msg=name)
        np.testing.assert_allclose(found[f"{name}_lead"], lead, atol=HALF_PRECISION, err_msg=name)


def test_meaning_weighs_what_the_formula_says(versions: list[ArticleVersion]) -> None:
    contents = [version.content for version in versions]
    contents[3] = replace(contents[3], answer="手続きの案内です。" * 60)
    assert len(passages_of(contents[3].answer)) > 2
    dice = np.random.default_rng(7)
    texts = {text: None for c in contents for text in (*surfaces_of(c), whole_of(c), *passages_of(c.answer))}
    vectors = {text: unit(1 + dice.normal(size=16)) for text in texts}
    question, hints = unit(1 + dice.normal(size=16)), np.array([unit(1 + dice.normal(size=16)) for _ in range(3)])
    stored = {text_key("any", text): row for text, row in vectors.items()}

    found = Meaning(contents, stored, "any").likeness(question, hints)

    by_field: dict[str, list[tuple[str, ...]]] = {
        "surface": [surfaces_of(c) for c in contents],
        "whole": [(whole_of(c),) for c in contents],
        "passage": [passages_of(c.answer) for c in contents],
    }
    for name, of_entry in by_field.items():
        rows = [[vectors[text] for text in texts_of_one] for texts_of_one in of_entry]
        merged = name == "surface"
        plainly = likeness(rows, question, hints, hinted=False, merged=merged)
        np.testing.assert_allclose(found[name], plainly, atol=1e-5, err_msg=name)
        if name != "passage":
            moved = likeness(rows, question, hints, hinted=True, merged=merged)
            np.testing.assert_allclose(found[f"hinted_{name}"], moved, atol=1e-5)


def likeness(
    rows: Sequence[Sequence[Vectors]], question: Vectors, hints: Vectors, *, hinted: bool, merged: bool
) -> list[float]:
    """Cosines to the best row of each entry (or to the middle of its rows), without what all rows have in common."""
    mean = np.mean([row for of_one in rows for row in of_one], axis=0)
    centred = [[unit(row - mean) for row in of_one] for of_one in rows]
    if merged:
        centred = [[unit(np.mean(of_one, axis=0))] for of_one in centred]
    asked = unit(question - mean)
    if hinted:
        asked = unit(asked + HINTS_WEIGH * np.mean([unit(hint - mean) for hint in hints], axis=0))
    every = [row for of_one in centred for row in of_one]
    among = [one @ other for n, one in enumerate(every) for m, other in enumerate(every) if n != m]
    return [max(float(row @ asked) for row in of_one) / float(np.std(among)) for of_one in centred]


def unit(row: NDArray[np.floating]) -> Vectors:
    return (row / np.linalg.norm(row)).astype(np.float32)
