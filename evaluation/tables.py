"""CSV and TSV as people save them."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with its line. In a TSV a quotation mark is a letter; in a CSV it encloses a cell."""
    stream = io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    is_tsv = path.suffix.lower() in {".tsv", ".txt"}
    reader = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if is_tsv else csv.reader(stream)
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num, row
