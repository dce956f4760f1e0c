"""``python -m tests.contracts.table [REPORT.xml]``: which channel keeps which promise, as a Markdown table.

Without a report it runs the contract tests of all channels first. A report is what ``pytest --junitxml`` writes.
"""

import contextlib
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]

PROMISES = {
    "L1": "what is forged is refused",
    "L2": "every payload becomes messages, or is ignored with a reason",
    "L3": "one delivery, one id",
    "L4": "order is kept",
    "L5": "what is no text arrives too",
    "L6": "what no resident said is no message",
    "L7": "any bytes are survived",
    "L8": "text arrives unchanged",
    "L9": "edited and withdrawn is told as such",
    "S1": "the resident hears the reply",
    "S2": "the same key is heard once",
    "S3": "a choice comes back as the same choice",
    "S4": "a long text is cut without loss",
    "S5": "passing trouble means later",
    "S6": "lasting trouble calls a person",
    "S7": "words stay words",
    "S8": "files arrive with name and type",
    "V1": "a missing setting is named",
    "V2": "secrets are told nowhere",
    "V3": "closing waits, and twice is harmless",
    "V4": "an address survives storage",
}


@dataclass(frozen=True, slots=True)
class Result:
    channel: str
    test_class: str
    test: str
    outcome: str
    """kept, excluded or broken"""
    message: str

    @property
    def promise(self) -> str:
        """``S3`` of ``test_s3_every_choice_can_be_picked[14]``; empty for a test of no promise."""
        found = re.match(r"test_([lsv]\d)_", self.test)
        return found[1].upper() if found else ""


def read_results(report: Path) -> list[Result]:
    """All tests in a JUnit report. The channel is the folder that the test stands in."""
    return [_result(case) for case in ET.parse(report).iter("testcase")]  # noqa: S314 - pytest wrote it


def _result(case: ET.Element) -> Result:
    *path, test_class = case.get("classname", "").split(".")
    wrong = [*case.findall("failure"), *case.findall("error")]
    left_out = case.findall("skipped")
    outcome = "broken" if wrong else "excluded" if left_out else "kept"
    message = "\n".join(f"{each.get('message', '')}\n{each.text or ''}" for each in [*wrong, *left_out])
    channel = path[-2] if len(path) > 1 else ""
    return Result(channel, test_class, case.get("name", ""), outcome, message)


def table(results: Iterable[Result]) -> str:
    """Rows are promises, columns channels; below, why something is left out or what is broken."""
    tests = [result for result in results if result.promise]
    channels = sorted({result.channel for result in tests})
    notes: list[str] = []
    lines = [f"| promise | {' | '.join(channels)} |", f"|---|{'---|' * len(channels)}"]
    for promise, words in PROMISES.items():
        cells = [_cell([t for t in tests if (t.promise, t.channel) == (promise, each)], notes) for each in channels]
        lines.append(f"| {promise} {words} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *(f"{number}. {note}" for number, note in enumerate(notes, start=1))])


def _cell(results: Sequence[Result], notes: list[str]) -> str:
    if not results:
        return "not tested"
    broken = [result for result in results if result.outcome == "broken"]
    kept = [result for result in results if result.outcome == "kept"]
    word = "**broken**" if broken else "kept" if kept else "excluded"
    reasons = [_reason(result) for result in (broken or [each for each in results if each.outcome == "excluded"])]
    if word == "kept":
        # What a capability excludes here is the other side of what is kept.
        reasons = [reason for reason in reasons if "Capabilities" not in reason]
    return " ".join([word, *(f"({number})" for number in sorted({_number(reason, notes) for reason in reasons}))])


def _number(note: str, notes: list[str]) -> int:
    if note not in notes:
        notes.append(note)
    return notes.index(note) + 1


def _reason(result: Result) -> str:
    """What the skip, or the first line of the failure, says."""
    first = result.message.strip().splitlines()[0] if result.message.strip() else result.test
    return re.sub(r"^(AssertionError|Failed|Skipped): ", "", first)[:200]


def main() -> None:
    if len(sys.argv) > 1:
        results = read_results(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            tests = sorted(str(each) for each in (ROOT / "tests/channels").glob("*/test_contract.py"))
            options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
            with contextlib.redirect_stdout(sys.stderr):
                pytest.main([*options, f"--rootdir={ROOT}", *tests])
            results = read_results(report)
    sys.stdout.write(table(results) + "\n")


if __name__ == "__main__":
    main()
