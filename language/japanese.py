"""Japanese as people type it, made comparable: one spelling, content words, readings.

Every function takes any text, never raises on it, and may be called from any thread.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sudachipy import (  # type: ignore[import-untyped]
    Dictionary,
    Morpheme,
    SplitMode,
    Tokenizer,
)

from language.variants import unified

LONGEST = 8_000
"""Characters looked at by the word cutter; what follows is not cut. Sudachi itself refuses about 16,000."""

_ROUNDS = 4
_KANA = r"ぁ-ゖァ-ヺ"
_DASH_AFTER_KANA = re.compile(rf"(?<=[{_KANA}])[-‐‑‒–—―−─━~〜ー]+")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_NOT_LETTERS = re.compile(r"[\W_ー]+")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_KATAKANA = {code + 0x60: code for code in range(0x3041, 0x3097)}
_HIRAGANA_ONLY = re.compile(r"[ぁ-ゖー]+")
_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")

_SKIPPED = frozenset({"助詞", "助動詞", "補助記号", "空白", "記号", "接頭辞", "接続詞"})
_EMPTY_WORDS = frozenset(
    {
        *("為る", "居る", "有る", "成る", "下さる", "御座る", "頂く", "貰う", "仕舞う", "致す", "申す", "遣る"),
        *("事", "物", "其れ", "此れ", "時", "様", "訳", "所", "方", "為", "ます", "です", "さん", "ちゃん", "ます"),
        *("the", "a", "an", "of", "to", "in", "is", "are", "do", "does", "i", "my", "me", "it", "for", "on", "at"),
        *("can", "and", "or", "be", "there", "this", "that", "you", "your", "please", "would", "like", "with"),
    }
)

_dictionary_lock = threading.Lock()
_per_thread = threading.local()


@lru_cache(maxsize=1)
def _dictionary() -> Dictionary:
    return Dictionary()


def _tokenizer() -> Tokenizer:
    """One tokenizer a thread: they share the dictionary, but each keeps its own working memory."""
    tokenizer = getattr(_per_thread, "tokenizer", None)
    if tokenizer is None:
        with _dictionary_lock:
            tokenizer = _dictionary().tokenizer(SplitMode.C)
        _per_thread.tokenizer = tokenizer
    assert isinstance(tokenizer, Tokenizer)
    return tokenizer


def normalise(text: str) -> str:
    """One spelling for what people type in many: width, case, dashes for ー, spaces, variant spellings.

    Normalising twice changes nothing; full and half width come out equal. For comparing, never for showing.
    """
    for _ in range(_ROUNDS):
        again = _normalised_once(text)
        if again == text:
            break
        text = again
    return text


def _normalised_once(text: str) -> str:
    text = _UNSEEN.sub("", text)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    text = _DASH_AFTER_KANA.sub("ー", text)
    return unified(_SPACES.sub(" ", text).strip())


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """Two texts with the same key were meant to be the same: letters and digits only, kana as hiragana, no ー."""
    return _NOT_LETTERS.sub("", normalise(text)).translate(_KATAKANA)


@dataclass(frozen=True, slots=True)
class Analysed:
    """One text, cut once."""

    words: tuple[str, ...]
    concepts: tuple[str, ...]
    reading: str


@lru_cache(maxsize=2048)
def analysed(text: str) -> Analysed:
    """Everything the word cutter tells about a text; cutting is what costs, so it is done once."""
    found: list[str] = []
    groups: list[str] = []
    sounds: list[str] = []
    for morpheme in _cut(text):
        sounds.append(_sound(morpheme))
        if morpheme.part_of_speech()[0] in _SKIPPED:
            continue
        whole = _words(morpheme)
        found += whole
        for part in _with_meaning(morpheme.split(SplitMode.A, add_single=False)):
            found += _words(part)
        groups += [f"#{group}" for group in morpheme.synonym_group_ids()] or whole
    return Analysed(
        tuple(word for word in found if word not in _EMPTY_WORDS),
        tuple(concept for concept in groups if concept not in _EMPTY_WORDS),
        _NOT_LETTERS.sub("", "".join(sounds)).translate(_HIRAGANA),
    )


def words(text: str) -> tuple[str, ...]:
    """The words that carry meaning, in Sudachi's normalised form, in order, repeats kept.

    A compound comes whole and in its parts: 住民票 is 住民票, 住民 and 票.
    """
    return analysed(text).words


def concepts(text: str) -> tuple[str, ...]:
    """As ``words``, but a word of Sudachi's synonym dictionary is its groups (``#8536``): ごみ and 廃棄物 meet there."""
    return analysed(text).concepts


def reading(text: str) -> str:
    """How the text is read, in katakana; letters and digits stay, everything else is dropped."""
    return analysed(text).reading


def read_aloud(text: str) -> list[tuple[int, int, str]]:
    """Each word of the text as it was written: where it begins and ends, and how it is read, in katakana."""
    cut = _tokenizer().tokenize(text[:LONGEST])
    return [(word.begin(), word.end(), str(word.reading_form())) for word in cut]


@lru_cache(maxsize=32768)
def nouns_with_readings(text: str) -> tuple[tuple[str, str], ...]:
    """The nouns that are written in kanji or katakana, compounds whole and in their parts, each with its hiragana."""
    found = []
    for morpheme in _cut(text):
        for part in (morpheme, *morpheme.split(SplitMode.A, add_single=False)):
            surface, read = str(part.surface()), key(part.reading_form())
            if part.part_of_speech()[0] == "名詞" and read and not _HIRAGANA_ONLY.fullmatch(surface):
                found.append((surface, read))
    return tuple(found)


def _cut(text: str) -> list[Morpheme]:
    return list(_tokenizer().tokenize(normalise(text[:LONGEST])[:LONGEST]))


def _with_meaning(morphemes: Iterable[Morpheme]) -> list[Morpheme]:
    return [morpheme for morpheme in morphemes if morpheme.part_of_speech()[0] not in _SKIPPED]


def _words(morpheme: Morpheme) -> list[str]:
    surface = str(morpheme.surface())
    if surface.isascii():
        return _LATIN.findall(surface)  # "city" stays "city": its normalised form would be シティー
    return [word] if (word := _word(morpheme.normalized_form())) else []


@lru_cache(maxsize=65536)
def _word(form: str) -> str:
    """A city's FAQ says the same few thousand words again and again."""
    return normalise(form)


def _sound(morpheme: Morpheme) -> str:
    surface = str(morpheme.surface())
    if morpheme.part_of_speech()[0] in {"補助記号", "空白", "記号"}:
        return surface
    return surface if _LATIN.fullmatch(surface) else str(morpheme.reading_form()) or surface
