"""What the encoder and the weights learn from is never what they are measured on."""

from pathlib import Path

import pytest

from benchmarks.search_data import GOLDEN
from benchmarks.tuning.pairs import elsewhere_files, entries_of, training_files
from evaluation.query_files import read_queries
from language.japanese import key

LEARNT = frozenset(
    key(query.q)
    for path in (*training_files(), *elsewhere_files())
    for entry in entries_of(path)
    for query in entry.queries
)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.jsonl")), ids=lambda path: path.stem)
def test_no_golden_question_is_a_training_question(path: Path) -> None:
    questions = {key(query.text): query.id for query in read_queries(path)[0]}

    assert {known: name for known, name in questions.items() if known in LEARNT} == {}


def test_every_training_entry_has_questions_of_its_own() -> None:
    every = [entry for path in (*training_files(), *elsewhere_files()) for entry in entries_of(path)]

    assert len(every) > 1900
    assert all(len(entry.queries) >= 5 and entry.answer and entry.category for entry in every)
