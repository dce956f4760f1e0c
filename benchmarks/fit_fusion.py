"""Fits the weights of ``knowledge_base/fusion.py`` on one half of the questions, and prints them.

    .venv/bin/python -m benchmarks.fit_fusion demo/mirai/faq.csv

The model is a conditional logit: of all entries and "none", the likelihood of the right one is made as great as possible,
with a little weight decay. ``benchmarks.search_quality`` then reports on the other half.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.search_data import Asked, VectorFile, disturbed, half_of, held_out, off_topic, versions_of
from knowledge_base.article import ArticleVersion
from knowledge_base.fusion import LEXICAL, SEMANTIC, WITH_VECTORS, WITHOUT_VECTORS
from knowledge_base.search import FaqIndex
from language.encoder import BundledE5
from language.japanese import key

Numbers = NDArray[np.float64]
Sample = tuple[Numbers, int]
"""signals of every entry (rows), and the row of the right one; -1 for none"""

ALIKE = frozenset({*LEXICAL, *SEMANTIC} - {"latin_letters", "latin_meaning"})

_STEPS = 1500
_DECAY = 0.002


def samples(index: FaqIndex, ids: Sequence[str], asked: Iterable[Asked], names: Sequence[str]) -> list[Sample]:
    rows = []
    for question in asked:
        if key(question.question):
            signals, _ = index.signals(question.question, with_meaning="meaning" in names)
            table = np.stack([signals[name] for name in names] + [np.ones(len(ids))], axis=1)
            rows.append((table, ids.index(question.right) if question.right else -1))
    return rows


def gathered(
    versions: Sequence[ArticleVersion], vectors: Mapping[str, NDArray[np.float32]], names: Sequence[str]
) -> list[Sample]:
    encoder = BundledE5()
    found: list[Sample] = []
    has_phrasings = any(version.content.phrasings for version in versions)
    for kept, asked in held_out(versions) if has_phrasings else ():
        index = FaqIndex.build(kept, vectors=vectors, encoder=encoder)
        ids = [version.external_id for version in kept]
        found += samples(index, ids, [a for a in asked if half_of(a.question) == 0], names)
    index = FaqIndex.build(versions, vectors=vectors, encoder=encoder)
    others = [a for a in (*off_topic(), *disturbed(versions)) if half_of(a.question) == 0]
    talk = [a for a in others if not a.right] * 3
    return found + samples(
        index, [v.external_id for v in versions], talk + [a for a in others if a.kind == "kana only"][::4], names
    )


def fitted(rows: Sequence[Sample], start: Numbers, least: Numbers) -> tuple[Numbers, float]:
    """Weights by Adam over all rows at once, none below ``least``: being more alike never speaks against an entry."""
    width = max(len(table) for table, _ in rows)
    tables = np.full((len(rows), width, len(start)), 0.0)
    there = np.zeros((len(rows), width), dtype=bool)
    right = np.array([place for _, place in rows])
    for number, (table, _) in enumerate(rows):
        tables[number, : len(table)] = table
        there[number, : len(table)] = True
    weights, first, second, loss = start.copy(), np.zeros_like(start), np.zeros_like(start), 0.0
    for step in range(1, _STEPS + 1):
        loss, gradient = _loss(tables, there, right, weights)
        gradient += _DECAY * weights
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights = weights - 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        weights = np.maximum(weights, least)
    return weights, loss


def _loss(
    tables: Numbers, there: NDArray[np.bool_], right: NDArray[np.int64], weights: Numbers
) -> tuple[float, Numbers]:
    scores = np.where(there, tables @ weights, -np.inf)
    top = np.maximum(scores.max(axis=1), 0.0)
    raised = np.exp(scores - top[:, None])
    total = raised.sum(axis=1) + np.exp(-top)
    is_some = right >= 0
    chosen = np.where(is_some, scores[np.arange(len(right)), right], 0.0)
    loss = float(np.mean(top + np.log(total) - chosen))
    shares = raised / total[:, None]
    shares[np.flatnonzero(is_some), right[is_some]] -= 1.0
    return loss, np.einsum("re,ref->f", shares, tables) / len(right)


def _least(rows: Sequence[Sample], start: Numbers, at_most: int = 40) -> list[Sample]:
    """Each row's likeliest entries, and the right one: the rest have no chance, and the fit is quick."""
    thinned = []
    for table, right in rows:
        best = np.argsort(-(table @ start))[:at_most].tolist()
        if right >= 0 and right not in best:
            best[-1] = right
        thinned.append((table[best], best.index(right) if right >= 0 else -1))
    return thinned


def main() -> None:
    parser = argparse.ArgumentParser(description="fit the fusion")
    parser.add_argument("faq", type=Path, nargs="+")
    parser.add_argument("--vectors", type=Path, default=Path("/tmp/madoguchi_vectors.npz"))  # noqa: S108  (a cache)
    options = parser.parse_args()
    versions = versions_of(*options.faq)
    vectors = VectorFile(options.vectors, BundledE5()).complete(versions)
    for title, current in (("WITHOUT_VECTORS", WITHOUT_VECTORS), ("WITH_VECTORS", WITH_VECTORS)):
        names = [name for name in current if name]
        start = np.array([current[name] for name in (*names, "")])
        rows = _least(gathered(versions, vectors, names), start)
        least = np.array([0.0 if name in ALIKE else -np.inf for name in (*names, "")])
        weights, loss = fitted(rows, start, least)
        print(f"{title}: {len(rows)} questions, loss {loss:.4f}")
        print({name: round(float(weight), 3) for name, weight in zip((*names, ""), weights, strict=True)})


if __name__ == "__main__":
    main()
