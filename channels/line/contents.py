"""What a message holds: words, a file that LINE or somebody else keeps, or a place."""

import re
from dataclasses import dataclass
from typing import Final

from channels.arriving import FileKind, RemoteFile
from channels.line.fields import Fields, degrees, inner, matching, storable, type_of, whole, words

OWN_CONTENT: Final = "line:"
"""Begins the reference of a file that LINE keeps; the message id follows (``GET /v2/bot/message/{id}/content``)."""
EXTERNAL_CONTENT: Final = "url:"
"""Begins the reference of a file kept elsewhere; an https address follows, which the *sender's* app chose."""

_CONTENT_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
_HTTPS = re.compile(r"https://[!-~]+", re.IGNORECASE)
_KEYWORDS_SAID = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    text: str = ""
    files: tuple[RemoteFile, ...] = ()
    place: tuple[float, float] | None = None


def content_of(message: Fields) -> Content | str:
    """What it holds, or why there is nothing to hold."""
    kind = type_of(message)
    content: Content | None
    match kind:
        case "text":
            content = Content(text=words(message, "text"))
        case "image" | "video" | "audio" | "file":
            content = _file(FileKind(kind), message)
        case "location":
            content = _location(message)
        case "sticker":
            content = Content(text=_sticker(message))
        case _:
            return f"unknown kind of message: {kind}"
    return content if content != Content() else f"a message with nothing in it to read or to fetch: {kind}"


def _file(kind: FileKind, message: Fields) -> Content:
    """By its reference; empty when it can never be fetched."""
    provider = inner(message, "contentProvider")
    if provider.get("type") == "external":
        scheme, where = EXTERNAL_CONTENT, matching(_HTTPS, provider, "originalContentUrl")
    else:
        scheme, where = OWN_CONTENT, matching(_CONTENT_ID, message, "id")
    if not where:
        return Content()
    name = words(message, "fileName") or _name_in_set(inner(message, "imageSet"))
    return Content(files=(RemoteFile(reference=scheme + where, kind=kind, name=name, size=whole(message, "fileSize")),))


def _name_in_set(image_set: Fields) -> str:
    """Pictures chosen together come one by one and in any order: the name keeps which one of how many it is."""
    index, total = whole(image_set, "index"), whole(image_set, "total")
    if not index:
        return ""
    return f"写真 {index}（全{total}枚）" if total else f"写真 {index}"


def _location(message: Fields) -> Content:
    latitude, longitude = degrees(message, "latitude", most=90), degrees(message, "longitude", most=180)
    place = None if latitude is None or longitude is None else (latitude, longitude)
    said = [words(message, "title"), words(message, "address")]
    return Content(text="\n".join(line for line in said if line), place=place)


def _sticker(message: Fields) -> str:
    """A stand-in: what the resident wrote on it, else the first keywords of what it shows."""
    keywords = message.get("keywords")
    shown = [storable(word) for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else []
    meaning = words(message, "text") or "・".join(shown[:_KEYWORDS_SAID])
    said = " ".join(meaning.split())
    return f"[スタンプ: {said}]" if said else "[スタンプ]"
