"""What one entry says about one aspect: its field, or sentences of its answer. Never a word staff did not write."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.aspects import Aspect, words_of
from knowledge_base.article import ArticleContent
from language.japanese import normalise

SENTENCES_AT_MOST: Final = 3

_SENTENCE_END = re.compile(r"(?<=[。！？!?])|(?<=[a-z)]\.)\s+")
_LIST_MARK = re.compile(r"^\s*(?:[-*・]|\d+\.)\s+")
_LEANS_BACK = re.compile(
    r"^(?:ただし|その|この|これ|また|なお|それ|いずれも|どちらも|こちら|ほかは|It |This |They |These |However)"
)
"""a sentence that means something else without the one before it"""
_EXCEPTION = re.compile(r"^(?:ただし|However|But )")
_ANY_TIME: Final = frozenset({"時間", "何時", "なんじ", "受付時間", "休み", "hours", "what time", "open", "close"})


@dataclass(frozen=True, slots=True)
class Told:
    text: str
    language: str
    """the language it is really in"""


def facts(content: ArticleContent, aspects: Sequence[Aspect], asked: str, language: str) -> Told | None:
    """The fee, the documents or the hours, as staff filled them in; in an approved translation if that says it."""
    fields = {"fee": content.fee, "documents": content.documents, "hours": content.hours}
    known = [aspect for aspect in aspects if fields.get(aspect.field)]
    if not known:
        return None
    if (
        language != "ja"
        and (translated := sentences(content, known, asked, language))
        and translated.language == language
    ):
        return translated
    days = (sentence for aspect in known for sentence in _of_that_day(content, aspect, asked))
    others = sentences(content, [aspect for aspect in aspects if not aspect.field], asked, "ja")
    lines = (*(fields[aspect.field] for aspect in known), *days, *(others.text.splitlines() if others else ()))
    return Told("\n".join(dict.fromkeys(lines)), "ja")


def sentences(content: ArticleContent, aspects: Sequence[Aspect], asked: str, language: str) -> Told | None:
    """What the answer itself says: the sentences with the resident's very words, else all that speak of the aspect."""
    answer, really_in = content.answer_in(language)
    every = list(_sentences(answer))
    chosen = [number for aspect in aspects for number in _speaking(every, aspect, asked)]
    with_context = sorted({n for each in chosen for n in _with_what_it_leans_on(every, each)})
    return Told("\n".join(every[n] for n in with_context), really_in) if chosen else None


def _speaking(every: Sequence[str], aspect: Aspect, asked: str) -> Sequence[int]:
    very_words = [word for word in words_of(aspect, asked) if word not in _ANY_TIME]
    speaking = [number for number, each in enumerate(every) if aspect.told.search(normalise(each))]
    very = [number for number in speaking if any(word in normalise(every[number]) for word in very_words)]
    if aspect.field == "hours" and very_words:
        return very[:SENTENCES_AT_MOST]  # what is said about other days does not tell about this one
    return (very or speaking)[:SENTENCES_AT_MOST]


def _of_that_day(content: ArticleContent, aspect: Aspect, asked: str) -> Iterator[str]:
    """「日曜も？」 wants what is said about Sundays beside the hours."""
    if aspect.field == "hours":
        days = [word for word in words_of(aspect, asked) if word not in _ANY_TIME]
        every = list(_sentences(content.answer))
        for number, sentence in enumerate(every):
            if any(day in normalise(sentence) for day in days):
                yield from (every[n] for n in _with_what_it_leans_on(every, number))


def _with_what_it_leans_on(every: Sequence[str], number: int) -> range:
    """What comes before when it needs that, and the exception that comes behind."""
    first = last = number
    while first > 0 and _LEANS_BACK.match(every[first]):
        first -= 1
    while last + 1 < len(every) and _EXCEPTION.match(every[last + 1]):
        last += 1
    return range(first, last + 1)


def _sentences(answer: str) -> Iterator[str]:
    for line in answer.splitlines():
        for sentence in _SENTENCE_END.split(_LIST_MARK.sub("", line)):
            if sentence.strip():
                yield sentence.strip()
