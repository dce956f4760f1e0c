"""Numbers that a city hall may not store, taken out of a mail before its bytes are kept."""

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.header import Header
from typing import Final

from channels.mail.charsets import decode
from channels.mail.contents import gather
from channels.mail.headers import Value, decode_header
from channels.mail.html import charset_inside, html_to_text
from channels.mail.letter import Letter, read_letter
from channels.mail.parts import AttachedFile, Dissection, HeaderLines, Part, split_header
from channels.mail.serialising import new_part, serialise, with_content
from channels.mail.winmail import NoWinmail, unwrap
from conversations.masking import REPLACEMENT, mask_numbers, mask_tree

_WRITTEN_BY_PEOPLE: Final = frozenset({"subject", "thread-topic", "comments", "keywords"})
"""The other headers hold ids, dates and addresses: long numbers of nobody."""
_MACHINE_MADE: Final = re.compile(
    r"<[^<>\s@]{1,250}@[^<>\s]{1,250}>|\bcid:[^\s\"'<>]{1,250}"
    r"|^[> \t]{0,20}(?:message-id|references|in-reply-to|content-(?:id|type)|received|return-path|thread-index"
    r"|authentication-results|(?:x|arc|list|dkim|domainkey)-[\w-]{1,40})[ \t]*:.*(?:\n>*[ \t]+\S.*)*",
    re.IGNORECASE | re.MULTILINE,
)
"""Headers that stand in a text, of a bounce or a forwarded mail: by their ids it is found what was returned."""
_MAILS: Final = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
_WINMAIL: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_TEXTS: Final = frozenset({"application/json", "application/xml", "application/csv", "application/xhtml+xml"})
_TEXT_NAMES: Final = re.compile(
    r"\.(?:txt|csv|tsv|html?|xml|json|md|log|ics|vcf|ya?ml)$|^unread-parts\.bin$", re.IGNORECASE
)
_DEEPEST: Final = 20
"""mails within mails; what lies deeper is masked as the plain text it looks like"""
_NAMING: Final = "マイナンバー"
_NO_VALID_NUMBER: Final = "123456789012"
"""masked only where such numbers are spoken of"""
_DIGITS: Final = re.compile(r"\d+")
_TWELVE: Final = re.compile(r"(?<!\d)\d{4}([ -]?)\d{4}\1\d{4}(?!\d)")
_MOST_LOOKED_AT: Final = 50_000
"""numbers in one mail that are judged one by one; of more, in tables of millions, all of twelve digits are taken out"""
_PIECE: Final = 10_000
"""letters"""


def without_secret_numbers(raw: bytes) -> bytes:
    """The mail without My Numbers, card numbers and the like (ARCHITECTURE, promise 7).

    Found are those that a reader of the subject, the text, the HTML or an attached text sees, in any encoding; the mail
    is put together again without them. One without such a number comes back as it is, the very same bytes.
    """
    texts = _all_texts(raw)
    mask = _Mask.of(texts)
    if not mask.finds(texts):
        return raw
    masked = _rewritten(raw, mask)
    return _plain(raw, mask) if _Mask(mask.named).finds(_all_texts(masked)) else masked


@dataclass(slots=True)
class _Mask:
    named: bool
    """somewhere in the mail such numbers are spoken of: then every number that could be one is one"""
    left: int = _MOST_LOOKED_AT
    known: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Mask":
        # Without their digits there is nothing in them to mask, which takes long if it is much.
        tried = mask_tree([_NO_VALID_NUMBER, *(_DIGITS.sub("", text) for text in texts)])
        assert isinstance(tried, list)
        return cls(named=tried[0] != _NO_VALID_NUMBER)

    def finds(self, texts: Sequence[str]) -> bool:
        return any(self(text) != text for text in texts)

    def __call__(self, text: str) -> str:
        if text not in self.known:
            # Masking takes the square of the length if there is much to mask.
            self.known[text] = "".join(self._between_ids(piece) for piece in _pieces(text))
        return self.known[text]

    def _between_ids(self, text: str) -> str:
        masked, end = "", 0
        for ids in _MACHINE_MADE.finditer(text):
            masked += self._piece(text[end : ids.start()]) + ids.group()
            end = ids.end()
        return masked + self._piece(text[end:])

    def _piece(self, text: str) -> str:
        numbers = _DIGITS.findall(text)
        if sum(len(number) for number in numbers) < 12:
            return text
        self.left -= len(numbers)
        if self.left < 0:
            return _TWELVE.sub(REPLACEMENT, text)
        if not self.named:
            return mask_numbers(text).text
        masked = mask_tree([text, _NAMING])
        assert isinstance(masked, list)
        return str(masked[0])


def _pieces(text: str) -> Iterator[str]:
    """Whole lines, so many at a time; hardly ever is a number written across the end of the ten-thousandth letter."""
    start = 0
    while len(text) - start > 2 * _PIECE:
        end = text.find("\n", start + _PIECE, start + 2 * _PIECE) + 1 or start + 2 * _PIECE
        yield text[start:end]
        start = end
    yield text[start:]


def _all_texts(raw: bytes) -> list[str]:
    return [*_texts(raw), *_of_letter(read_letter(raw))]


def _texts(raw: bytes, depth: int = 0) -> Iterator[str]:
    """What people read in a mail and the mails within it, part by part."""
    yield from _of_headers(raw)
    yield from _of_part(Dissection().whole(raw), depth)


def _of_headers(raw: bytes) -> Iterator[str]:
    for name, value in _header(raw):
        if name.lower() in _WRITTEN_BY_PEOPLE:
            yield decode_header(value)[0]


def _of_part(part: Part, depth: int) -> Iterator[str]:
    for child in part.children:
        yield from _of_part(child, depth)
    if part.children:
        return
    if _is_mail(part) and depth < _DEEPEST:
        yield from _texts(part.content, depth + 1)
    elif (unwrapped := _unwrapped(part)) is not None:
        yield from _of_part(unwrapped, depth)
    elif _is_text(part):
        text = _read(part)
        yield html_to_text(text)[0] if _is_html(part) else text


def _of_letter(letter: Letter) -> Iterator[str]:
    """As staff see it: a number may stand across two parts."""
    yield letter.subject
    yield letter.text
    if letter.html:
        yield html_to_text(letter.html)[0]


def _is_mail(part: Part) -> bool:
    return part.content_type in _MAILS or part.file_name.lower().endswith(".eml")


def _is_html(part: Part) -> bool:
    return part.content_type in {"text/html", "application/xhtml+xml"} or bool(
        re.search(r"\.html?$", part.file_name, re.IGNORECASE)
    )


def _is_text(part: Part) -> bool:
    declared = part.content_type.startswith("text/") or part.content_type in _TEXTS
    return declared or _is_mail(part) or bool(_TEXT_NAMES.search(part.file_name))


def _read(part: Part) -> str:
    """The words as our reader reads them, whatever the part is called."""
    kind = "text/html" if _is_html(part) else "text/plain"
    parameters = {key: value for key, value in part.parameters.items() if key != "name"}
    bodies = gather(replace(part, content_type=kind, disposition=Value(), parameters=parameters)).bodies
    return "\n".join(body.text for body in bodies)


def _unwrapped(part: Part) -> Part | None:
    """What Outlook wrapped, as parts that can be read; None when this is no such thing."""
    if part.content_type not in _WINMAIL and part.file_name.lower() != "winmail.dat":
        return None
    try:
        inside = unwrap(part.content)
    except NoWinmail:
        return None
    text = [new_part("text/plain", inside.text.encode("utf-8", "replace"), charset="utf-8")]
    files = [new_part("application/octet-stream", content, name=name or "file.bin") for name, content in inside.files]
    return _mixed([], [*text, *files])


def _mixed(headers: HeaderLines, children: Sequence[Part]) -> Part:
    kind = ("Content-Type", b" multipart/mixed")
    return Part(
        headers=[*headers, kind],
        content_type="multipart/mixed",
        parameters={},
        disposition=Value(),
        children=tuple(children),
    )


def _rewritten(raw: bytes, mask: _Mask, depth: int = 0) -> bytes:
    root = _masked(Dissection().whole(raw), mask, depth)
    headers = _masked_headers(_about_the_mail(raw), mask)
    # Of a mail whose parts were encoded as a whole the root has lost the rest of its header.
    about_the_parts = [(name, value) for name, value in root.headers if _is_about_parts(name)]
    return serialise(replace(root, headers=[*headers, *about_the_parts]), end=_line_end(raw))


def _about_the_mail(raw: bytes) -> HeaderLines:
    return [(name, value) for name, value in _header(raw) if not _is_about_parts(name)]


def _header(raw: bytes) -> HeaderLines:
    # Like our reader: lines that end as on a Macintosh of the last century.
    return split_header(raw if b"\n" in raw else raw.replace(b"\r", b"\n"))[0]


def _is_about_parts(name: str) -> bool:
    return name.lower().startswith("content-")


def _masked_headers(headers: HeaderLines, mask: _Mask) -> HeaderLines:
    return [(name, _masked_header(name, value, mask)) for name, value in headers]


def _masked_header(name: str, value: bytes, mask: _Mask) -> bytes:
    if name.lower() not in _WRITTEN_BY_PEOPLE:
        return value
    words = decode_header(value)[0]
    masked = mask(words)
    if masked == words:
        return value
    return b" " + Header(masked, "utf-8", header_name=name).encode(linesep="\r\n").encode()


def _masked(part: Part, mask: _Mask, depth: int) -> Part:
    if part.children:
        return replace(part, children=tuple(_masked(child, mask, depth) for child in part.children))
    if not mask.finds(list(_of_part(part, depth))):
        return part
    if _is_mail(part) and depth < _DEEPEST:
        return replace(part, content=_rewritten(part.content, mask, depth + 1))
    if (unwrapped := _unwrapped(part)) is not None:
        return _masked(unwrapped, mask, depth)
    return _masked_text(part, mask)


def _masked_text(part: Part, mask: _Mask) -> Part:
    text = _read(part)
    masked = _masked_markup(text, mask) if _is_html(part) else mask(text)
    if b"\r\n" in part.content:
        masked = masked.replace("\n", "\r\n")
    charset, content = _encoded(masked, part)
    return with_content(part, content, content_type=part.content_type, charset=charset)


def _encoded(text: str, part: Part) -> tuple[str, bytes]:
    """A file in the charset that it had, for the program that opens it; the text of the mail in UTF-8."""
    label = part.parameters.get("charset", "") or (charset_inside(part.content) if _is_html(part) else "")
    if part.file_name:
        charset = decode(part.content, label).charset
        with suppress(UnicodeError, LookupError):
            return charset, text.encode(charset)
    return "utf-8", text.encode("utf-8", "replace")


def _masked_markup(markup: str, mask: _Mask) -> str:
    masked = mask(markup)
    words = html_to_text(masked)[0]
    if mask(words) == words:
        return masked
    # Tags or entities stand within the number: what is to be read stays, how it looked does not.
    return f"<html><body><pre>{html.escape(mask(words))}</pre></body></html>"


def _plain(raw: bytes, mask: _Mask) -> bytes:
    """When all else fails, for a broken mail: its header, its words, and the files that are no texts."""
    letter = read_letter(raw)
    text = new_part("text/plain", mask(letter.text).encode("utf-8", "replace"), charset="utf-8")
    files = [
        new_part(file.content_type, file.content, name=file.name) for file in letter.attachments if _is_opaque(file)
    ]
    headers = _masked_headers(_about_the_mail(raw), mask)
    return serialise(_mixed(headers, [text, *files]), end=_line_end(raw))


def _is_opaque(file: AttachedFile) -> bool:
    part = new_part(file.content_type, file.content, name=file.name)
    return not (
        _is_text(part) or part.content_type in _WINMAIL or part.content_type.startswith(("message/", "multipart/"))
    )


def _line_end(raw: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in raw[:65_536] else b"\n"
