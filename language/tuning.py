"""What the bundled model has learnt about city halls: its biases and layer norms, 60,672 of 118 million numbers.

The package's model file stays as it is; the few numbers are put into a copy (BitFit, Ben Zaken et al. 2022: tuning only
biases goes most of the way of tuning everything). ``benchmarks/tune_encoder.py`` makes the file.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

FILE: Final = "e5_tuning.npz"
VERSION: Final = "counter-2"
"""A new tuning needs a new name: vectors of different tunings must never be compared."""


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
    return found


def fingerprint(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()
