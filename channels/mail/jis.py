"""JIS in mail: ISO-2022-JP with what Japanese programs put into it, and EUC-JP.

Python's codecs follow the standards (RFC 1468, 1554) and so lose ①, 髙, ㈱ and half-width kana, which Windows
(cp50220–50222, ISO-2022-JP-MS) and carriers send. One code gives one character here, whatever its encoding: that of
cp932, so the wave dash is always ～ (U+FF5E).
"""

import re
from functools import lru_cache
from typing import Final

LOST: Final = "\ufffd"

_ESCAPE: Final = re.compile(rb"(\x1b(?:\$[@AB]|\$\([@BCDOPQ?]|\([@-Z]|\.[AF]|&@)|[\x0e\x0f])")
_GRAPHIC: Final = re.compile(rb"[!-~]+")
_DOUBLE: Final = frozenset({b"\x1b$@", b"\x1b$B", b"\x1b$(@", b"\x1b$(B"})
_CODECS: Final = {
    b"\x1b$A": "iso2022_jp_2",
    b"\x1b$(C": "iso2022_jp_2",
    b"\x1b$(D": "iso2022_jp_2",
    b"\x1b$(O": "iso2022_jp_3",
    b"\x1b$(P": "iso2022_jp_2004",
    b"\x1b$(Q": "iso2022_jp_2004",
}
_TO_ASCII: Final = b"\x1b(B"
_ASCII_AGAIN: Final = frozenset({b"\x1b(B", b"\x1b(J", b"\x1b(H"})
_KANA: Final = b"\x1b(I"
_SHIFT_OUT, _SHIFT_IN = b"\x0e", b"\x0f"
_OWN_AREA: Final = b"\x1b$(?"
_WITH_HIGH_BIT: Final = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_AS_CP932: Final = str.maketrans("\u301c\u2016\u2212\xa2\xa3\xac", "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2")
_EUC: Final = re.compile(rb"\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\xa1-\xfe]{2}|[\x00-\x7f]+|[\x80-\xff]", re.DOTALL)
_KDDI_SHIFT: Final = 22


def decode_iso_2022_jp(content: bytes) -> str:
    """Every byte becomes a character; what cannot be read becomes U+FFFD."""
    mode = _TO_ASCII
    out = []
    for line in content.split(b"\n"):
        pieces = _ESCAPE.split(line)
        if not _goes_on(mode, pieces):
            mode = _TO_ASCII
        read = [_run(pieces[0], mode)]
        for escape, run in zip(pieces[1::2], pieces[2::2], strict=True):
            mode = _next_mode(mode, escape)
            read.append(_run(run, mode))
        out.append("".join(read))
    return "\n".join(out)


def decode_euc_jp(content: bytes) -> str:
    """The same for EUC-JP with the extensions of Windows (cp51932)."""
    try:
        return content.decode("euc_jp").translate(_AS_CP932)
    except UnicodeDecodeError:
        return "".join(_euc(token) for token in _EUC.findall(content))


def _goes_on(mode: bytes, pieces: list[bytes]) -> bool:
    """A line begins in ASCII (RFC 1468), unless a gateway broke a long one: then it leaves kanji it never entered.

    Some programs never go back to ASCII: then a line full of kana is no ASCII.
    """
    if mode not in _DOUBLE:
        return False
    if len(pieces) > 1:
        return pieces[1] in _ASCII_AGAIN
    line = pieces[0].rstrip(b"\r")
    rows = line[::2]
    kana = rows.count(b"$") + rows.count(b"%")
    return len(line) % 2 == 0 and _GRAPHIC.fullmatch(line) is not None and kana * 4 >= len(rows)


def _next_mode(mode: bytes, escape: bytes) -> bytes:
    if escape == _SHIFT_OUT:
        return _KANA
    if escape == _SHIFT_IN:
        return _TO_ASCII if mode == _KANA else mode
    return escape if escape not in {b"\x1b&@", b"\x1b.A", b"\x1b.F"} else mode


def _run(run: bytes, mode: bytes) -> str:
    if not run:
        return ""
    if mode in _DOUBLE:
        return _kanji(run)
    if mode == _KANA:
        return "".join(_kana(byte & 0x7F) for byte in run)
    if mode in _CODECS:
        return (mode + run + _TO_ASCII).decode(_CODECS[mode], "replace")
    if mode == _OWN_AREA:
        return _own_area(run)
    return run.decode("ascii") if run.isascii() else _eight_bit(run)


def _eight_bit(run: bytes) -> str:
    """What should not be there at all: another encoding, or half-width kana of eight bits, which cp932 reads."""
    try:
        return run.decode("utf-8")
    except UnicodeDecodeError:
        return run.decode("cp932", "replace")


def _kanji(run: bytes) -> str:
    try:
        return run.translate(_WITH_HIGH_BIT).decode("euc_jp").translate(_AS_CP932)
    except UnicodeDecodeError:
        return "".join(_pair(token) for token in re.findall(rb"[!-~\xa1-\xfe]{2}|.", run, re.DOTALL))


def _pair(token: bytes) -> str:
    if len(token) == 1:
        return chr(token[0]) if token[0] <= 0x20 else LOST
    return cell(token[0] & 0x7F, token[1] & 0x7F)


@lru_cache(maxsize=8836)
def cell(row: int, column: int) -> str:
    """The character at this place of JIS X 0208 (0x21–0x7E each), with the rows 13 and 89–92 of NEC and IBM."""
    number, place = row - 0x20, column - 0x20
    for shift in (0, _KDDI_SHIFT):
        # Rows from 85 on are no one's but KDDI's: emoji, 22 rows further in their Shift_JIS, where cp932 has a
        # private area. So the same emoji is the same private character by either encoding.
        if shift and number < 85:
            break
        text = _shift_jis(number + shift, place).decode("cp932", "replace")
        if LOST not in text and len(text) == 1:
            return text
    return LOST


def _shift_jis(row: int, place: int) -> bytes:
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    if row % 2 == 0:
        return bytes((lead, place + 0x9E))
    return bytes((lead, place + (0x3F if place <= 63 else 0x40)))


def _kana(byte: int) -> str:
    if 0x21 <= byte <= 0x5F:
        return chr(0xFF61 + byte - 0x21)
    return chr(byte) if byte <= 0x20 else LOST


def _own_area(run: bytes) -> str:
    """ISO-2022-JP-MS: twenty rows of the user's own characters, from U+E000 on."""
    pairs = zip(run[::2], run[1::2], strict=False)
    inside = (chr(0xE000 + (row - 0x21) * 94 + column - 0x21) for row, column in pairs if 0x21 <= row <= 0x34)
    return "".join(inside) or LOST


def _euc(token: bytes) -> str:
    if token.isascii():
        return token.decode("ascii")
    if token[0] == 0x8E and len(token) == 2:
        return chr(0xFF61 + token[1] - 0xA1)
    if len(token) == 3:
        return token.decode("euc_jp", "replace")[:1]
    return cell(token[0] & 0x7F, token[1] & 0x7F) if len(token) == 2 else LOST
