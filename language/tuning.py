"""What the bundled model has learnt about city halls: its biases, its layer norms, and the scales of its 4-bit blocks.

The package's model file stays as it is; the numbers are put into a copy. Biases and layer norms are 60,672 numbers (BitFit,
Ben Zaken et al. 2022); the scales, one for 32 weights, are 663,552 (PEQA, Kim et al. 2023), kept as changes in steps of
``CHANGE_STEP``. ``benchmarks/tune_encoder.py`` makes the file.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FILE: Final = "e5_tuning.npz"
VERSION: Final = "counter-4"
"""A new tuning needs a new name: vectors of different tunings must never be compared."""
CHANGE_STEP: Final = 1 / 256
"""of a block's scale; a change is at most half of it"""
_BLOCK_BYTES: Final = 18
"""in the file: a half-precision scale, then 32 weights of 4 bits"""


class WrongModel(Exception):
    """The tuning was made for another model file."""


@contextmanager
def tuned_copy(model: Path) -> Iterator[Path]:
    """A copy of the model with the tuned numbers in it, there until the block ends; loaded, it may go.

    Raises WrongModel when the tuning was made for another file, OSError when there is no room for 72 MB.
    """
    with tempfile.NamedTemporaryFile(prefix="madoguchi-", suffix=".bin") as copy:
        copy.write(tuned(model.read_bytes()))
        copy.flush()
        yield Path(copy.name)


def tuned(model: bytes) -> bytearray:
    """The model file with the tuned numbers in their places."""
    found = bytearray(model)
    with (files("language") / FILE).open("rb") as file, np.load(file, allow_pickle=False) as tuning:
        if str(tuning["made_for"]) != fingerprint(model):
            raise WrongModel(f"{FILE} belongs to another model file; tune again (benchmarks/tune_encoder.py)")
        values = tuning["values"].astype("<f4")
        begins = np.concatenate([[0], np.cumsum(tuning["counts"])])
        for offset, begin, end in zip(tuning["offsets"].tolist(), begins[:-1], begins[1:], strict=True):
            found[offset : offset + 4 * int(end - begin)] = values[begin:end].tobytes()
        _rescale(found, tuning["rescaled_at"].tolist(), tuning["rescaled_blocks"].tolist(), tuning["rescaled"])
    return found


def _rescale(model: bytearray, offsets: list[int], blocks: list[int], steps: NDArray[np.int8]) -> None:
    """Multiply the scale of every block by what it has learnt."""
    begin = 0
    for offset, count in zip(offsets, blocks, strict=True):
        raw = np.frombuffer(model, np.uint8, count * _BLOCK_BYTES, offset).reshape(count, _BLOCK_BYTES)
        scales = raw[:, :2].copy().view("<f2").astype(np.float32)[:, 0]
        scales *= 1 + CHANGE_STEP * steps[begin : begin + count]
        raw[:, :2] = scales.astype("<f2")[:, None].view(np.uint8)
        begin += count


def fingerprint(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()
