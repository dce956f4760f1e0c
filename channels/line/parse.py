"""A LINE webhook body, read into what happened.

Our own reading, not the SDK's: that one loses the words of every event with a field it does not expect, and for some
the whole body. The fields are those of the Messaging API reference ("Webhook event objects") and of ``webhook.yml`` in
line-openapi; any of them may be missing or of another type, and a bad event costs nobody but itself.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from channels.arriving import Arrived, Blocked, Event, Followed, Withdrawn
from channels.channel import BadDelivery, Ignored
from channels.line.contents import content_of
from channels.line.fields import ID, Fields, inner, integer, matching, milliseconds, moment, type_of, words
from conversations.message import Address

_NOTHING_SAID = frozenset({
    "accountLink", "activated", "beacon", "botResumed", "botSuspended", "deactivated", "delivery", "join", "leave",
    "memberJoined", "memberLeft", "membership", "module", "videoPlayComplete",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one event of a body was understood as."""

    position: int
    """in the body, from 1"""
    type: str
    """in LINE's words: ``message/text``, ``follow`` …"""
    redelivered: bool
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHandle:
    """What LINE wants back when we answer an event or mark it as read."""

    reply_token: str | None = field(default=None, repr=False)
    """single use, good for about a minute after the delivery"""
    read_token: str | None = field(default=None, repr=False)
    """for ``markAsRead``; never expires"""
    event_at: datetime | None = None
    """when the event happened, or was delivered again: what a reply token's age can be judged by"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """What all events of a resident have."""

    external_id: str
    sender: Address
    sent_at: datetime
    reply_handle: str | None


def parse(body: bytes) -> tuple[str, tuple[Event, ...]]:
    """The ``destination`` (user id of the account that was written to) and what happened, oldest first.

    Raises BadDelivery for what is no LINE body. Each event of a body becomes exactly one Event, whatever it looks like.
    Nothing is believed yet: with several accounts the destination tells whose secret the signature needs.
    """
    destination, found = findings(body)
    return destination, tuple(finding.event for finding in found)


def findings(body: bytes) -> tuple[str, tuple[Finding, ...]]:
    """As ``parse``, with what else is worth knowing about each event."""
    destination, events = _delivery(body)
    oldest_first = sorted(range(len(events)), key=_times(events).__getitem__)
    return destination, tuple(_finding(events[index], index + 1, destination) for index in oldest_first)


def read_handle(handle: str | None) -> ReplyHandle:
    """The tokens in ``Arrived.reply_handle`` or ``Followed.reply_handle``; an empty one for what is no handle.

    The handle is the JSON ``{"reply": replyToken, "read": markAsReadToken, "at": timestamp in ms}``, each if known.
    """
    try:
        read = json.loads(handle or "{}", parse_int=integer)
    except (ValueError, RecursionError):
        return ReplyHandle()
    if not isinstance(read, dict):
        return ReplyHandle()
    ms = milliseconds(read, "at")
    return ReplyHandle(
        reply_token=words(read, "reply") or None,
        read_token=words(read, "read") or None,
        event_at=None if ms is None else moment(ms),
    )


def _delivery(body: bytes) -> tuple[str, list[Any]]:
    try:
        # A wrong byte or a raw control character in one resident's words must not cost the others theirs.
        read = json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise BadDelivery("LINE: the body is no JSON") from error
    if not isinstance(read, dict) or not isinstance(read.get("events"), list):
        raise BadDelivery("LINE: the body has no list of events")
    destination = matching(ID, read, "destination")
    if not destination:
        raise BadDelivery("LINE: the body does not say by 'destination' which account it is for")
    return destination, read["events"]


def _times(events: Sequence[Any]) -> list[float]:
    """When they happened; one that does not say stays behind the one before it."""
    times: list[float] = []
    for raw in events:
        ms = milliseconds(raw, "timestamp") if isinstance(raw, dict) else None
        times.append(ms if ms is not None else times[-1] if times else 0)
    return times


def _finding(raw: Any, position: int, destination: str) -> Finding:
    if not isinstance(raw, dict):
        event = Ignored("LINE: another JSON value in the place of an event")
        return Finding(position=position, type="(no event)", redelivered=False, event=event)
    kind = type_of(raw)
    return Finding(
        position=position,
        type=f"{kind}/{type_of(inner(raw, 'message'))}" if "message" in raw else kind,
        redelivered=inner(raw, "deliveryContext").get("isRedelivery") is True,
        event=_event(kind, raw, destination),
    )


def _event(kind: str, raw: Fields, destination: str) -> Event:
    # In standby another module talks; but who takes words back takes them back from our copy, too.
    if raw.get("mode") == "standby" and kind != "unsend":
        return Ignored(f"LINE: standby, another module has the talk: {kind}")
    if kind in _NOTHING_SAID:
        return Ignored(f"LINE: nothing said: {kind}")
    source = inner(raw, "source")
    if source.get("type") in ("group", "room"):
        return Ignored(f"LINE: {source['type']} talk, and we talk with one person only: {kind}")
    user = matching(ID, source, "userId")
    if source.get("type") != "user" or not user:
        return Ignored(f"LINE: nobody to talk with: {kind}")
    try:
        envelope = _envelope(raw, Address("line", destination, user))
    except RecursionError:
        return Ignored(f"LINE: nested too deeply: {kind}")
    return _of_resident(kind, raw, envelope)


def _of_resident(kind: str, raw: Fields, envelope: _Envelope) -> Event:
    match kind:
        case "message" | "messageEdited":
            return _message(inner(raw, "message"), envelope, edited=kind == "messageEdited")
        case "postback":
            return _postback(inner(raw, "postback"), envelope)
        case "unsend":
            return _unsend(inner(raw, "unsend"), envelope)
        case "follow":
            return Followed(
                external_id=envelope.external_id,
                sender=envelope.sender,
                again=inner(raw, "follow").get("isUnblocked") is True,
                sent_at=envelope.sent_at,
                reply_handle=envelope.reply_handle,
            )
        case "unfollow":
            return Blocked(external_id=envelope.external_id, sender=envelope.sender)
        case _:
            return Ignored(f"LINE: unknown event: {kind}")


def _message(message: Fields, envelope: _Envelope, *, edited: bool) -> Arrived | Ignored:
    content = content_of(message)
    if isinstance(content, str):
        return Ignored(f"LINE: {content}")
    message_id = matching(ID, message, "id")
    return Arrived(
        external_id=envelope.external_id,
        sender=envelope.sender,
        text=content.text,
        files=content.files,
        place=content.place,
        in_reply_to=matching(ID, message, "quotedMessageId") or None,
        message_id=message_id,
        # New words for we do not know what are still words.
        edits=edited and bool(message_id),
        sent_at=envelope.sent_at,
        reply_handle=envelope.reply_handle,
    )


def _postback(postback: Fields, envelope: _Envelope) -> Arrived | Ignored:
    """A tap on a choice. What was picked by a date picker (Japanese time, without a zone) is its text."""
    params = inner(postback, "params")
    picked = words(params, "datetime") or words(params, "date") or words(params, "time")
    data = words(postback, "data")
    if not data and not picked:
        return Ignored("LINE: a postback that says nothing")
    return Arrived(
        external_id=envelope.external_id,
        sender=envelope.sender,
        text=picked.replace("T", " "),
        choice=data or None,
        sent_at=envelope.sent_at,
        reply_handle=envelope.reply_handle,
    )


def _unsend(unsend: Fields, envelope: _Envelope) -> Withdrawn | Ignored:
    message_id = matching(ID, unsend, "messageId")
    if not message_id:
        return Ignored("LINE: unsend does not say which message")
    return Withdrawn(external_id=envelope.external_id, sender=envelope.sender, message_id=message_id)


def _envelope(raw: Fields, sender: Address) -> _Envelope:
    ms = milliseconds(raw, "timestamp")
    return _Envelope(
        external_id=matching(ID, raw, "webhookEventId") or _made_id(raw, sender.account),
        sender=sender,
        sent_at=moment(ms),
        reply_handle=_handle(raw, ms),
    )


def _made_id(raw: Fields, destination: str) -> str:
    """The same for the same event: a redelivery differs in its ``deliveryContext`` alone."""
    same = {key: value for key, value in raw.items() if key != "deliveryContext"}
    return "sha256:" + hashlib.sha256(json.dumps([destination, same], sort_keys=True).encode()).hexdigest()


def _handle(raw: Fields, ms: float | None) -> str | None:
    known: dict[str, str | float] = {}
    if reply_token := words(raw, "replyToken"):
        known["reply"] = reply_token
    if read_token := words(inner(raw, "message"), "markAsReadToken"):
        known["read"] = read_token
    if known and ms is not None:
        known["at"] = ms
    return json.dumps(known) if known else None
