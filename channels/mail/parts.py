"""A mail taken apart (RFC 2045, 2046), by our own hand: linear in its size, and limited in depth and number.

Python's parser descends by recursion and makes an object of each of a million empty parts; here too much of either is
kept as one file, with a defect.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from channels.mail.defects import Defect, DefectCode
from channels.mail.headers import Value, parse_value
from channels.mail.transfer import decode_transfer

DEEPEST: Final = 20
MOST_PARTS: Final = 500
MOST_HEADER_LINES: Final = 2000
MOST_HEADER_BYTES: Final = 512 * 1024

_HEADER: Final = re.compile(rb"[!-9;-~]+(?=[ \t]*:)")
_KNOWN_HEADER: Final = re.compile(
    rb"(?:content-|mime-|x-|from|to|cc|subject|date|message-id|received|reply-to|references|in-reply-to|return-path|dkim-"
    rb"|arc-|list-|sender|authentication-results)[!-9;-~]*[ \t]*:",
    re.IGNORECASE,
)
_MBOX_LINE: Final = re.compile(rb">?From ")
_LINE: Final = re.compile(rb"[^\n]*\n|[^\n]+")
_SOME_DELIMITER: Final = re.compile(rb"^--(\S[^\r\n]{0,200}?)[ \t]*\r?$", re.MULTILINE)
_PREAMBLE: Final = re.compile(rb"mime|multi-?part", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A part that is no text of the letter. ``message/rfc822`` is an .eml; a bounce's parts keep their types."""

    name: str
    """harmless to show: no folders, no control or direction characters; never empty"""
    content_type: str
    """as declared, in lower case, without parameters; never to be trusted"""
    content: bytes = field(repr=False)
    content_id: str = ""
    """by which the HTML shows it, without ``<>`` and ``cid:``"""
    inline: bool = False
    """belongs into the text, where the sender's program shows it"""


HeaderLines = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A node of the mail's tree: either with ``children`` or with ``content``, free of its transfer encoding."""

    headers: HeaderLines
    content_type: str
    parameters: dict[str, str]
    disposition: Value
    content: bytes = field(default=b"", repr=False)
    children: tuple["Part", ...] = ()
    trailing: bytes = field(default=b"", repr=False)
    """plain words after the end of a base64 body: a list's or a scanner's footer"""

    @property
    def file_name(self) -> str:
        return self.disposition.parameters.get("filename") or self.parameters.get("name", "")

    def header(self, name: str) -> bytes:
        """The topmost of this name, raw; empty when there is none."""
        return first(self.headers, name)


def first(headers: HeaderLines, name: str) -> bytes:
    return next((raw for written, raw in headers if written.lower() == name), b"")


def split_header(raw: bytes, start: int = 0, end: int | None = None) -> tuple[HeaderLines, int, list[Defect]]:
    """The header lines between two places, where the body begins, and what was wrong.

    A line that is no header and no continuation ends the header, unless known headers follow it: then some program
    broke a long line without indenting the rest, and it belongs to the line before.
    """
    end = len(raw) if end is None else end
    lines: list[tuple[str, list[bytes]]] = []
    defects: list[Defect] = []
    position = start
    for match in _LINE.finditer(raw, start, end):
        line = match.group()
        if not line.strip(b"\r\n"):
            position = match.end()
            break
        name = _HEADER.match(line)
        if name and line[:1] not in b" \t":
            lines.append((name.group().decode("ascii"), [line[line.index(b":", name.end()) + 1 :]]))
        elif lines and line[:1] in b" \t":
            lines[-1][1].append(line)
        elif position == start and _MBOX_LINE.match(line):
            pass
        elif not _more_headers_follow(raw, match.end(), end):
            defects.append(Defect(DefectCode.HEADER_BROKEN, "ヘッダーと本文の境目"))
            break
        else:
            defects.append(Defect(DefectCode.HEADER_BROKEN, lines[-1][0] if lines else ""))
            (lines or [("", [])])[-1][1].append(b" " + line.lstrip())
        position = match.end()
        if len(lines) > MOST_HEADER_LINES or position - start > MOST_HEADER_BYTES:
            defects.append(Defect(DefectCode.HEADERS_TOO_MANY, f"{len(lines)}行"))
            position = _after_blank_line(raw, position, end)
            break
    return [(name, b"".join(chunks)) for name, chunks in lines], position, defects


class Dissection:
    """Takes one mail apart. ``defects`` grows meanwhile."""

    def __init__(self) -> None:
        self.defects: list[Defect] = []
        self._parts = 0

    def whole(self, raw: bytes) -> Part:
        if b"\n" not in raw:
            raw = raw.replace(b"\r", b"\n")
        return self._part(raw, 0, len(raw), default="text/plain", depth=0)

    def _part(self, raw: bytes, start: int, end: int, *, default: str, depth: int) -> Part:
        headers, body, defects = split_header(raw, start, end)
        self.defects += defects
        self._parts += 1
        kind = parse_value(first(headers, "content-type"))
        part = Part(
            headers=headers,
            content_type=declared_type(kind.value, default),
            parameters=kind.parameters,
            disposition=parse_value(first(headers, "content-disposition")),
        )
        if not part.content_type.startswith("multipart/"):
            return self._leaf(part, raw[body:end])
        return self._branch(part, raw, body, end, depth)

    def _leaf(self, part: Part, body: bytes) -> Part:
        decoded = decode_transfer(body, part.header("content-transfer-encoding"))
        if decoded.broken:
            self.defects.append(Defect(DefectCode.TRANSFER_ENCODING_BROKEN, part.content_type))
        return replace(part, content=decoded.content, trailing=decoded.trailing)

    def _branch(self, part: Part, raw: bytes, body: int, end: int, depth: int) -> Part:
        if depth >= DEEPEST:
            self.defects.append(Defect(DefectCode.TOO_DEEP, f"{DEEPEST}段"))
            return _as_file(part, raw[body:end])
        boundary = part.parameters.get("boundary", "").strip().encode()
        name = boundary if boundary and raw.find(b"--" + boundary, body, end) >= 0 else _guessed(raw, body, end)
        if name != boundary:
            self.defects.append(Defect(DefectCode.STRUCTURE_BROKEN, "区切りの名前"))
        pattern = re.compile(rb"^--" + re.escape(name) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
        if not name or not pattern.search(raw, body, end):
            return self._without_delimiters(part, raw[body:end], depth)
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        return replace(part, children=tuple(self._children(pattern, raw, (body, end), default=default, depth=depth)))

    def _children(
        self, pattern: re.Pattern[bytes], raw: bytes, place: tuple[int, int], *, default: str, depth: int
    ) -> Iterator[Part]:
        start, end = place
        opened = False
        for match in pattern.finditer(raw, start, end):
            before = _without_last_break(raw, start, match.start())
            if opened:
                yield self._part(raw, start, before, default=default, depth=depth + 1)
            else:
                yield from self._outside(raw[start:before], "preamble.txt")
            start, opened = min(match.end() + 1, end), True
            if match.group(1):
                yield from self._outside(raw[start:end], "epilogue.txt")
                return
            if self._parts >= MOST_PARTS:
                self.defects.append(Defect(DefectCode.TOO_MANY_PARTS, f"{MOST_PARTS}個"))
                yield _as_file(None, raw[start:end])
                return
        self.defects.append(
            Defect(DefectCode.STRUCTURE_BROKEN, "終わりの区切りがなく、途中で切れている可能性があります")
        )
        yield self._part(raw, start, end, default=default, depth=depth + 1)

    def _outside(self, content: bytes, name: str) -> Iterator[Part]:
        """Nobody's program shows what stands before the first part and after the last: words there are kept."""
        if not content.strip() or (name == "preamble.txt" and _PREAMBLE.search(content[:1000])):
            return
        self.defects.append(Defect(DefectCode.TEXT_OUTSIDE_PARTS, name))
        yield _as_file(None, content, content_type="text/plain", name=name)

    def _without_delimiters(self, part: Part, body: bytes, depth: int) -> Part:
        decoded = decode_transfer(body, part.header("content-transfer-encoding"))
        if decoded.content != body:
            # Against RFC 2045, 6.4 the whole of the parts was encoded.
            inner = b"Content-Type: " + part.header("content-type").strip() + b"\n\n" + decoded.content
            read = self._part(inner, 0, len(inner), default="text/plain", depth=depth + 1)
            return replace(read, headers=part.headers)
        self.defects.append(Defect(DefectCode.STRUCTURE_BROKEN, part.content_type))
        return self._leaf(replace(part, content_type="text/plain"), body)


def _as_file(
    part: Part | None, content: bytes, *, content_type: str = "application/octet-stream", name: str = ""
) -> Part:
    headers = part.headers if part else []
    kind = Value("attachment", {"filename": name or "unread-parts.bin"})
    return Part(headers=headers, content_type=content_type, parameters={}, disposition=kind, content=content)


def declared_type(value: str, default: str = "text/plain") -> str:
    if not value:
        return default
    # RFC 2045, 5.2: what is malformed is plain text; old mail says just "text".
    return value if re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", value) else "text/plain"


def _guessed(raw: bytes, start: int, end: int) -> bytes:
    """The boundary that the parts themselves show, when the header names another or none; empty when they do not."""
    shown = _SOME_DELIMITER.search(raw, start, end)
    return shown.group(1) if shown and raw.count(b"--" + shown.group(1), start, end) >= 2 else b""


def _more_headers_follow(raw: bytes, start: int, end: int) -> bool:
    """Whether, before the next empty line, a header that we know by name begins a line."""
    for number, match in enumerate(_LINE.finditer(raw, start, min(end, start + 4000))):
        line = match.group()
        if number >= 10 or not line.strip():
            return False
        if _KNOWN_HEADER.match(line):
            return True
    return False


def _after_blank_line(raw: bytes, start: int, end: int) -> int:
    blank = re.compile(rb"\n\r?\n").search(raw, start - 1, end)
    return blank.end() if blank else end


def _without_last_break(raw: bytes, start: int, end: int) -> int:
    """The line break before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end
