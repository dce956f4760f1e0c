"""A reply in Telegram's words: which messages it makes, and which choice a tapped button meant."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from channels.channel import TextUnit
from channels.cutting import cut
from channels.plain_text import as_plain_text
from conversations.message import Attachment, Choice
from conversations.reply import Reply

TEXT_LIMIT: Final = 4096
"""UTF-16 code units of one message (Bot API, ``sendMessage``)"""
NOTICE_LIMIT: Final = 200
"""UTF-16 code units of what is said to a tap (Bot API, ``answerCallbackQuery``)"""
MOST_BUTTONS: Final = 100
"""of one keyboard"""

_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str
    """``callback_data``: at most 64 bytes, which Telegram refuses to exceed and the library does not check"""


@dataclass(frozen=True, slots=True)
class Words:
    """One message. Plain: no ``parse_mode`` goes with it, so nothing in it is markup."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One file, sent as such."""

    attachment: Attachment

    @property
    def name(self) -> str:
        """As it may stand in a header of the upload: the library escapes quotes and line ends there, not ESC."""
        plain = "".join(c for c in self.attachment.name if unicodedata.category(c) not in {"Cc", "Cs"})
        return plain.strip() or "file"


Part = Words | Document


def parts_of(reply: Reply, *, key: str) -> tuple[Part, ...]:
    """The messages in which the reply is said: the same reply under the same key makes the same messages.

    Choices are numbered in the text, so that a number can be typed, and buttons under the last of its messages.
    """
    # What is attached is sent itself: its name need not stand in the text, too.
    text = _HALF.sub("\ufffd", as_plain_text(replace(reply, attachments=())))
    texts = [piece for piece in cut(text, at_most=TEXT_LIMIT, unit=TextUnit.UTF16) if piece.strip()]
    buttons = tuple(_buttons(reply.choices, key))
    words = [Words(piece, buttons if number == len(texts) else ()) for number, piece in enumerate(texts, start=1)]
    return (*words, *(Document(attachment) for attachment in reply.attachments))


def choice_id(key: str, choice: Choice) -> str:
    """What a button carries for a choice of the reply sent under ``key``: 25 bytes, whatever the value's length.

    Made of the two alone, so nothing needs to be kept: the stored reply is the way back to the value, even after a
    restart. The reply is part of it because a keyboard stays in the talk for years: 「はい」 under last week's question
    must not answer today's.
    """
    return f"{_digest(key)}.{_digest(choice.value)}"


def value_of(tapped: str, *, key: str, choices: Iterable[Choice]) -> str | None:
    """The value of the tapped choice of the reply sent under ``key``; None when the button hung under another reply.

    Ask with the reply that last offered choices: None then means that the tap is stale, or made up (an app may send
    anything), and wants a polite word by ``TelegramChannel.answer_tap``.
    """
    return next((choice.value for choice in choices if choice_id(key, choice) == tapped), None)


def _buttons(choices: Iterable[Choice], key: str) -> Iterable[Button]:
    for number, choice in list(enumerate(choices, start=1))[:MOST_BUTTONS]:
        yield Button(_HALF.sub("\ufffd", choice.label).strip() or str(number), choice_id(key, choice))


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()
