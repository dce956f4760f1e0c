"""The FAQs that the report asks, with the questions kept for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.search_data import GOLDEN, OF_MIRAI, split_of
from evaluation.problems import Problem
from evaluation.query_files import Query, read_queries

_DEMO: Final = Path(__file__).parents[2] / "demo" / "mirai"


@dataclass(frozen=True, slots=True)
class Collection:
    """One FAQ, and the files of questions that are asked of it."""

    name: str
    """of the option that leaves it out, and of its pictures"""
    title: str
    told: str
    """what it is, and what was fitted on it"""
    faq: Path
    queries: tuple[Path, ...]
    split: str = ""
    """only the questions of this split; empty: all"""
    is_ours: bool = True
    """the report may quote its entries"""


def collections(data: Path) -> tuple[Collection, ...]:
    """Every collection there is; ``data`` holds those of third parties, and need not exist."""
    return (
        Collection(
            "mirai",
            "Mirai, the demo city",
            "the demo city's FAQ with its phrasings; only the questions of the test split, whose entries no training "
            "question is about. Weights were fitted on the other splits.",
            _DEMO / "faq.csv",
            tuple(GOLDEN / name for name in OF_MIRAI),
            split="test",
        ),
        Collection(
            "tsubaki",
            "Tsubaki, a city nobody has looked at",
            "a third fictional city, question and answer only, no phrasings. Nothing was fitted on it and nothing chosen by it.",
            GOLDEN / "tsubaki_faq.csv",
            (GOLDEN / "tsubaki.jsonl",),
        ),
        Collection(
            "hazuki",
            "Hazuki, a city the search has not met",
            "a second fictional city, question and answer only, no phrasings. Nothing was fitted on it; it was looked at while choosing.",
            GOLDEN / "hazuki_faq.csv",
            (GOLDEN / "hazuki.jsonl",),
        ),
        Collection(
            "kosodate",
            "Kosodate, another organisation's open data",
            "the child-care FAQ of 子育てオープンデータ協議会 (CC BY 4.0), many entries nearly alike; the questions are "
            "ours. The numbers that turn scores into probabilities are fitted on it, nothing else is.",
            data / "kosodate_faq" / "dataset.csv",
            (GOLDEN / "kosodate.jsonl",),
            is_ours=False,
        ),
    )


def questions_of(collection: Collection, entries: set[str]) -> list[Query]:
    """The questions of its split, in the files' order. Stops when a file is wrong: its figures would be wrong too."""
    found: list[Query] = []
    problems: list[Problem] = []
    for path in collection.queries:
        queries, wrong = read_queries(path)
        problems += wrong
        problems += [
            Problem(str(path), 0, query.id, f"{entry!r} is not an entry of {collection.faq}: it can never be found")
            for query in queries
            for entry in query.relevant
            if entry not in entries
        ]
        found += [query for query in queries if not collection.split or split_of(query) == collection.split]
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    return found
