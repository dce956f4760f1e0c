"""The one sentence of an answer that matters for what was asked: to be read out on the telephone."""

import re
from collections import Counter
from itertools import pairwise
from math import log
from typing import Final

from knowledge_base.article import ArticleContent
from knowledge_base.texts import concepts_in, plain, words_in
from language.japanese import key

_END: Final = re.compile(r"(?<=[。！？!?])(?![」』）)])|\n+")
_NUMBER: Final = re.compile(r"^\s*\d{1,2}\.\s+")
"""of a list"""
_BESIDE_WORDS: Final = 0.5
"""what the same letters in a row are worth beside a word: they find words that are half typed"""
_SUBJECT: Final = 0.25
"""what a word of the entry's own question is worth beside another"""


def sentence_for(content: ArticleContent, asked: str) -> str:
    """The answer's sentence that has the most of what was asked, as plain text; its first one when none has any.

    What the entry is about says little, nor does a word of every sentence: under 「住民票の手数料」, 「住民票 郵送」
    asks for the post.
    """
    sentences = sentences_of(content.answer)
    if len(sentences) < 2:
        return "".join(sentences)
    words, pairs, known = _words(asked), _pairs(asked), _words(content.question)
    have = [_words(sentence) & words for sentence in sentences]
    in_how_many = Counter(word for found in have for word in found)

    def speaks(number: int) -> float:
        rare = sum(
            log((len(sentences) + 1) / in_how_many[word]) * (_SUBJECT if word in known else 1) for word in have[number]
        )
        alike = len(pairs & _pairs(sentences[number])) / max(len(pairs), 1)
        return rare + _BESIDE_WORDS * alike

    return sentences[max(range(len(sentences)), key=speaks)]


def sentences_of(markdown: str) -> list[str]:
    """The text's sentences and lines without marks, none of them empty."""
    pieces = (_NUMBER.sub("", piece).strip() for piece in _END.split(plain(markdown)))
    return [piece for piece in pieces if piece]


def _words(text: str) -> frozenset[str]:
    return frozenset((*words_in(text), *concepts_in(text)))


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(key(text)))
