"""Which section a person should answer from."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from knowledge_base.article import ArticleContent, Match

ROUTE_AT: Final = 0.5
"""Sent to a section only when it is likelier right than wrong: a wrong section sends the resident on once more."""


def subject_of(matches: Sequence[Match]) -> ArticleContent | None:
    """What the words are about, as far as it tells the section; None when they do not tell.

    Several entries of one section may each be a little likely: the section is certain though the entry is not.
    """
    unlikely: dict[str, float] = defaultdict(lambda: 1.0)
    for match in matches:
        unlikely[match.version.content.section] *= 1.0 - match.probability
    section = min(unlikely, key=unlikely.__getitem__, default="")
    if 1.0 - unlikely[section] < ROUTE_AT:
        return None
    return next(match.version.content for match in matches if match.version.content.section == section)
