from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from bot.context import BY_ITSELF, NOT_LOOKED_UP, Found, Reading
from bot.phrases.catalogue import Phrases
from bot.understanding.guards import Guard
from bot.understanding.intents import Intent
from dialogues.definition import Dialogue
from knowledge_base.article import ArticleVersion, Match
from knowledge_base.bars import NOBODY_SET, Bars
from tickets.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the words of one message may mean, before anybody asks what to do about it."""

    language: str = ""
    """empty when the words do not tell"""
    guard: Guard | None = None
    intent: Intent | None = None
    matches: tuple[Match, ...] = ()
    """published articles that may answer, best first"""
    reading: Reading = BY_ITSELF
    """how the words lean on what was said before"""
    found: Found = NOT_LOOKED_UP
    """what the reading's texts found"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What the bot knows besides the message: all of it published by staff or shipped with the engine."""

    city: City
    phrases: Phrases
    dialogues: Mapping[str, Dialogue] = field(default_factory=lambda: MappingProxyType({}))
    articles: Mapping[UUID, ArticleVersion] = field(default_factory=lambda: MappingProxyType({}))
    """published versions in force, by article id"""
    bars: Bars = NOBODY_SET
    """from which probability on each category answers directly"""
