"""Header lines decoded: RFC 2047 words, RFC 2231 parameters, and what senders write in place of them."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from multidict import CIMultiDict, CIMultiDictProxy

from channels.mail.charsets import decode, is_eight_bit
from channels.mail.defects import DefectCode

Headers = CIMultiDictProxy[str]
"""Header lines in their order, decoded and unfolded: ``get`` (the topmost), ``getall``, ``in``; names in any case."""

_WORD: Final = re.compile(rb"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=")
_FOLD: Final = re.compile(rb"\r?\n(?=[ \t])")
_LINE_ENDS: Final = re.compile(rb"[\r\n\x00]")
_DIRECTIONS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES: Final = re.compile("[ \t\n]+")
_VALUE: Final = re.compile(r"[^\s;,]*")
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_PARAMETER_WITHOUT_SEMICOLON: Final = re.compile(r'[\s,]([\w*-]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^\s;,]*)', re.DOTALL)
_CONTINUED: Final = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_ESCAPED: Final = re.compile(r'\\(["\\])')
_MESSAGE_ID: Final = re.compile(r"<[^<>]*>")
_MOST_PARAMETERS: Final = 200


def no_headers() -> Headers:
    return CIMultiDictProxy(CIMultiDict())


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a header. ``encoded``: from RFC 2047 words, so its commas and brackets are no syntax."""

    text: str
    encoded: bool
    findings: tuple[DefectCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """``text/plain; charset=utf-8``, taken apart: names in lower case, values decoded."""

    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def decode_header(raw: bytes, charset: str = "") -> tuple[str, tuple[DefectCode, ...]]:
    """One line of words, without control or direction characters, and what was wrong with it.

    ``charset`` is that of the letter's text: a clue where the header holds raw bytes.
    """
    pieces = list(read_pieces(raw, charset))
    text = one_line("".join(piece.text for piece in pieces))
    return text, tuple(dict.fromkeys(code for piece in pieces for code in piece.findings))


def read_pieces(raw: bytes, charset: str = "") -> Iterator[Piece]:
    raw = _FOLD.sub(b"", raw).strip(b" \t\r\n")
    end = 0
    for word in _words(raw):
        between = raw[end : word.start]
        # White space between two encoded words is no part of the text (RFC 2047, 6.2).
        if between.strip():
            yield _plain(between, charset)
        yield _decoded(word)
        end = word.end
    if end < len(raw):
        yield _plain(raw[end:], charset)


def one_line(text: str) -> str:
    """Fit for a list, a log or a header of ours: nothing in it breaks a line or turns it around."""
    return _SPACES.sub(" ", _DIRECTIONS.sub("", text)).strip(" ")


def parse_value(raw: bytes) -> Value:
    """Content-Type or Content-Disposition (RFC 2045, 2183), with the file names of Outlook and of RFC 2231."""
    # Decoded first: in raw Shift_JIS or JIS, bytes of a character look like quotes, semicolons, backslashes.
    text = decode(_FOLD.sub(b"", raw)).text
    found = _VALUE.match(text.strip())
    value = found.group().lower() if found else ""
    matches = list(_PARAMETER.finditer(text))[:_MOST_PARAMETERS]
    matches = matches or list(_PARAMETER_WITHOUT_SEMICOLON.finditer(text))[:_MOST_PARAMETERS]
    return Value(value, _parameters((m.group(1).lower(), _unquoted(m.group(2))) for m in matches))


def message_ids(text: str) -> tuple[str, ...]:
    """Message ids in their order, as written; ids without brackets, too, when there are no others."""
    found = _MESSAGE_ID.findall(text) or text.split()
    return tuple(dict.fromkeys(re.sub(r"\s", "", each) for each in found))


@dataclass(frozen=True, slots=True)
class _EncodedWords:
    start: int
    end: int
    charset: str
    payloads: tuple[tuple[bytes, bytes], ...]
    """encoding (B or Q) and what is encoded"""

    @property
    def content(self) -> bytes:
        content, unfinished = b"", b""
        for encoding, payload in self.payloads:
            if encoding in b"qQ":
                content += _from_base64(unfinished) + binascii.a2b_qp(payload, header=True)
                unfinished = b""
                continue
            unfinished += re.sub(rb"[^A-Za-z0-9+/]", b"", payload)
            # Some programs cut the base64 itself, not what it stands for.
            if b"=" in payload or len(unfinished) % 4 == 0:
                content += _from_base64(unfinished)
                unfinished = b""
        return content + _from_base64(unfinished)


def _words(raw: bytes) -> Iterator[_EncodedWords]:
    """Encoded words; neighbours of one charset as one, because programs cut within characters."""
    run: list[re.Match[bytes]] = []
    for match in _WORD.finditer(raw):
        if run and (_charset(run[0]) != _charset(match) or raw[run[-1].end() : match.start()].strip()):
            yield _together(run)
            run = []
        run.append(match)
    if run:
        yield _together(run)


def _charset(word: re.Match[bytes]) -> str:
    return word.group(1).decode("ascii", "replace").partition("*")[0].lower()


def _together(run: list[re.Match[bytes]]) -> _EncodedWords:
    payloads = tuple((word.group(2), word.group(3)) for word in run)
    return _EncodedWords(run[0].start(), run[-1].end(), _charset(run[0]), payloads)


def _from_base64(letters: bytes) -> bytes:
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _decoded(word: _EncodedWords) -> Piece:
    content = word.content
    decoded = decode(content, word.charset)
    breaks = (DefectCode.CONTROL_CHARACTERS,) if _LINE_ENDS.search(content) else ()
    return Piece(decoded.text, encoded=True, findings=decoded.findings + breaks)


def _plain(raw: bytes, charset: str) -> Piece:
    decoded = decode(raw, charset if is_eight_bit(charset) else "")
    if (raw.isascii() and b"\x1b" not in raw) or decoded.charset == "utf-8":  # RFC 6532 allows raw UTF-8
        return Piece(decoded.text, encoded=False)
    lost = (DefectCode.CHARACTERS_LOST,) if DefectCode.CHARACTERS_LOST in decoded.findings else ()
    return Piece(decoded.text, encoded=False, findings=(DefectCode.HEADER_RAW, *lost))


def _unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        return _ESCAPED.sub(r"\1", value[1:].removesuffix('"'))
    return value


def _parameters(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    plain: dict[str, str] = {}
    segments: dict[str, dict[int, tuple[str, bool]]] = {}
    for written, value in pairs:
        match = _CONTINUED.fullmatch(written)
        if match is None or (match.group(2) is None and match.group(3) is None):
            plain.setdefault(written, value)
        else:
            number = int(match.group(2) or 0)
            segments.setdefault(match.group(1), {}).setdefault(number, (value, match.group(3) is not None))
    decoded = {name: decode_header(value.encode())[0] for name, value in plain.items()}
    return decoded | {name: _joined([parts[n] for n in sorted(parts)]) for name, parts in segments.items()}


def _joined(parts: list[tuple[str, bool]]) -> str:
    """RFC 2231, 3 and 4: ``charset'language'`` stands before the first part, percent signs where a star stands."""
    if not any(extended for _, extended in parts):
        return decode_header("".join(value for value, _ in parts).encode())[0]
    first, extended = parts[0]
    charset = ""
    if extended and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
        parts = [(first, extended), *parts[1:]]
    content = b"".join(unquote_to_bytes(value) if extended else value.encode() for value, extended in parts)
    return one_line(decode(content, charset).text)
