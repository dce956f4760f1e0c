"""The vectors an index still lacks, in portions small enough to look up between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from numpy import float32
from numpy.typing import NDArray

from knowledge_base.search import FaqIndex
from language.encoder import Encoder, query_key, text_key


@dataclass(frozen=True, slots=True)
class Portion:
    texts: tuple[str, ...]
    is_query: bool

    def encoded(self, encoder: Encoder) -> dict[str, NDArray[float32]]:
        """Their vectors, under the keys by which an index finds them. Raises EncoderError."""
        encode, key = (encoder.queries, query_key) if self.is_query else (encoder.passages, text_key)
        rows = encode(self.texts)
        return {key(encoder.name, text): row for text, row in zip(self.texts, rows, strict=True)}


def portions_missing(index: FaqIndex, *, size: int) -> list[Portion]:
    """The entries' texts first: they answer more than the hints do."""
    passages, queries = index.passages_needed(), index.queries_needed()
    return [*portions(passages, size, is_query=False), *portions(queries, size, is_query=True)]


def portions(texts: Sequence[str], size: int, *, is_query: bool) -> list[Portion]:
    return [Portion(tuple(texts[at : at + size]), is_query) for at in range(0, len(texts), size)]
