"""The pictures are read as a person reads them: by the numbers written along their axes."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from benchmarks.reporting.pictures import in_force, reliability_picture, risk_coverage_picture
from evaluation.calibration import Bin, RiskPoint

SVG = "{http://www.w3.org/2000/svg}"
BINS = (Bin(0.05, 0.0, 40), Bin(0.55, 0.5, 7), Bin(0.95, 0.9, 120))
POINTS = (
    RiskPoint(0.99, 0.01, 0.0, 1),
    RiskPoint(0.9, 0.25, 0.98, 50),
    RiskPoint(0.71, 0.5, 0.95, 100),
    RiskPoint(0.6, 0.75, 0.85, 160),
    RiskPoint(0.1, 1.0, 0.64, 250),
)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  (our own picture)


def share(words: str) -> float:
    return float(words.removesuffix(" %")) / 100


def ruler(picture: ET.Element, axis: str) -> Callable[[float], float]:
    """From a place in the picture to the share that stands there, by the first and last number of the axis."""
    ticks = [text for text in picture.iter(f"{SVG}text") if text.get("class") == axis]
    (low, begin), *_, (high, end) = [(share(tick.text or ""), float(tick.get(axis, ""))) for tick in ticks]
    shift = 4 if axis == "y" else 0  # a number beside a line stands a little lower than the line
    return lambda place: low + (high - low) * (place + shift - begin) / (end - begin)


def places(picture: ET.Element, kind: str) -> list[tuple[float, float]]:
    across, upwards = ruler(picture, "x"), ruler(picture, "y")
    line = next(one for one in picture.iter(f"{SVG}polyline") if one.get("class") == kind)
    pairs = [pair.split(",") for pair in line.get("points", "").split()]
    return [(across(float(x)), upwards(float(y))) for x, y in pairs]


def near(pairs: list[tuple[float, float]]) -> object:
    return [pytest.approx(pair, abs=0.003) for pair in pairs]


def test_the_reliability_curve_stands_where_its_bins_are() -> None:
    picture = parsed(reliability_picture("Hazuki", BINS))
    assert places(picture, "line") == near([(0.05, 0.0), (0.55, 0.5), (0.95, 0.9)])
    assert places(picture, "ideal") == near([(0.0, 0.0), (1.0, 1.0)])


def test_each_bin_has_its_count_under_its_own_stretch_of_the_axis() -> None:
    picture = parsed(reliability_picture("Hazuki", BINS))
    across = ruler(picture, "x")
    counts = [text for text in picture.iter(f"{SVG}text") if text.get("class") == "count"]
    assert [text.text for text in counts] == ["40", "7", "120"]
    assert [across(float(text.get("x", ""))) for text in counts] == pytest.approx([0.05, 0.55, 0.95], abs=0.003)
    bars = [float(bar.get("height", "")) for bar in picture.iter(f"{SVG}rect") if bar.get("class") == "bar"]
    assert bars[0] / bars[2] == pytest.approx(40 / 120, abs=0.01)


def test_the_risk_curve_begins_with_enough_answers_and_marks_the_rule_in_force() -> None:
    picture = parsed(risk_coverage_picture("Hazuki", POINTS, 0.7))
    assert places(picture, "line") == near([(0.25, 0.02), (0.5, 0.05), (0.75, 0.15), (1.0, 0.36)])
    dot = next(one for one in picture.iter(f"{SVG}circle") if one.get("class") == "now")
    across, upwards = ruler(picture, "x"), ruler(picture, "y")
    assert (across(float(dot.get("cx", ""))), upwards(float(dot.get("cy", "")))) == pytest.approx(
        (0.5, 0.05), abs=0.003
    )
    assert in_force(POINTS, 0.7) == POINTS[2]
    assert in_force(POINTS, 0.999) is None


@pytest.mark.parametrize(
    "svg",
    [
        reliability_picture("<Town> & city", BINS),
        risk_coverage_picture("<Town> & city", POINTS, 0.7),
        reliability_picture("<Town> & city", ()),
        risk_coverage_picture("<Town> & city", (), 0.7),
    ],
)
def test_a_picture_is_well_formed_and_says_in_words_what_it_shows(svg: str) -> None:
    picture = parsed(svg)
    named = {one.get("id"): one for one in picture if one.get("id")}
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby", "").split() == list(named)
    assert (named["title"].text or "").startswith("<Town> & city: ")
    assert named["told"].text
    assert "prefers-color-scheme: dark" in svg


def test_the_description_has_the_numbers() -> None:
    assert "said 55 %, right 50 % of 7" in reliability_picture("Hazuki", BINS)
    assert "From 0.7 on, 50 % are answered and 5 % of these wrong." in risk_coverage_picture("Hazuki", POINTS, 0.7)


@pytest.mark.parametrize(
    ("risk", "step", "lines"),
    [(0.0, "2 %", 6), (0.2, "5 %", 5), (0.31, "10 %", 5), (0.5, "10 %", 6), (0.61, "20 %", 5)],
)
def test_the_axis_of_the_risk_has_round_numbers(risk: float, step: str, lines: int) -> None:
    picture = parsed(risk_coverage_picture("Hazuki", [RiskPoint(0.5, 1.0, 1 - risk, 100)], 0.7))
    ticks = [text.text for text in picture.iter(f"{SVG}text") if text.get("class") == "y"]
    assert (ticks[0], ticks[1], len(ticks)) == ("0 %", step, lines)
    assert share(ticks[-1] or "") >= risk
