"""Keeps what the bot knows fresh: published versions into an index, vectors in the background."""

import asyncio
import time
from dataclasses import dataclass, field

import structlog

from bot.knowing import Knowing, Known
from bot.understanding.intents import IntentClassifier
from bot.understood import Mind
from knowledge_base.portions import portions_missing
from knowledge_base.search import FaqIndex
from language.encoder import Encoder
from server.city import CityFolder
from storage.articles import Articles
from storage.bars import CategoryBars
from storage.vectors import Vectors

log = structlog.get_logger(__name__)

BATCH = 16
"""texts encoded between two looks at whether there is something more urgent"""
REBUILD_EVERY = 20.0
"""seconds: how often half-done vectors are already put to use"""


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
    _classifier: IntentClassifier | None = None
    _with_meaning: bool = False

    async def known(self) -> Known:
        """What is published now, with the vectors there are. Lexical from the first second."""
        versions = await self.articles.all_published()
        vectors = await self.vectors.all()
        index = await asyncio.to_thread(FaqIndex.build, versions, vectors=vectors, encoder=self.encoder)
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

    async def refresh(self, knowing: Knowing) -> None:
        """Publish into the running bot what staff published; then compute what vectors are missing."""
        knowing.swap(await self.known())
        await self._fill_in(knowing)

    async def _fill_in(self, knowing: Knowing) -> None:
        if not self._with_meaning and self.encoder.dimensions:
            self._classifier = await asyncio.to_thread(IntentClassifier.build, self.folder.examples, self.encoder)
            self._with_meaning = True
            knowing.swap(await self.known())
        missing = portions_missing(knowing.known().index, size=BATCH)
        if not missing:
            return
        self.progress.done, self.progress.wanted = 0, sum(len(portion.texts) for portion in missing)
        log.info("computing vectors", texts=self.progress.wanted)
        rebuilt = time.monotonic()
        for portion in missing:
            await self.vectors.keep(await asyncio.to_thread(portion.encoded, self.encoder))
            self.progress.done += len(portion.texts)
            if time.monotonic() - rebuilt > REBUILD_EVERY:
                knowing.swap(await self.known())
                rebuilt = time.monotonic()
        knowing.swap(await self.known())
        log.info("vectors are ready", texts=self.progress.wanted)
