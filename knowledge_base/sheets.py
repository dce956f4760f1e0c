"""CSV and Excel files as rows of text, whatever program wrote them. Nothing here knows what an FAQ is."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

LARGEST_FILE: Final = 30_000_000
"""bytes"""
_LARGEST_UNPACKED: Final = 300_000_000
_MOST_PARTS: Final = 5_000
MOST_ROWS: Final = 50_000
_MOST_BLANK_ROWS: Final = 1_000
_MOST_COLUMNS: Final = 200

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_ESCAPED_RETURN = "_x000D_"


class UnreadableFile(Exception):
    """The file as a whole cannot be read. ``message_ja`` says why and what to do."""

    def __init__(self, message_ja: str) -> None:
        super().__init__(message_ja)
        self.message_ja = message_ja


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """as Excel shows it: the first is 1, a row with line breaks in its cells is still one row"""
    cells: tuple[str, ...]
    complaint: str = ""
    """what is wrong with the row as such, for staff"""

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


Sheet = tuple[Row, ...]


def read_sheet(data: bytes, *, is_wanted: Callable[[Row], bool]) -> Sheet:
    """The rows of a file. ``is_wanted`` knows a header: it chooses the delimiter, and the sheet of a workbook.

    Raises UnreadableFile.
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFile("ファイルが空です。内容のあるファイルを選んでください。")
    if len(data) > LARGEST_FILE:
        raise UnreadableFile("ファイルが大きすぎます（30MBまで）。いくつかのファイルに分けてください。")
    if data.startswith(b"PK\x03\x04"):
        return _chosen(_workbook(data), is_wanted)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(
            "古い形式のExcelファイル（.xls）、またはパスワードの付いたファイルです。"
            "Excelで開き、パスワードを外して「Excelブック（.xlsx）」で保存し直してください。"
        )
    text = decoded(data)
    return _chosen((tuple(_records(text, delimiter)) for delimiter in ",\t;"), is_wanted)


def _chosen(sheets: Iterator[Sheet], is_wanted: Callable[[Row], bool]) -> Sheet:
    first: Sheet | None = None
    for sheet in sheets:
        if any(is_wanted(row) for row in sheet[:10]):
            return sheet
        first = sheet if first is None else first
    return first or ()


def decoded(data: bytes) -> str:
    """The text of a file saved by any Japanese program. Raises UnreadableFile for what is no text."""
    text = _sixteen_bit(data) or _eight_bit(data)
    odd = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if odd > max(3, len(text) // 50):
        raise UnreadableFile(
            "文字として読めないファイルです。CSV（UTF-8またはShift_JIS）かExcel（.xlsx）で保存し直してください。"
        )
    return _CONTROL.sub("", text)


def _sixteen_bit(data: bytes) -> str:
    """Excel's "Unicode text"; without its mark known by the separators. Empty when it is something else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b",\0" in data or b"\t\0" in data:
        return data.decode("utf-16-le", errors="replace")
    return ""


def _eight_bit(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932", "euc_jp"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    # A few broken bytes spoil their own cells, not the file.
    tries = [data.decode(encoding, errors="replace") for encoding in ("utf-8-sig", "cp932")]
    return min(tries, key=lambda text: text.count("\ufffd"))


def _records(text: str, delimiter: str) -> Iterator[Row]:
    unclosed = _unclosed_quote(text, delimiter)
    csv.field_size_limit(LARGEST_FILE)
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        if number > MOST_ROWS:
            raise UnreadableFile(f"行が多すぎます（{MOST_ROWS:,}行まで）。いくつかのファイルに分けてください。")
        complaint = '引用符（"）が閉じられていないため、以降の行がこのセルに含まれています。引用符を直してください。'
        yield Row(number, tuple(_tidy(cell) for cell in cells), complaint if number == unclosed else "")


def _unclosed_quote(text: str, delimiter: str) -> int:
    """The record whose quote is never closed; 0 when all are."""
    number = 0
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
    except csv.Error as error:
        return number + 1 if "unexpected end" in str(error) else 0
    return 0


def _workbook(data: bytes) -> Iterator[Sheet]:
    """The visible sheets of a workbook, each cell as Excel last showed it."""
    _refuse_bombs(data)
    try:
        shown = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        written = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        OSError,
    ) as error:
        raise UnreadableFile(
            "Excelファイルが壊れているようです。Excelで開き、別の名前で保存し直してください。"
        ) from error
    try:
        for name in shown.sheetnames:
            if shown[name].sheet_state == "visible" and hasattr(shown[name], "iter_rows"):
                yield tuple(_worksheet_rows(shown[name], written[name]))
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(
            "Excelファイルの表が壊れているようです。Excelで開き、別の名前で保存し直してください。"
        ) from error
    finally:
        shown.close()
        written.close()


def _worksheet_rows(shown: ReadOnlyWorksheet, written: ReadOnlyWorksheet) -> Iterator[Row]:
    blank = 0
    for sheet in (shown, written):
        sheet.reset_dimensions()
    # The stubs give a read-only sheet the writable one's iter_rows.
    cells_shown = shown.iter_rows(max_col=_MOST_COLUMNS)  # type: ignore[misc]
    cells_written = written.iter_rows(max_col=_MOST_COLUMNS, values_only=True)  # type: ignore[misc]
    both = zip(cells_shown, cells_written, strict=True)
    for number, (cells, formulas) in enumerate(both, start=1):
        if number > MOST_ROWS:
            raise UnreadableFile(f"行が多すぎます（{MOST_ROWS:,}行まで）。いくつかのファイルに分けてください。")
        texts = tuple(_cell_text(cell.value, str(cell.number_format or "")) for cell in cells)
        lost = any(
            cell.value is None and str(formula or "").startswith("=")
            for cell, formula in zip(cells, formulas, strict=True)
        )
        complaint = "数式の計算結果が保存されていません。Excelで開いて上書き保存するか、値に置き換えてください。"
        row = Row(number, texts, complaint if lost else "")
        blank = blank + 1 if row.is_blank else 0
        if blank > _MOST_BLANK_ROWS:
            return  # formatting down to the last possible row: nothing more comes
        yield row


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableFile("Excelファイルが壊れているようです。もう一度保存し直してください。") from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableFile("Excelファイル（.xlsx）ではありません。CSVかExcelブックで保存し直してください。")
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise UnreadableFile("展開後の大きさが異常なファイルのため、安全のため読み込みませんでした。")


def _cell_text(value: object, number_format: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch("0{2,}", number_format):
        return str(value).zfill(len(number_format))  # 001 shown by format
    return _tidy(str(value).replace(_ESCAPED_RETURN, ""))


def _tidy(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
