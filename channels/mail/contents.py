"""From the tree of parts to what is read and what is attached. Every part ends in one of the two."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from channels.mail.charsets import decode
from channels.mail.defects import Defect, DefectCode
from channels.mail.flowed import joined_lines
from channels.mail.headers import decode_header, one_line
from channels.mail.html import charset_inside, html_to_text
from channels.mail.parts import AttachedFile, Part, first, split_header
from channels.mail.winmail import NoWinmail, unwrap

_READABLE: Final = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
"""The last two (RFC 1896, 1341) look enough like HTML to be read as such."""
_WINMAIL: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_WRAPPED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_SUFFIXES: Final = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/x-vcard": ".vcf",
    "text/vcard": ".vcf",
    "text/csv": ".csv",
    "text/rfc822-headers": ".txt",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
}
_LONGEST_NAME: Final = 120
_LONGEST_POINTER: Final = 200
_POINTER: Final = re.compile("html|ＨＴＭＬ", re.IGNORECASE)
"""このメールはHTML形式です。 — a twin that says nothing itself"""


@dataclass(frozen=True, slots=True)
class Body:
    text: str = field(repr=False)
    html: bool


@dataclass(slots=True)
class Contents:
    """In the order of the mail."""

    bodies: list[Body] = field(default_factory=list)
    markup: list[str] = field(default_factory=list, repr=False)
    """every HTML body, also those that are not read because the same stands in plain text"""
    files: list[AttachedFile] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)

    def add(self, other: "Contents") -> None:
        self.bodies += other.bodies
        self.add_beside(other)

    def add_beside(self, other: "Contents") -> None:
        """All but the bodies."""
        self.markup += other.markup
        self.files += other.files
        self.defects += other.defects

    def text(self) -> str:
        """The bodies as one plain text; adds a defect when HTML could not be read as such."""
        return "\n\n".join(text for text in (self._plain(body).strip("\n") for body in self.bodies) if text.strip())

    def _plain(self, body: Body) -> str:
        if not body.html:
            return body.text
        text, read = html_to_text(body.text)
        if not read:
            self.defects.append(Defect(DefectCode.HTML_UNREADABLE))
        return text


def gather(root: Part) -> Contents:
    """What a mail holds. A mail that is nothing but one named text is read, not attached."""
    contents = _gather(root)
    if not root.children and root.content_type in _READABLE and root.disposition.value != "attachment":
        return _text(root)
    return contents


def named_apart(files: Iterable[AttachedFile]) -> tuple[AttachedFile, ...]:
    """As they are; those without a name are numbered."""
    return tuple(
        each if each.name else _renamed(each, f"添付{number}{_SUFFIXES.get(each.content_type, '.bin')}")
        for number, each in enumerate(files, start=1)
    )


def _gather(part: Part) -> Contents:
    if part.content_type.startswith("multipart/"):
        return _alternative(part) if part.content_type == "multipart/alternative" else _one_after_another(part)
    if part.content_type in _READABLE and part.disposition.value != "attachment" and not part.file_name:
        return _text(part)
    if part.content_type in _WINMAIL or part.file_name.lower() == "winmail.dat":
        return _winmail(part)
    return _file(part)


def _one_after_another(part: Part) -> Contents:
    contents = Contents()
    for child in part.children:
        contents.add(_gather(child))
    return contents


def _alternative(part: Part) -> Contents:
    """The same several times (RFC 2046, 5.1.4): plain text is read when it says anything, else the HTML."""
    offers = [_gather(child) for child in part.children]
    plain = [offer for offer in offers if any(not body.html and body.text.strip() for body in offer.bodies)]
    spoken = [offer for offer in offers if any(body.text.strip() for body in offer.bodies)]
    if plain and len(spoken) > 1 and _points_to_html(plain[0]):
        plain = []
        spoken = [offer for offer in spoken if any(body.html for body in offer.bodies)] or spoken
    chosen = next(iter(plain or spoken), None)
    contents = Contents()
    for offer in offers:
        if offer is chosen:
            contents.bodies += offer.bodies
        contents.add_beside(offer)
    read = "\n".join(body.text for body in contents.bodies)
    # Not everyone's alternatives say the same: plain words that are nowhere in what is read are read, too.
    for offer in plain[1:]:
        contents.bodies += [body for body in offer.bodies if not body.html and body.text.strip() not in read]
    return contents


def _points_to_html(offer: Contents) -> bool:
    text = "".join(body.text for body in offer.bodies)
    return len(text) <= _LONGEST_POINTER and _POINTER.search(text) is not None


def _text(part: Part) -> Contents:
    html = part.content_type == "text/html"
    label = part.parameters.get("charset", "")
    if html and not label:
        label = charset_inside(part.content)
    decoded = decode(part.content, label)
    text = decoded.text
    if part.trailing:
        text = f"{text}\n{decode(part.trailing, label).text}"
    if part.parameters.get("format", "").lower() == "flowed" and not html:
        text = joined_lines(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return Contents(
        bodies=[Body(text, html=part.content_type != "text/plain")],
        markup=[text] if html else [],
        defects=[Defect(code, _place(code, label, decoded.charset)) for code in decoded.findings],
    )


def _place(code: DefectCode, label: str, charset: str) -> str:
    return charset if code == DefectCode.CHARSET_MISSING else one_line(label)[:40] or charset


def _winmail(part: Part) -> Contents:
    try:
        unwrapped = unwrap(part.content)
    except NoWinmail:
        contents = _file(part)
        contents.defects.append(Defect(DefectCode.WINMAIL_UNREADABLE, contents.files[0].name or "winmail.dat"))
        return contents
    files = [_attached("application/octet-stream", name, content) for name, content in unwrapped.files]
    return Contents(bodies=[Body(unwrapped.text, html=False)] if unwrapped.text.strip() else [], files=files)


def _file(part: Part) -> Contents:
    name = part.file_name
    if not name and part.content_type == "message/rfc822":
        name = _subject(part.content) and f"{_subject(part.content)[:_LONGEST_NAME]}.eml"
    content_id = decode_header(part.header("content-id"))[0].strip("<> ")
    placed = part.disposition.value
    inline = placed == "inline" or (bool(content_id) and placed != "attachment")
    file = _attached(part.content_type, name, part.content, content_id=content_id, inline=inline)
    files = [file]
    if part.trailing.strip():
        files.append(_attached("text/plain", "trailing.txt", part.trailing))
    return Contents(files=files, defects=_file_defects(file, trailing=bool(part.trailing.strip())))


def _file_defects(file: AttachedFile, *, trailing: bool) -> list[Defect]:
    defects = []
    if trailing:
        defects.append(Defect(DefectCode.TEXT_OUTSIDE_PARTS, "trailing.txt"))
    if file.content_type in _WRAPPED:
        defects.append(Defect(DefectCode.ENCRYPTED, file.name or file.content_type))
    if file.content[:4] == b"PK\x03\x04" and file.content[6:7] and file.content[6] & 1:
        defects.append(Defect(DefectCode.ENCRYPTED_ZIP, file.name))
    return defects


def _subject(content: bytes) -> str:
    headers, _, _ = split_header(content)
    return decode_header(first(headers, "subject"))[0]


def _attached(
    content_type: str, name: str, content: bytes, *, content_id: str = "", inline: bool = False
) -> AttachedFile:
    return AttachedFile(
        name=_harmless(name), content_type=content_type, content=content, content_id=content_id, inline=inline
    )


def _renamed(file: AttachedFile, name: str) -> AttachedFile:
    return _attached(file.content_type, name, file.content, content_id=file.content_id, inline=file.inline)


def _harmless(name: str) -> str:
    """The last part of a path, in one line, short, its suffix kept."""
    last = re.split(r"[/\\]", one_line(unicodedata.normalize("NFC", name)))[-1].strip(" .")
    if len(last) <= _LONGEST_NAME:
        return last
    stem, dot, suffix = last.rpartition(".")
    return f"{stem[: _LONGEST_NAME - 10]}{dot}{suffix[:9]}" if dot else last[:_LONGEST_NAME]
