"""Gathers the subjects that come with us from the training questions, and writes ``knowledge_base/subjects.npz``.

    .venv/bin/python -m benchmarks.gather_subjects [--vectors FILE] [--write FILE]

After each new tuning of the encoder: the rows are its own. About ten minutes on one core the first time; ``--vectors``
keeps what was encoded.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.search_data import VECTORS, VectorFile
from benchmarks.tuning.pairs import ELSEWHERE, Entry, elsewhere_files, entries_of, training_files
from knowledge_base.subjects import FILE, Rows, Subjects, unit
from knowledge_base.texts import plain
from language.encoder import BundledE5

GROUPS = 5
"""rows a subject; 1 found less (hazuki Hit@1 .800 for .809), all of its ten to sixteen questions little more (.819)"""


def gathered(store: VectorFile, without: Iterable[str] = ()) -> Subjects:
    """The subjects of all training files but those ``without``."""
    paths = [*training_files(tuple(without)), *elsewhere_files()]
    entries = [(path.parent.name == ELSEWHERE, entry) for path in paths for entry in entries_of(path)]
    questions = [[entry.question, *(query.q for query in entry.queries)] for _, entry in entries]
    known = store.queries([question for ours in questions for question in ours])
    return subjects_of(
        store.encoder.name,
        [entry.question for _, entry in entries],
        [is_elsewhere for is_elsewhere, _ in entries],
        [np.array([known[question] for question in ours], dtype=np.float32) for ours in questions],
        store.passages([_whole(entry) for _, entry in entries]),
    )


def _whole(entry: Entry) -> str:
    return f"{entry.question}\n{plain(entry.answer)}"


def subjects_of(
    made_for: str,
    titles: Sequence[str],
    elsewhere: Sequence[bool],
    asked: Sequence[Rows],
    told: Rows,
) -> Subjects:
    """Subjects from the raw rows of all questions about each (``asked``) and of each one's text (``told``)."""
    mean = np.concatenate(asked).mean(axis=0)
    middles = [_middles(unit(rows - mean)) for rows in asked]
    counts = [len(rows) for rows in middles]
    return Subjects(
        made_for=made_for,
        titles=tuple(titles),
        elsewhere=np.array(elsewhere, dtype=bool),
        asked=np.concatenate(middles),
        starts=np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64),
        asked_mean=mean,
        told=told,
    )


def _middles(rows: Rows) -> Rows:
    """The middles of groups of alike rows: k-means on the sphere, begun with rows far apart from each other."""
    chosen = [int((rows @ rows.mean(axis=0)).argmax())]
    while len(chosen) < min(GROUPS, len(rows)):
        chosen.append(int((rows @ rows[chosen].T).max(axis=1).argmin()))
    middles = rows[chosen]
    for _ in range(6):
        group = (rows @ middles.T).argmax(axis=1)
        middles = np.array(
            [
                unit(rows[group == number].mean(axis=0)) if (group == number).any() else old
                for number, old in enumerate(middles)
            ],
            dtype=np.float32,
        )
    return middles


def main() -> None:
    parser = argparse.ArgumentParser(description="gather the subjects")
    parser.add_argument("--vectors", type=Path, default=VECTORS)
    parser.add_argument("--write", type=Path, default=Path(str(FILE)))
    options = parser.parse_args()
    subjects = gathered(VectorFile(options.vectors, BundledE5()))
    subjects.save(options.write)
    print(f"{len(subjects.titles)} subjects, {len(subjects.asked)} rows")


if __name__ == "__main__":
    main()
