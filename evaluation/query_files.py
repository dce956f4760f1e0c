"""Questions with the entries that answer them: JSON Lines, CSV, TSV, and TREC qrels beside any of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from evaluation.problems import Problem
from evaluation.tables import rows_of

_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "query_id", "qid", "queryid"),
    "query": ("query", "question", "text", "問い合わせ文", "質問"),
    "relevant": ("relevant", "relevant_ids", "qrels", "answers", "正解"),
}
_GRADED = re.compile(r"(.+?)(?::(-?\d+))?")


@dataclass(frozen=True, slots=True)
class Query:
    id: str
    text: str
    relevant: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """entry id -> grade, above 0; empty: nothing in the FAQ answers it"""
    style: str = ""
    language: str = ""


def read_queries(path: Path, qrels: Path | None = None) -> tuple[list[Query], list[Problem]]:
    """The questions of a file, and what is wrong with its other lines. Raises OSError.

    A question without any relevant entry counts as one that the FAQ does not answer.
    """
    problems: list[Problem] = []
    queries: dict[str, Query] = {}
    rows = _json_rows(path, problems) if path.suffix.lower() in {".jsonl", ".ndjson", ".json"} else _table_rows(path)
    for line, row in rows:
        try:
            query = _query(row)
        except _Wrong as wrong:
            problems.append(Problem(str(path), line, wrong.field, wrong.message))
            continue
        if query.id in queries:
            problems.append(Problem(str(path), line, "id", f"{query.id!r} stands twice; the first is kept"))
        else:
            queries[query.id] = query
    if qrels is not None:
        _judge(queries, qrels, problems)
    return list(queries.values()), problems


class _Wrong(Exception):
    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field_name, message


def _json_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, msgspec.json.decode(line, type=dict[str, object])
        except msgspec.DecodeError as error:
            problems.append(Problem(str(path), number, "", f"not a JSON object: {error}"))


def _table_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    header: list[str] | None = None
    for line, row in rows_of(path):
        if header is None:
            names = [cell.strip().lower() for cell in row]
            has_header = any(name in _NAMES["query"] for name in names)
            header = names if has_header else ["id", "query", "relevant"]
            if has_header:
                continue
        yield line, dict(zip(header, row, strict=False))


def _query(row: Mapping[str, object]) -> Query:
    def found(name: str) -> object:
        return next((row[other] for other in _NAMES[name] if row.get(other) is not None), None)

    def text(name: str) -> str:
        value = found(name)
        if not isinstance(value, str | int) or not str(value).strip():
            raise _Wrong(name, f"is missing; expected a text under {' or '.join(_NAMES[name][:2])}")
        return str(value).strip()

    return Query(
        id=text("id"),
        text=text("query"),
        relevant=_relevant(found("relevant")),
        style=str(row.get("style") or ""),
        language=str(row.get("language") or row.get("lang") or ""),
    )


def _relevant(value: object) -> Mapping[str, int]:
    """{id: grade}, [id, …], [{"id": …, "grade": …}, …], or a text such as ``A-1:2 A-7``."""
    grades: dict[str, int] = {}
    for one, grade in _pairs(value):
        try:
            number = int(str(grade))
        except ValueError:
            raise _Wrong("relevant", f"the grade of {one!r} must be a whole number, not {grade!r}") from None
        if number > 0:
            grades[str(one)] = number
    return grades


def _pairs(value: object) -> Iterator[tuple[object, object]]:
    match value:
        case None:
            return
        case dict():
            yield from value.items()
        case int():
            yield value, 1
        case str():
            for part in re.split(r"[\s,;|]+", value.strip()):
                if part and (found := _GRADED.fullmatch(part)):
                    yield found[1], found[2] or 1
        case list():
            yield from map(_listed, value)
        case _:
            raise _Wrong("relevant", f"cannot be read: {value!r}")


def _listed(item: object) -> tuple[object, object]:
    if isinstance(item, dict) and "id" in item:
        return item["id"], item.get("grade", 1)
    if isinstance(item, str | int):
        return item, 1
    raise _Wrong("relevant", 'expected ids or {"id": …, "grade": …}')


def _judge(queries: dict[str, Query], qrels: Path, problems: list[Problem]) -> None:
    """TREC's four columns: question, iteration, entry, grade."""
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(qrels.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        columns = line.split()
        try:
            question, _, entry, grade = columns
            if int(grade) > 0:
                grades.setdefault(question, {})[entry] = int(grade)
        except ValueError:
            problems.append(Problem(str(qrels), number, "", f"expected question 0 entry grade, not {line.strip()!r}"))
            continue
        if question not in queries:
            problems.append(Problem(str(qrels), number, "question", f"{question!r} is not in the file of questions"))
    for name, query in queries.items():
        queries[name] = replace(query, relevant=grades.get(name, {}))
