"""winmail.dat (TNEF, MS-OXTNEF): Outlook's wrapping, taken off where it holds files or plain words."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from channels.mail.charsets import decode

_SIGNATURE: Final = 0x223E9F78
_BODY, _CODEPAGE = 0x0002800C, 0x00069007
_BEGINS_FILE, _TITLE, _CONTENT, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_LONG_NAME: Final = 0x3707
_UNICODE, _EIGHT_BIT = 0x001F, 0x001E
_FIXED_SIZES: Final = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_COUNTED: Final = frozenset({0x000D, 0x001E, 0x001F, 0x0102})
_MOST_FILES: Final = 200


class NoWinmail(Exception):
    """It is none, or damaged, or of a kind that we do not take apart."""


@dataclass(slots=True)
class Unwrapped:
    text: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list, repr=False)
    """name (may be empty) and content"""


def unwrap(content: bytes) -> Unwrapped:
    """What is inside; raises NoWinmail."""
    unwrapped = Unwrapped()
    charset = "cp932"
    try:
        for attribute, value in _attributes(content):
            if attribute == _CODEPAGE:
                charset = f"cp{struct.unpack_from('<I', value)[0]}"
            elif attribute == _BODY:
                unwrapped.text = decode(value.rstrip(b"\0"), charset).text
            elif attribute == _BEGINS_FILE:
                unwrapped.files.append(("", b""))
            elif unwrapped.files and attribute in {_TITLE, _CONTENT, _PROPERTIES}:
                unwrapped.files[-1] = _with(unwrapped.files[-1], attribute, value, charset)
    except struct.error as error:
        raise NoWinmail("cut off") from error
    if not (unwrapped.files or unwrapped.text) or len(unwrapped.files) > _MOST_FILES:
        raise NoWinmail("nothing to take out")
    return unwrapped


def _with(file: tuple[str, bytes], attribute: int, value: bytes, charset: str) -> tuple[str, bytes]:
    name, content = file
    if attribute == _CONTENT:
        return name, value
    if attribute == _TITLE:
        return name or decode(value.rstrip(b"\0"), charset).text, content
    return _long_name(value, charset) or name, content


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    if struct.unpack_from("<I", content)[0] != _SIGNATURE:
        raise NoWinmail("no signature")
    position = 6
    while position < len(content):
        _, attribute, length = struct.unpack_from("<BII", content, position)
        value = content[position + 9 : position + 9 + length]
        (checksum,) = struct.unpack_from("<H", content, position + 9 + length)
        if sum(value) & 0xFFFF != checksum:
            raise NoWinmail("checksum")
        yield attribute, value
        position += 11 + length


def _long_name(value: bytes, charset: str) -> str:
    """PidTagAttachLongFilename from a list of MAPI properties; empty when a kind comes that we cannot step over."""
    (count,) = struct.unpack_from("<I", value)
    position = 4
    for _ in range(min(count, 500)):
        kind, identifier = struct.unpack_from("<HH", value, position)
        position += 4
        if identifier >= 0x8000:
            return ""
        if kind in _FIXED_SIZES:
            position += _FIXED_SIZES[kind]
            continue
        if kind not in _COUNTED:
            return ""
        values, length = struct.unpack_from("<II", value, position)
        if values != 1:
            return ""
        if identifier == _LONG_NAME:
            return _string(value[position + 8 : position + 8 + length], kind, charset)
        position += 8 + length + (-length % 4)
    return ""


def _string(value: bytes, kind: int, charset: str) -> str:
    if kind == _UNICODE:
        return decode(value, "utf-16-le").text
    return decode(value.rstrip(b"\0"), charset).text if kind == _EIGHT_BIT else ""
