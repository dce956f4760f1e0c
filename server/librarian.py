"""Keeps what the bot knows fresh: published versions into an index, vectors in the background."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.knowing import Knowing, Known
from bot.understanding.intents import IntentClassifier
from bot.understood import Mind
from knowledge_base.article import ArticleVersion
from knowledge_base.memory import give_back
from knowledge_base.portions import portions_missing
from knowledge_base.search import FaqIndex
from knowledge_base.signals import WEIGHED_FIELDS
from language.encoder import BundledE5, Encoder
from language.sharing import SharedEncoder
from server.city import CityFolder
from storage.articles import Articles
from storage.bars import CategoryBars
from storage.vectors import Vectors

log = structlog.get_logger(__name__)

BATCH = 16
"""texts encoded between two looks at whether there is something more urgent"""
REBUILD_EVERY = 20.0
"""seconds: how often half-done vectors are already put to use"""
GIVE_WAY_AFTER = 0.001
"""seconds that a thread which understands or builds an index may keep the event loop out; Python's own 5 ms are felt"""


@dataclass(slots=True)
class Progress:
    """How far the vectors are, for people."""

    done: int = 0
    wanted: int = 0

    def told(self) -> tuple[int, int]:
        return self.done, self.wanted


@dataclass(slots=True)
class Librarian:
    folder: CityFolder
    articles: Articles
    bars: CategoryBars
    vectors: Vectors
    encoder: Encoder
    progress: Progress = field(default_factory=Progress)
    _shared: Encoder = field(init=False)
    """the encoder as everybody in this process should use it: residents first, each question once"""
    _index: FaqIndex | None = None
    _classifier: IntentClassifier | None = None
    _with_meaning: bool = False

    def __post_init__(self) -> None:
        self._shared = SharedEncoder(self.encoder, one_at_a_time=isinstance(self.encoder, BundledE5))
        sys.setswitchinterval(GIVE_WAY_AFTER)

    async def known(self) -> Known:
        """What is published now, with the vectors there are. Lexical from the first second."""
        versions = await self.articles.all_published()
        self._index = index = await self._index_of(versions)
        if self._classifier is None:
            self._classifier = await asyncio.to_thread(IntentClassifier.build, self.folder.examples)
        mind = Mind(
            city=self.folder.city,
            phrases=self.folder.phrases,
            dialogues=self.folder.dialogues,
            articles={version.article_id: version for version in versions},
            bars=await self.bars.in_force(),
        )
        return Known(mind=mind, index=index, intents=self._classifier)

    async def _index_of(self, versions: Sequence[ArticleVersion]) -> FaqIndex:
        if self._index is not None and self._index.is_all_of(versions):
            return self._index  # with the answers it remembers
        vectors = await self.vectors.all()
        return await asyncio.to_thread(
            FaqIndex.build, versions, vectors=vectors, encoder=self._shared, fields=WEIGHED_FIELDS
        )

    async def refresh(self, knowing: Knowing) -> None:
        """Publish into the running bot what staff published; then compute what vectors are missing."""
        before = self._index
        knowing.swap(await self.known())
        await self._fill_in(knowing)
        if self._index is not before:
            await asyncio.to_thread(give_back)

    async def _fill_in(self, knowing: Knowing) -> None:
        if not self._with_meaning and self.encoder.dimensions:
            self._classifier = await asyncio.to_thread(IntentClassifier.build, self.folder.examples, self._shared)
            self._with_meaning = True
            knowing.swap(await self.known())
        missing = portions_missing(knowing.known().index, size=BATCH)
        if not missing:
            return
        self.progress.done, self.progress.wanted = 0, sum(len(portion.texts) for portion in missing)
        log.info("computing vectors", texts=self.progress.wanted)
        rebuilt = time.monotonic()
        for portion in missing:
            await self.vectors.keep(await asyncio.to_thread(portion.encoded, self._shared))
            self.progress.done += len(portion.texts)
            if time.monotonic() - rebuilt > REBUILD_EVERY:
                knowing.swap(await self.known())
                rebuilt = time.monotonic()
        knowing.swap(await self.known())
        log.info("vectors are ready", texts=self.progress.wanted)
