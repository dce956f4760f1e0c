"""Which language a message is in, told by its script: certain or not at all."""

import re
from typing import Final

from language.romaji import is_romaji

JAPANESE: Final = "ja"
EASY_JAPANESE: Final = "ja-easy"
ENGLISH: Final = "en"

_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々〇]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
# An address begins where a run of letters begins: tried at each of them, a long run would take its square in time.
_NOT_WORDS = re.compile(r"https?://\S+|(?<![^\s@])[^\s@]+@\S+|\b[A-Z0-9]{2,}-?\d+\b")
_ROMAJI = frozenset(
    [
        "wa",
        "desu",
        "masu",
        "doko",
        "itsu",
        "ikura",
        "nani",
        "nan",
        "kudasai",
        "onegai",
        "shimasu",
        "shitai",
        "tai",
        "gomi",
        "juminhyo",
        "juuminhyou",
        "jyuminhyo",
        "toiawase",
        "arigatou",
        "arigato",
        "konnichiwa",
        "ohayou",
        "sumimasen",
        "hoken",
        "zei",
        "shiyakusho",
        "kuyakusho",
        "tetsuzuki",
        "hikkoshi",
        "mainanba",
        "no",
        "ga",
        "ka",
        "kara",
        "made",
        "dekimasu",
        "arimasu",
        "kodomo",
        "hoikuen",
        "nenkin",
        "kekkon",
        "todoke",
    ]
)
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "am",
        "was",
        "i",
        "you",
        "we",
        "my",
        "your",
        "it",
        "this",
        "that",
        "what",
        "when",
        "where",
        "how",
        "which",
        "who",
        "why",
        "can",
        "could",
        "do",
        "does",
        "did",
        "please",
        "want",
        "need",
        "to",
        "of",
        "in",
        "on",
        "for",
        "at",
        "from",
        "with",
        "and",
        "or",
        "not",
        "have",
        "has",
        "get",
        "would",
        "like",
        "there",
        "if",
        "about",
        "hello",
        "hi",
        "thanks",
        "thank",
        "help",
        "english",
        "speak",
        "move",
        "moved",
        "register",
        "card",
        "tax",
        "garbage",
        "trash",
        "certificate",
        "insurance",
        "pay",
        "much",
        "many",
        "day",
        "time",
        "open",
    ]
)
_ENOUGH_LETTERS = 12


def identify(text: str, current: str) -> str:
    """The language to go on in: ``ja`` or ``en``, or ``current`` whenever the words do not tell for certain.

    One short or ambiguous message never switches ("OK", "住民票", "LINE"). ``ja-easy`` is only ever chosen: Japanese
    words keep it, English words leave it only when they are certain.
    """
    text = _NOT_WORDS.sub(" ", text)
    if _KANA.search(text):
        return current if current in {JAPANESE, EASY_JAPANESE} else _japanese_if_clear(text, current or JAPANESE)
    if _HAN.search(text):
        return current
    if is_romaji(text):
        return current if current in {JAPANESE, EASY_JAPANESE} else JAPANESE
    return ENGLISH if _certainly_english(text) else current


def _japanese_if_clear(text: str, current: str) -> str:
    """An English question may quote a Japanese word: only a message that is mostly Japanese switches."""
    japanese = len(_KANA.findall(text)) + len(_HAN.findall(text))
    latin = sum(len(word) for word in _LATIN_WORD.findall(text))
    return JAPANESE if japanese > latin and japanese >= 3 else current


def _certainly_english(text: str) -> bool:
    words = [word.lower() for word in _LATIN_WORD.findall(text)]
    if sum(map(len, words)) < _ENOUGH_LETTERS or len(words) < 3:
        return False
    english = sum(word in _ENGLISH for word in words)
    romaji = sum(word in _ROMAJI for word in words)
    return english > romaji and english * 4 >= len(words)
