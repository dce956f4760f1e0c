"""An encoder that is not asked again for what is known already."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from language.encoder import Encoder, Vectors, query_key

Row = NDArray[np.float32]


class RecallingEncoder:
    """Wraps an encoder: the rows of ``known`` (by ``query_key``) are handed out, every other text is encoded.

    For learning from many examples of which nearly all were there the last time; ``forget`` when it is done. It keeps
    nothing by itself, and what residents ask passes through.
    """

    def __init__(self, encoder: Encoder, known: Mapping[str, Row]) -> None:
        self._encoder = encoder
        self._known = known

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    def queries(self, texts: Sequence[str]) -> Vectors:
        known = self._known
        rows = [known.get(query_key(self.name, text)) for text in texts] if known else [None] * len(texts)
        new = [text for text, row in zip(texts, rows, strict=True) if row is None]
        if len(new) == len(texts):
            return self._encoder.queries(texts)
        encoded = iter(self._encoder.queries(new) if new else ())
        return np.array([next(encoded) if row is None else row for row in rows], dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.passages(texts)

    def forget(self) -> None:
        self._known = MappingProxyType({})
