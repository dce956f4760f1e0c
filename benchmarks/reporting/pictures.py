"""The two pictures of a collection, as SVG: readable at phone width, in light and in dark, and described in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from typing import Final

from evaluation.calibration import Bin, RiskPoint

WIDTH: Final = 360
HEIGHT: Final = 410
LEAST_ANSWERS: Final = 10
"""Direct answers below which the share of wrong ones is chance: the curve begins here."""

_STYLE: Final = """\
svg { font: 12px system-ui, sans-serif; }
.paper { fill: #ffffff; } text { fill: #1b1f24; } .grid { stroke: #d4d9df; } .ideal { stroke: #6b7480; }
.line { stroke: #0b5fa5; } .dot { fill: #0b5fa5; } .bar { fill: #a9cbe8; } .now { fill: #b3400a; }
text.now { fill: #b3400a; font-weight: 600; } .head { font-size: 14px; font-weight: 600; }
@media (prefers-color-scheme: dark) {
.paper { fill: #14181d; } text { fill: #e8ebee; } .grid { stroke: #3a424b; } .ideal { stroke: #97a1ac; }
.line { stroke: #7cc0ff; } .dot { fill: #7cc0ff; } .bar { fill: #2c5476; } .now, text.now { fill: #ffac7a; }
}"""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where a share stands in the picture."""

    begin: float
    """of 0"""
    end: float
    """of ``top``"""
    top: float = 1.0

    def at(self, share: float) -> float:
        return self.begin + (self.end - self.begin) * share / self.top


_ACROSS: Final = _Axis(52, 336)


def reliability_picture(title: str, bins: Sequence[Bin]) -> str:
    """What was said against what came true, a point a bin, and below it how many questions each bin has."""
    upwards = _Axis(300, 50)
    return _svg(
        f"{title}: is a probability kept?",
        _reliability_in_words(bins),
        [
            *_grid(_ACROSS, upwards, "was right (dashed: as often as said)"),
            _path("ideal", [(_ACROSS.at(0), upwards.at(0)), (_ACROSS.at(1), upwards.at(1))], 'stroke-dasharray="4 4"'),
            _path("line", [(_ACROSS.at(one.said), upwards.at(one.was)) for one in bins]),
            *(_dot("dot", _ACROSS.at(one.said), upwards.at(one.was), 4.5) for one in bins),
            *_counts(bins),
            _text(194, 400, "probability of the best entry · bars: questions", "middle"),
        ],
    )


def risk_coverage_picture(title: str, points: Sequence[RiskPoint], answer_at: float) -> str:
    """How many direct answers would be wrong, the more questions are answered; the rule in force is marked."""
    shown = [point for point in points if point.answers >= LEAST_ANSWERS] or list(points)
    upwards = _Axis(358, 72, _round_top(max((_risk(point) for point in shown), default=0.0)))
    curve = [(_ACROSS.at(point.coverage), upwards.at(_risk(point))) for point in shown]
    return _svg(
        f"{title}: what boldness costs",
        _risk_in_words(shown, answer_at),
        [
            *_grid(_ACROSS, upwards, "of the direct answers, wrong"),
            _path("line", curve),
            *_marked(shown, answer_at, upwards),
            _text(194, 400, "answerable questions that are answered directly", "middle"),
        ],
    )


def in_force(points: Sequence[RiskPoint], answer_at: float) -> RiskPoint | None:
    """Where the curve stands when every question from this probability on is answered; None when none is."""
    return next((point for point in reversed(points) if point.threshold >= answer_at), None)


def _risk(point: RiskPoint) -> float:
    return 1 - point.precision


def _round_top(risk: float) -> float:
    """The next tenth, above a half the next fifth, so that the axis can be cut into round numbers; at least 10 %."""
    tenths = max(1, ceil(round(10 * risk, 6)))
    return (tenths if tenths <= 5 else tenths + tenths % 2) / 10


def _steps(top: float) -> list[float]:
    """From 0 to the top by 2, 5, 10 or 20 %, whichever gives a handful of lines."""
    step = next(one for one in (0.02, 0.05, 0.1, 0.2) if top / one <= 5.01)
    return [number * step for number in range(round(top / step) + 1)]


def _reliability_in_words(bins: Sequence[Bin]) -> str:
    said = "; ".join(f"said {_percent(one.said)}, right {_percent(one.was)} of {one.count}" for one in bins)
    return f"The mean probability of the best entry and the share that was right, bin by bin: {said}."


def _risk_in_words(points: Sequence[RiskPoint], answer_at: float) -> str:
    now = in_force(points, answer_at)
    end = f"At full coverage {_percent(_risk(points[-1]))} are wrong." if points else "No questions."
    if now is None:
        return end
    return (
        f"From {answer_at:g} on, {_percent(now.coverage)} are answered and {_percent(_risk(now))} of these wrong. {end}"
    )


def _grid(across: _Axis, upwards: _Axis, name: str) -> Iterator[str]:
    yield _text(14, 42, f"↑ {name}")
    for share in _steps(upwards.top):
        y = upwards.at(share)
        yield f'<path class="grid" d="M{across.begin:g} {y:g}H{across.end:g}"/>'
        yield _text(across.begin - 6, y + 4, _percent(share), "end", "y")
    for share in _steps(across.top):
        yield _text(across.at(share), upwards.begin + 18, _percent(share), "middle", "x")


def _counts(bins: Sequence[Bin]) -> Iterator[str]:
    """A bar stands over the part of the axis that its bin covers."""
    most = max((one.count for one in bins), default=1)
    for one in bins:
        left = _ACROSS.at(min(int(one.said * 10), 9) / 10)
        height = 36 * one.count / most
        width = _ACROSS.at(0.1) - _ACROSS.at(0)
        yield f'<rect class="bar" x="{left + 2:g}" y="{382 - height:g}" width="{width - 4:g}" height="{height:g}"/>'
        yield _text(left + width / 2, 378 - height, str(one.count), "middle", "count")


def _marked(points: Sequence[RiskPoint], answer_at: float, upwards: _Axis) -> Iterator[str]:
    now = in_force(points, answer_at)
    if now is not None:
        x, y = _ACROSS.at(now.coverage), upwards.at(_risk(now))
        yield _dot("now", x, y, 6)
        told = f"today (from {answer_at:g} on): {_percent(now.coverage)}, {_percent(_risk(now))} wrong"
        yield _text(14, 60, told, "start", "now")


def _svg(title: str, told: str, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title told">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="told">{escape(told)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        _text(14, 22, title, "start", "head"),
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _path(kind: str, points: Sequence[tuple[float, float]], extra: str = "") -> str:
    where = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="{kind}" fill="none" stroke-width="2" {extra} points="{where}"/>'


def _dot(kind: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
