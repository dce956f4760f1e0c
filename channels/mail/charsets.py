"""From the bytes of a mail to its words: labels that are wrong, missing or unknown to Python.

Mail labels are claims. A claim is believed when the bytes bear it out; otherwise the bytes are judged themselves.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from channels.mail.defects import DefectCode
from channels.mail.jis import LOST, decode_euc_jp, decode_iso_2022_jp

_JIS: Final = "iso-2022-jp"
_CP932: Final = "cp932"
_EUC: Final = "euc-jp"
_UTF8: Final = "utf-8"
_WESTERN: Final = "cp1252"
_WESTERN_LABELS: Final = frozenset({_WESTERN, "cp1250", "cp1254", "iso8859-2", "iso8859-15"})

_NAMES: Final = {
    _CP932: "shiftjis sjis xsjis mskanji windows31j cswindows31j csshiftjis cp932 ms932 windows932 cp943 ibm943",
    _EUC: "eucjp xeucjp xeuc euc ujis cp51932 eucjpms eucjpwin xeucjpms cseucpkdfmtjapanese",
    _JIS: "jis xjis csiso2022jp cp50220 cp50221 cp50222 windows50220 windows50221 windows50222",
    "gb18030": "gb2312 xgbk gbk cp936 windows936 csgb2312 euccn xeuccn",
    "cp949": "ksc56011987 ksc56011989 ksc5601 csksc56011987 euckr xeuckr cp949 windows949 korean uhc",
    "big5hkscs": "big5 xxbig5 bigfive csbig5 cp950 windows950 big5hkscs",
    _WESTERN: "iso88591 latin1 cp1252 windows1252 l1 ibm819 ansi",
    "cp874": "iso885911 tis620 windows874",
    "cp1254": "iso88599 latin5",
    _UTF8: "utf8 utf8mb4 xutf8 unicode11utf8 cp65001",
    "utf-7": "utf7 unicode11utf7 xunicode20utf7",
    "ascii": "usascii ascii ansix341968 iso646us us iso646",
}
_ALIASES: Final = {name: codec for codec, names in _NAMES.items() for name in names.split()}
_SEVEN_BIT: Final = frozenset({"utf-7", "hz", "iso2022_kr", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_TEXT_CODECS: Final = re.compile(
    r"(?:utf-(?:7|8|16|32)(?:-[lb]e)?|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|big5\w*|gb\w+|hz|johab|iso2022_kr"
    r"|shift_jisx?\w*|euc_\w+|tis-620|ptcp154|kz1048|hp-roman8)"
)
_NO_LABELS: Final = frozenset({"", "unknown", "unknown8bit", "x8bit", "8bit", "default", "binary", "none", "xunknown"})

_JIS_ESCAPE: Final = re.compile(rb"\x1b(?:\$[@B]|\(I|\$\([DOPQ])")
_JIS_WITHOUT_ESCAPES: Final = re.compile(rb"(\$[@B])((?:[!-~]{2}){1,200}?)(\([BJ])")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_HIGH_ALONE: Final = re.compile(rb"(?<![\x80-\xff])[\xa0-\xff](?![\x80-\xff])")
_LETTERS_BESIDE: Final = re.compile(rb"(?<![A-Za-z])[A-Za-z]+(?=[\x80-\xff])|(?<=[\x80-\xff])[A-Za-z]+")
_SAMPLE: Final = 8192
_LONGEST_TO_MEND: Final = 65_536
_MOST_LINES_TO_MEND: Final = 20_000
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS: Final = re.compile("\r\n?|\x85|\u2028|\u2029")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    """without NUL, other control characters or lone surrogates; lines ended by ``\\n``"""
    charset: str
    """what it was read as"""
    findings: tuple[DefectCode, ...] = ()


def decode(content: bytes, label: str = "") -> Decoded:
    """The words of a text or a header; never raises. ``label`` is the charset as the mail writes it."""
    codec = codec_for(label)
    text, charset = _read(content, codec)
    text = printable(text)
    return Decoded(text, charset, tuple(_findings(text, content, label=label, codec=codec, charset=charset)))


def codec_for(label: str) -> str | None:
    """The name by which we know a charset, or None. Never one of Python's codecs that are no charset."""
    key = re.sub(r"[^a-z0-9]", "", label.lower()[:60])
    if key in _ALIASES:
        return _ALIASES[key]
    if key.startswith("iso2022jp"):
        return _JIS
    try:
        name = codecs.lookup(label.strip(" \"'=;")[:60]).name
    except (LookupError, ValueError):
        return None
    return name if _TEXT_CODECS.fullmatch(name) else None


def is_eight_bit(label: str) -> bool:
    """Whether text of this charset contains ASCII as ASCII and nothing else as such."""
    return codec_for(label) not in _SEVEN_BIT


def printable(text: str) -> str:
    """Without characters that no one sees and that databases, terminals and headers stumble over."""
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    return _SURROGATES.sub(LOST, text)


def _read(content: bytes, codec: str | None) -> tuple[str, str]:
    if codec not in _SEVEN_BIT and _JIS_ESCAPE.search(content):
        return decode_iso_2022_jp(content), _JIS
    if content.isascii() and codec not in _SEVEN_BIT:
        return _ascii(content, codec), codec or "ascii"
    if codec is None or codec in {_JIS, "ascii"}:
        return _judged(content)
    text = _strict(content, codec)
    if text is None:
        return _repaired(content, codec)
    return (text, codec) if _plausible(text, content, codec) else _judged(content, codec)


def _ascii(content: bytes, codec: str | None) -> str:
    if codec != _JIS or len(content) > _LONGEST_TO_MEND:
        return decode_iso_2022_jp(content) if codec == _JIS else content.decode("ascii")
    # Some gateways take out the escape characters and leave what follows them.
    return decode_iso_2022_jp(_JIS_WITHOUT_ESCAPES.sub(lambda run: b"\x1b%b%b\x1b%b" % run.groups(), content))


def _strict(content: bytes, codec: str) -> str | None:
    try:
        text = decode_euc_jp(content) if codec == _EUC else content.decode(codec)
    except (UnicodeError, ValueError):
        return None
    return None if codec == _EUC and LOST in text else text


def _replaced(content: bytes, codec: str) -> str:
    try:
        return decode_euc_jp(content) if codec == _EUC else content.decode(codec, "replace")
    except (UnicodeError, ValueError):
        return content.decode(_WESTERN, "replace")


def _plausible(text: str, content: bytes, codec: str) -> bool:
    """Most codecs accept almost any bytes: so ask whether another reading speaks for itself."""
    if codec == _UTF8 or codec in _SEVEN_BIT:
        return True
    as_utf8 = _strict(content, _UTF8)
    if as_utf8 is not None and (len(text) == len(content) or any(c >= "\u0800" for c in as_utf8)):
        return False
    if codec not in {_CP932, _EUC, *_WESTERN_LABELS}:
        return True
    sample = _sample(content)
    other = _replaced(sample, _best_japanese(sample))
    if codec in _WESTERN_LABELS:
        return _is_western(sample, other) or _score(other) <= 0
    return _score(_replaced(sample, codec)) >= 0 or _kana_share(other) < 0.2


def _repaired(content: bytes, codec: str) -> tuple[str, str]:
    """The label is right but for some places (cut off, a footer added), or it is wrong."""
    sample = _sample(content)
    judged = _judged_codec(sample, codec)
    if judged != codec and _score(_replaced(sample, judged)) >= _score(_mended(sample, codec)):
        return _replaced(content, judged), judged
    return _mended(content, codec), codec


def _mended(content: bytes, codec: str) -> str:
    """By the label, line for line, but for the lines that cannot be read so."""
    if codec not in {_UTF8, _CP932, _EUC} or not 0 < content.count(b"\n") < _MOST_LINES_TO_MEND:
        return _replaced(content, codec)
    return "\n".join(_strict(line, codec) or _judged(line, codec)[0] for line in content.split(b"\n"))


def _judged(content: bytes, hint: str | None = None) -> tuple[str, str]:
    """The bytes by themselves: UTF-8 if they are that, else the reading that looks most like a language."""
    for mark, codec in ((codecs.BOM_UTF8, _UTF8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return _replaced(content, codec), codec
    text = _strict(content, _UTF8)
    if text is not None:
        return text, _UTF8
    codec = _judged_codec(_sample(content), hint)
    return _replaced(content, codec), codec


def _judged_codec(sample: bytes, hint: str | None) -> str:
    codec = _best_japanese(sample)
    if _is_western(sample, _replaced(sample, codec)):
        return _WESTERN
    candidates = [codec, _UTF8]
    if hint not in {None, _WESTERN}:
        candidates.insert(0, str(hint))
    return max(candidates, key=lambda candidate: _score(_replaced(sample, candidate)))


def _best_japanese(sample: bytes) -> str:
    return max((_CP932, _EUC), key=lambda codec: _score(_replaced(sample, codec)))


def _sample(content: bytes) -> bytes:
    """Enough to judge by, from where it stops being ASCII."""
    beyond = _HIGH.search(content)
    start = max(0, beyond.start() - 100) if beyond else 0
    return content[start : start + _SAMPLE]


def _is_western(sample: bytes, japanese: str) -> bool:
    """Portuguese, Spanish, Vietnamese without a label: accents stand alone, in words of plain letters."""
    high = sum(byte >= 0x80 for byte in sample)
    alone = len(_HIGH_ALONE.findall(sample))
    beside = sum(len(letters) for letters in _LETTERS_BESIDE.findall(sample))
    return _kana_share(japanese) < 0.1 and (alone * 2 > high or beside >= high * 2)


def _kana_share(text: str) -> float:
    beyond = [c for c in text if c >= "\x80"]
    return sum("\u3041" <= c <= "\u30ff" for c in beyond) / len(beyond) if beyond else 0.0


def _score(text: str) -> float:
    """How much this looks like a text that someone wrote, rather than bytes read the wrong way."""
    return sum(_weight(c) for c in text if c >= "\x80")


def _weight(c: str) -> float:
    if "\u3000" <= c <= "\u30ff":
        return 2
    if "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" or "\uff01" <= c <= "\uff5e" or c >= "\U0001f000":
        return 1
    if c == LOST:
        return -4
    return -1


def _findings(text: str, content: bytes, *, label: str, codec: str | None, charset: str) -> list[DefectCode]:
    found = []
    if charset != codec and not (content.isascii() and charset == "ascii"):
        found.append(_about_label(label, codec))
    if LOST in text:
        found.append(DefectCode.CHARACTERS_LOST)
    if _PRIVATE.search(text):
        found.append(DefectCode.CHARACTERS_PRIVATE)
    return found


def _about_label(label: str, codec: str | None) -> DefectCode:
    if codec is not None:
        return DefectCode.CHARSET_WRONG
    key = re.sub(r"[^a-z0-9]", "", label.lower())
    return DefectCode.CHARSET_MISSING if key in _NO_LABELS else DefectCode.CHARSET_UNKNOWN
