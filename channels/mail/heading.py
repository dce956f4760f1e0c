"""What the header of a letter says: who, to whom, when, about what, in answer to what."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from multidict import CIMultiDict, CIMultiDictProxy

from channels.mail.addresses import Mailbox, parse_mailboxes
from channels.mail.defects import Defect, DefectCode
from channels.mail.headers import Headers, decode_header, message_ids
from channels.mail.parts import HeaderLines, first

_DELIVERY_HEADERS: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_RECEIVED_FOR: Final = re.compile(r"\bfor\s+<?([^\s<>;,()]+@[^\s<>;,()]+)>?")
_ADDRESS_IN_NAME: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+")
_SHOWN: Final = ("from", "reply-to", "to", "cc", "subject")


class Heading:
    """The header of one letter. ``defects`` says what was wrong with the lines that people see."""

    def __init__(
        self, raw: HeaderLines, *, charset: str, envelope_sender: str | None, recipients: Sequence[str]
    ) -> None:
        self._raw = raw
        self._charset = charset
        self._envelope_sender = envelope_sender
        self._recipients = recipients
        self._mailboxes: dict[str, tuple[Mailbox, ...]] = {}
        decoded = CIMultiDict((name, decode_header(value, charset)[0]) for name, value in raw)
        self.lines: Headers = CIMultiDictProxy(decoded)
        self.defects: list[Defect] = [*self._decoding_defects(), *self._sender_defects(), *self._date_defects()]

    def sender(self) -> Mailbox | None:
        """``From`` before ``Sender`` before the envelope: what the resident's own program shows as the writer."""
        candidates = (*self.mailboxes("from"), *self.mailboxes("sender"))
        written = next((mailbox for mailbox in candidates if "@" in mailbox.address), None)
        if written is None and self.return_path():
            return Mailbox(str(self.return_path()))
        return written

    def mailboxes(self, name: str) -> tuple[Mailbox, ...]:
        if name not in self._mailboxes:
            found = (mailbox for raw in self._all(name) for mailbox in parse_mailboxes(raw, self._charset))
            self._mailboxes[name] = tuple(dict.fromkeys(found))
        return self._mailboxes[name]

    def ids(self, name: str) -> tuple[str, ...]:
        return message_ids(self.lines.get(name, ""))

    def return_path(self) -> str | None:
        written = self._envelope_sender if self._envelope_sender is not None else self.lines.get("return-path")
        return None if written is None else written.strip("<> ")

    def delivered_to(self) -> tuple[str, ...]:
        """RFC 5321's recipient, which ``To`` need not name: as handed over, or as the deliverers wrote it down."""
        written = [value for name in _DELIVERY_HEADERS for value in self.lines.getall(name, [])]
        received = [found for line in self.lines.getall("received", []) for found in _RECEIVED_FOR.findall(line)]
        addresses = (each.strip("<> ") for each in (self._recipients or [*written, *received]))
        return tuple(dict.fromkeys(each for each in addresses if "@" in each))

    def subject(self) -> str:
        return self.lines.get("subject", "")

    def date(self) -> datetime | None:
        try:
            return _moment(self.lines.get("date", "")[:200])
        except (ValueError, TypeError, IndexError, OverflowError):
            return None

    def _all(self, name: str) -> Iterator[bytes]:
        return (raw for written, raw in self._raw if written.lower() == name)

    def _decoding_defects(self) -> Iterator[Defect]:
        for name in _SHOWN:
            for raw in self._all(name):
                for code in decode_header(raw, self._charset)[1]:
                    yield Defect(code, name.title())
            for mailbox in self.mailboxes(name) if name != "subject" else ():
                if mailbox.is_odd:
                    yield Defect(DefectCode.ADDRESS_BROKEN, name.title())

    def _sender_defects(self) -> Iterator[Defect]:
        sender = self.sender()
        if not any("@" in mailbox.address for mailbox in self.mailboxes("from")):
            yield Defect(DefectCode.SENDER_MISSING)
        if len({mailbox.address for mailbox in self.mailboxes("from")}) > 1:
            yield Defect(DefectCode.SENDER_AMBIGUOUS, "差出人が複数")
        if sender and any(each.lower() != sender.address.lower() for each in _ADDRESS_IN_NAME.findall(sender.name)):
            yield Defect(DefectCode.SENDER_AMBIGUOUS, "名前に別のアドレス")

    def _date_defects(self) -> Iterator[Defect]:
        if first(self._raw, "date").strip() and self.date() is None:
            yield Defect(DefectCode.DATE_BROKEN, "Date")


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    moment.astimezone(UTC)  # fails for the first and the last day of the calendar, which are no dates of mail
    return moment
