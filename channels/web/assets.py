"""The files pages load: a fixed list, read once, named by what is in them so that browsers may keep them for ever."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FROM_NODE_MODULES = {"tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css"}


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    content_type: str


class Assets:
    """Without ``npm ci`` the design tokens are an empty sheet: ``base.css`` carries the same values as a fallback."""

    def __init__(self, node_modules: Path, *, primary: str) -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(_STATIC.iterdir()) if path.suffix in _TYPES}
        for name, inside in _FROM_NODE_MODULES.items():
            path = node_modules / inside
            self._files[name] = path.read_bytes() if path.is_file() else b""
        self._files["city.css"] = f":root {{ --city: {primary}; }}\n".encode()
        self.version = _fingerprint(self._files)

    def named(self, name: str) -> Asset | None:
        if (content := self._files.get(name)) is None:
            return None
        return Asset(content, _TYPES[Path(name).suffix])

    def address(self, name: str) -> str:
        """Where pages find it. Raises KeyError for a file that is not on the list."""
        self._files[name]
        return f"/assets/{self.version}/{name}"


def _fingerprint(files: Mapping[str, bytes]) -> str:
    return hashlib.sha256(b"".join(name.encode() + content for name, content in sorted(files.items()))).hexdigest()[:16]
