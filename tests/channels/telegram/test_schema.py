"""Every kind of update and of message that the Bot API describes, in the shapes that it describes."""

import json
from pathlib import Path
from typing import Any

import pytest

from channels.arriving import Arrived, Followed
from channels.channel import Ignored
from channels.telegram.parse import parse
from tests.fakes.telegram import BOT_ID, RESIDENT, a_chat, a_message

SCHEMA = Path(__file__).parents[4] / "shared/data/telegram/schema.json"
PLAIN: dict[str, Any] = {
    "Integer": 7,
    "Float": 1.5,
    "Float number": 1.5,
    "String": "x",
    "Boolean": True,
    "True": True,
    "False": False,
    "RichText": "x",
    "RichBlock": {"type": "paragraph", "text": ["x"]},
}
SAID = {
    *("text", "caption", "photo", "document", "video", "video_note", "voice", "audio", "animation", "live_photo"),
    *("location", "venue", "contact", "sticker", "dice", "rich_message"),
}
"""what a resident says; all else in a message is about it, or happened to the talk"""


def _types() -> dict[str, dict[str, Any]]:
    if not SCHEMA.exists():
        pytest.skip("needs the Bot API's schema in ../shared/data/telegram")
    groups = json.loads(SCHEMA.read_text(encoding="utf-8"))["items"]
    return {each["name"]: each for group in groups for each in group["children"]}


def _sample(types: dict[str, dict[str, Any]], kind: str, depth: int = 0) -> Any:
    """A value of this type with every field that a few levels hold."""
    if kind.startswith("Array of "):
        return [_sample(types, kind.removeprefix("Array of "), depth)]
    name = kind.partition(" or ")[0]
    if name in PLAIN or name not in types or depth > 3:
        return PLAIN.get(name, {})
    return {each["name"]: _sample(types, each["type"], depth + 1) for each in types[name]["annotations"]}


def test_every_kind_of_update_is_exactly_one_event() -> None:
    types = _types()
    kinds = [each for each in types["Update"]["annotations"] if each["name"] != "update_id"]
    assert len(kinds) >= 25

    for kind in kinds:
        update = {"update_id": 7, kind["name"]: _sample(types, kind["type"])}
        (event,) = parse(json.dumps(update).encode(), account=str(BOT_ID))
        assert isinstance(event, Ignored), kind["name"]  # none of the samples is of a private talk


def test_every_kind_of_message_is_what_the_resident_said_or_is_counted() -> None:
    types = _types()
    fields = [each for each in types["Message"]["annotations"] if each["name"] not in a_message()]
    heard = set()

    for field in fields:
        message = a_message() | {field["name"]: _sample(types, field["type"])}
        message["chat"] = a_chat(RESIDENT)
        (event,) = parse(json.dumps({"update_id": 7, "message": message}).encode(), account=str(BOT_ID))
        assert isinstance(event, Arrived | Followed | Ignored), field["name"]
        if isinstance(event, Arrived):
            assert event.text or event.files or event.place
            heard.add(field["name"])

    assert heard == SAID - {"live_photo"}  # which comes with a photo, and is that photo
