"""How good the answers are: writes docs/quality.md with its tables, pictures and worst errors.

    make quality        or  .venv/bin/python -m benchmarks.quality [--quick] [--skip PART …] [--data ../shared/data]

Parts: the FAQs mirai, tsubaki, hazuki, kosodate; the intents of the city, clinc150 and banking77; speed. Third-party data is read
from ``--data`` when it is there; what is left out, and why, stands at the top of the page. ``--quick`` leaves out what
takes many minutes: clinc150, banking77, speed.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.reporting.collections_asked import collections
from benchmarks.reporting.intent_sets import IntentSet, banking77, clinc150, own_intents
from benchmarks.reporting.measuring import MeasuredFaq, measured_faq, measured_intents, measured_speed
from benchmarks.reporting.page import Report, page, picture_name
from benchmarks.reporting.pictures import reliability_picture, risk_coverage_picture
from benchmarks.search_data import VectorFile
from benchmarks.understanding import TARGETS
from evaluation.calibration import Bin
from evaluation.faq import risk_points
from knowledge_base.article import ArticleVersion
from knowledge_base.search import ANSWER_AT, FaqIndex
from language.encoder import BundledE5, Encoder, NoEncoder
from tickets.duty_calendar import JAPAN

ROOT: Final = Path(__file__).parents[1]
PARTS: Final = ("mirai", "tsubaki", "hazuki", "kosodate", "intents", "clinc150", "banking77", "speed")
SLOW: Final = frozenset({"clinc150", "banking77", "speed"})
THIRD_PARTY: Final[Mapping[str, str]] = {
    "kosodate": "kosodate_faq/dataset.csv",
    "clinc150": "clinc150/data_full.json",
    "banking77": "banking77/train.csv",
}


def main(arguments: Sequence[str] | None = None) -> None:
    given = parsed(arguments)
    report = measured(given, NoEncoder() if given.no_vectors else BundledE5())
    write(report, given.to)
    _tell(f"{given.to} written")


def left_out(given: argparse.Namespace) -> dict[str, str]:
    """The parts that are not measured, each with the reason."""

    def reason(part: str) -> str:
        if part in given.skip:
            return "left out by `--skip`."
        if given.quick and part in SLOW:
            return "left out by `--quick`."
        if part in THIRD_PARTY and not (given.data / THIRD_PARTY[part]).exists():
            return f"there is no `{THIRD_PARTY[part]}` in the folder of third-party data (`--data`)."
        return ""

    return {part: why for part in PARTS if (why := reason(part))}


def measured(given: argparse.Namespace, encoder: Encoder) -> Report:
    """Everything the options ask for. Raises EncoderError; stops when a file of questions is wrong."""
    missing = left_out(given)
    today = datetime.now(JAPAN).date()
    indexing = Indexing(encoder, given.vectors)
    faqs = [one for one in collections(given.data) if one.name not in missing]
    readers: Mapping[str, Callable[[], IntentSet]] = {
        "intents": lambda: own_intents(ROOT / "demo" / "mirai" / "intents.yml"),
        "clinc150": lambda: clinc150(given.data / THIRD_PARTY["clinc150"]),
        "banking77": lambda: banking77((given.data / THIRD_PARTY["banking77"]).parent),
    }
    return Report(
        day=today,
        command=_command(given),
        encoder=encoder.name,
        faqs=tuple(measured_faq(one, indexing, today=today, on_progress=_tell) for one in faqs),
        intents=tuple(
            measured_intents(read(), encoder, on_progress=_tell)
            for name, read in readers.items()
            if name not in missing
        ),
        speed={} if "speed" in missing else _speed(),
        targets={str(entries): targets for entries, targets in TARGETS.items()},
        left_out=missing,
    )


@dataclass(frozen=True, slots=True)
class Indexing:
    """Builds an index with all its vectors; they are kept between runs."""

    encoder: Encoder
    vectors: Path

    def __call__(self, versions: list[ArticleVersion]) -> FaqIndex:
        self.vectors.parent.mkdir(parents=True, exist_ok=True)
        vectors = VectorFile(self.vectors, self.encoder).complete(versions)
        return FaqIndex.build(versions, vectors=vectors, encoder=self.encoder)


def write(report: Report, to: Path) -> None:
    """The page, and its pictures in ``pictures/`` beside it."""
    folder = to.parent / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for one in report.faqs:
        for kind, picture in _pictures(one).items():
            (folder / picture_name(one.collection.name, kind)).write_text(picture, encoding="utf-8")
    to.write_text(page(report), encoding="utf-8")


def _pictures(one: MeasuredFaq) -> dict[str, str]:
    bins = [Bin(**found) for found in one.figures["decision"]["reliability"]]
    name = one.collection.name.capitalize()
    return {
        "reliability": reliability_picture(name, bins),
        "risk": risk_coverage_picture(name, risk_points(one.asked), ANSWER_AT),
    }


def _speed() -> dict[str, dict[str, float]]:
    _tell("speed: benchmarks.understanding …")
    return measured_speed()


def _command(given: argparse.Namespace) -> str:
    """How to make the page again; without folders, which differ from machine to machine."""
    options = [
        *(["--quick"] if given.quick else []),
        *(["--skip", *given.skip] if given.skip else []),
        *(["--no-vectors"] if given.no_vectors else []),
    ]
    return f'make quality OPTIONS="{" ".join(options)}"' if options else "make quality"


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parsing = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsing.add_argument("--quick", action="store_true", help="leave out what takes many minutes")
    parsing.add_argument("--skip", nargs="+", default=[], choices=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    parsing.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="third-party data")
    parsing.add_argument("--vectors", type=Path, default=ROOT / "var" / "quality_vectors.npz", help="kept between runs")
    parsing.add_argument("--no-vectors", action="store_true", help="by words alone, without the encoder")
    parsing.add_argument("--to", type=Path, default=ROOT / "docs" / "quality.md", help="the page")
    return parsing.parse_args(arguments)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
