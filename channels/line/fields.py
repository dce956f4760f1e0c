"""Tolerant reading of JSON objects: a field that is missing or of another type is as good as empty, nothing raises."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeGuard

Fields = Mapping[str, Any]

ID: Final = re.compile(r"[!-~]{1,128}")
"""an id as networks make them: no spaces, nothing outside ASCII"""
NO_TIME: Final = datetime.fromtimestamp(0, UTC)
"""the time of an event whose ``timestamp`` is missing or absurd"""

# Databases refuse NUL, and half a surrogate pair is no character.
_NUL_OR_HALF = re.compile("\0|[\ud800-\udfff]")
_YEAR_3000_MS = 32_503_680_000_000


def integer(digits: str) -> int | float:
    """For ``json.loads``: Python refuses to read integers of thousands of digits, and with them the whole body."""
    return int(digits) if len(digits) < 20 else float(digits)


def inner(fields: Fields, key: str) -> Fields:
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def words(fields: Fields, key: str) -> str:
    """The text as it is, without what no database takes."""
    value = fields.get(key)
    return storable(value) if isinstance(value, str) else ""


def storable(text: str) -> str:
    return _NUL_OR_HALF.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)


def matching(form: re.Pattern[str], fields: Fields, key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) and form.fullmatch(value) else ""


def type_of(fields: Fields) -> str:
    """The ``type``, short and printable, for a reason or a log."""
    return "".join(c for c in words(fields, "type")[:40] if c.isprintable()) or "(no type)"


def whole(fields: Fields, key: str) -> int | None:
    value = fields.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def degrees(fields: Fields, key: str, *, most: int) -> float | None:
    value = fields.get(key)
    return float(value) if _is_number(value) and -most <= value <= most else None


def milliseconds(fields: Fields, key: str) -> float | None:
    """Since 1970, if that is a time anybody lives in."""
    value = fields.get(key)
    return value if _is_number(value) and 0 <= value <= _YEAR_3000_MS else None


def moment(ms: float | None) -> datetime:
    return NO_TIME + timedelta(milliseconds=ms or 0)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
