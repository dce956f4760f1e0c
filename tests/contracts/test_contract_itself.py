"""A contract that cannot fail is worth nothing: every bad channel turns it red, at the promise that it breaks."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.contracts import bad_channels, bad_ears, bad_outcomes
from tests.contracts.paper_stage import Breach, HearsOnPaper, SpeaksOnPaper
from tests.contracts.table import PROMISES, Result, read_results

pytestmark = pytest.mark.slow  # 160 bad channels: changed seldom, and a minute

ROOT = Path(__file__).parents[2]
BAD = (bad_channels, bad_outcomes, bad_ears)
BREACHES = [breach for module in BAD for breach in module.BREACHES]


class TestPaperSpeaks(SpeaksOnPaper):
    """The contract can be kept."""


class TestPaperHears(HearsOnPaper):
    """Ditto."""


Results = Mapping[str, Sequence[Result]]


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What a test run of its own says of each bad channel."""
    report = tmp_path_factory.mktemp("bad") / "report.xml"
    wanted = [
        f"{module.__file__}::Test{each.bad.__name__}::test_{each.test}" for module in BAD for each in module.BREACHES
    ]
    options = ["-q", "-p", "no:cacheprovider", "-p", "tests.contracts.unshrunk", f"--junitxml={report}"]
    subprocess.run(  # noqa: S603 - our own test files
        [sys.executable, "-m", "pytest", *options, *wanted], cwd=ROOT, check=False, capture_output=True, timeout=300
    )
    by_class: dict[str, list[Result]] = {}
    for result in read_results(report):
        by_class.setdefault(result.test_class, []).append(result)
    return by_class


@pytest.mark.parametrize(
    "breach",
    BREACHES,
    ids=lambda breach: f"{breach.test.partition('_')[0]}-{breach.bad.__name__}",
)
def test_contract_turns_red_for_a_broken_promise(breach: Breach, results: Results) -> None:
    red = [each for each in results[f"Test{breach.bad.__name__}"] if each.outcome == "broken"]

    assert red, f"{breach.bad.__name__} breaks its promise, and test_{breach.test} is green"
    said = "\n".join(each.message for each in red)
    assert breach.seen_as in said, f"red, but for another reason: {said[:2_000]}"


def test_every_test_of_the_contract_has_a_channel_that_turns_it_red() -> None:
    broken = {each.test for each in BREACHES}
    tests = {
        name.removeprefix("test_")
        for contract in (SpeaksOnPaper, HearsOnPaper)
        for name in dir(contract)
        if name.startswith("test_")
    }

    assert {test[:2].upper() for test in broken} == set(PROMISES)
    assert broken == tests
