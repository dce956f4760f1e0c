"""Fits the weights of ``knowledge_base/fusion.py`` on questions of ours, and prints them.

    .venv/bin/python -m benchmarks.fit_fusion demo/mirai/faq.csv [--write]

The questions: phrasings of the FAQ, left out of it fold by fold; the same with no phrasing left in it at all, as most
FAQs of cities are; the golden questions of the training split; small talk, which nothing answers. The model is a
conditional logit (McFadden 1974): of all entries and "none", the likelihood of the right ones is made as great as
possible, with a little weight decay. ``benchmarks.search_quality`` reports on what was not used here.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.search_data import Asked, VectorFile, golden, half_of, held_out, off_topic, versions_of
from knowledge_base.article import ArticleVersion
from knowledge_base.fusion import WITH_VECTORS, WITHOUT_VECTORS
from knowledge_base.search import FaqIndex
from knowledge_base.signals import LEXICAL, SEMANTIC
from language.encoder import BundledE5, Encoder, NoEncoder
from language.japanese import key

Numbers = NDArray[np.float64]
Sample = tuple[Numbers, Numbers]
"""signals of the likeliest entries (rows), and each one's share of being right; "none" has what is missing to 1"""

LEXICAL_NAMES = (*LEXICAL, *(f"{name}_lead" for name in LEXICAL))
OF_QUESTION = ("known_words", "known_sounds", "long", "short", "foreign", "kana", "")
WITH_MEANING = ("top", "foreign_surface", "foreign_whole", "kana_surface", "kana_whole")
NEVER_AGAINST = frozenset({*LEXICAL_NAMES, *SEMANTIC})
FILE = Path(__file__).parent.parent / "knowledge_base" / "fusion.json"
_STEPS = 1500
_DECAY = 0.001
_LIKELIEST = 60


def samples(index: FaqIndex, ids: Sequence[str], asked: Iterable[Asked], names: Sequence[str]) -> list[Sample]:
    rows = []
    place = {name: number for number, name in enumerate(ids)}
    for question in asked:
        if not key(question.question):
            continue
        signals, total = index.weighed(question.question, with_meaning="whole" in names)
        right = {place[one]: grade for one, grade in question.right.items() if one in place}
        best = list(dict.fromkeys([*right, *np.argsort(-total)[:_LIKELIEST].tolist()]))[:_LIKELIEST]
        ones = np.ones(len(total))
        table = np.stack([signals.get(name, ones)[best] for name in names], axis=1)
        grades = np.array([float(right.get(one, 0)) for one in best])
        rows.append((table, grades / max(grades.sum(), 1.0)))
    return rows


def gathered(
    versions: Sequence[ArticleVersion],
    vectors: Mapping[str, NDArray[np.float32]],
    encoder: Encoder,
    names: Sequence[str],
) -> list[Sample]:
    def index_of(kept: Sequence[ArticleVersion]) -> tuple[FaqIndex, list[str]]:
        return FaqIndex.build(kept, vectors=vectors, encoder=encoder), [version.external_id for version in kept]

    found: list[Sample] = []
    for kept, asked in held_out(versions):
        found += samples(*index_of(kept), [a for a in asked if half_of(a.question) == 0], names)
    bare = [replace(v, content=replace(v.content, phrasings=(), questions={}, keywords=())) for v in versions]
    phrasings = [Asked(p, {v.external_id: 1}, "bare") for v in versions for p in v.content.phrasings]
    found += samples(*index_of(bare), [a for a in phrasings if half_of(a.question) == 0][::2], names)
    ours = golden("train")
    talk = [a for a in off_topic() if half_of(a.question) == 0]
    for entries in (versions, bare):
        found += samples(*index_of(entries), [*ours, *talk], names)
    return found


def fitted(rows: Sequence[Sample], start: Numbers, least: Numbers) -> tuple[Numbers, float]:
    """Weights by Adam over all rows at once, none below ``least``: being more alike never speaks against an entry."""
    width = max(len(table) for table, _ in rows)
    tables = np.zeros((len(rows), width, len(start)))
    there = np.zeros((len(rows), width), dtype=bool)
    right = np.zeros((len(rows), width))
    for number, (table, shares) in enumerate(rows):
        tables[number, : len(table)], there[number, : len(table)], right[number, : len(table)] = table, True, shares
    weights, first, second, loss = start.copy(), np.zeros_like(start), np.zeros_like(start), 0.0
    for step in range(1, _STEPS + 1):
        loss, gradient = _loss(tables, there, right, weights)
        gradient += _DECAY * weights
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights = weights - 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        weights = np.maximum(weights, least)
    return weights, loss


def _loss(tables: Numbers, there: NDArray[np.bool_], right: Numbers, weights: Numbers) -> tuple[float, Numbers]:
    scores = np.where(there, tables @ weights, -np.inf)
    top = np.maximum(scores.max(axis=1), 0.0)
    total = np.exp(scores - top[:, None]).sum(axis=1) + np.exp(-top)
    logs = np.where(there, scores - top[:, None] - np.log(total)[:, None], 0.0)
    none = 1.0 - right.sum(axis=1)
    loss = -float(np.mean((right * logs).sum(axis=1) + none * (-top - np.log(total))))
    shares = np.where(there, np.exp(logs), 0.0) - right
    return loss, np.einsum("re,ref->f", shares, tables) / len(right)


def main() -> None:
    parser = argparse.ArgumentParser(description="fit the fusion")
    parser.add_argument("faq", type=Path, nargs="+")
    parser.add_argument("--vectors", type=Path, default=Path("/tmp/madoguchi_vectors.npz"))  # noqa: S108  (a cache)
    parser.add_argument("--write", action="store_true", help="put the weights into knowledge_base/fusion.json")
    options = parser.parse_args()
    versions = versions_of(*options.faq)
    vectors = VectorFile(options.vectors, BundledE5()).complete(versions)
    fits: dict[str, dict[str, float]] = {}
    for title, current in (("without_vectors", WITHOUT_VECTORS), ("with_vectors", WITH_VECTORS)):
        with_meaning = title == "with_vectors"
        names = [*LEXICAL_NAMES, *((*SEMANTIC, *WITH_MEANING) if with_meaning else ()), *OF_QUESTION]
        rows = gathered(versions, vectors, BundledE5() if with_meaning else NoEncoder(), names)
        start = np.array([current.get(name, 0.0) for name in names])
        least = np.array([0.0 if name in NEVER_AGAINST else -np.inf for name in names])
        weights, loss = fitted(rows, start, least)
        print(f"{title}: {len(rows)} questions, loss {loss:.4f}")
        fits[title] = {n: round(float(weight), 3) for n, weight in zip(names, weights, strict=True) if round(weight, 3)}
        print(fits[title])
    if options.write:
        FILE.write_text(json.dumps(fits, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
