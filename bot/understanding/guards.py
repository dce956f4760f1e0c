"""What cannot wait: danger to life, and insults. Looked for in every message, before anything else is asked of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.understanding import urgent_words as words
from language.japanese import normalise

LONGEST = 4_000
"""Characters looked at: a cry for help is short, or stands near the start or the end."""


class Kind(StrEnum):
    FIRE = "fire"
    AMBULANCE = "ambulance"
    CHILD = "child"
    DOMESTIC_VIOLENCE = "dv"
    SUICIDE = "suicide"
    POISON = "poison"
    GAS = "gas"
    HELP = "help"
    """a bare cry for help: nobody knows yet what kind"""
    THREAT = "threat"
    """violence announced against others: staff must look, emergency numbers would be no answer"""
    CRIME = "crime"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Guard:
    kind: Kind
    phrase: str
    """key in the catalogue of what is said at once"""
    urgent: bool
    """a person must look now"""


@dataclass(frozen=True, slots=True)
class _Rule:
    guard: Guard
    alarm: re.Pattern[str]
    unless: re.Pattern[str]


def notice(text: str, language: str = "ja") -> Guard | None:  # noqa: ARG001 - words of all languages are looked for: in fear people mix them
    """The gravest thing the words say, or None. Never raises; the same text gives the same answer."""
    sentences = list(_sentences(text))
    for rule in _RULES:
        if any(rule.alarm.search(sentence) and not rule.unless.search(sentence) for sentence in sentences):
            return rule.guard
    return None


def _sentences(text: str) -> Iterator[str]:
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    for line in _SENTENCE_END.split(text):
        sentence = _NO_DRILL.sub("", _SPACE_IN_JAPANESE.sub("", normalise(line))).strip(" !?。")
        if sentence:
            yield sentence


_SENTENCE_END = re.compile(r"(?<=[。！？!?])|[\r\n]+")
_SPACE_IN_JAPANESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_NO_DRILL = re.compile(r"(訓練|冗談|嘘|うそ)(では|じゃ)(ない|ありません)(です)?")
_NEVER = re.compile(r"(?!)")


def _rule(kind: Kind, alarm: words.Lines, unless: words.Lines | None, *, urgent: bool = True) -> _Rule:
    phrase = "bot.abuse" if kind in {Kind.ABUSE, Kind.THREAT} else f"bot.emergency.{kind}"
    return _Rule(
        guard=Guard(kind=kind, phrase=phrase, urgent=urgent),
        alarm=re.compile("|".join(alarm)),
        unless=_NEVER if unless is None else re.compile("|".join(unless)),
    )


_RULES: tuple[_Rule, ...] = (
    _rule(Kind.FIRE, words.FIRE, words.FIRE_UNLESS + words.NOT_NOW),
    _rule(Kind.SUICIDE, words.SUICIDE, words.SUICIDE_UNLESS + words.NOT_NOW[2:3]),
    _rule(Kind.AMBULANCE, words.AMBULANCE, words.AMBULANCE_UNLESS + words.NOT_NOW),
    _rule(Kind.CHILD, words.CHILD, words.CHILD_UNLESS + words.NOT_NOW),
    _rule(Kind.DOMESTIC_VIOLENCE, words.DOMESTIC_VIOLENCE, words.DOMESTIC_VIOLENCE_UNLESS + words.NOT_NOW[:3]),
    _rule(Kind.POISON, words.POISON, words.NOT_NOW),
    _rule(Kind.GAS, words.GAS, words.GAS_UNLESS + words.NOT_NOW),
    _rule(Kind.THREAT, words.THREAT, None),
    _rule(Kind.CRIME, words.CRIME, words.CRIME_UNLESS + words.NOT_NOW),
    _rule(Kind.HELP, words.HELP, None),
    _rule(Kind.ABUSE, words.ABUSE, None, urgent=False),
)
"""In order of what must be said first."""
