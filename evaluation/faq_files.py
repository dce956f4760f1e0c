"""Any FAQ to measure on: a table as ``import-faq`` takes it, or JSON Lines with id, question, answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

import msgspec

from evaluation.problems import Problem
from knowledge_base.article import ArticleContent, ArticleVersion
from knowledge_base.importing import import_faq

_NAMESPACE = UUID("6f1c2a52-58b6-4b1e-9d0a-0a3a52f2a001")
_LISTS: Final = ("phrasings", "keywords")


def read_faq_file(path: Path) -> tuple[list[ArticleVersion], list[Problem]]:
    """The entries of one file, as published versions; what is wrong with the rest. Raises OSError."""
    if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        return _json_lines(path)
    report = import_faq(path.read_bytes(), path.name)
    problems = [
        Problem(str(path), one.row, one.column, one.message_ja) for one in report.problems if one.severity == "error"
    ]
    return [version_of(entry.external_id, entry.content) for entry in report.entries], problems


def version_of(external_id: str, content: ArticleContent) -> ArticleVersion:
    """The entry as if it had been published, so that it can be searched."""
    identity = uuid5(_NAMESPACE, external_id)
    return ArticleVersion(
        id=identity,
        article_id=identity,
        external_id=external_id,
        number=1,
        content=content,
        author="evaluation",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def _json_lines(path: Path) -> tuple[list[ArticleVersion], list[Problem]]:
    versions: dict[str, ArticleVersion] = {}
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=dict[str, object])
            version = _version(row)
        except (msgspec.DecodeError, ValueError) as error:
            field, _, message = str(error).partition(": ") if isinstance(error, _Missing) else ("", "", str(error))
            problems.append(Problem(str(path), number, field, message))
            continue
        if version.external_id in versions:
            problems.append(Problem(str(path), number, "id", f"{version.external_id!r} stands twice; first kept"))
        else:
            versions[version.external_id] = version
    return list(versions.values()), problems


class _Missing(ValueError):
    pass


def _version(row: Mapping[str, object]) -> ArticleVersion:
    def text(name: str, *, needed: bool = False) -> str:
        value = row.get(name)
        if value is None or value == "":
            if needed:
                raise _Missing(f'{name}: is missing; a line is {{"id": …, "question": …, "answer": …}}')
            return ""
        if not isinstance(value, str | int | float):
            raise _Missing(f"{name}: must be a text, not {type(value).__name__}")
        return str(value)

    def texts(name: str) -> tuple[str, ...]:
        value = row.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise _Missing(f"{name}: must be a list of texts")
        return tuple(value)

    phrasings, keywords = (texts(name) for name in _LISTS)
    content = ArticleContent(
        question=text("question", needed=True),
        answer=text("answer", needed=True),
        category=text("category"),
        phrasings=phrasings,
        keywords=keywords,
    )
    return version_of(text("id", needed=True), content)
