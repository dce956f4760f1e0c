"""A reply of ours as a letter, ready for SMTP (RFC 5322, MIME, RFC 3834 for the robot's)."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import dkim  # type: ignore[import-untyped]
from dkim.crypto import UnparsableKeyError, parse_pem_private_key  # type: ignore[import-untyped]

from channels.mail.letter_words import JAPAN, Around, Letterhead, Quoted, as_html, as_text, one_line
from channels.mail.tokens import Signer
from conversations.errors import CityError, SettingsError
from conversations.message import Attachment
from conversations.reply import Reply

__all__ = ["CannotBeAddressed", "DkimKey", "Letterhead", "Outgoing", "Posted", "Quoted", "write_letter"]

_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[0-9A-Za-z](?:[0-9A-Za-z.\-]{0,189}[0-9A-Za-z])?")
"""What may stand behind RCPT TO. Dots stand where they like: carriers gave out ``taro..y.@docomo.ne.jp``."""
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,400}")
_SUBJECT_LIMIT = 200
_REFERENCES_KEPT = 20
_REPEATED = re.compile(r"^(?:\s*(?:re|fwd?|返信)\s*[:：]|\s*\[[A-Za-z]{1,4}(?:-\d+)+\])+\s*", re.IGNORECASE)
_NO_SUBJECT = {"en": "Your inquiry"}
_SIGNED_HEADERS = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"reply-to"),
    *(b"mime-version", b"content-type", b"auto-submitted"),
)


class CannotBeAddressed(CityError):
    """No letter can be sent to this address: a person must look."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{one_line(address, 100)!r} is no address a mail can be sent to; correct it in the ticket")


@dataclass(frozen=True, slots=True)
class DkimKey:
    """RFC 6376, rsa-sha256. Raises SettingsError when the key cannot be read."""

    selector: str
    domain: str
    private_key: bytes = field(repr=False)
    """PEM"""

    def __post_init__(self) -> None:
        try:
            parse_pem_private_key(self.private_key)
        except UnparsableKeyError:
            # Without the cause: its text may quote the key.
            raise SettingsError("the DKIM key cannot be read: it must be an RSA private key in PEM form") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One letter, before it has the form of one."""

    reply: Reply
    to: str
    outbox_id: str
    """by which its bounce is known"""
    message_id: str
    """with ``<>``, the same at every try"""
    sent_at: datetime
    ticket: str
    """into the reply address"""
    number: str = ""
    """the ticket's, as people read it: into subject and text"""
    section: str = ""
    to_name: str = ""
    subject: str = ""
    """of the resident's mail, with or without ``Re:``"""
    in_reply_to: str = ""
    """the Message-ID of the resident's mail, as it was written"""
    references: Sequence[str] = ()
    """of the resident's mail, oldest first"""
    automatic: bool
    """the robot's words, not a person's"""
    quoted: Quoted | None = None
    files: Sequence[tuple[Attachment, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """What SMTP is told and given."""

    envelope_sender: str
    recipient: str
    content: bytes = field(repr=False)


def write_letter(outgoing: Outgoing, *, head: Letterhead, signer: Signer, dkim_key: DkimKey | None = None) -> Posted:
    """The letter; equal letters are equal bytes but for the DKIM signature, which carries its time.

    Raises CannotBeAddressed.
    """
    if not _ADDRESS.fullmatch(outgoing.to):
        raise CannotBeAddressed(outgoing.to)
    content = _identification(outgoing) + _message(outgoing, head, signer).as_bytes()
    return Posted(
        envelope_sender=signer.bounce_address(outgoing.outbox_id),
        recipient=outgoing.to,
        content=_signed(content, dkim_key) if dkim_key else content,
    )


def _message(outgoing: Outgoing, head: Letterhead, signer: Signer) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(outgoing.sent_at.astimezone(JAPAN))
    message["From"] = Address(_header_words(head.name_in(outgoing.reply.language), 80), addr_spec=head.address)
    # Without the name: the resident chose it, and it would stand where mail programs show whom to trust.
    message["To"] = outgoing.to
    message["Reply-To"] = Address(addr_spec=signer.reply_address(outgoing.ticket))
    message["Subject"] = _subject(outgoing)
    if outgoing.automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
        message["X-Loop"] = head.address
    _fill(message, outgoing, head)
    return message


def _fill(message: EmailMessage, outgoing: Outgoing, head: Letterhead) -> None:
    around = Around(
        to_name=outgoing.to_name,
        number=outgoing.number,
        section=outgoing.section,
        automatic=outgoing.automatic,
        quoted=outgoing.quoted,
    )
    message.set_content(as_text(outgoing.reply, around, head), charset="utf-8", cte="base64")
    message.add_alternative(as_html(outgoing.reply, around, head), subtype="html", charset="utf-8", cte="base64")
    # Boundaries of our own make equal letters equal; all parts are base64, where "=_" cannot stand at a line's start.
    message.set_boundary(_boundary(outgoing, "alternative"))
    for attachment, content in outgoing.files:
        maintype, subtype = _content_type(attachment)
        name = _header_words(attachment.name, 150).replace("/", "_").replace("\\", "_") or "file"
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    if outgoing.files:
        message.set_boundary(_boundary(outgoing, "mixed"))


def _identification(outgoing: Outgoing) -> bytes:
    """Message-ID, In-Reply-To and References, one id a line.

    Written by hand: the library folds a long id into encoded words, which no mail program follows.
    """
    own = _valid_id(outgoing.message_id)
    if own is None:
        raise ValueError(f"{outgoing.message_id!r} is no Message-ID; write it like <1.2@city.example>")
    lines = [f"Message-ID: {own}"]
    parent = _valid_id(outgoing.in_reply_to)
    if parent:
        lines.append(f"In-Reply-To: {parent}")
    chain = _chain(outgoing.references, parent)
    if chain:
        lines.append("References: " + "\r\n ".join(chain))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _chain(references: Iterable[str], parent: str | None) -> list[str]:
    """The first and the youngest: the first one keeps the thread together (RFC 5322, 3.6.4)."""
    known = list(dict.fromkeys(valid for each in (*references, parent or "") if (valid := _valid_id(each))))
    if parent and known[-1] != parent:
        known.remove(parent)
        known.append(parent)
    return known if len(known) <= _REFERENCES_KEPT else [known[0], *known[1 - _REFERENCES_KEPT :]]


def _valid_id(message_id: str) -> str | None:
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    return f"<{bare}>" if _MESSAGE_ID.fullmatch(bare) else None


def _subject(outgoing: Outgoing) -> str:
    theirs = _REPEATED.sub("", _header_words(outgoing.subject, _SUBJECT_LIMIT))
    theirs = theirs or _NO_SUBJECT.get(outgoing.reply.language, "お問い合わせについて")
    number = _header_words(outgoing.number, 30)
    return f"Re: [{number}] {theirs}" if number else f"Re: {theirs}"


def _header_words(text: str, limit: int) -> str:
    # The library decodes what looks like an encoded word (RFC 2047) when a header is set, line breaks and all, and
    # writes them out as they are: ``=?us-ascii?q?=0A?=`` would end the header.
    return one_line(text.replace("=?", "= ?"), limit)


def _content_type(attachment: Attachment) -> tuple[str, str]:
    found = re.fullmatch(r"(application|audio|image|text|video)/([A-Za-z0-9.+-]{1,80})", attachment.content_type)
    return (found[1], found[2]) if found else ("application", "octet-stream")


def _boundary(outgoing: Outgoing, part: str) -> str:
    digest = hashlib.sha256(f"{outgoing.message_id}\0{part}".encode("utf-8", "surrogatepass"))
    return f"=_{digest.hexdigest()[:32]}"


def _signed(content: bytes, key: DkimKey) -> bytes:
    signature = dkim.sign(
        content,
        key.selector.encode(),
        key.domain.encode(),
        key.private_key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name for name in _SIGNED_HEADERS if _has(content, name)],
    )
    return bytes(signature) + content


def _has(content: bytes, name: bytes) -> bool:
    head, _, _ = content.partition(b"\r\n\r\n")
    return re.search(rb"^" + re.escape(name) + rb":", head, re.IGNORECASE | re.MULTILINE) is not None
