"""A Telegram update, read into what happened.

The fields are those of the Bot API ("Update", "Message", "CallbackQuery", "ChatMemberUpdated"); any of them may be
missing or of another type. One webhook body is one update, and one update is exactly one event.
"""

import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

from channels.arriving import Arrived, Blocked, Event, Followed, Forged
from channels.channel import BadDelivery, Ignored
from channels.telegram.contents import Content, Fields, content_of, inner, words
from conversations.message import Address

CHANNEL: Final = "telegram"
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""what ``setWebhook`` asks for: the kinds that can mean something to us"""
NO_TIME: Final = datetime.fromtimestamp(0, UTC)
"""the time of what has none; Telegram does not say when a button was tapped"""

_KIND = re.compile(r"[a-z_]{1,40}")
_START = "/start"
_YEAR_3000 = 32_503_680_000


def verified(header: str | None, secret: str) -> None:
    """Return when ``X-Telegram-Bot-Api-Secret-Token`` is the secret told to ``setWebhook``; raise Forged otherwise.

    Telegram signs no bodies: whoever knows the secret is Telegram. The header may be missing or hold anything.
    """
    if not secret:
        raise Forged("Telegram: no webhook secret is set; no delivery can be trusted")
    if header is None:
        raise Forged("Telegram: the delivery has no X-Telegram-Bot-Api-Secret-Token")
    # Compared as bytes: compare_digest refuses text outside ASCII, and headers may hold half a surrogate pair.
    if not hmac.compare_digest(header.encode("utf-8", "surrogatepass"), secret.encode()):
        raise Forged("Telegram: X-Telegram-Bot-Api-Secret-Token is not the secret told to setWebhook")


def parse(body: bytes, *, account: str) -> tuple[Event, ...]:
    """What the update says. ``account`` is our bot's id: an ``update_id`` counts within one bot only.

    A tap arrives as ``Arrived`` with the *opaque id* of the choice: ``channels.telegram.messages.value_of`` gives its
    value, or tells that the tap is stale. ``in_reply_to`` is the message the button hung under, ``text`` its label, and
    ``reply_handle`` what ``TelegramChannel.answer_tap`` wants.

    ``language`` stays None: ``from.language_code`` is the language of the person's *app*, which nobody chose for
    talking with a city hall. The words tell more.

    Raises BadDelivery for what is no update at all.
    """
    update = _update(body)
    origin = _Origin(account=account, update_id=update["update_id"])
    try:
        return (_event(update, origin),)
    except RecursionError:
        return (Ignored(f"Telegram: nested too deeply: {_kind(update)}"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    account: str
    update_id: int

    @property
    def external_id(self) -> str:
        return f"{self.account}:{self.update_id}"

    def sender(self, chat: Fields) -> Address | None:
        """The resident we talk with alone; None in a group or channel."""
        chat_id = _id(chat, "id")
        return Address(CHANNEL, self.account, chat_id) if chat.get("type") == "private" and chat_id else None


def _update(body: bytes) -> dict[str, Any]:
    try:
        # A wrong byte or a raw control character must not cost the rest of the words.
        read = json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadDelivery("Telegram: the body is no JSON") from error
    if not isinstance(read, dict) or not _is_integer(read.get("update_id")):
        raise BadDelivery("Telegram: the body has no update_id")
    return read


def _integer(digits: str) -> int | float:
    # Python refuses to read integers of thousands of digits, and with them the whole body. Telegram's have 52 bits.
    return int(digits) if len(digits) < 20 else float(digits)


def _event(update: Fields, origin: _Origin) -> Event:
    match update:
        case {"message": dict(message)}:
            return _message(message, origin, edited=False)
        case {"edited_message": dict(message)}:
            return _message(message, origin, edited=True)
        case {"callback_query": dict(query)}:
            return _tap(query, origin)
        case {"my_chat_member": dict(change)}:
            return _membership(change, origin)
        case _:
            return Ignored(f"Telegram: an update of a kind we do not ask for: {_kind(update)}")


def _message(message: Fields, origin: _Origin, *, edited: bool) -> Event:
    sender = origin.sender(inner(message, "chat"))
    if sender is None:
        return Ignored("Telegram: a group or channel, we talk with one person only")
    if inner(message, "from").get("is_bot") is True:
        return Ignored("Telegram: a bot's message")
    if message.get("text") == _START and not edited:
        # The app says it when somebody opens the talk, for the first time or after unblocking. With a parameter
        # ("/start CODE", from a link) it is a message: the parameter is said to us.
        return Followed(external_id=origin.external_id, sender=sender, again=False, sent_at=_moment(message, "date"))
    content = content_of(message)
    if isinstance(content, str):
        return Ignored(f"Telegram: {content}")
    if edited and content.place:
        return Ignored("Telegram: a shared live location moved")
    return _arrived(message, content, origin, sender=sender, edited=edited)


def _arrived(message: Fields, content: Content, origin: _Origin, *, sender: Address, edited: bool) -> Arrived:
    message_id = _id(message, "message_id")
    return Arrived(
        external_id=origin.external_id,
        sender=sender,
        text=content.text,
        files=content.files,
        place=content.place,
        in_reply_to=_id(inner(message, "reply_to_message"), "message_id") or None,
        message_id=message_id,
        # An edit of we do not know what is still something said.
        edits=edited and bool(message_id),
        sent_at=_moment(message, "edit_date" if edited else "date"),
    )


def _tap(query: Fields, origin: _Origin) -> Event:
    message = inner(query, "message")
    sender = origin.sender(inner(message, "chat"))
    data, query_id = words(query, "data"), words(query, "id")
    if sender is None or not data:
        return Ignored("Telegram: a tap on no button of ours")
    return Arrived(
        external_id=origin.external_id,
        sender=sender,
        text=_label(message, data),
        choice=data,
        in_reply_to=_id(message, "message_id") or None,
        sent_at=NO_TIME,
        reply_handle=query_id or None,
    )


def _label(message: Fields, data: str) -> str:
    """What the tapped button says; empty when the message is too old to be shown to us."""
    rows = inner(message, "reply_markup").get("inline_keyboard")
    for row in rows if isinstance(rows, list) else ():
        for button in row if isinstance(row, list) else ():
            if isinstance(button, dict) and button.get("callback_data") == data:
                return words(button, "text")
    return ""


def _membership(change: Fields, origin: _Origin) -> Event:
    sender = origin.sender(inner(change, "chat"))
    if sender is None:
        return Ignored("Telegram: our bot's place in a group or channel changed")
    match inner(change, "new_chat_member").get("status"):
        case "kicked":
            return Blocked(external_id=origin.external_id, sender=sender)
        case "member":
            sent_at = _moment(change, "date")
            return Followed(external_id=origin.external_id, sender=sender, again=True, sent_at=sent_at)
        case _:
            return Ignored("Telegram: neither blocked nor unblocked")


def _kind(update: Fields) -> str:
    return next((key for key in update if key != "update_id" and _KIND.fullmatch(key)), "(no kind)")


def _id(fields: Fields, key: str) -> str:
    """The number as text; 0 is what Telegram gives to a message that has no number yet."""
    value = fields.get(key)
    return str(value) if _is_integer(value) and value else ""


def _moment(fields: Fields, key: str) -> datetime:
    seconds = fields.get(key)
    if _is_integer(seconds) and 0 <= seconds <= _YEAR_3000:
        return datetime.fromtimestamp(seconds, UTC)
    return NO_TIME


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
