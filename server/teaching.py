"""Teaches the running bot its intents anew: from the city's file, with vectors that are kept, swapped in as a whole."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import structlog
from numpy.typing import NDArray

from bot.knowing import Knowing
from bot.ports import Clock
from bot.understanding.examples import NONE, Example, read_intents, read_training
from bot.understanding.intents import IntentClassifier
from bot.understanding.likeness import LONGEST
from bot.understanding.taught import AlreadyTeaching, CannotTeach, Lessons, Taught
from language.encoder import EncoderError, query_key
from language.recalling import RecallingEncoder
from server.city import CityFolder
from server.librarian import Librarian
from storage.visits import Facts

log = structlog.get_logger(__name__)

LESSON, FINGERPRINT = "intents_lesson", "intents_fingerprint"
BATCH = 64
"""examples encoded between two looks at whether a resident waits"""
HELD_BACK = 5
"""every fifth example of an intent is asked instead of taught when the accuracy is measured"""

Row = NDArray[np.float32]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson as the database keeps it: all processes teach themselves from it, at the start too."""

    at: datetime
    source: str
    examples: list[tuple[str, str]]
    new_vectors: int
    seconds: float
    asked: int
    right: int

    def taught(self) -> Taught:
        return Taught(
            at=self.at,
            source=self.source,
            examples=len(self.examples),
            intents=len({intent for intent, _ in self.examples}),
            new_vectors=self.new_vectors,
            seconds=self.seconds,
            asked=self.asked,
            right=self.right,
        )


async def stored_lesson(facts: Facts) -> Stored | None:
    kept = await facts.get(LESSON)
    return msgspec.json.decode(kept, type=Stored) if kept else None


async def with_lesson(folder: CityFolder, facts: Facts) -> CityFolder:
    """The folder with the examples that were taught last, by whichever process; its own when nothing ever was."""
    stored = await stored_lesson(facts)
    if stored is None:
        return folder
    if fingerprint(_examples(stored)) != fingerprint(folder.examples):
        log.warning("the examples taught last are in use, and the city's file differs", taught=stored.source)
    return replace(folder, examples=_examples(stored))


@dataclass
class TeachingLibrarian(Librarian):
    """A librarian whose intents can be taught anew while the bot talks."""

    facts: Facts = field(kw_only=True)
    clock: Clock = field(kw_only=True)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _heard: str | None = field(default=None, init=False)
    """the fingerprint of the last lesson of another process that was learnt"""
    _encoder_failed: bool = field(default=False, init=False)

    async def teach(self, examples: Sequence[Example], source: str, knowing: Knowing) -> Taught:
        """Learn, measure, take into use, and remember for the other processes.

        Raises CannotTeach; then everything stays as it was.
        """
        if self._one_at_a_time.locked():
            raise AlreadyTeaching("いま学習しています。終わってから、もう一度お試しください")
        examples = tuple(examples)
        if len({example.intent for example in examples}) < 2:
            raise CannotTeach("意図が2つ以上必要です")
        async with self._one_at_a_time:
            began = time.perf_counter()
            try:
                rows, new = await self._rows_of(examples)
                classifier = await asyncio.to_thread(self._learnt, examples, rows)
                seconds = time.perf_counter() - began
                asked, right = await asyncio.to_thread(self._measured, examples, rows)
            except EncoderError as trouble:
                raise CannotTeach(f"意味を読み取る部品が応答しません: {trouble}") from trouble
            lesson = Stored(
                at=self.clock.now().astimezone(UTC),
                source=source,
                examples=[(example.intent, example.text) for example in examples],
                new_vectors=new,
                seconds=round(seconds, 2),
                asked=asked,
                right=right,
            )
            await self.facts.set(LESSON, msgspec.json.encode(lesson).decode())
            await self.facts.set(FINGERPRINT, fingerprint(examples))
            self._take(examples, classifier, knowing)
        return lesson.taught()

    async def refresh(self, knowing: Knowing) -> None:
        """As a librarian does. An encoder that fails is told of once, not at every look."""
        try:
            await super().refresh(knowing)
            self._encoder_failed = False
        except EncoderError as trouble:
            if not self._encoder_failed:
                log.warning("no new vectors: the encoder does not answer", why=str(trouble))
            self._encoder_failed = True

    async def _fill_in(self, knowing: Knowing) -> None:
        kept = await self.facts.get(FINGERPRINT)
        others = kept not in {None, self._heard, fingerprint(self.folder.examples)}
        if others or (self.encoder.dimensions and not self._with_meaning):
            async with self._one_at_a_time:
                await self._learn(await stored_lesson(self.facts) if others else None, knowing)
            self._heard = kept
        await super()._fill_in(knowing)

    async def _learn(self, lesson: Stored | None, knowing: Knowing) -> None:
        """What another process was taught; without it the first lesson with meaning, from vectors that are kept."""
        examples = _examples(lesson) if lesson else self.folder.examples
        rows, _ = await self._rows_of(examples)
        self._take(examples, await asyncio.to_thread(self._learnt, examples, rows), knowing)

    def _take(self, examples: tuple[Example, ...], classifier: IntentClassifier, knowing: Knowing) -> None:
        """From the next message on. Nothing is awaited here: nobody sees half of it."""
        self.folder = replace(self.folder, examples=examples)
        self._classifier = classifier
        self._with_meaning = True
        knowing.swap(replace(knowing.known(), intents=classifier))

    async def _rows_of(self, examples: Sequence[Example]) -> tuple[dict[str, Row], int]:
        """The vectors of all examples by their keys, and how many of them the encoder had to make."""
        if not self.encoder.dimensions:
            return {}, 0
        texts = {query_key(self.encoder.name, text): text for text in (each.text[:LONGEST] for each in examples)}
        rows = await self.vectors.of(list(texts))
        new = [key for key in texts if key not in rows]
        for at in range(0, len(new), BATCH):
            keys = new[at : at + BATCH]
            encoded = await asyncio.to_thread(self._shared.queries, [texts[key] for key in keys])
            made = dict(zip(keys, encoded, strict=True))
            await self.vectors.keep(made)
            rows |= made
        return rows, len(new)

    def _learnt(self, examples: Sequence[Example], rows: dict[str, Row]) -> IntentClassifier:
        encoder = RecallingEncoder(self._shared, rows)
        try:
            return IntentClassifier.build(examples, encoder)
        finally:
            encoder.forget()

    def _measured(self, examples: Sequence[Example], rows: dict[str, Row]) -> tuple[int, int]:
        """How many examples are asked that the model was not taught, and of how many it finds the intent."""
        taught, asked = held_back(examples)
        if not asked or len({example.intent for example in taught}) < 2:
            return 0, 0
        model = IntentClassifier.build(taught, RecallingEncoder(self._shared, rows))
        return len(asked), sum(model.classify(example.text).name == example.intent for example in asked)


def held_back(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """To be taught, and to be asked: every fifth of each intent; what means no intent is only taught."""
    seen: Counter[str] = Counter()
    taught: list[Example] = []
    asked: list[Example] = []
    for example in examples:
        seen[example.intent] += 1
        hold = seen[example.intent] % HELD_BACK == 0 and example.intent != NONE
        (asked if hold else taught).append(example)
    return taught, asked


def fingerprint(examples: Sequence[Example]) -> str:
    told = "\n".join(f"{each.intent}\t{each.text}" for each in examples)
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()


def lessons_of(
    librarian: TeachingLibrarian, knowing: Knowing, file: Path, published: Callable[[], Awaitable[None]]
) -> Lessons:
    """What the console may do with the intents of the city's ``file``."""

    async def last() -> Taught | None:
        stored = await stored_lesson(librarian.facts)
        return stored.taught() if stored else None

    async def differs() -> bool:
        found = await asyncio.to_thread(read_training, file)
        return bool(found.mistakes) or fingerprint(found.examples) != fingerprint(librarian.folder.examples)

    async def again() -> Taught:
        examples = await asyncio.to_thread(read_intents, file)
        taught = await librarian.teach(examples, str(file), knowing)
        await published()
        return taught

    return Lessons(in_use=lambda: librarian.folder.examples, last=last, file_differs=differs, again=again)


def _examples(stored: Stored) -> tuple[Example, ...]:
    return tuple(Example(intent, text, stored.source) for intent, text in stored.examples)
