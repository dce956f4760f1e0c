"""A notice of a mail system, taken apart: its words, its machine-readable fields, what it returned."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from channels.mail.charsets import decode
from channels.mail.headers import decode_header

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED_TYPES = {
    *("message/rfc822", "message/global", "message/partial"),
    *("text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers"),
}
_DEPTH = 20
_LONGEST = 30_000
"""characters of a text that are looked at; notices are short, what they return is not"""
_RUN = re.compile(r"([ \t]{9})[ \t]+|(\n{4})\n+|(([^\w\s])\4{79})\4+")
_LONGEST_FIELD = 4_000

_RETURNED = re.compile(
    r"^[^\w\n<]*(?:"
    r"(?:the )?(?:header of the )?(?:original|returned|unsent|undelivered|failed|bounced)[ -](?:message|mail|e-?mail)\b"
    r"(?: (?:follows|headers?|text|info(?:rmation)?|is following|is (?:attached|included)|body|source))*[^\w\n]*"
    r"|message (?:headers?|text|body) follows?[^\w\n]*"
    r"|(?:below this line|(?:this|enclosed|included|below|here|attached) is) (?:is )?(?:an? |the )?copy of[^\n]*"
    r"|(?:received|return-path|dkim-signature|x-originating-ip)[ \t]*:[^\n]*"
    r"|(?:元|送信)の?(?:メール|メッセージ)(?:の(?:内容|ヘッダー?))?[^\w\n]*"
    r")$",
    re.IGNORECASE | re.MULTILINE,
)
"""the line after which a returned mail begins: nothing below it says what happened"""

_FIELD = re.compile(r"^[> \t]{0,4}([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(.*)$")
_DELIVERY_FIELDS = {
    "final-recipient",
    "original-recipient",
    "x-actual-recipient",
    "action",
    "status",
    "diagnostic-code",
}
_RECIPIENT_FIELDS = {"final-recipient", "original-recipient"}


@dataclass(slots=True)
class Notice:
    words: str = ""
    """what is said to people, without what was returned"""
    status: str = ""
    """all delivery-status parts"""
    feedback: str = ""
    """all feedback-report parts (RFC 5965)"""
    returned: str = ""
    """headers of the returned mail, with or without its body"""
    wrapped: list[Message] = field(default_factory=list)
    """returned mails that are delivery reports themselves"""
    is_report: bool = False
    """declared to be a delivery report (RFC 3462)"""
    headers: Mapping[str, str] = field(default_factory=dict)
    """of the notice itself, the topmost of each name, names in lower case"""


def parse(raw: bytes) -> Message:
    """The mail in the form that every bounce detector knows; line ends of old Macs are line ends, too.

    Of a mail nested deeper than Python reads, which no mail system writes, only the head.
    """
    unix = re.sub(rb"\r\n?", b"\n", raw)
    try:
        return BytesParser(policy=compat32).parsebytes(unix)
    except RecursionError:
        return BytesParser(policy=compat32).parsebytes(unix, headersonly=True)


def take_apart(message: Message) -> Notice:
    notice = Notice(headers=dict(_headers(message)))
    _collect(message, notice, depth=0)
    if notice.wrapped and not notice.status:
        # A gateway passes a notice on within a mail of its own: what counts is what the inner one returned.
        notice.returned = ""
        for inner in notice.wrapped:
            _collect(inner, notice, depth=1)
    kind = message.get_content_type() if "content-type" in message else ""
    notice.is_report = bool(notice.status) or (
        kind == "multipart/report" and _parameter(message, "report-type") in {"", "delivery-status"}
    )
    _cut_off_what_was_returned(notice)
    return notice


def delivery_fields(text: str) -> list[dict[str, str]]:
    """The per-recipient fields of RFC 3464, 2.3, also where they stand in the middle of a text."""
    groups: list[dict[str, str]] = []
    for block in re.split(r"\n[> \t]*\n", _shortened(text)):
        for group in _split_by_recipient(_fields(block)):
            last = groups[-1] if groups else None
            if last is not None and _belong_together(last, group):
                groups[-1] = {**group, **last}
            else:
                groups.append(group)
    return [group for group in groups if _RECIPIENT_FIELDS & group.keys()]


def header_of(text: str, name: str) -> str:
    """The first header of this name in a text that contains headers somewhere, unfolded; empty when there is none."""
    found = re.search(
        rf"^[> \t]*{re.escape(name)}[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", text, re.IGNORECASE | re.MULTILINE
    )
    return " ".join(found[1].split()) if found else ""


def _belong_together(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    """Two blocks are one recipient's when the first lacks what the second has, and they do not both name somebody."""
    incomplete = not _RECIPIENT_FIELDS & first.keys() or "action" not in first
    return incomplete and not (_RECIPIENT_FIELDS & first.keys() and _RECIPIENT_FIELDS & second.keys())


def _split_by_recipient(fields: list[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """One block may hold several recipients, where somebody lost the empty lines."""
    group: dict[str, str] = {}
    for name, value in fields:
        if name == "final-recipient" and name in group:
            yield group
            group = {}
        group.setdefault(name, value)
    if group:
        yield group


def _fields(block: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    goes_on = False
    for line in block.split("\n"):
        found = _FIELD.match(line)
        known = found is not None and found[1].lower() in _DELIVERY_FIELDS
        if found and known:
            fields.append((found[1].lower(), found[2].strip()))
            goes_on = True
        elif goes_on and (line[:1] in {" ", "\t", ">"} or re.match(r"[245]\d\d[ -]", line)):
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip(' >' + chr(9))}"[:_LONGEST_FIELD])
        else:
            goes_on = False
    return fields


def _collect(part: Message, notice: Notice, *, depth: int) -> None:
    kind = part.get_content_type()
    if kind in _STATUS_TYPES:
        notice.status += _flat(part) + "\n\n"
    elif kind == "message/feedback-report":
        notice.feedback += _flat(part) + "\n\n"
    elif kind in _RETURNED_TYPES and depth > 0:
        notice.returned += _flat(part) + "\n\n"
        notice.wrapped += [inner for inner in _children(part) if inner.get_content_type() == "multipart/report"]
    elif part.is_multipart() and depth < _DEPTH:
        for child in _children(part):
            _collect(child, notice, depth=depth + 1)
    elif part.get_content_maintype() in {"text", "multipart", "message"}:
        # A multipart without its parts has lost its boundary: then all of it is words.
        notice.words += _words(part, kind) + "\n\n"


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _words(part: Message, kind: str) -> str:
    content = part.get_payload(decode=True)
    words = decode(content, _parameter(part, "charset")).text if isinstance(content, bytes) else ""
    if kind == "text/html":
        words = re.sub(
            r"<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->",
            " ",
            words[:_LONGEST],
            flags=re.IGNORECASE | re.DOTALL,
        )
        words = re.sub(r"<(?:br|p|div|tr|li|h\d)\b[^>]*>", "\n", words, flags=re.IGNORECASE)
        words = re.sub(r"</?[a-zA-Z][^>]*>", " ", words)
    return words


def _flat(part: Message) -> str:
    """A part as text, its inner messages written out as headers and bodies."""
    if part.is_multipart():
        return "\n\n".join(_flat_message(inner) for inner in _children(part))
    return _words(part, "text/plain")


def _flat_message(message: Message) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in _raw_headers(message))
    body = message.get_payload()
    return f"{headers}\n\n{_words(message, 'text/plain')}" if isinstance(body, str) and body.strip() else headers


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    # In reverse, so that the topmost one remains.
    for name, value in reversed(list(_raw_headers(message))):
        yield name.lower(), decode_header(value.encode("utf-8", "surrogateescape"))[0]


def _raw_headers(message: Message) -> Iterator[tuple[str, str]]:
    for name, value in message.raw_items():
        raw = str(value).encode("utf-8", "surrogateescape")
        yield name, raw.decode("ascii") if raw.isascii() else decode(raw).text


def _parameter(part: Message, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*\"?([^\";\s]+)", str(part.get("content-type", "")), re.IGNORECASE)
    return found[1].lower() if found else ""


def _cut_off_what_was_returned(notice: Notice) -> None:
    notice.words = _shortened(notice.words)
    notice.returned = _shortened(notice.returned)
    found = _RETURNED.search(notice.words)
    if found:
        notice.returned += notice.words[found.start() :]
        notice.words = notice.words[: found.start()]


def _shortened(text: str) -> str:
    """Long runs of one sign say nothing, and make patterns slow."""
    return _RUN.sub(lambda run: run[1] or run[2] or run[3], text[: 4 * _LONGEST])[:_LONGEST]
