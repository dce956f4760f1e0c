"""What a Telegram message holds: words, files that Telegram keeps, or a place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from channels.arriving import FileKind, RemoteFile

Fields = Mapping[str, Any]

# Databases refuse NUL, and half a surrogate pair is no character.
_NUL_OR_HALF = re.compile("\0|[\ud800-\udfff]")
_FILE_ID = re.compile(r"[!-~]{1,512}")
_KIND = re.compile(r"[a-z_]{1,40}")

# An animation is also given as a document, a live photo also as a photo: the first that is there is the thing itself.
_FILES: Final = {
    "photo": FileKind.IMAGE,
    "animation": FileKind.VIDEO,
    "video": FileKind.VIDEO,
    "video_note": FileKind.VIDEO,
    "voice": FileKind.AUDIO,
    "audio": FileKind.AUDIO,
    "document": FileKind.FILE,
}
_ENVELOPE: Final = frozenset({
    "message_id", "from", "chat", "date", "edit_date", "caption", "caption_entities", "reply_to_message", "via_bot",
    "media_group_id", "entities", "sender_chat", "has_protected_content", "forward_origin", "quote",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    text: str = ""
    files: tuple[RemoteFile, ...] = ()
    place: tuple[float, float] | None = None


def content_of(message: Fields) -> Content | str:
    """What it holds, or why there is nothing to hold."""
    content = Content(text=_said(message), files=_files(message), place=_place(message))
    kind = next((key for key in message if key not in _ENVELOPE and _KIND.fullmatch(key)), "(no content)")
    return content if content != Content() else f"a message with nothing in it to read or to fetch: {kind}"


def inner(fields: Fields, key: str) -> Fields:
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def words(fields: Fields, key: str) -> str:
    """The text as it is, without what no database takes."""
    value = fields.get(key)
    return _storable(value) if isinstance(value, str) else ""


def _storable(text: str) -> str:
    return _NUL_OR_HALF.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)


def _said(message: Fields) -> str:
    """The resident's words, or what stands in for what has none."""
    if text := words(message, "text") or words(message, "caption"):
        return text
    if rich := inner(message, "rich_message"):
        return "\n".join(line for line in _rich_lines(rich.get("blocks")) if line.strip())
    if venue := inner(message, "venue"):
        return "\n".join(line for key in ("title", "address") if (line := words(venue, key)))
    if contact := inner(message, "contact"):
        return _stand_in("連絡先", *(words(contact, key) for key in ("last_name", "first_name", "phone_number")))
    if sticker := inner(message, "sticker"):
        return _stand_in("スタンプ", words(sticker, "emoji"))
    return words(inner(message, "dice"), "emoji")


def _stand_in(kind: str, *details: str) -> str:
    said = " ".join(" ".join(details).split())
    return f"[{kind}: {said}]" if said else f"[{kind}]"


def _files(message: Fields) -> tuple[RemoteFile, ...]:
    for field, kind in _FILES.items():
        given = _largest(message.get("photo")) if field == "photo" else inner(message, field)
        if isinstance(reference := given.get("file_id"), str) and _FILE_ID.fullmatch(reference):
            return (_file(given, kind),)
    return ()


def _file(given: Fields, kind: FileKind) -> RemoteFile:
    content_type, size = words(given, "mime_type"), given.get("file_size")
    family = content_type.partition("/")[0]
    if kind is FileKind.FILE and family in {FileKind.IMAGE, FileKind.VIDEO, FileKind.AUDIO}:
        kind = FileKind(family)
    return RemoteFile(
        reference=given["file_id"],
        kind=kind,
        name=words(given, "file_name"),
        content_type=content_type,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
    )


def _largest(sizes: Any) -> Fields:
    """Of the sizes in which Telegram keeps a photo."""
    known = [size for size in sizes if isinstance(size, dict)] if isinstance(sizes, list) else []
    return max(known, key=lambda size: _number(size, "width") * _number(size, "height"), default={})


def _place(message: Fields) -> tuple[float, float] | None:
    location = inner(message, "location") or inner(inner(message, "venue"), "location")
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if _is_number(latitude) and _is_number(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
        return float(latitude), float(longitude)
    return None


def _rich_lines(blocks: Any) -> Iterator[str]:
    """The words of a rich message ("RichBlock"), a block a line; how they are set is left out."""
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, list):
            yield from _rich_lines(block)
        elif isinstance(block, dict):
            yield "".join(_rich_words([block.get(key) for key in ("label", "summary", "text", "expression")]))
            for key in ("items", "cells", "blocks"):
                yield from _rich_lines(block.get(key))
            yield from _rich_lines([block.get("caption")])


def _rich_words(text: Any) -> Iterator[str]:
    """A rich text is a string, a list of rich texts, or an object around one ("RichText")."""
    if isinstance(text, str):
        yield _storable(text)
    elif isinstance(text, list):
        for part in text:
            yield from _rich_words(part)
    elif isinstance(text, dict):
        yield from _rich_words([text.get(key) for key in ("text", "alternative_text", "expression")])


def _number(fields: Fields, key: str) -> float:
    value = fields.get(key)
    return value if _is_number(value) else 0


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
