"""Questions with known answers for the benchmarks of search: made from an FAQ by holding some of it back."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.faq_files import read_faq_file
from evaluation.query_files import Query, read_queries
from knowledge_base.article import ArticleVersion
from knowledge_base.portions import Portion, portions, portions_missing
from knowledge_base.search import FaqIndex
from language.encoder import Encoder, query_key, text_key
from language.japanese import reading, words

TODAY = date(2026, 11, 24)
GOLDEN = Path(__file__).with_name("golden")
OF_MIRAI = ("mirai.jsonl", "registration.jsonl")
"""The other files ask other FAQs: nothing is fitted on them, they tell how it transfers."""
VECTORS = Path("/tmp/madoguchi_vectors.npz")  # noqa: S108  (a cache)
OFF_TOPIC = Path(__file__).with_name("off_topic.txt")


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    right: Mapping[str, int]
    """external ids of the entries that answer it, with grades; empty when none does"""
    kind: str


def versions_of(*paths: Path) -> list[ArticleVersion]:
    """The entries of one FAQ, kept in one or several files."""
    return [version for path in paths for version in read_faq_file(path)[0]]


def off_topic() -> list[Asked]:
    lines = OFF_TOPIC.read_text(encoding="utf-8").splitlines()
    return [Asked(line, {}, "off topic") for line in lines if line and not line.startswith("#")]


def golden(split: str) -> list[Asked]:
    """The golden questions of one split: ``train``, ``dev`` or ``test``; ``test`` is for the report alone."""
    found: list[Asked] = []
    for name in OF_MIRAI:
        queries, problems = read_queries(GOLDEN / name)
        if problems:
            raise SystemExit("\n".join(map(str, problems)))
        found += [Asked(q.text, q.relevant, q.style) for q in queries if split_of(q) == split]
    return found


def split_of(query: Query) -> str:
    """By entry, so that a question of the test split is about an entry that no training question is about; 4:2:4.

    Empty for a question whose best entries lie in different splits: it would carry one over into the other.
    """
    best = max(query.relevant.values(), default=0)
    splits = {_split(entry) for entry, grade in query.relevant.items() if grade == best} or {_split(query.text)}
    return splits.pop() if len(splits) == 1 else ""


def _split(name: str) -> str:
    part = hashlib.sha256(f"split {name}".encode()).digest()[0] % 10
    return "train" if part < 4 else "dev" if part < 6 else "test"


def half_of(name: str) -> int:
    """0 or 1, for ever the same for one name: to fit on one half and to report on the other."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


class VectorFile:
    """Vectors kept between runs, as the database keeps them in the product."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self._path, self.encoder = path, encoder
        self.vectors: dict[str, NDArray[np.float32]] = {}
        if path.exists():
            with np.load(path) as stored:
                self.vectors = dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))

    def complete(self, versions: Sequence[ArticleVersion]) -> dict[str, NDArray[np.float32]]:
        index = FaqIndex.build(versions, vectors=self.vectors, encoder=self.encoder)
        self._encode(portions_missing(index, size=64))
        return self.vectors

    def queries(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The row of each text as a question."""
        keys = {text: query_key(self.encoder.name, text) for text in texts}
        self._encode(portions([text for text, known in keys.items() if known not in self.vectors], 64, is_query=True))
        return {text: self.vectors[known] for text, known in keys.items()}

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text, as a passage."""
        keys = {text: text_key(self.encoder.name, text) for text in texts}
        self._encode(portions([text for text, known in keys.items() if known not in self.vectors], 64, is_query=False))
        return np.array([self.vectors[keys[text]] for text in texts], dtype=np.float32)

    def _encode(self, missing: Sequence[Portion]) -> None:
        if not missing:
            return
        print(f"encoding {sum(len(portion.texts) for portion in missing)} texts …", flush=True)
        for portion in missing:
            self.vectors |= portion.encoded(self.encoder)
        np.savez(self._path, keys=np.array(list(self.vectors)), rows=np.stack(list(self.vectors.values())))


def held_out(versions: Sequence[ArticleVersion], folds: int = 5) -> Iterator[tuple[list[ArticleVersion], list[Asked]]]:
    """Leave phrasings out, fold by fold: an FAQ without them, and them as questions.

    In each fold every tenth entry is missing altogether: its phrasings then have no answer here, which is the
    hard kind of "none": the same city, a neighbouring subject.
    """
    for fold in range(folds):
        kept: list[ArticleVersion] = []
        asked: list[Asked] = []
        for number, version in enumerate(versions):
            content = version.content
            missing = (number * 7 + fold) % 10 == 0
            for place, phrasing in enumerate(content.phrasings):
                if missing:
                    asked.append(Asked(phrasing, {}, "entry missing"))
                elif (place + number) % folds == fold:
                    asked.append(Asked(phrasing, {version.external_id: 1}, "phrasing"))
            english = content.questions.get("en", "")
            hide_english = number % folds == fold
            if english and (missing or hide_english):
                asked.append(
                    Asked(
                        english, {} if missing else {version.external_id: 1}, "entry missing" if missing else "English"
                    )
                )
            if not missing:
                others = tuple(p for place, p in enumerate(content.phrasings) if (place + number) % folds != fold)
                kept.append(_without(version, others, hide_english=hide_english))
        yield kept, asked


def _without(version: ArticleVersion, phrasings: tuple[str, ...], *, hide_english: bool) -> ArticleVersion:
    questions = {} if hide_english else version.content.questions
    return replace(version, content=replace(version.content, phrasings=phrasings, questions=questions))


def disturbed(versions: Sequence[ArticleVersion]) -> list[Asked]:
    """Questions of an FAQ without phrasings, as people send them: words only, kana only, a letter lost, a letter wrong."""
    asked: list[Asked] = []
    for version in versions:
        question = version.content.question
        at = int(hashlib.sha256(question.encode()).hexdigest(), 16) % max(1, len(question) - 4)
        pairs = {
            "as written": question,
            "words only": " ".join(dict.fromkeys(words(question)[:8])),
            "kana only": reading(question).translate({code + 0x60: code for code in range(0x3041, 0x3097)}),
            "letter lost": question[:at] + question[at + 1 :],
            "letters swapped": question[:at] + question[at + 1 : at + 2] + question[at : at + 1] + question[at + 2 :],
        }
        asked += [Asked(text, {version.external_id: 1}, kind) for kind, text in pairs.items()]
    return asked
