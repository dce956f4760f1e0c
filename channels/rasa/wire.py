"""The JSON of Rasa's REST channel (``POST /webhooks/rest/webhook``, Rasa Open Source 3.6), read and written.

A chat front-end made for Rasa posts ``{"sender", "message", "metadata"}`` and shows the list of messages it gets back.
Here the answers to a message are the response to it; nothing is pushed.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from channels.arriving import Arrived
from channels.channel import BadDelivery
from channels.plain_text import as_plain_text
from conversations.message import Address, Attachment, Choice
from conversations.reply import Reply

CHANNEL: Final = "rasa"
TEXT_LIMIT: Final = 10_000
"""characters of a message that is read; Rasa has none"""

Message = dict[str, Any]
"""One of the messages that the front-end shows."""

_SENDER_LIMIT = 255
_CHOICE: Final = "choice"
"""the intent under which our choices travel"""
# An intent, and entities as a JSON object. In ASCII: 「/住民票」 is what somebody says.
_PAYLOAD = re.compile(r"/(?P<intent>[A-Za-z_][A-Za-z0-9_.+/-]*)\s*(?P<entities>\{.*\})?", re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NUL_OR_HALF = re.compile("\0|[\ud800-\udfff]")


def parse(body: bytes, *, external_id: str, at: datetime) -> Arrived:
    """The message. ``external_id`` is made for the request: Rasa's format has no id, and 「はい」 may be said twice.

    Who names no ``sender`` gets one of its own, ``external_id``, and finds it in the answers' ``recipient_id``. (Rasa
    puts all of them into one conversation, ``default``, where strangers read each other's answers.)

    A message in the form of a payload, ``/intent`` or ``/intent{"entity": "value"}``, is a choice. One that
    ``payload_of`` made gives the choice's value and, as ``text``, its label. Any other gives the intent's name, beside
    the text as it was sent: anybody can type it, so its entities fill in nothing.

    ``metadata.language``, where it is a language tag, is the language that was chosen on the page.

    Raises BadDelivery, which says what is wrong, for all that has no message.
    """
    fields = _fields(body)
    message = fields.get("message")
    text = _storable(message) if isinstance(message, str) else ""
    if not text.strip():
        raise BadDelivery("Rasa: 'message' must be a text that is not empty")
    if len(text) > TEXT_LIMIT:
        raise BadDelivery(f"Rasa: 'message' has more than {TEXT_LIMIT} characters")
    picked = _picked(text)
    return Arrived(
        external_id=external_id,
        sender=Address(CHANNEL, _sender(fields) or external_id),
        text=picked.label if picked else text,
        choice=picked.value if picked else None,
        language=_language(fields.get("metadata")),
        sent_at=at,
    )


def payload_of(choice: Choice) -> str:
    """What a button sends as the message when it is pressed; ``parse`` gives the choice back, whatever it is."""
    return f"/{_CHOICE}{json.dumps({'value': choice.value, 'title': choice.label})}"


def messages(replies: Sequence[Reply], *, recipient: str, link_to: Callable[[Attachment], str]) -> list[Message]:
    """The response to a message: a text with its buttons for each reply, then its pictures and links to its files.

    Texts are plain: some front-ends show Markdown, some do not. ``link_to`` gives an address that the resident's
    browser can open.
    """
    return [{"recipient_id": recipient, **message} for reply in replies for message in _messages(reply, link_to)]


def bad_request(bad: BadDelivery) -> Message:
    """Rasa's body of a 400."""
    return {"description": "Bad Request", "status": 400, "message": str(bad)}


def _messages(reply: Reply, link_to: Callable[[Attachment], str]) -> list[Message]:
    # Buttons and files stand for themselves here, not in the text.
    text = as_plain_text(replace(reply, choices=(), attachments=()))
    buttons = [{"title": choice.label, "payload": payload_of(choice)} for choice in reply.choices]
    said: list[Message] = []
    if text or buttons:
        said.append({"text": text, "buttons": buttons} if buttons else {"text": text})
    return said + [_file(attachment, link_to(attachment)) for attachment in reply.attachments]


def _file(attachment: Attachment, link: str) -> Message:
    if attachment.content_type.startswith("image/"):
        return {"image": link}
    # Front-ends know pictures and videos as attachments; a text with a link is shown by all.
    return {"text": f"{attachment.name}\n{link}"}


def _fields(body: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(body.decode("utf-8-sig"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadDelivery("Rasa: the body is no JSON") from error
    if not isinstance(read, dict):
        raise BadDelivery("Rasa: the body is no JSON object")
    return read


def _integer(digits: str) -> int | float:
    # Python refuses to read integers of thousands of digits, and with them the whole body.
    return int(digits) if len(digits) < 20 else float(digits)


def _sender(fields: Mapping[str, Any]) -> str:
    sender = fields.get("sender")
    if isinstance(sender, int) and not isinstance(sender, bool):
        return str(sender)
    if sender is not None and not isinstance(sender, str):
        raise BadDelivery("Rasa: 'sender' must be a text")
    if len(sender or "") > _SENDER_LIMIT:
        raise BadDelivery(f"Rasa: 'sender' has more than {_SENDER_LIMIT} characters")
    return _storable(sender or "").strip()


def _picked(text: str) -> Choice | None:
    """The choice that a payload means."""
    payload = _PAYLOAD.fullmatch(text.strip())
    if payload is None:
        return None
    entities = _entities(payload["entities"]) if payload["intent"] == _CHOICE else {}
    if isinstance(value := entities.get("value"), str):
        title = entities.get("title")
        return Choice(_storable(title) if isinstance(title, str) else "", _storable(value))
    return Choice(text, payload["intent"])


def _entities(written: str | None) -> Mapping[str, Any]:
    try:
        read = json.loads(written or "{}", parse_int=_integer)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _language(metadata: Any) -> str | None:
    told = metadata.get("language") if isinstance(metadata, dict) else None
    return told if isinstance(told, str) and len(told) <= 35 and _LANGUAGE.fullmatch(told) else None


def _storable(text: str) -> str:
    return _NUL_OR_HALF.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)
