"""A letter as a message: pure. Whose thread it is, and whether a robot or a bounce, is decided elsewhere."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from channels.arriving import Arrived, Event, FileKind, RemoteFile
from channels.channel import BadDelivery
from channels.mail.folding import Kind, folded
from channels.mail.letter import AttachedFile, Letter, read_letter
from channels.mail.threading import bare_id
from conversations.message import Address

CHANNEL: Final = "mail"
NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""``sent_at`` of a letter that tells no time: older than any that can be, so that the time of receipt is taken"""

_NO_SENDER: Final = "差出人のアドレスを読み取れないメールです。原本をご確認ください。"


def parse(raw: bytes, thread: Callable[[Letter], str], *, begins: bool) -> Sequence[Event]:
    """The one message that a mail is. Raises BadDelivery when no sender at all can be read, and nothing else."""
    letter = read_letter(raw)
    _writer(letter)
    return [arrived(letter, thread=thread(letter), begins=begins)]


def arrived(letter: Letter, *, thread: str, begins: bool) -> Arrived:
    """The letter as a message in ``thread``. Raises BadDelivery when no sender at all can be read.

    ``begins``: it answers none of ours, so its subject is part of what it says. What it quotes and its signature are
    left out: the letter itself stays the record.
    """
    return Arrived(
        external_id=external_id_of(letter),
        sender=Address(CHANNEL, _writer(letter), thread),
        text=_with_subject(letter.subject, _words(letter)) if begins else _words(letter),
        files=tuple(_remote(number, file) for number, file in enumerate(letter.attachments, start=1)),
        message_id=bare_id(letter.message_id),
        in_reply_to=next((bare for each in letter.in_reply_to if (bare := bare_id(each))), None),
        sent_at=letter.date or NO_DATE,
    )


def external_id_of(letter: Letter) -> str:
    """The same for the same letter, whichever ways it came and whatever was written above it on them."""
    told = [
        bare_id(letter.message_id),
        letter.sender.address.lower() if letter.sender else "",
        letter.headers.get("date", ""),
        letter.subject,
        letter.text,
        *(hashlib.sha256(file.content).hexdigest() for file in letter.attachments),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def file_of(letter: Letter, reference: str) -> AttachedFile:
    """The attachment that a ``RemoteFile`` of this letter stands for. Raises LookupError when it is none of it."""
    for number, file in enumerate(letter.attachments, start=1):
        if str(number) == reference:
            return file
    raise LookupError(f"the letter has {len(letter.attachments)} attachments, and none of the number {reference!r}")


def _writer(letter: Letter) -> str:
    if letter.sender is None:
        raise BadDelivery(_NO_SENDER)
    return letter.sender.address.lower()


def _words(letter: Letter) -> str:
    """What was written now; the whole text, as it stands, when nothing is folded or nothing is left."""
    text = folded(letter.text)
    if all(part.kind is Kind.SAID for part in text.parts):
        return letter.text
    return text.said or letter.text


def _with_subject(subject: str, text: str) -> str:
    if not subject or _compared(subject) in _compared(text):
        return text
    return f"{subject}\n\n{text}" if text else subject


def _compared(text: str) -> str:
    """So that neither width nor white space makes a difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _remote(number: int, file: AttachedFile) -> RemoteFile:
    kind, _, _ = file.content_type.partition("/")
    return RemoteFile(
        reference=str(number),
        kind=FileKind(kind) if kind in {FileKind.IMAGE, FileKind.VIDEO, FileKind.AUDIO} else FileKind.FILE,
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
    )
