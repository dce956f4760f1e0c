"""An FAQ file as staff keep it, read into entries; what is wrong with it is said row by row, with the remedy."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from knowledge_base.article import ArticleContent
from knowledge_base.columns import OURS, REQUIRED, field_of
from knowledge_base.exporting import unguarded
from knowledge_base.sheets import Row, Sheet, UnreadableFile, read_sheet
from language.japanese import key

Severity = Literal["error", "warning"]

WITHOUT_CATEGORY = "未分類"

_PLACEHOLDER = re.compile(
    r"[○◯〇●◎△▲▽×✕□■☆]{2,}[^\s、。」（）]{0,3}|[（(][^（()）\n]*(?:自治体|URL|記載)[^（()）\n]*[）)]|…{3,}|[XＸ]{3,}|TODO|要確認"
)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d.*)?")
_REIWA = re.compile(r"(?:令和|R|r|Ｒ)\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_LIST = re.compile(r"[、,，\n;；]+")
_WEB = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    row: int
    """as Excel shows it (the header is usually 1); 0 for the file as a whole"""
    column: str
    """the column's header in the file; empty for the row as a whole"""
    message_ja: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    row: int
    external_id: str
    content: ArticleContent


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was read. Good rows are there even when others are bad."""

    entries: tuple[ImportedEntry, ...]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def import_faq(data: bytes, file_name: str) -> ImportReport:
    """Read a CSV, TSV or Excel file. Never raises on any bytes: an unreadable file is a report with one error."""
    try:
        sheet = read_sheet(data, is_wanted=_is_header)
    except UnreadableFile as error:
        return ImportReport((), (Problem(0, "", f"{file_name}：{error.message_ja}", "error"),))
    header = next((row for row in sheet[:10] if _is_header(row)), None)
    if header is None:
        return ImportReport((), (_without_header(sheet),))
    reading = _Reading(_columns(header), {})
    entries = tuple(reading.entries(row for row in sheet if row.number > header.number and not row.is_blank))
    if not entries and not reading.problems:
        reading.problems.append(Problem(0, "", f"{file_name}：見出しの行だけで、内容の行がありません。", "error"))
    return ImportReport(entries, tuple(reading.problems))


def _is_header(row: Row) -> bool:
    return set(REQUIRED) <= {field_of(cell) for cell in row.cells}


def _without_header(sheet: Sheet) -> Problem:
    first = next((row for row in sheet if not row.is_blank), None)
    there = {field_of(cell) for cell in first.cells} if first else set()
    missing = "」と「".join(OURS[name] for name in REQUIRED if name not in there)
    return Problem(
        first.number if first else 0,
        "",
        f"「{missing}」の列が見つかりません。1行目に「ID」「問い合わせ文」「応答文」「カテゴリ」などの見出しを入れてください。",
        "error",
    )


@dataclass(frozen=True, slots=True)
class _Column:
    at: int
    header: str
    field: str | None


def _columns(header: Row) -> tuple[_Column, ...]:
    """What each column is. The second column of one meaning, and the unknown ones, are kept as they are."""
    columns: list[_Column] = []
    names: set[str] = set()
    fields: set[str | None] = set()
    for at, cell in enumerate(header.cells):
        name = unguarded(cell) or f"（見出しなし{at + 1}列目）"
        while name in names:
            name += "（2）"
        names.add(name)
        field_name = field_of(cell)
        columns.append(_Column(at, name, None if field_name in fields else field_name))
        fields.add(field_name)
    return tuple(columns)


@dataclass(slots=True)
class _Reading:
    """One file being read: collects the problems, remembers what it has seen."""

    columns: tuple[_Column, ...]
    ids: dict[str, int]
    """external id -> the row that has it"""
    questions: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def entries(self, rows: Iterator[Row]) -> Iterator[ImportedEntry]:
        for row in rows:
            entry = self._entry(row)
            if entry is not None:
                yield entry

    def _entry(self, row: Row) -> ImportedEntry | None:
        if row.complaint:
            self._say(row, "", row.complaint, "warning")
        cells, extra = self._cells(row)
        missing = [name for name in REQUIRED if not cells.get(name)]
        for name in missing:
            self._say(row, name, "空欄です。文章を入力してください。この行は取り込んでいません。")
        dates = {
            name: self._date(row, name, cells.get(name, "")) for name in ("valid_from", "valid_until", "review_by")
        }
        if missing or "bad" in dates.values() or not self._is_new(row, cells):
            return None
        self._warn(row, cells)
        content = _content(cells, {name: day for name, day in dates.items() if isinstance(day, date)}, extra)
        return ImportedEntry(row.number, cells["id"], content)

    def _cells(self, row: Row) -> tuple[dict[str, str], dict[str, str]]:
        cells: dict[str, str] = {}
        extra: dict[str, str] = {}
        for column in self.columns:
            text = unguarded(row.cells[column.at]) if column.at < len(row.cells) else ""
            if text and column.field:
                cells[column.field] = text
            elif text:
                extra[column.header] = text
        cells.setdefault("category", WITHOUT_CATEGORY)
        return cells, extra

    def _is_new(self, row: Row, cells: dict[str, str]) -> bool:
        question = key(cells["question"]) or cells["question"]
        if "id" not in cells:
            cells["id"] = "Q-" + hashlib.sha256(question.encode(errors="replace")).hexdigest()[:10]
            self._say(row, "id", f"IDがないため「{cells['id']}」を付けました。", "warning")
        if (before := self.ids.get(cells["id"])) is not None:
            self._say(
                row,
                "id",
                f"ID「{cells['id']}」は{before}行目と重複しています。別のIDにしてください。この行は取り込んでいません。",
            )
            return False
        self.ids[cells["id"]] = row.number
        if (before := self.questions.setdefault(question, row.number)) != row.number:
            self._say(row, "question", f"{before}行目と同じ質問です。どちらかにまとめてください。", "warning")
        return True

    def _date(self, row: Row, name: str, text: str) -> date | Literal["bad"] | None:
        if not text:
            return None
        day = _day(text)
        if day is None:
            self._say(
                row,
                name,
                f"「{text[:20]}」は日付として読めません。2027-03-31 のように入力してください。この行は取り込んでいません。",
            )
            return "bad"
        return day

    def _warn(self, row: Row, cells: dict[str, str]) -> None:
        for name, text in cells.items():
            if found := _PLACEHOLDER.search(text):
                self._say(
                    row, name, f"「{found[0][:30]}」は仮の文字のようです。実際の名称などに直してください。", "warning"
                )
            if "\ufffd" in text:
                self._say(row, name, "文字化けしています。元の文字を入れ直してください。", "warning")
        if cells["category"] == WITHOUT_CATEGORY:
            self._say(row, "category", f"カテゴリがないため「{WITHOUT_CATEGORY}」にしました。", "warning")
        if (url := cells.get("url")) and not _WEB.fullmatch(url):
            self._say(row, "url", "https:// で始まるアドレスではないため、取り込んでいません。", "warning")
            del cells["url"]
        start, end = _day(cells.get("valid_from", "")), _day(cells.get("valid_until", ""))
        if start and end and end < start:
            self._say(row, "valid_until", "有効終了が有効開始より前です。この回答は案内されません。", "warning")

    def _say(self, row: Row, name: str, message_ja: str, severity: Severity = "error") -> None:
        header = next((column.header for column in self.columns if column.field == name), OURS.get(name, ""))
        self.problems.append(Problem(row.number, header, message_ja, severity))


def _content(cells: Mapping[str, str], dates: Mapping[str, date], extra: Mapping[str, str]) -> ArticleContent:
    def by_language(prefix: str) -> Mapping[str, str]:
        there = {language: cells.get(f"{prefix}_{language}", "") for language in ("en", "ja-easy")}
        return MappingProxyType({language: text for language, text in there.items() if text})

    plain = ("question", "answer", "category", "section", "short_answer", "documents", "fee", "hours", "url")
    texts = {name: cells.get(name, "") for name in plain}
    return ArticleContent(
        **texts,
        phrasings=_parts(cells.get("phrasings", "").split("\n")),
        keywords=_parts(_LIST.split(cells.get("keywords", ""))),
        questions=by_language("question"),
        answers=by_language("answer"),
        valid_from=dates.get("valid_from"),
        valid_until=dates.get("valid_until"),
        review_by=dates.get("review_by"),
        extra=MappingProxyType(dict(extra)),
    )


def _parts(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _day(text: str) -> date | None:
    text = text.strip()
    try:
        if found := _DATE.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _REIWA.fullmatch(text):
            return date(2018 + (1 if found[1] == "元" else int(found[1])), int(found[2]), int(found[3]))
    except ValueError:
        return None  # 2027-02-30
    return None
