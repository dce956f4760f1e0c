"""A letter as staff and the bot read it, from any bytes at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from channels.mail.addresses import Mailbox
from channels.mail.contents import gather, named_apart
from channels.mail.defects import Defect, DefectCode
from channels.mail.headers import Headers, no_headers, parse_value
from channels.mail.heading import Heading
from channels.mail.parts import AttachedFile, Dissection, declared_type, first

__all__ = ["AttachedFile", "Defect", "DefectCode", "Headers", "Letter", "Mailbox", "read_letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says. The raw bytes, kept by the caller, stay the record; this is the view of them."""

    message_id: str = ""
    """as written, usually with ``<>``; some senders leave out brackets or ``@``; empty when there is none"""
    in_reply_to: tuple[str, ...] = ()
    """message ids, usually one"""
    references: tuple[str, ...] = ()
    """message ids, oldest first"""
    sender: Mailbox | None = None
    """from ``From``, or ``Sender``, or the envelope; None when no address can be read"""
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    return_path: str | None = None
    """the envelope's sender; ``""`` is the null sender ``<>``; None when nothing tells"""
    delivered_to: tuple[str, ...] = ()
    """the envelope's recipients, or those that the delivery's headers name, nearest to us first"""
    subject: str = ""
    """one line, without control characters"""
    date: datetime | None = None
    """as the sender claims; aware"""
    text: str = field(default="", repr=False)
    """plain, lines ended by ``\\n``, quotations marked by ``> ``; nothing is cut"""
    html: str = field(default="", repr=False)
    """the HTML bodies as they came, dangerous as they came: never shown without sanitising"""
    html_only: bool = False
    """``text`` was made from HTML"""
    attachments: tuple[AttachedFile, ...] = ()
    headers: Headers = field(default_factory=no_headers, repr=False)
    content_type: str = "text/plain"
    """of the whole letter, lower case, without parameters: ``multipart/report`` and the like"""
    defects: tuple[Defect, ...] = ()


def read_letter(raw: bytes, *, envelope_sender: str | None = None, recipients: Sequence[str] = ()) -> Letter:
    """Read any bytes; never raises, and says in ``defects`` what it had to guess or leave."""
    dissection = Dissection()
    root = dissection.whole(raw)
    contents = gather(root)
    text = contents.text()
    files = named_apart(contents.files)
    charset = root.parameters.get("charset", "")
    heading = Heading(root.headers, charset=charset, envelope_sender=envelope_sender, recipients=recipients)
    letter = Letter(
        message_id=heading.ids("message-id")[0] if heading.ids("message-id") else "",
        in_reply_to=heading.ids("in-reply-to"),
        references=heading.ids("references"),
        sender=heading.sender(),
        reply_to=heading.mailboxes("reply-to"),
        to=heading.mailboxes("to"),
        cc=heading.mailboxes("cc"),
        return_path=heading.return_path(),
        delivered_to=heading.delivered_to(),
        subject=heading.subject(),
        date=heading.date(),
        text=text,
        html="\n".join(contents.markup),
        html_only=bool(contents.bodies) and all(body.html for body in contents.bodies),
        attachments=files,
        headers=heading.lines,
        content_type=declared_type(parse_value(first(root.headers, "content-type")).value),
    )
    defects = [*heading.defects, *dissection.defects, *contents.defects]
    if not (text.strip() or files):
        defects.append(Defect(DefectCode.EMPTY))
    return replace(letter, defects=tuple(dict.fromkeys(defects)))
