"""Of a few likely entries: the question that separates them best."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log2
from typing import Final

from bot.phrases.catalogue import Phrases
from bot.understanding.aspects import aspects_in
from knowledge_base.article import ArticleContent, Match

LEAST_BITS: Final = 0.6
"""what the answer must tell, or asking is idle: of two entries, neither has more than 6 times the other's chance"""

Value = Callable[[ArticleContent], str]


def separating(near: Sequence[Match], phrases: Phrases, language: str) -> tuple[str, ...]:
    """The names between which the resident may choose, in the order of the choices; none when nothing plain does."""
    best: tuple[str, ...] = ()
    most = LEAST_BITS
    for names in _attributes(near, phrases, language):
        if "" not in names and len(set(names)) > 1 and (bits := _bits(near, names)) > most:
            best, most = tuple(dict.fromkeys(names)), bits
    return best


def _attributes(near: Sequence[Match], phrases: Phrases, language: str) -> Iterator[tuple[str, ...]]:
    """Each attribute's value for every entry, what residents know best first: of equals the first is taken."""
    contents = [match.version.content for match in near]
    if language == "ja":  # categories and keywords have no translations
        yield tuple(content.category for content in contents)
    yield tuple(_own_aspect(content, contents, phrases, language) for content in contents)
    if language == "ja":
        yield tuple(_own_keyword(content, contents) for content in contents)


def _own_aspect(content: ArticleContent, among: Sequence[ArticleContent], phrases: Phrases, language: str) -> str:
    """What of the matter this entry's question is about and not every other's: 郵送, コンビニ."""
    counts = _counts([{aspect.name for aspect in aspects_in(each.question)} for each in among])
    own = [aspect.name for aspect in aspects_in(content.question) if counts[aspect.name] < len(among)]
    return phrases.say(f"aspect.{min(own, key=counts.__getitem__)}", language) if own else ""


def _own_keyword(content: ArticleContent, among: Sequence[ArticleContent]) -> str:
    counts = _counts([set(each.keywords) for each in among])
    return next((word for word in content.keywords if counts[word] == 1), "")


def _counts(sets: Sequence[set[str]]) -> Mapping[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for each in sets:
        for name in each:
            counts[name] += 1
    return counts


def _bits(near: Sequence[Match], names: Sequence[str]) -> float:
    """How much the answer is expected to tell: the entropy of the chances, summed by name."""
    mass: dict[str, float] = defaultdict(float)
    for match, name in zip(near, names, strict=True):
        mass[name] += match.probability
    whole = sum(mass.values())
    return -sum(share / whole * log2(share / whole) for share in mass.values() if share) if whole else 0.0
