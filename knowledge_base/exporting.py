"""The FAQ as a CSV file that opens in Excel, and that ``importing`` reads back unchanged."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date

from knowledge_base.article import ArticleContent
from knowledge_base.columns import OURS

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def guarded(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The inverse of ``guarded``."""
    return text[1:] if _GUARDED.match(text) else text


def export_faq(entries: Iterable[tuple[str, ArticleContent]]) -> bytes:
    """(external id, content) of each entry as UTF-8 CSV with BOM: our columns, then the ones we only keep."""
    rows = [(external_id, content) for external_id, content in entries]
    extra = list(dict.fromkeys(name for _, content in rows for name in content.extra))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([*OURS.values(), *(guarded(name) for name in extra)])
    for external_id, content in rows:
        cells = _cells(external_id, content)
        others = [content.extra.get(name, "") for name in extra]
        writer.writerow([guarded(text) for text in (*(cells[name] for name in OURS), *others)])
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _cells(external_id: str, content: ArticleContent) -> dict[str, str]:
    return {
        "id": external_id,
        "question": content.question,
        "answer": content.answer,
        "category": content.category,
        "phrasings": "\n".join(content.phrasings),
        "keywords": "、".join(content.keywords),
        "section": content.section,
        "short_answer": content.short_answer,
        "documents": content.documents,
        "fee": content.fee,
        "hours": content.hours,
        "url": content.url,
        "review_by": _iso(content.review_by),
        "valid_from": _iso(content.valid_from),
        "valid_until": _iso(content.valid_until),
        "question_en": content.questions.get("en", ""),
        "answer_en": content.answers.get("en", ""),
        "question_ja-easy": content.questions.get("ja-easy", ""),
        "answer_ja-easy": content.answers.get("ja-easy", ""),
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
