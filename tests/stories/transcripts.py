"""Transcripts: what residents say, and what must come of it. Read from YAML, played at the demo city's counter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import yaml

from bot.knowing import Known
from bot.understanding.intents import IntentClassifier
from bot.understood import Mind
from conversations.message import Address
from conversations.timeline import Entry
from evaluation.faq_files import read_faq_file
from knowledge_base.search import FaqIndex
from server.city import CityFolder
from tests.support.city import DEMO, Counter, Undisturbed

FOLDER = Path(__file__).parent / "transcripts"
RESIDENT = Address("web", "v1")


class Turn(msgspec.Struct, forbid_unknown_fields=True, rename={"without": "not"}):
    """Something that happens, and what is expected of it: only what is written is looked at."""

    says: str | None = None
    picks: str | None = None
    """part of the label of a choice that was offered"""
    hours_pass: float = 0
    unpublished: str | None = None
    """external id of an entry that staff take back"""
    taken_over: bool = False
    handed_back: bool = False
    closed: bool = False
    """the resident ends the conversation"""

    entry: str | list[str] | None = None
    """external ids of the entries on the cards of the replies, in order"""
    rule: str | None = None
    words: str | list[str] = []
    without: str | list[str] = []
    choices: str | list[str] = []
    """parts of labels that are offered"""
    language: str | None = None
    """spoken afterwards"""
    silent: bool = False

    @property
    def expects_something(self) -> bool:
        expected = (self.entry, self.rule, self.words, self.without, self.choices, self.language, self.silent)
        return any(each not in (None, [], False) for each in expected)


class Transcript(msgspec.Struct, forbid_unknown_fields=True):
    story: str
    turns: list[Turn]


def transcripts() -> list[Transcript]:
    """All of them, by file and then in their order."""
    return [
        each
        for path in sorted(FOLDER.glob("*.yml"))
        for each in msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), list[Transcript])
    ]


def the_demo_city(folder: CityFolder) -> Known:
    """All that みらい市 knows, by words alone."""
    versions, problems = read_faq_file(DEMO / "faq.csv")
    assert problems == []
    return Known(
        mind=Mind(
            city=folder.city,
            phrases=folder.phrases,
            dialogues=folder.dialogues,
            articles={version.article_id: version for version in versions},
        ),
        index=FaqIndex.build(versions, vectors={}, encoder=None),
        intents=IntentClassifier.build(folder.examples),
    )


@dataclass(slots=True)
class Player:
    counter: Counter
    understanding: Undisturbed
    known: Known

    async def play(self, transcript: Transcript) -> None:
        for number, turn in enumerate(transcript.turns, start=1):
            replies = await self.happens(turn)
            said = [reply.text for reply in replies]
            place = f"{transcript.story}, turn {number} ({turn.says or turn.picks}): {said}"
            self.check(turn, replies, place)
            if turn.language is not None:
                assert (await self.counter.conversation(RESIDENT)).language == turn.language, place

    async def happens(self, turn: Turn) -> Sequence[Entry]:
        """The replies to what was said, if something was."""
        self.counter.clock.turn(timedelta(hours=turn.hours_pass))
        if turn.unpublished:
            self.understanding.swap(_without(self.known, turn.unpublished))
        if turn.taken_over or turn.handed_back:
            await self._at_the_desk(takes_over=turn.taken_over)
        if turn.closed:
            await self.counter.desk.leave((await self.counter.conversation(RESIDENT)).id)
        if turn.picks is not None:
            return await self._pick(turn.picks)
        return await self.counter.says(turn.says, by=RESIDENT) if turn.says is not None else ()

    async def _at_the_desk(self, *, takes_over: bool) -> None:
        found = await self.counter.conversation(RESIDENT)
        if takes_over:
            await self.counter.desk.take_over(found.id, self.counter.operator)
        else:
            await self.counter.desk.hand_back(found.id, self.counter.operator)

    async def _pick(self, label: str) -> Sequence[Entry]:
        offered = (await self.counter.conversation(RESIDENT)).offered
        [choice] = [each for each in offered if label in each.label]
        return await self.counter.says(choice.label, by=RESIDENT, choice=choice.value)

    def check(self, turn: Turn, replies: Sequence[Entry], place: str) -> None:
        said = "\n".join(reply.text for reply in replies)
        offered = "\n".join(choice.label for reply in replies for choice in reply.choices)
        if turn.silent:
            assert not replies, place
        if turn.entry is not None:
            assert self._entries(replies) == _listed(turn.entry), place
        if turn.rule is not None:
            assert [reply.why.get("rule") for reply in replies][-1:] == [turn.rule], place
        for word in _listed(turn.words):
            assert word in said, f"{word!r} is missing: {place}"
        for word in _listed(turn.without):
            assert word not in said, f"{word!r} was said: {place}"
        for label in _listed(turn.choices):
            assert label in offered, f"{label!r} is not offered but {offered!r}: {place}"

    def _entries(self, replies: Sequence[Entry]) -> list[str]:
        names = {version.id: version.external_id for version in self.known.mind.articles.values()}
        versions: list[UUID | None] = [reply.card.version_id for reply in replies if reply.card is not None]
        return [names[version] for version in versions if version is not None]


def _without(known: Known, external_id: str) -> Known:
    versions = [version for version in known.mind.articles.values() if version.external_id != external_id]
    mind = replace(known.mind, articles={version.article_id: version for version in versions})
    return replace(known, mind=mind, index=FaqIndex.build(versions, vectors={}, encoder=None))


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
