"""What people bring to city halls everywhere, in their own words, and what the office calls it.

A resident asks 「別れた夫に今の住所を知られたくない」; the FAQ says 「住民票の交付を制限する支援措置」. Some thousand subjects of no
particular city stand in between (``subjects.npz``, made by ``benchmarks/gather_subjects.py`` from questions and answers of
ours): the question is nearest to the questions about one of them, and that one's title shares its words with the FAQ.
Subjects of others (police, tax office, phone company) are among them: a question near those is likely none of ours.
"""

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.texts import Counts, counted, words_in

FILE: Final = files("knowledge_base") / "subjects.npz"
NEAREST: Final = 5
"""subjects that a question is led by"""
WARMTH: Final = 0.1
"""how much a nearer subject counts for more: by a likeness that is 0.1 greater, e times as much"""
TOLD_FROM: Final = 0.1
"""the share from which on a person hears of a subject"""

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Guidance:
    """The subjects a question seems to be about."""

    numbers: tuple[int, ...]
    """best first"""
    shares: Rows
    """how much each counts; they add up to 1"""
    nearness: float
    """likeness to the nearest: to its questions and to its text, together at most 2"""
    elsewhere: float
    """the share of subjects that are not the city hall's"""
    margin: float
    """by how much the nearest subject of ours is nearer than the nearest of others"""


@dataclass(frozen=True, slots=True)
class Led:
    title: str
    elsewhere: bool
    share: float


@dataclass(frozen=True, slots=True)
class Subjects:
    """Immutable, for any thread. All rows are centred and of length 1 unless said otherwise."""

    made_for: str
    """the encoder whose vectors these are"""
    titles: tuple[str, ...]
    elsewhere: NDArray[np.bool_]
    asked: Rows
    """a few rows for each subject: the middles of what is asked about it, put in groups"""
    starts: NDArray[np.int64]
    """where each subject's rows begin"""
    asked_mean: Rows
    told: Rows
    """one raw row a subject: question and answer, as a passage"""
    _told_centred: Rows = field(init=False, repr=False)
    _told_mean: Rows = field(init=False, repr=False)
    _words: list[Counts | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_told_mean", self.told.mean(axis=0))
        object.__setattr__(self, "_told_centred", unit(self.told - self._told_mean))
        object.__setattr__(self, "_words", [None] * len(self.titles))

    def near(self, question: Rows) -> Guidance:
        """Where the question's row leads."""
        likeness = np.maximum.reduceat(self.asked @ unit(question - self.asked_mean), self.starts)
        likeness = likeness + self._told_centred @ unit(question - self._told_mean)
        best = np.argsort(-likeness, kind="stable")[:NEAREST]
        shares = np.exp((likeness[best] - likeness[best[0]]) / WARMTH)
        shares /= shares.sum()
        ours, theirs = (likeness.max(initial=-2.0, where=side) for side in (~self.elsewhere, self.elsewhere))
        return Guidance(
            numbers=tuple(best.tolist()),
            shares=shares,
            nearness=float(likeness[best[0]]),
            elsewhere=float(shares[self.elsewhere[best]].sum()),
            margin=float(ours - theirs),
        )

    def led(self, question: Rows) -> tuple[Led, ...]:
        """The same for people: what counts for a tenth or more."""
        found = self.near(question)
        led = (
            Led(self.titles[number], bool(self.elsewhere[number]), share)
            for number, share in zip(found.numbers, found.shares.tolist(), strict=True)
        )
        return tuple(each for each in led if each.share >= TOLD_FROM)

    def words_of(self, number: int) -> Counts:
        """The words of a subject's title."""
        known = self._words[number]
        if known is None:
            known = self._words[number] = counted(words_in(self.titles[number]))
        return known

    @classmethod
    def read(cls, path: Path) -> "Subjects":
        """Those of a file that ``save`` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(
                made_for=str(kept["made_for"]),
                titles=tuple(kept["titles"].tolist()),
                elsewhere=kept["elsewhere"],
                asked=kept["asked"].astype(np.float32) * kept["asked_step"],
                starts=kept["starts"].astype(np.int64),
                asked_mean=kept["asked_mean"],
                told=kept["told"].astype(np.float32) * kept["told_step"],
            )

    def save(self, path: Path) -> None:
        """In bytes instead of fractions: an eighth of the room, and no other order."""
        asked, asked_step = _in_bytes(self.asked)
        told, told_step = _in_bytes(self.told)
        np.savez_compressed(
            path,
            made_for=np.array(self.made_for),
            titles=np.array(self.titles),
            elsewhere=self.elsewhere,
            asked=asked,
            asked_step=asked_step,
            starts=self.starts.astype(np.int32),
            asked_mean=self.asked_mean,
            told=told,
            told_step=told_step,
        )


def common_subjects(encoder_name: str) -> Subjects | None:
    """The subjects that come with us; none for an encoder whose vectors they are not."""
    with _READING:
        found = _ours()
    return found if found.made_for == encoder_name else None


_READING = threading.Lock()


@lru_cache(maxsize=1)
def _ours() -> Subjects:
    with as_file(FILE) as path:
        return Subjects.read(path)


def _in_bytes(rows: Rows) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    step = np.float32(np.abs(rows).max() / 127)
    return np.round(rows / step).astype(np.int8), np.array(step)


def unit(rows: Rows) -> Rows:
    unit: Rows = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), np.float32(1e-9))
    return unit
