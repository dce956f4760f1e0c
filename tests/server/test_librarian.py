"""What the bot knows is kept fresh: nothing is built twice, nothing is encoded twice, and an edit is live at once."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot.understanding.intents import IntentClassifier
from knowledge_base.article import ArticleContent
from language.encoder import EncoderError, Vectors
from server.librarian import BATCH, Librarian
from server.seeding import seed
from server.settings import Settings
from server.wiring import Parts, assembled
from tests.support.city import DEMO

TODAY = date(2026, 11, 25)
CONTENT = ArticleContent(question="ドローンを公園で飛ばせますか。", answer="許可が要ります。", category="公園")


class TiringEncoder:
    """Vectors by chance; gives up after so many texts, as an endpoint in trouble does."""

    name = "tiring"
    dimensions = 8

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.gives_up_after = 10**6

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._rows(texts, "query: ")

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._rows(texts, "")

    def _rows(self, texts: Sequence[str], prefix: str) -> Vectors:
        if len(self.encoded) + len(texts) > self.gives_up_after:
            raise EncoderError("cannot be reached")
        self.encoded += [prefix + text for text in texts]
        rows = [1.0 + np.random.default_rng(list(text.encode())).normal(size=self.dimensions) for text in texts]
        return np.array(rows, dtype=np.float32)


def librarian_with(encoder: TiringEncoder, parts: Parts) -> Librarian:
    ours = parts.librarian
    return Librarian(ours.folder, ours.articles, ours.bars, ours.vectors, encoder)


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    """A small city without workers."""
    settings = Settings(data=tmp_path, city=DEMO.parent / "template", encoder="none")
    async with assembled(settings) as parts:
        await seed(parts)
        yield parts


async def test_what_has_not_changed_is_not_built_again_and_an_edit_is_live_at_once(parts: Parts) -> None:
    before = (await parts.librarian.known()).index
    unchanged = (await parts.librarian.known()).index

    new = await parts.articles.create("NEW-1", CONTENT, by="sato")
    await parts.articles.publish(new, by="sato", reason="new")
    await parts.publish()

    after = parts.knowing.known().index
    assert unchanged is before
    assert after.search("公園でドローン", today=TODAY)[0].version.external_id == "NEW-1"


async def test_vectors_go_on_where_they_stopped(parts: Parts) -> None:
    encoder = TiringEncoder()
    IntentClassifier.build(parts.folder.examples, encoder)
    for_intents = len(encoder.encoded)
    encoder.encoded.clear()
    encoder.gives_up_after = for_intents + 3 * BATCH + 5

    stopped = librarian_with(encoder, parts)
    with pytest.raises(EncoderError):
        await stopped.refresh(parts.knowing)
    encoder.gives_up_after = 10**6
    restarted = librarian_with(encoder, parts)
    await restarted.refresh(parts.knowing)

    kept, wanted = stopped.progress.told()
    assert 2 * BATCH < kept < wanted
    assert restarted.progress.told() == (wanted - kept, wanted - kept)
    assert len(encoder.encoded) == 2 * for_intents + wanted, "each text once, but for the intents' examples"
    index = parts.knowing.known().index
    assert not index.passages_needed()
    assert not index.queries_needed()
