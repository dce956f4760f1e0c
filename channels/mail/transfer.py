"""Content-Transfer-Encoding undone (RFC 2045, 6), also where a gateway damaged it."""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass, field
from typing import Final

_PLAIN: Final = frozenset({b"", b"7bit", b"8bit", b"7bits", b"8bits", b"binary", b"plain", b"none"})
_UU: Final = frozenset({b"xuuencode", b"uuencode", b"xuue", b"uue"})
_BASE64_RUN: Final = re.compile(rb"[A-Za-z0-9+/\s]+(?:=[\s=]*)?")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=\s]")
_NOT_BASE64_LINES: Final = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_LINE: Final = re.compile(rb"[^\n]+")
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Transferred:
    content: bytes = field(repr=False)
    broken: bool = False
    trailing: bytes = field(default=b"", repr=False)
    """what stood after the encoded bytes and is not encoded"""


def decode_transfer(body: bytes, header: bytes) -> Transferred:
    """The bytes that were meant; never raises."""
    encoding = re.sub(rb"[^a-z0-9]", b"", header.partition(b";")[0].lower())
    if encoding == b"base64":
        return _base64(body)
    if encoding == b"quotedprintable":
        return Transferred(quopri.decodestring(body))
    if encoding in _UU:
        return _uu(body)
    return Transferred(body, broken=encoding not in _PLAIN)


def _base64(body: bytes) -> Transferred:
    encoded, trailing = _until_plain_words(body)
    if not encoded.strip():
        return Transferred(body, broken=bool(body.strip()))
    # Padding ends one encoded run, but some programs write the runs of several files' pieces one after another.
    runs = _BASE64_RUN.findall(_NOT_BASE64.sub(b"", encoded))
    letters = [re.sub(rb"[\s=]", b"", run) for run in runs]
    content = b"".join(_decoded(run) for run in letters)
    broken = any(len(run) % 4 == 1 for run in letters) or bool(_NOT_BASE64.search(encoded))
    return Transferred(content, broken=broken, trailing=trailing)


def _until_plain_words(body: bytes) -> tuple[bytes, bytes]:
    """A list's footer is put behind the base64 as it is: it begins with the first line that looks like words."""
    if _NOT_BASE64_LINES.search(body):
        for match in _LINE.finditer(body):
            if _is_words(match.group().strip()):
                return body[: match.start()], body[match.start() :]
    return body, b""


def _is_words(line: bytes) -> bool:
    """Several spaces, or mostly other characters. A few stray ones are damage within the base64."""
    strange = len(_NOT_BASE64.findall(line))
    return line.count(b" ") >= 2 or strange * 5 > len(line) * 2


def _decoded(letters: bytes) -> bytes:
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _uu(body: bytes) -> Transferred:
    begin = _UU_BEGIN.search(body)
    content, broken = [], begin is None and bool(body.strip())
    for line in body[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        try:
            content.append(binascii.a2b_uu(line))
        except binascii.Error:
            broken = True
    return Transferred(b"".join(content) if begin else body, broken=broken)
