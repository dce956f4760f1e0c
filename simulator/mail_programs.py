"""Mails as residents' programs write them: Gmail, Outlook, a Japanese telephone; and what their servers send back."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, make_msgid
from enum import Enum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from simulator.letters import File, Letter
from simulator.mail_network import Posted

JAPAN: Final = ZoneInfo("Asia/Tokyo")
_WEEKDAYS = "月火水木金土日"


class Program(Enum):
    GMAIL = "gmail"
    OUTLOOK = "outlook"
    PHONE = "phone"


PROGRAMS: Final = MappingProxyType(
    {Program.GMAIL: "Gmail", Program.OUTLOOK: "Outlook", Program.PHONE: "携帯電話（ISO-2022-JP）"}
)


class Failure(Enum):
    """Why a mail comes back: the status code of RFC 3463, and the words of the server that refused."""

    UNKNOWN = ("5.1.1", "550 5.1.1 User unknown")
    FULL = ("5.2.2", "552 5.2.2 Mailbox full")
    REFUSED = ("5.7.1", "550 5.7.1 Message rejected by the recipient's settings")


FAILURES: Final = MappingProxyType(
    {Failure.UNKNOWN: "宛先不明", Failure.FULL: "受信箱がいっぱい", Failure.REFUSED: "受信拒否の設定"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a resident wrote."""

    name: str
    address: str
    to: str
    subject: str
    words: str
    files: Sequence[File] = ()
    program: Program = Program.GMAIL
    answers: Letter | None = None


def written(draft: Draft, *, at: datetime) -> Posted:
    """The mail as the program sends it, the answered letter quoted below as that program does."""
    text, markup = _bodies(draft)
    charset = _charset(draft, text)
    message: Message = MIMEText(text, "plain", charset)
    if markup:
        both = MIMEMultipart("alternative")
        both.attach(message)
        both.attach(MIMEText(markup, "html", charset))
        message = both
    if draft.files:
        mixed = MIMEMultipart("mixed")
        mixed.attach(message)
        for file in draft.files:
            mixed.attach(_attached(file, charset))
        message = mixed
    name = Header(draft.name, charset).encode()
    _address(message, f"{name} <{draft.address}>", draft.to, at=at, domain=draft.address.rpartition("@")[2])
    message["Subject"] = Header(draft.subject, charset).encode()
    if draft.answers is not None:
        _thread(message, draft.answers, keeps_references=draft.program is not Program.PHONE)
    return Posted(sender=draft.address, recipients=(draft.to,), content=_bytes(message))


def out_of_office(letter: Letter, *, name: str, address: str, at: datetime) -> Posted:
    """An absence note, to where RFC 3834 wants it: the envelope's sender."""
    words = "ただいま不在にしております。12月1日（火）以降にあらためてご連絡いたします。\r\n"
    message = MIMEText(words, "plain", "utf-8")
    to = letter.posted.sender or letter.reply_to
    domain = address.rpartition("@")[2]
    _address(message, f"{Header(name, 'utf-8').encode()} <{address}>", to, at=at, domain=domain)
    message["Subject"] = Header(f"自動応答: {letter.subject}", "utf-8").encode()
    message["Auto-Submitted"] = "auto-replied"
    _thread(message, letter, keeps_references=True)
    return Posted(sender=address, recipients=(to,), content=_bytes(message))


def bounce(letter: Letter, failure: Failure, *, at: datetime) -> Posted:
    """A delivery status notification (RFC 3464) of the letter's own recipient, with the null sender."""
    recipient = letter.posted.recipients[0]
    domain = recipient.rpartition("@")[2]
    status, said = failure.value
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report.attach(
        MIMEText(
            f"This is the mail system at host mail.{domain}.\r\n\r\n<{recipient}>: {said}\r\n", "plain", "us-ascii"
        )
    )
    about = MIMEBase("message", "delivery-status")
    about.attach(_fields({"Reporting-MTA": f"dns; mail.{domain}"}))
    refused = {"Final-Recipient": f"rfc822; {recipient}", "Action": "failed", "Status": status}
    about.attach(_fields({**refused, "Diagnostic-Code": f"smtp; {said}"}))
    report.attach(about)
    headers = MIMENonMultipart("text", "rfc822-headers")
    headers.set_payload(letter.headers + "\n")
    report.attach(headers)
    daemon = f"MAILER-DAEMON@mail.{domain}"
    _address(report, f"Mail Delivery System <{daemon}>", letter.posted.sender, at=at, domain=f"mail.{domain}")
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    return Posted(sender="", recipients=(letter.posted.sender,), content=_bytes(report))


def _fields(values: Mapping[str, str]) -> Message:
    """A group of fields within a delivery status: headers without a body."""
    made = Message()
    for name, value in values.items():
        made[name] = value
    return made


def _bodies(draft: Draft) -> tuple[str, str]:
    """Plain words, and the same as HTML where the program writes both."""
    words, letter = draft.words.replace("\r\n", "\n").rstrip() + "\n", draft.answers
    own = _as_html(words)
    if draft.program is Program.PHONE:
        return words + (f"\n{_marked(letter.text)}" if letter else ""), ""
    if letter is None:
        return words, f"<div>{own}</div>"
    quoted = letter.html or _as_html(letter.text)
    if draft.program is Program.GMAIL:
        head = f"{_moment(letter)} {letter.sender}:"
        markup = (
            f'<div>{own}</div><br><div class="gmail_quote"><div class="gmail_attr">{html.escape(head)}<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">'
            f"{quoted}</blockquote></div>"
        )
        return f"{words}\n{head}\n\n{_marked(letter.text)}", markup
    block = f"差出人: {letter.sender}\n送信日時: {_moment(letter)}\n宛先: {letter.to}\n件名: {letter.subject}\n"
    markup = f'<div>{own}</div><hr><div id="divRplyFwdMsg">{_as_html(block)}</div><div>{quoted}</div>'
    return f"{words}\n________________________________\n{block}\n{letter.text}", markup


def _marked(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


def _moment(letter: Letter) -> str:
    try:
        at = datetime.strptime(letter.date, "%a, %d %b %Y %H:%M:%S %z").astimezone(JAPAN)
    except ValueError:
        return letter.date
    return f"{at.year}年{at.month}月{at.day}日({_WEEKDAYS[at.weekday()]}) {at.hour}:{at.minute:02d}"


def _as_html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")


def _charset(draft: Draft, text: str) -> str:
    """A telephone writes ISO-2022-JP where its letters suffice."""
    if draft.program is not Program.PHONE:
        return "utf-8"
    try:
        f"{text}{draft.subject}{draft.name}".encode("iso-2022-jp")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso-2022-jp"


def _attached(file: File, charset: str) -> Message:
    maintype, _, subtype = file.content_type.partition("/")
    part = MIMEBase(maintype or "application", subtype or "octet-stream")
    part.set_payload(file.data)
    encode_base64(part)
    # What Japanese programs do though RFC 2231 wants another way: every reader of mail here knows it.
    encoded = Charset(charset)
    encoded.header_encoding = BASE64
    part.add_header("Content-Disposition", "attachment", filename=Header(file.name, encoded).encode(linesep=""))
    return part


def _address(message: Message, sender: str, to: str, *, at: datetime, domain: str) -> None:
    message["Date"] = format_datetime(at.astimezone(JAPAN))
    message["From"] = sender
    message["To"] = to
    message["Message-ID"] = make_msgid(domain=domain)


def _thread(message: Message, letter: Letter, *, keeps_references: bool) -> None:
    """Telephones name the answered letter only, not the whole thread."""
    if letter.message_id:
        message["In-Reply-To"] = letter.message_id
        if keeps_references:
            message["References"] = f"{letter.references} {letter.message_id}".strip()


def _bytes(message: Message) -> bytes:
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
