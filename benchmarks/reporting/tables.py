"""Markdown tables of the figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.reporting.errors import Ranked, Wrong

LONGEST: Final = 70
"""Letters of a question that are shown."""
RANKING: Final[Mapping[str, str]] = {
    "Recall@10": "recall_at_10",
    "nDCG@10": "ndcg_at_10",
    "Hit@1": "hit_at_1",
    "Hit@3": "hit_at_3",
    "MRR": "mrr",
}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Words to the left, numbers (all columns but the first) to the right."""
    return "\n".join(_row(cells) for cells in (header, ["---"] + ["--:"] * (len(header) - 1), *rows))


def by_group(name: str, groups: Mapping[str, Mapping[str, Any]]) -> str:
    """One line a style or language: of its questions that have an answer."""
    header = [name, "questions", *RANKING, "answered directly", "of these right"]
    return table(
        header,
        (
            [
                group,
                str(row["questions"]),
                *(three(row[field]) for field in RANKING.values()),
                percent(row["coverage"]),
                percent(row["precision_of_direct_answers"]),
            ]
            for group, row in groups.items()
        ),
    )


def without_answer(groups: Mapping[str, Mapping[str, Any]]) -> str:
    rows = ([style, str(row["questions"]), percent(row["not_answered"])] for style, row in groups.items())
    return table(["style", "questions without an answer", "not answered"], rows)


def worst(wrong: Sequence[Wrong], *, quoted: bool = True) -> str:
    """The question, what the search put first, what was right, and why; entries of others not ``quoted``, by their ids."""
    header = ["#", "question", "put first", "right", "cause"]
    lines = [_row(header), _row(["--:", *["---"] * (len(header) - 1)])]
    for number, one in enumerate(wrong, start=1):
        asked = f"{shown(one.query.text)} <br>({', '.join(filter(None, [one.query.id, one.query.style, one.query.language]))})"
        said = f"{_entry(one.said, quoted=quoted)}, {'answered' if one.is_answered else 'not answered directly'}"
        right = "nothing" if one.right is None else f"{_entry(one.right, quoted=quoted)}, rank {one.right.rank}"
        lines.append(_row([str(number), asked, said, right, one.cause]))
    return "\n".join(lines)


def shown(text: str) -> str:
    """A text of anybody's inside a table cell: one line, not too long, nothing of it is Markdown or HTML."""
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    for letter in "\\`*_[]<>&|~#!$":
        line = line.replace(letter, f"\\{letter}")
    return line


def three(value: float) -> str:
    return f"{value:.3f}"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _entry(entry: Ranked, *, quoted: bool) -> str:
    return f"{shown(entry.id)} {shown(entry.question) if quoted else ''} <br>p {entry.probability:.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
