"""Whether a message can be understood by itself: 「じゃあ料金は？」 leans on what was spoken of before."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.understanding.aspects import Aspect, aspects_in, without_aspects
from knowledge_base.article import ArticleContent
from language.japanese import key, normalise, words

SHORT: Final = 32
"""letters of a Japanese message that may lean; longer ones say what they are about"""
SHORT_LATIN: Final = 56

_OPENER = re.compile(
    r"^\W*(じゃあ?|では|それでは|それじゃあ?|それで|それって?|そっち|その(場合|とき|時)|そこ|でも|ちなみに|なら|だったら|あと|だと|"
    r"(and|then|so|but|ok|okay)\b|(what|how) about\b|is it\b|does it\b|can i also\b)"
)
_ASKS = re.compile(
    r"[?？]|(か|かな|の|は|でも|では|なら|って|も|分|場合|ますか|教えて|知りたい)[。、!\s]*$|^(can|is|do|does|what|how|when)\b"
)


@dataclass(frozen=True, slots=True)
class Lean:
    """A short question that something said before may explain."""

    aspects: tuple[Aspect, ...]
    own_words: frozenset[str]
    """which matter it is about, as far as it says so itself"""

    @property
    def says_only_what(self) -> bool:
        """「料金は？」: what is asked, and of nothing."""
        return bool(self.aspects) and not self.own_words

    def is_about(self, content: ArticleContent) -> bool:
        """Whether the words name no other matter than this entry's."""
        if not self.own_words:
            return True
        return self.own_words <= {*words("\n".join((content.question, content.category, *content.keywords)))}


def lean_of(text: str) -> Lean | None:
    """None for words that stand on their own."""
    plain = normalise(text)
    longest = SHORT_LATIN if plain.isascii() else SHORT
    if not key(plain) or len(key(plain)) > longest:
        return None
    aspects, opener = aspects_in(plain), _OPENER.match(plain)
    if not (aspects or opener or _ASKS.search(plain)):
        return None
    own = frozenset(words(without_aspects(without_opener(plain)))) - _of_no_matter()
    return Lean(aspects, own) if aspects or own else None


def without_opener(text: str) -> str:
    """「じゃあ料金は？」 without its じゃあ: for joining with something else."""
    plain = normalise(text)
    return _OPENER.sub("", plain).strip(" 、,") or plain


@lru_cache(maxsize=1)
def _of_no_matter() -> frozenset[str]:
    """Words that say what about a matter is asked, but not which matter."""
    lines = Path(__file__).with_name("no_matter.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
