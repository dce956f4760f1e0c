"""Two questions in one message: where the next begins. Told by form alone; the search decides whether it is so."""

import re
from typing import Final

from language.japanese import key

QUESTIONS_AT_MOST: Final = 3
"""that are answered at once"""
LONGEST: Final = 200
"""characters of a message that may hold several questions; a longer one is a story"""
LONGEST_LETTER: Final = 1500
"""the same of a letter without its courtesies: who writes one asks everything at once"""
_SHORTEST: Final = 3

_LIST_MARK = re.compile(r"^\s*(?:[・*•●-]|\(?\d{1,2}[.)、:）]|[①-⑳])\s*")
_SENTENCE_END = re.compile(r"(?<=[。！？!?])\s*|(?<=[a-z]\.)\s+|\n+")
_AND_ALSO = re.compile(
    r"(?:と、?|、|。)\s*(?:あと(?:は)?|それから|それと|ついでに|あわせて|合わせて|また|もう(?:1|一)つ)[、,\s]*|"
    r"(?<=たい)のと、?\s*|(?:^|(?<=[、。\s]))(?:あと|それから|それと|ついでに|もう(?:1|一)つ)[、,\s]*|"
    r"(?:^|[,.]?\s+)(?:and also|and then|also|plus|as well as)[,:]?\s+|"
    r",?\s+and\s+(?=(?:how|what|when|where|can|do|is|which)\b)",
    re.IGNORECASE,
)
_WITH = re.compile(r"(方法?|料金|手数料|費用|期限|時間|場所|手続き?|申し?込み?|もの)と、?(?=[^、。]{4,})")
_TELLS = re.compile(
    r"(?<!たい)(?<!ほしい)(?<!欲しい)(?<!お願いし)(?<!何)(?<!なん)(?:ます|ました|です|でした|ません|った|いた|した|んだ|けど|ので|から)[。、.\s]*$"
)
_ASKS = re.compile(
    r"(?:[?？]|か|ください|下さい|教えて.{0,12}|たい(?:です|のです(?:が)?)?|(?:ほし|欲し)い(?:です)?|でしょう|かな|お願い.{0,12})[。、.\s]*$"
    r"|何|なに|なん|いつ|どこ|いくら|どう|どの|どれ|どなた|誰|だれ|なぜ|\b(?:how|what|when|where|which|who|why|can|could|do|does|is|are)\b",
    re.IGNORECASE,
)


def parts_of(text: str, *, is_letter: bool = False) -> tuple[str, ...]:
    """The questions of a message in their order; one that is told before a question stays with it.

    Empty when there is only one, or when it is a story. In a letter, whose subject and signature stand among the
    words, only what asks is a question.
    """
    if not text.strip() or len(text) > (LONGEST_LETTER if is_letter else LONGEST):
        return ()
    pieces = [piece for sentence in _SENTENCE_END.split(text) for piece in _cut(_LIST_MARK.sub("", sentence))]
    parts: list[str] = []
    told = ""
    for piece in pieces:
        if _TELLS.search(piece) or (is_letter and not _ASKS.search(piece)):
            told += piece
        elif len(key(piece)) >= _SHORTEST:
            parts.append((told + piece).strip())
            told = ""
    distinct = tuple(dict.fromkeys(parts))
    return distinct if len(distinct) > 1 else ()


def _cut(sentence: str) -> list[str]:
    halves = (_WITH.sub(r"\1\n", half).split("\n") for half in _AND_ALSO.split(sentence))
    return [piece.strip(" 、,") for pieces in halves for piece in pieces if key(piece)]
