"""Holds JSON against the official description of the Messaging API, where that is at hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

DESCRIPTION = Path(__file__).parents[3] / "shared/data/line/messaging-api.yml"


class Description:
    def __init__(self, path: Path = DESCRIPTION) -> None:
        self._schemas: dict[str, Json] = yaml.safe_load(path.read_text(encoding="utf-8"))["components"]["schemas"]

    def wrongs(self, value: Any, schema: str, *, at: str = "") -> Iterator[str]:
        """Where the value is none of this schema: unknown or missing fields, types, enumerations, sizes."""
        yield from self._wrongs(value, {"$ref": f"#/components/schemas/{schema}"}, at or schema)

    def _wrongs(self, value: Any, schema: Json, at: str) -> Iterator[str]:
        schema = self._whole(self._kind(value, schema))
        match schema.get("type"):
            case "object" if isinstance(value, dict):
                yield from self._in_object(value, schema, at)
            case "array" if isinstance(value, list):
                if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**9):
                    yield f"{at}: {len(value)} items"
                for number, item in enumerate(value):
                    yield from self._wrongs(item, schema["items"], f"{at}[{number}]")
            case "string" if isinstance(value, str):
                if value not in schema.get("enum", [value]) or len(value) > schema.get("maxLength", 10**9):
                    yield f"{at}: {value!r}"
            case "boolean" if isinstance(value, bool):
                pass
            case "integer" if isinstance(value, int):
                if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                    yield f"{at}: {value}"
            case other:
                yield f"{at}: {value!r} is no {other}"

    def _in_object(self, value: Json, schema: Json, at: str) -> Iterator[str]:
        for name in schema["required"]:
            if name not in value:
                yield f"{at}.{name}: missing"
        for name, inner in value.items():
            if name in schema["properties"]:
                yield from self._wrongs(inner, schema["properties"][name], f"{at}.{name}")
            else:
                yield f"{at}.{name}: unknown"

    def _kind(self, value: Any, schema: Json) -> Json:
        """The schema itself, or the one that the value's ``type`` names."""
        schema = self._at(schema)
        by = schema.get("discriminator")
        kind = by and isinstance(value, dict) and by["mapping"].get(value.get(by["propertyName"]))
        return self._at({"$ref": kind}) if kind else schema

    def _at(self, schema: Json) -> Json:
        reference = schema.get("$ref")
        return self._schemas[reference.rpartition("/")[2]] if reference else schema

    def _whole(self, schema: Json) -> Json:
        whole: Json = {
            **schema,
            "properties": dict(schema.get("properties", {})),
            "required": schema.get("required", []),
        }
        for part in schema.get("allOf", []):
            inner = self._whole(self._at(part))
            whole["properties"] |= inner["properties"]
            whole["required"] = [*whole["required"], *inner["required"]]
        return whole
