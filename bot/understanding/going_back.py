"""「さっきの続き」「最初の件に戻って」「さっきの住民票の話だけど」: which of the earlier topics is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from knowledge_base.article import ArticleVersion
from language.japanese import normalise, words

Which = Literal["last", "previous", "first"]

_NOT_BACK = re.compile(r"もう(一|1)?(度|回)|繰り返|返事|どうなり|どうなっ|進捗|間違|変え|直し|again|repeat")
_POLITE: Final = r"^(?:あ|えっと|すみません|すいません|じゃあ?|では|やっぱり|ところで|[、,\s])*"
_JAPANESE = re.compile(
    _POLITE + r"(?P<when>さっき|先ほど|先程|さきほど|一番最初|最初|はじめ|初め|前|元|もと|その前)"
    r"(?:の|に(?:聞いた|教えてもらった|話した))"
    r"(?:(?P<about>.{1,15}?)の)?(?P<what>話|はなし|件|続き|つづき|こと|やつ|質問|案内)(?P<tail>.*)$"
)
_NAMED = re.compile(_POLITE + r"(?P<about>[^、。]{1,15}?)の(?:話|はなし|件)に?(?:戻|もど)(?P<tail>.*)$")
_TURN_BACK = re.compile(
    _POLITE + r"(?P<when>最初|はじめ|初め|前|元|もと|さっき)の?(?:ところ|方)?に(?:戻|もど)(?P<tail>.*)$"
)
_ENGLISH = re.compile(
    r"^(?:ok|okay|so|please|now|,|\s|can we|could we|let'?s|let us|i want to)*(?:go|going|get|getting)? ?back to"
    r"(?: the| my| what)?(?: (?P<when>first|previous|earlier|last))?(?: (?P<about>[^,.?!]{2,40}))?[,.?!]*(?P<tail>.*)$"
)
_TALK = re.compile(
    r"^(?:(?:です|なん|だ|ん)*(?:けど|けれど|けれども|が)|について(?:です(?:が|けど)?)?|に(?:戻|もど)[^、。?!]*|[はをの]|です|"
    r"(?:って|り|る|りたい|ります|してください|して)?(?:お願い(?:します)?|ください|下さい|教えて(?:ください)?|聞きたい(?:です)?|たい(?:です)?)?)"
    r"(?=$|[、,。!?\s])[、,。!\s]*"
)
_THING = re.compile(r"\b(topic|question|thing|one|subject|matter)s?\b|\b(was|were|we|talked|said|i|asked|about)\b")


@dataclass(frozen=True, slots=True)
class WayBack:
    which: Which
    about: str = ""
    """the topic's name, if it was said"""
    rest: str = ""
    """what is asked about it"""


def way_back(text: str) -> WayBack | None:
    """Where the words want to go back to; None when they do not."""
    plain = normalise(text)
    if len(plain) > 80 or _NOT_BACK.search(plain):
        return None
    if found := _JAPANESE.match(plain) or _TURN_BACK.match(plain) or _NAMED.match(plain):
        said = found.groupdict()
        tail = said["tail"] or ""
        return WayBack(
            _which(said.get("when") or "", plain), (said.get("about") or "").strip(), _TALK.sub("", tail).strip()
        )
    if found := _ENGLISH.match(plain):
        about = _THING.sub("", found["about"] or "").strip()
        return WayBack("first" if found["when"] == "first" else "previous", about, (found["tail"] or "").strip())
    return None


def _which(when: str, plain: str) -> Which:
    if when in {"最初", "一番最初", "はじめ", "初め"}:
        return "first"
    if "続き" in plain or "つづき" in plain:
        return "last"
    return "previous" if when in {"前", "元", "もと", "その前"} or re.search(r"戻|もど", plain) else "last"


def topic_meant(back: WayBack, topics: Sequence[ArticleVersion], *, in_focus: bool) -> ArticleVersion | None:
    """The topic gone back to, of those spoken of before (newest first); None when there is none, or none of that name.

    ``in_focus`` tells whether the newest is what is being spoken of right now.
    """
    if back.about:
        named = frozenset(words(back.about))
        likely = max(topics, key=lambda topic: len(named & _words_of(topic)), default=None)
        return likely if likely is not None and named & _words_of(likely) else None
    if not topics:
        return None
    if back.which == "first":
        return topics[-1]
    return topics[1] if back.which == "previous" and in_focus and len(topics) > 1 else topics[0]


def _words_of(topic: ArticleVersion) -> frozenset[str]:
    content = topic.content
    return frozenset(
        words(
            "\n".join(
                (content.question, content.category, *content.phrasings, *content.keywords, *content.questions.values())
            )
        )
    )
