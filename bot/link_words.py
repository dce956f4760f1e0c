"""The words by which residents link their channels, and the codes they type: pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.decision import Linking
from bot.turn import Turn
from bot.understanding.letter_gist import gist

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""no 0 and O, no 1 and I: they look alike"""
LENGTH: Final = 8
LINKABLE: Final = frozenset({"web", "line", "telegram", "mail"})
"""channels whose address proves something: anybody may post under any name at Rasa's door, and a form has none"""
WRONG_AT_MOST: Final = 5
PAUSE: Final = timedelta(hours=1)

_CODE: Final = re.compile(rf"(?=.*[2-9])(?=.*[A-Z])[{ALPHABET}]{{{LENGTH}}}")
_SPACES: Final = re.compile(r"[\s\-。、.!！]+")
_THING: Final = r"(?:line|ライン|メール|ウェブ|web|telegram|テレグラム|チャット|アカウント)"
_BEGINS: Final = re.compile(
    rf"(?:{_THING}(?:との?|に|を|の))?連携(?:を?(?:する|したい|したいです|します|してください|お願いします)|コード)?"
    rf"|{_THING}(?:と|に|を)(?:つなぐ|つなげる|つなぎたい|つなげたい|つなぎたいです|つなげたいです|つないでください)"
    rf"|(?:link|connect)(?:my|this|to|with)*(?:{_THING}|e?mail|chat|account|channels?)"
)
_ENDS: Final = re.compile(
    rf"(?:{_THING}(?:との?|に|を|の))?連携(?:を?解除(?:する|したい|したいです|します|してください)?|を?(?:やめる|やめたい|切る))"
    rf"|{_THING}(?:と|に)つなぐのをやめる|unlink(?:my|this)*(?:{_THING}|e?mail|chat|account|channels?)?"
)


def links_channels(turn: Turn) -> Linking | None:
    """Only these very words: nobody is linked by a likeness."""
    if turn.message.sender.channel not in LINKABLE or turn.message.choice is not None:
        return None
    text, why = turn.message.text, turn.why("links_channels")
    # A letter has a subject, greetings and a name around it.
    for said in gist(text).splitlines() if turn.is_letter else [text]:
        if code := code_in(said):
            return Linking(wish="claim", code=code, why=why)
        plain = _SPACES.sub("", unicodedata.normalize("NFKC", said).casefold())
        if _ENDS.fullmatch(plain):
            return Linking(wish="end", why=why)
        if _BEGINS.fullmatch(plain):
            return Linking(wish="code", why=why)
    return None


def code_in(text: str) -> str:
    """The code that a text is, in any case and width, also in two groups; empty when it is none.

    A code has a letter and a digit: 「calendar」 is a word.
    """
    plain = re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text[:40]).upper())
    return plain if _CODE.fullmatch(plain) else ""


def may_try(wrong: Sequence[datetime], now: datetime) -> bool:
    """False for an hour after the fifth wrong code within an hour."""
    return len(wrong) < WRONG_AT_MOST or now - wrong[-1] >= PAUSE


def with_a_wrong_one(wrong: Sequence[datetime], now: datetime) -> list[datetime]:
    return [*(each for each in wrong if now - each < PAUSE), now]
