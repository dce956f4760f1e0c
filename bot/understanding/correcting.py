"""「いや、コンビニじゃなくて郵送で」: what is not meant, and what is."""

import re
from dataclasses import dataclass
from typing import Final

from bot.understanding.aspects import aspects_in, words_of
from knowledge_base.article import ArticleContent
from knowledge_base.hints import hints_in
from language.japanese import key, normalise, words

LONGEST: Final = 60

_NO: Final = (
    r"(?:いやいや|いやあ?|いいえ|いえ|ううん|違います|違う|違くて|ちがいます|ちがう|そうじゃなくて|そうではなくて?|そっちじゃなくて|それじゃなくて|"
    r"間違えました|間違えた|間違い|まちがえた|訂正)(?:です|ます|よ|ね|って)?"
)
_NOT_THIS_BUT_THAT = re.compile(
    rf"^(?:(?:{_NO}|あ|すみません|ごめん(?:なさい)?)[、,。!\s]*)*(?P<unwanted>[^、。,]{{1,20}}?)"
    r"(?:じゃなくって|じゃなくて|じゃなく|ではなくて|ではなく|でなくて|でなく|じゃないです|ではありません)[、,。\s]*(?P<wanted>.+)$"
)
_NO_THAT = re.compile(
    rf"^(?:あ|すみません|[、,\s])*(?:{_NO}[、,。!\s]+|やっぱり?[、,\s]*|やはり[、,\s]*)+(?P<wanted>.+)$"
)
_ENGLISH = (
    re.compile(r"^(?:no|sorry)?[,. ]*not (?:the |a |by |at )?(?P<unwanted>[^,]+?),? but (?P<wanted>.+)$"),
    re.compile(
        r"^(?:no|sorry)[,. ]+(?:i (?:mean|meant|want|wanted|need) )?(?P<wanted>.+?),? "
        r"(?:not|instead of|rather than) (?:the |a |by |at )?(?P<unwanted>.+)$"
    ),
    re.compile(r"^(?:no|sorry)?[,. ]*i meant (?P<wanted>.+)$"),
    re.compile(r"^no, (?P<wanted>(?!thank|thanks).+)$"),
)
_NO_WISH = re.compile(
    r"やめ|辞め|いいです|結構|けっこう|職員|担当|大丈夫|わから|分から|役に立|そうじゃ|じゃない$|不要|いらない|ありがと|どうも|thank"
)
_ARTICLE = re.compile(r"^(?:the|a|an|my) ")
_TAIL = re.compile(
    r"(?:のほう|の方)?(?:でお願いします|をお願いします|お願いします|を教えて(?:ください)?|が知りたい(?:です)?|を知りたい(?:です)?|(?:なん)?です(?:けど|が|よ|ね)?|だよ|だけど|だ|で|を|が|ね)?[。!\s]*$"
)


@dataclass(frozen=True, slots=True)
class Correction:
    unwanted: str
    """empty when the words only say no"""
    wanted: str

    def refuses(self, content: ArticleContent) -> bool:
        """Whether an entry is about what is not meant, and not about what is."""
        if not self.unwanted:
            return False
        spoken = key("\n".join((content.question, content.category, *content.keywords)))
        return _speaks(spoken, self.unwanted) and not _speaks(spoken, self.wanted)

    def applied_to(self, asked: str, subject: str) -> str:
        """The question as it was meant: what was asked, with the right word in place of the wrong one."""
        plain = normalise(asked)
        for wrong in (self.unwanted, *self._same_aspects(plain)):
            if wrong and wrong in plain:
                return plain.replace(wrong, self.wanted, 1)
        if self.is_against(subject):
            kept = [word for aspect in aspects_in(plain) for word in words_of(aspect, plain)]
            return " ".join((self.wanted, *kept))
        return f"{subject or plain} {self.wanted}".strip()

    def is_against(self, subject: str) -> bool:
        """「住民票じゃなくて戸籍」: the matter itself is another."""
        if aspects_in(self.unwanted):
            return False
        matter = {*words(subject)}
        if self.unwanted.isascii():
            return bool(matter & in_the_faqs_words(self.unwanted))
        return bool(self.unwanted) and matter >= {*words(self.unwanted)}

    def _same_aspects(self, asked: str) -> list[str]:
        """コンビニ was said of what was asked for as セブン."""
        return [word for aspect in aspects_in(self.unwanted) for word in words_of(aspect, asked)]


def correction_of(text: str) -> Correction | None:
    """None when nothing is put right. Whether there was anything to put right is not asked here."""
    plain = normalise(text)
    if len(plain) > LONGEST or _NO_WISH.search(plain):
        return None
    for pattern in (_NOT_THIS_BUT_THAT, _NO_THAT, *_ENGLISH):
        if found := pattern.match(plain):
            wanted = _ARTICLE.sub("", _TAIL.sub("", found["wanted"].strip()))
            if key(wanted):
                unwanted = found.groupdict().get("unwanted") or ""
                return Correction(_TAIL.sub("", unwanted.strip()), wanted)
    return None


def in_the_faqs_words(text: str) -> frozenset[str]:
    """The words, and the official ones that everyday or foreign words point to: passport is パスポート."""
    return frozenset((*words(text), *(word for hint in hints_in(text) for word in words(hint))))


def _speaks(spoken: str, of: str) -> bool:
    """Whether the longest of the words stands there, or what it points to; parts of compounds say too little."""
    named = (max(words(of), key=len, default=""), *hints_in(of))
    return any(key(name) and key(name) in spoken for name in named)
