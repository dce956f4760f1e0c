"""What the encoder learns from: questions beside the texts that answer them, all of them ours."""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.search_data import golden, versions_of
from knowledge_base.article import ArticleContent
from knowledge_base.texts import passages_of, plain, whole_of

TRAINING: Final = Path(__file__).parents[1] / "training"
WORDS: Final = Path(__file__).parents[2] / "knowledge_base"


ELSEWHERE: Final = "elsewhere"
"""the folder of subjects that are not the city hall's"""


@dataclass(frozen=True, slots=True)
class Pair:
    question: str
    answers: tuple[str, ...]
    """any of these answers it"""
    about: str
    """pairs about the same are never told apart from each other"""
    near: str = ""
    """neighbours: pairs that are hardest to tell apart"""


class Query(msgspec.Struct):
    q: str
    style: str
    language: str = "ja"


class Entry(msgspec.Struct):
    question: str
    answer: str
    category: str
    queries: list[Query]


def entries_of(path: Path) -> list[Entry]:
    return [msgspec.json.decode(line, type=Entry) for line in path.read_bytes().splitlines() if line.strip()]


def training_files(without: Sequence[str] = ()) -> list[Path]:
    return [path for path in sorted(TRAINING.glob("*.jsonl")) if path.stem not in without]


def from_elsewhere() -> Iterator[Pair]:
    """Subjects of others than the city hall, which lie right beside its own."""
    for path in elsewhere_files():
        yield from (replace(pair, near=ELSEWHERE) for pair in from_training(path))


def elsewhere_files() -> list[Path]:
    return sorted((TRAINING / ELSEWHERE).glob("*.jsonl"))


def from_training(path: Path) -> Iterator[Pair]:
    """Entries of no city, each with ten questions as residents write them."""
    for number, entry in enumerate(entries_of(path)):
        answer = plain(entry.answer)
        whole = f"{entry.question}\n{answer}"
        about, near = f"{path.stem} {number}", f"{path.stem} {entry.category}"
        told = (entry.question, whole, whole, passages_of(answer)[0])
        yield from (Pair(query.q, told, about, near) for query in entry.queries)
        yield Pair(entry.question, (answer,), about, near)


def from_city(faq: Path) -> Iterator[Pair]:
    """The demo city's phrasings, translations and golden questions of the training split."""
    contents = {version.external_id: version.content for version in versions_of(faq)}
    for external_id, content in contents.items():
        asked = (*content.phrasings, *content.questions.values())
        yield from (Pair(question, _answers(content), external_id, content.category) for question in asked)
        yield Pair(content.question, passages_of(content.answer)[:3], external_id, content.category)
    for asked_for in golden("train"):
        for external_id in (
            entry for entry, grade in asked_for.right.items() if grade == max(asked_for.right.values())
        ):
            content = contents[external_id]
            yield Pair(asked_for.question, _answers(content), external_id, content.category)


def batch_of(pairs: Sequence[Pair], size: int, *, together: int) -> list[Pair]:
    """Pairs by chance, in groups of up to ``together`` neighbours."""
    by_near: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_near.setdefault(pair.near, []).append(pair)
    batch: list[Pair] = []
    while len(batch) < size:
        neighbours = by_near[random.choice(pairs).near]  # noqa: S311
        batch += random.sample(neighbours, min(together, len(neighbours), size - len(batch)))
    return batch


def _answers(content: ArticleContent) -> tuple[str, ...]:
    return (content.question, whole_of(content), whole_of(content), *passages_of(content.answer)[:3])


def from_words() -> Iterator[Pair]:
    """Residents' words, in nine languages, beside the city hall's."""
    for name in ("residents_words.tsv", "glossary.tsv", "foreign_words.tsv"):
        with (WORDS / name).open(encoding="utf-8") as lines:
            for first, *rest in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if first.startswith("#") or not rest:
                    continue
                residents, official = (first, rest[0]) if name == "residents_words.tsv" else ("|".join(rest), first)
                terms = tuple(official.split("|"))
                yield from (Pair(word, terms, terms[0]) for word in residents.split("|") if word)
