"""Japanese written in Latin letters, read as kana: "juminhyo wo toritai desu" is じゅみんひょ を とりたい です.

Hepburn, Kunrei and what people make of both; long vowels are dropped, because hardly anybody writes them.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_ROWS: Final = """
a i u e o|あ い う え お
ka ki ku ke ko ga gi gu ge go|か き く け こ が ぎ ぐ げ ご
sa si su se so za zi zu ze zo|さ し す せ そ ざ じ ず ぜ ぞ
ta ti tu te to da di du de do|た ち つ て と だ ぢ づ で ど
na ni nu ne no ha hi hu he ho|な に ぬ ね の は ひ ふ へ ほ
ba bi bu be bo pa pi pu pe po|ば び ぶ べ ぼ ぱ ぴ ぷ ぺ ぽ
ma mi mu me mo ya yu yo|ま み む め も や ゆ よ
ra ri ru re ro wa wo|ら り る れ ろ わ を
shi chi tsu fu ji|し ち つ ふ じ
kya kyu kyo gya gyu gyo|きゃ きゅ きょ ぎゃ ぎゅ ぎょ
sya syu syo zya zyu zyo sha shu sho she|しゃ しゅ しょ じゃ じゅ じょ しゃ しゅ しょ しぇ
ja ju jo je jya jyu jyo|じゃ じゅ じょ じぇ じゃ じゅ じょ
tya tyu tyo cha chu cho che|ちゃ ちゅ ちょ ちゃ ちゅ ちょ ちぇ
nya nyu nyo hya hyu hyo mya myu myo rya ryu ryo|にゃ にゅ にょ ひゃ ひゅ ひょ みゃ みゅ みょ りゃ りゅ りょ
bya byu byo pya pyu pyo fa fi fe fo ti di|びゃ びゅ びょ ぴゃ ぴゅ ぴょ ふぁ ふぃ ふぇ ふぉ てぃ でぃ
"""
_SYLLABLES: Final = {
    latin: kana
    for row in _ROWS.strip().splitlines()
    for latin, kana in zip(*(half.split() for half in row.split("|")), strict=True)
}
_PARTICLES: Final = {"wa": "は", "wo": "を", "o": "を", "e": "へ"}
_SYLLABLE = re.compile(
    "|".join(sorted(_SYLLABLES, key=len, reverse=True)) + r"|n'|n(?![aiueoy])|(?P<small>[kstpcgdbz])(?=(?P=small)|ch)"
)
_WORD = re.compile(r"[a-z']+")
_SAME = str.maketrans("づぢ", "ずじ")
_LONG = re.compile(r"(?<=[おこそとのほもよろごぞどぼぽょ])[うお]|(?<=[うくすつぬふむゆるぐずづぶぷゅ])う|ー")
_MARKERS: Final = frozenset(
    [
        *(
            "wa",
            "wo",
            "desu",
            "desuka",
            "masu",
            "masuka",
            "masen",
            "doko",
            "itsu",
            "ikura",
            "nani",
            "kudasai",
            "onegai",
        ),
        *("onegaishimasu", "shimasu", "shitai", "toritai", "hoshii", "dekimasu", "dekimasuka", "arimasu", "arimasuka"),
        *("oshiete", "kara", "nanji", "ga", "ni", "de", "ka", "tte", "tai", "taidesu", "naku", "suru", "sumimasen"),
    ]
)
"""words that no English sentence has"""


def is_romaji(text: str) -> bool:
    """Whether the words are Japanese: all can be read as kana, and one of them is a word only Japanese has."""
    words = _words(text)
    return len(words) > 1 and bool(_MARKERS & {*words}) and all(_kana(word) is not None for word in words)


def in_kana(text: str) -> str:
    """The text in hiragana, a space between words, without long vowels; as it is when it is no romaji."""
    if not is_romaji(text):
        return text
    return " ".join(_PARTICLES.get(word) or short(_kana(word) or word) for word in _words(text))


def short(kana: str) -> str:
    """Without long vowels, and づ as ず: じゅうみんひょう and じゅみんひょ are the same here."""
    return _LONG.sub("", kana).translate(_SAME)


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _WORD.findall(plain) if plain.isascii() else []


@lru_cache(maxsize=4096)
def _kana(word: str) -> str | None:
    """None when the word is not made of Japanese syllables."""
    kana, at = "", 0
    while at < len(word):
        found = _SYLLABLE.match(word, at)
        if found is None:
            return None
        kana += _SYLLABLES.get(found[0]) or ("っ" if found["small"] else "ん")
        at = found.end()
    return kana
