"""Fits the weights of ``knowledge_base/fusion.py`` on questions of ours, and prints them.

    .venv/bin/python -m benchmarks.fit_fusion --real-faq kosodate/dataset.csv [--curve-alone] [--write]

First a conditional logit (McFadden 1974): of all entries and "none", the likelihood of the right ones is made as great as
possible, with a little weight decay. The questions: those of ``training/affairs.jsonl``, which the encoder was not tuned on
(``tune_encoder --without affairs``), asked of one set of training entries; a fifth of them again with their entries missing,
so that they have no answer, only neighbours; the demo city's golden questions of the development split,
with its phrasings and without; small talk.

Then a logistic curve over the first ten of each question tells how likely an entry of such a share is right. It is fitted on
two whole cities that weigh the same: the demo city's development split (with its phrasings, without, and small talk), and
questions of ours to a real FAQ (``golden/kosodate.jsonl``). Of the demo city's questions one entry is right, of the real one's
often several: either alone is wrong about the other by a tenth, both together meet a third city (decision 4). The training
entries are left out: nobody asks them what they do not answer, and with them the curve was too careful of that third city.
``madoguchi evaluate-faq`` on hazuki and tsubaki reports on what was not used here. ``--curve-alone`` keeps the weights.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import numpy as np

from benchmarks.gather_subjects import gathered
from benchmarks.search_data import GOLDEN, VECTORS, Asked, VectorFile, golden, half_of, off_topic, versions_of
from benchmarks.tuning.pairs import entries_of, training_files
from evaluation.query_files import read_queries
from knowledge_base.article import ArticleContent, ArticleVersion
from knowledge_base.fusion import Numbers, company
from knowledge_base.search import FaqIndex
from knowledge_base.signals import LEXICAL, SEMANTIC, SUBJECT
from knowledge_base.subjects import Subjects
from language.encoder import BundledE5, Encoder, NoEncoder
from language.japanese import key

LEXICAL_NAMES = (*LEXICAL, *(f"{name}_lead" for name in LEXICAL))
OF_QUESTION = ("known_words", "known_sounds", "long", "short", "foreign", "kana", "")
WITH_MEANING = ("top", "foreign_surface", "foreign_whole", "kana_surface", "kana_whole")
NEVER_AGAINST = frozenset({*LEXICAL_NAMES, *SEMANTIC, "subject_words", "subject_words_lead", "subject_agree"})
MIRAI = Path("demo/mirai/faq.csv")
HELD_BACK = "affairs"
ONE_SET = frozenset({HELD_BACK, "children", "registers", "town", "welfare"})
"""files written as one: no subject stands in two of them, so one entry alone is right. While they are the FAQ, the subjects
that lead there are those of the other files: a real FAQ's entries are none of our subjects either"""
FILE = Path(__file__).parent.parent / "knowledge_base" / "fusion.json"
_STEPS = 1500
_DECAY = 0.001
_LIKELIEST = 60
_CALIBRATED = 10
_A_CITY = 400
"""questions that a city counts as, beside the little decay of the curve's numbers"""
_FIFTHS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One question: signals of the likeliest entries (rows), each one's share of being right, and whether it is."""

    table: Numbers
    shares: Numbers
    """ "none" has what is missing to 1 """
    right: Numbers
    elsewhere: float
    """how far the question is others' business, by the subjects"""


def samples(
    index: FaqIndex, ids: Sequence[str], asked: Iterable[Asked], names: Sequence[str], likeliest: int
) -> Iterator[Sample]:
    place = {name: number for number, name in enumerate(ids)}
    for question in asked:
        if not key(question.question):
            continue
        signals, total, _ = index.weighed(index.readable(question.question), with_meaning="whole" in names)
        right = {place[one]: grade for one, grade in question.right.items() if one in place}
        best = list(dict.fromkeys([*right, *np.argsort(-total)[:likeliest].tolist()]))[:likeliest]
        ones = np.ones(len(total))
        table = np.stack([signals.get(name, ones)[best] for name in names], axis=1)
        grades = np.array([float(right.get(one, 0)) for one in best])
        elsewhere = float(signals["elsewhere"][0]) if "elsewhere" in names else 0.0
        yield Sample(table, grades / max(grades.sum(), 1.0), (grades > 0).astype(float), elsewhere)


def of_no_city(missing: int | None = None) -> tuple[list[ArticleVersion], list[Asked]]:
    """The training entries of one set, and the questions of those held back.

    ``missing``: that fifth of those held back is left out, and only its questions are asked: they have neighbours alone.
    """
    kept: list[ArticleVersion] = []
    asked: list[Asked] = []
    for path in (path for path in training_files() if path.stem in ONE_SET):
        for number, entry in enumerate(entries_of(path)):
            is_held_back = path.stem == HELD_BACK
            name, is_missing = f"{path.stem}-{number}", is_held_back and number % _FIFTHS == missing
            content = ArticleContent(question=entry.question, answer=entry.answer, category=entry.category)
            if not is_missing:
                kept.append(_version(name, content))
            if is_held_back and (missing is None or is_missing):
                asked += [Asked(query.q, {} if is_missing else {name: 1}, query.style) for query in entry.queries]
    return kept, asked


def _version(name: str, content: ArticleContent) -> ArticleVersion:
    return replace(versions_of(MIRAI)[0], id=uuid4(), external_id=name, content=content)


class Asking:
    """Asks questions of FAQs, for one set of weights; with subjects that never are entries of the FAQ asked."""

    def __init__(self, store: VectorFile, encoder: Encoder, names: Sequence[str]) -> None:
        self._store, self._encoder, self._names = store, encoder, names
        self._with_subjects = bool(set(SUBJECT) & set(names))
        self._subjects = gathered(store) if self._with_subjects else None

    @cached_property
    def _other_subjects(self) -> Subjects | None:
        return gathered(self._store, without=ONE_SET) if self._with_subjects else None

    def with_answers(self) -> list[Sample]:
        """Questions of ours that mostly have an answer, and small talk that has none."""
        kept, asked = of_no_city()
        return [
            *self._asked(kept, [*asked, *small_talk()], self._other_subjects),
            *self._asked(versions_of(MIRAI), [*golden("dev"), *small_talk()], self._subjects),
            *self._asked(without_phrasings(MIRAI), [*golden("dev"), *small_talk()], self._subjects),
        ]

    def with_neighbours_alone(self) -> list[Sample]:
        return list(self._asked(*of_no_city(missing=0), self._other_subjects))

    def of_the_demo_city(self) -> list[Sample]:
        asked = [*golden("dev"), *small_talk()]
        return [
            *self._asked(versions_of(MIRAI), asked, self._subjects, whole=True),
            *self._asked(without_phrasings(MIRAI), asked, self._subjects, whole=True),
        ]

    def of_a_real_faq(self, path: Path) -> list[Sample]:
        """Questions to what staff wrote, with every entry graded that answers."""
        queries, problems = read_queries(GOLDEN / "kosodate.jsonl")
        if problems:
            raise SystemExit("\n".join(map(str, problems)))
        asked = [Asked(query.text, query.relevant, query.style) for query in queries]
        return list(self._asked(versions_of(path), asked, self._subjects, whole=True))

    def _asked(
        self, entries: list[ArticleVersion], asked: Sequence[Asked], subjects: Subjects | None, *, whole: bool = False
    ) -> Iterator[Sample]:
        """``whole``: with every entry, of which the unlikely ones too take their part of the shares."""
        vectors = self._store.complete(entries)
        index = FaqIndex.build(entries, vectors=vectors, encoder=self._encoder, subjects=subjects)
        likeliest = len(entries) if whole else _LIKELIEST
        return samples(index, [version.external_id for version in entries], asked, self._names, likeliest)


def without_phrasings(path: Path) -> list[ArticleVersion]:
    """An FAQ of question and answer alone, as most cities bring."""
    return [
        replace(version, content=replace(version.content, phrasings=(), questions={}, keywords=()))
        for version in versions_of(path)
    ]


def small_talk() -> list[Asked]:
    return [asked for asked in off_topic() if half_of(asked.question) == 0]


def fitted(rows: Sequence[Sample], start: Numbers, least: Numbers) -> tuple[Numbers, float]:
    """Weights by Adam over all rows at once, none below ``least``: being more alike never speaks against an entry."""
    width = max(len(row.table) for row in rows)
    tables = np.zeros((len(rows), width, len(start)))
    there = np.zeros((len(rows), width), dtype=bool)
    right = np.zeros((len(rows), width))
    for number, row in enumerate(rows):
        size = len(row.table)
        tables[number, :size], there[number, :size], right[number, :size] = row.table, True, row.shares
    weights, first, second, loss = start.copy(), np.zeros_like(start), np.zeros_like(start), 0.0
    for step in range(1, _STEPS + 1):
        loss, gradient = _loss(tables, there, right, weights)
        gradient += _DECAY * weights
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights = weights - 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        weights = np.maximum(weights, least)
    return weights, loss


def _loss(tables: Numbers, there: Numbers, right: Numbers, weights: Numbers) -> tuple[float, Numbers]:
    scores = np.where(there, tables @ weights, -np.inf)
    top = np.maximum(scores.max(axis=1), 0.0)
    total = np.exp(scores - top[:, None]).sum(axis=1) + np.exp(-top)
    logs = np.where(there, scores - top[:, None] - np.log(total)[:, None], 0.0)
    none = 1.0 - right.sum(axis=1)
    loss = -float(np.mean((right * logs).sum(axis=1) + none * (-top - np.log(total))))
    shares = np.where(there, np.exp(logs), 0.0) - right
    return loss, np.einsum("re,ref->f", shares, tables) / len(right)


def curve(cities: Sequence[Sequence[Sample]], weights: Numbers) -> Numbers:
    """The logistic curve over each question's first entries, by Newton's method.

    Every city weighs the same, however many its questions; a first entry as much as all behind it.
    """
    columns, right, count = [], [], []
    for rows in cities:
        for row in rows:
            totals = row.table @ weights
            best = np.argsort(-totals)[:_CALIBRATED]
            columns.append(company(totals, row.elsewhere)[best])
            right.append(row.right[best])
            count.append(np.where(np.arange(len(best)) == 0, 1.0, 1.0 / _CALIBRATED) * (_A_CITY / len(rows)))
    table, truth, weigh = np.concatenate(columns), np.concatenate(right), np.concatenate(count)
    found = np.zeros(table.shape[1])
    for _ in range(50):
        guess = 1.0 / (1.0 + np.exp(-np.clip(table @ found, -50, 50)))
        slope = table.T @ (weigh * (truth - guess)) - 0.01 * found
        bend = (table * (weigh * guess * (1 - guess))[:, None]).T @ table + 0.01 * np.eye(len(found))
        found = found + np.linalg.solve(bend, slope)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="fit the fusion")
    parser.add_argument("--vectors", type=Path, default=VECTORS)
    parser.add_argument("--real-faq", type=Path, required=True, help="the FAQ that golden/kosodate.jsonl asks")
    parser.add_argument("--curve-alone", action="store_true", help="keep the weights of the signals as they are")
    parser.add_argument("--write", action="store_true", help="put the weights into knowledge_base/fusion.json")
    options = parser.parse_args()
    current = json.loads(FILE.read_text(encoding="utf-8"))
    store = VectorFile(options.vectors, BundledE5())
    fits: dict[str, dict[str, object]] = {}
    for title in ("without_vectors", "with_vectors", "with_subjects"):
        with_meaning = title != "without_vectors"
        of_meaning = (*SEMANTIC, *WITH_MEANING) if with_meaning else ()
        names = [*LEXICAL_NAMES, *of_meaning, *(SUBJECT if title == "with_subjects" else ()), *OF_QUESTION]
        asking = Asking(store, BundledE5() if with_meaning else NoEncoder(), names)
        weights = np.array([current[title]["signals"].get(name, 0.0) for name in names])
        if not options.curve_alone:
            rows = [*asking.with_answers(), *asking.with_neighbours_alone()]
            least = np.array([0.0 if name in NEVER_AGAINST else -np.inf for name in names])
            weights, loss = fitted(rows, weights, least)
            print(f"{title}: {len(rows)} questions, loss {loss:.4f}")
        curved = curve([asking.of_the_demo_city(), asking.of_a_real_faq(options.real_faq)], weights)
        signals = {n: round(float(weight), 3) for n, weight in zip(names, weights, strict=True) if round(weight, 3)}
        fits[title] = {"signals": signals, "company": [round(float(each), 4) for each in curved]}
        print(fits[title])
    if options.write:
        FILE.write_text(json.dumps(fits, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
