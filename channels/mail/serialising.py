"""A mail put together again from the parts into which we took it: read anew, it says what it said."""

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from channels.mail.headers import Value
from channels.mail.parts import HeaderLines, Part

_ENCODED: Final = frozenset({b"base64", b"quotedprintable", b"xuuencode", b"uuencode", b"xuue", b"uue"})
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")
_NAME: Final = re.compile(r"[0-9a-z-]{1,40}")
_PLAIN: Final = re.compile(r"[ !#-\[\]-~]*")


def serialise(part: Part, *, end: bytes = b"\r\n") -> bytes:
    """Parts that were encoded are base64 afterwards; the others stay as they came, byte for byte."""
    if part.children:
        return _branch(part, end)
    if not part.headers:
        part = new_part(part.content_type, part.content, name=part.file_name)
    if _encoding(part) in _ENCODED:
        part = with_header(part, "Content-Transfer-Encoding", b" base64")
        return _head(part.headers, end) + _base64(part.content, end) + part.trailing
    return _head(part.headers, end) + part.content


def new_part(content_type: str, content: bytes, *, name: str = "", charset: str = "") -> Part:
    parameters = {"charset": charset} if charset else {}
    disposition = Value("attachment", {"filename": name}) if name else Value()
    headers: HeaderLines = [("Content-Type", _written(Value(content_type, parameters)))]
    if name:
        headers.append(("Content-Disposition", _written(disposition)))
    headers.append(("Content-Transfer-Encoding", b" base64"))
    return Part(
        headers=headers, content_type=content_type, parameters=parameters, disposition=disposition, content=content
    )


def with_header(part: Part, name: str, value: bytes) -> Part:
    """The header in the place of those of this name, or behind all others."""
    headers: HeaderLines = []
    for written, old in part.headers:
        if written.lower() != name.lower():
            headers.append((written, old))
        elif all(each.lower() != name.lower() for each, _ in headers):
            headers.append((written, value))
    if all(each.lower() != name.lower() for each, _ in headers):
        headers.append((name, value))
    return replace(part, headers=headers)


def with_content(part: Part, content: bytes, *, content_type: str, charset: str) -> Part:
    """Another text in the place of this one. Its names stay."""
    if not part.headers:
        return new_part(content_type, content, name=part.file_name, charset=charset)
    parameters = {key: value for key, value in part.parameters.items() if key == "name"} | {"charset": charset}
    changed = replace(part, content=content, trailing=b"", content_type=content_type, parameters=parameters)
    changed = with_header(changed, "Content-Type", _written(Value(content_type, parameters)))
    return with_header(changed, "Content-Transfer-Encoding", b" base64")


def _branch(part: Part, end: bytes) -> bytes:
    children = [serialise(child, end=end) for child in part.children]
    boundary = part.parameters.get("boundary", "").strip()
    if not _BOUNDARY.fullmatch(boundary) or _occurs(boundary, children):
        numbers = range(len(children) + 1)
        boundary = next(name for n in numbers if not _occurs(name := f"----=_parts-{n}", children))
        part = with_header(
            part, "Content-Type", _written(Value(part.content_type, part.parameters | {"boundary": boundary}))
        )
    delimiter = b"--" + boundary.encode()
    body = b"".join(delimiter + end + child + end for child in children)
    return _head(part.headers, end) + body + delimiter + b"--" + end


def _occurs(boundary: str, children: Sequence[bytes]) -> bool:
    return any(b"--" + boundary.encode() in child for child in children)


def _head(headers: HeaderLines, end: bytes) -> bytes:
    return b"".join(name.encode() + b":" + value.rstrip(b"\r\n") + end for name, value in headers) + end


def _written(value: Value) -> bytes:
    """RFC 2045 where that will do, RFC 2231 for other letters than ASCII."""
    said = [f"; {_parameter(name, text)}" for name, text in value.parameters.items() if _NAME.fullmatch(name)]
    return f" {value.value}{''.join(said)}".encode()


def _parameter(name: str, text: str) -> str:
    if _PLAIN.fullmatch(text):
        return f'{name}="{text}"'
    return f"{name}*=utf-8''{quote(text, safe='', errors='replace')}"


def _encoding(part: Part) -> bytes:
    return re.sub(rb"[^a-z0-9]", b"", part.header("content-transfer-encoding").partition(b";")[0].lower())


def _base64(content: bytes, end: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", end)
