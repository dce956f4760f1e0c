"""What LINE refuses in a request, by the limits of the Messaging API reference, in its own words."""

import json
import struct
from collections.abc import Iterator
from typing import Any

import regex

Json = dict[str, Any]

OUTGOING = {
    *("text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template", "flex", "coupon")
}
BUBBLE_BYTES = 30 * 1000


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


def errors_in(messages: Any) -> list[Json]:
    """The ``details`` of a 400, empty when the messages are fine."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return [{"message": "Size must be between 1 and 5", "property": "messages"}]
    found: list[tuple[str, str]] = []
    for number, message in enumerate(messages):
        found += _in_message(message, f"messages[{number}]")
    return [{"message": said, "property": where} for where, said in found]


def _in_message(message: Json, at: str) -> Iterator[tuple[str, str]]:
    kind = message.get("type")
    if kind not in OUTGOING:
        yield f"{at}.type", "must be one of the following values: [text, flex, …]"
    if kind == "text":
        yield from _length(message, "text", at, most=5000, count=utf16)
    if kind == "flex":
        yield from _length(message, "altText", at, most=1500, count=utf16)
        yield from _in_bubble(message.get("contents"), f"{at}.contents")
    if "quickReply" in message:
        yield from _in_quick_reply(message["quickReply"].get("items"), f"{at}.quickReply")


def _in_quick_reply(items: Any, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(items, list) or not 1 <= len(items) <= 13:
        yield f"{at}.items", "Size must be between 1 and 13"
        return
    for number, item in enumerate(items):
        yield from _in_action(item.get("action", {}), f"{at}.items[{number}].action", label=20)


def _in_action(action: Json, at: str, *, label: int) -> Iterator[tuple[str, str]]:
    yield from _length(action, "label", at, most=label, count=graphemes)
    match action.get("type"):
        case "postback":
            yield from _length(action, "data", at, most=300, count=utf16)
            if "displayText" in action:
                yield from _length(action, "displayText", at, most=300, count=graphemes)
        case "message":
            yield from _length(action, "text", at, most=300, count=graphemes)
        case "uri":
            yield from _length(action, "uri", at, most=1000, count=utf16)
            uri = str(action.get("uri", ""))
            if not uri.startswith(("https://", "http://", "line://", "tel:")) or not uri.isascii() or " " in uri:
                yield f"{at}.uri", "invalid uri"
        case "richmenuswitch":
            yield from _length(action, "richMenuAliasId", at, most=32, count=utf16)
        case other:
            yield f"{at}.type", f"invalid type {other}"


def _in_bubble(bubble: Any, at: str) -> Iterator[tuple[str, str]]:
    if not isinstance(bubble, dict) or bubble.get("type") != "bubble":
        yield at, "must be a bubble"
        return
    if len(json.dumps(bubble)) > BUBBLE_BYTES:
        yield at, "too large"
    for component, where in _components(bubble, at):
        match component.get("type"):
            case "text":
                yield from _length(component, "text", where, most=10_000, count=utf16)
            case "button":
                yield from _in_action(component.get("action", {}), f"{where}.action", label=40)
            case "box" if not component.get("contents"):
                yield f"{where}.contents", "must be specified"
            case _:
                pass


def _components(thing: Any, at: str) -> Iterator[tuple[Json, str]]:
    if isinstance(thing, dict):
        if at.rpartition(".")[2] != "action":
            yield thing, at
        for key, value in thing.items():
            yield from _components(value, f"{at}.{key}")
    elif isinstance(thing, list):
        for number, value in enumerate(thing):
            yield from _components(value, f"{at}[{number}]")


def _length(fields: Json, name: str, at: str, *, most: int, count: Any) -> Iterator[tuple[str, str]]:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        yield f"{at}.{name}", "May not be empty"
    elif count(value) > most:
        yield f"{at}.{name}", f"Length must be between 0 and {most}"


def errors_in_menu(menu: Json) -> list[Json]:
    size, areas = menu.get("size", {}), menu.get("areas", [])
    width, height = size.get("width", 0), size.get("height", 0)
    found: list[tuple[str, str]] = []
    if not 800 <= width <= 2500 or height < 250 or width / height < 1.45:
        found.append(("size", "invalid size"))
    found += _length(menu, "name", "menu", most=300, count=graphemes)
    found += _length(menu, "chatBarText", "menu", most=14, count=graphemes)
    if len(areas) > 20:
        found.append(("areas", "Size must be between 0 and 20"))
    for number, area in enumerate(areas):
        bounds = area.get("bounds", {})
        if (
            bounds.get("x", -1) + bounds.get("width", 0) > width
            or bounds.get("y", -1) + bounds.get("height", 0) > height
        ):
            found.append((f"areas[{number}].bounds", "outside of the menu"))
        found += _in_action(area.get("action", {}), f"areas[{number}].action", label=20)
    return [{"message": said, "property": where} for where, said in found]


def error_in_image(image: bytes, content_type: str, menu: Json) -> str:
    if len(image) > 1024 * 1024:
        return "The image is too large"
    if content_type == "image/jpeg" and image.startswith(b"\xff\xd8"):
        return ""
    if content_type != "image/png" or not image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "The image is no JPEG or PNG"
    size = dict(zip(("width", "height"), struct.unpack(">II", image[16:24]), strict=True))
    return "" if size == menu["size"] else "The image size must be the size of the rich menu"
