"""Entities as Rasa's training data marks them: ``[東京](city)から[大阪]{"entity": "city", "role": "to"}``."""

import json
import re
from dataclasses import dataclass

_MARKED = re.compile(
    r"\[(?P<said>[^\[\]]+)\](?:\((?P<short>[^()]*)\)|(?P<one>\{[^{}]*\})|\[(?P<several>\s*\{.*?\}\s*)\])"
)
_KNOWN = ("entity", "role", "group", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something named in an example: ``text[start:end]``."""

    start: int
    end: int
    entity: str
    value: str
    """what it stands for; the words themselves when the data say nothing else"""
    role: str = ""
    group: str = ""


class WrongMarkup(ValueError):
    """Says in Japanese what is wrong with the markup of one example."""


def unmarked(line: str) -> tuple[str, tuple[Entity, ...]]:
    """The example as a resident would say it, and what was marked in it. Raises WrongMarkup."""
    text, entities, after = "", [], 0
    for mark in _MARKED.finditer(line):
        text += line[after : mark.start()]
        start, after = len(text), mark.end()
        text += mark["said"]
        entities += [
            Entity(start=start, end=len(text), **({"value": mark["said"]} | named)) for named in _entities(mark)
        ]
    return text + line[after:], tuple(entities)


def _entities(mark: re.Match[str]) -> list[dict[str, str]]:
    if mark["short"] is not None:
        entity, colon, value = (part.strip() for part in mark["short"].partition(":"))
        return [_checked(mark, {"entity": entity} | ({"value": value} if colon else {}))]
    try:
        found = json.loads(mark["one"] or f"[{mark['several']}]")
    except (ValueError, RecursionError):
        raise WrongMarkup(
            f'{mark[0]} は JSON として読めません。[{mark["said"]}]{{"entity": "…"}} の形にしてください'
        ) from None
    return [_checked(mark, each) for each in (found if isinstance(found, list) else [found])]


def _checked(mark: re.Match[str], given: object) -> dict[str, str]:
    if not isinstance(given, dict) or not given.get("entity"):
        raise WrongMarkup(f"{mark[0]} に entity（項目の名前）がありません")
    if strange := [str(name) for name in given if name not in _KNOWN]:
        known = ", ".join(_KNOWN)
        raise WrongMarkup(f"{mark[0]} の {', '.join(strange)} は使えません。使えるのは {known} です")
    if wrong := [name for name, value in given.items() if not isinstance(value, str | int | float)]:
        raise WrongMarkup(f"{mark[0]} の {', '.join(wrong)} は文字で書いてください")
    return {name: str(value) for name, value in given.items()}
