"""A mail as a resident's mail program shows it."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from simulator.mail_network import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    posted: Posted
    sender: str
    sender_address: str
    reply_to: str
    """where an answer goes"""
    to: str
    subject: str
    date: str
    message_id: str
    references: str
    text: str
    html: str
    headers: str
    """as they came over the wire"""
    files: tuple[File, ...]


def read(posted: Posted) -> Letter:
    message = message_from_bytes(posted.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    sender, answer_to = _addresses(message, "From"), _addresses(message, "Reply-To")
    return Letter(
        posted=posted,
        sender=str(message["From"] or ""),
        sender_address=sender[0] if sender else "",
        reply_to=(answer_to or sender or [posted.sender])[0],
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or "（件名なし）"),
        date=str(message["Date"] or ""),
        message_id=str(message["Message-ID"] or "").strip(),
        references=" ".join(str(message["References"] or "").split()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        headers=_headers(posted.content),
        files=tuple(_file(part) for part in message.iter_attachments()),
    )


def _addresses(message: EmailMessage, name: str) -> list[str]:
    return [address for _, address in getaddresses([str(message[name] or "")]) if address]


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    data = part.get_payload(decode=True)
    return data.decode(part.get_content_charset("utf-8"), "replace") if isinstance(data, bytes) else ""


def _file(part: EmailMessage) -> File:
    data = part.get_payload(decode=True)
    return File(
        name=part.get_filename() or part.get_content_type(),
        content_type=part.get_content_type(),
        data=data if isinstance(data, bytes) else part.as_bytes(),
    )


def _headers(content: bytes) -> str:
    head, _, _ = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    return head.decode("utf-8", "replace")
