"""What was understood of a webhook body, for ``madoguchi inspect-line``."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from channels.arriving import Event, RemoteFile
from channels.channel import BadDelivery
from channels.line.parse import Finding, findings, read_handle
from conversations.message import Address

NOT_OF_LINE: Final = frozenset({"robot", "for_a_person", "content"})
"""what only other channels fill in"""


def inspect_line(body: bytes) -> list[dict[str, Any]]:
    """One JSON object per event, oldest first; one that says why for what is no LINE body. Never raises.

    ``kind`` is ``arrived``, ``withdrawn``, ``followed``, ``blocked``, ``ignored`` or ``bad delivery``. Of the tokens it
    is told whether they came, not what they are: who has one can speak for the city.
    """
    try:
        destination, found = findings(body)
    except BadDelivery as bad:
        return [{"kind": "bad delivery", "reason": str(bad)}]
    return [_as_json(finding, destination) for finding in found]


def _as_json(finding: Finding, destination: str) -> dict[str, Any]:
    return {
        "kind": type(finding.event).__name__.lower(),
        "destination": destination,
        "position": finding.position,
        "type": finding.type,
        "redelivered": finding.redelivered,
        **_told(finding.event),
    }


def _told(event: Event) -> dict[str, Any]:
    told = {name: _plain(value) for name, value in _values(event).items() if name != "reply_handle"}
    if "reply_handle" in _values(event):
        handle = read_handle(_values(event)["reply_handle"])
        told["can_reply"] = handle.reply_token is not None
        told["can_mark_as_read"] = handle.read_token is not None
    return told


def _values(thing: Event | RemoteFile) -> dict[str, Any]:
    return {field.name: getattr(thing, field.name) for field in fields(thing) if field.name not in NOT_OF_LINE}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Address():
            return {"channel": value.channel, "account": value.account, "user": value.thread}
        case RemoteFile():
            return {name: _plain(part) for name, part in _values(value).items()}
        case tuple():
            return [_plain(part) for part in value]
        case str():
            return str(value)
        case _:
            return value
