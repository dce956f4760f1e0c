"""Text made comparable for finding it: what two people write differently and mean the same becomes one form.

Unlike ``japanese.normalise``, which prepares a question for understanding, each character is folded for itself: so a
piece of a text, folded, is a piece of the folded text, and whatever was written can be found by any part of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import regex

from language.old_characters import NEW_FOR_OLD

_CHARACTERS: Final = regex.compile(r"\X")
"""as people see them: a letter with its marks, also a half-width ｶﾞ"""
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_LOOSE: Final = re.compile(r"(?<![a-z0-9 ]) +| +(?![a-z0-9 ])")
_MANY: Final = re.compile(r" +")
_DASHES: Final = "-‐‑‒–—―−─━~〜ー"
_KANA: Final = re.compile(r"[ぁ-ゖー]+")
_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_SAME: Final[dict[int, int | str]] = {
    **_HIRAGANA,
    **{ord(old): new for old, new in NEW_FOR_OLD.items()},
    **dict.fromkeys(map(ord, _DASHES), "ー"),
    **{ord(old): new for old, new in ("ヶけ", "ゖけ", "ヵか", "ゕか", "ヰい", "ゐい", "ヱえ", "ゑえ")},
}


def folded(text: str) -> str:
    """One form for width, case, kana, old characters and dashes; of the spaces only those between Latin words stay.

    A Japanese line that was broken in the middle of a word is whole again.
    """
    return _MANY.sub(" ", _LOOSE.sub("", "".join(map(_one, _CHARACTERS.findall(text)))))


def words_of(asked: str) -> tuple[str, ...]:
    """What somebody looks for, folded, each word once, in order."""
    return tuple(dict.fromkeys(word for each in asked.split() if (word := folded(each))))


def is_kana(word: str) -> bool:
    """Whether a folded word may be how something is read."""
    return bool(_KANA.fullmatch(word))


def places(text: str, words: Iterable[str]) -> Sequence[tuple[int, int]]:
    """Where folded words stand in a text as it was written: begin and end, in order, those that touch as one."""
    form, origin = _with_origin(text)
    found = []
    for word in words:
        at = form.find(word)
        while word and at >= 0:
            found.append((origin[at][0], origin[at + len(word) - 1][1]))
            at = form.find(word, at + len(word))
    return joined(found)


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places, in order, none touching another."""
    whole: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((begin, end))
    return whole


def _with_origin(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters where in the text it comes from."""
    loose, origin = [], []
    for found in _CHARACTERS.finditer(text):
        form = _one(found[0])
        loose.append(form)
        origin += [found.span()] * len(form)
    whole = "".join(loose)
    dropped = {at for space in _LOOSE.finditer(whole) for at in range(*space.span())}
    kept = [at for at in range(len(whole)) if at not in dropped and not (whole[at] == " " and whole[at - 1] == " ")]
    return "".join(whole[at] for at in kept), [origin[at] for at in kept]


@lru_cache(maxsize=16384)
def _one(character: str) -> str:
    if character.isspace():
        return " "
    form = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _UNSEEN.sub("", character)).casefold())
    return form.translate(_SAME)
