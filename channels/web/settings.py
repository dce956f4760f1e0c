import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from conversations.errors import SettingsError

LANGUAGES = ("ja", "ja-easy", "en")
MEGABYTE = 1024 * 1024

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE = 4.5
"""the contrast WCAG 1.4.3 asks for, here of white words on the city's colour"""


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


def _no_questions() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """What the web channel is told about the city. Raises SettingsError when it cannot be served like that."""

    public_url: str
    """https://chat.city.example: where residents' browsers find us"""
    city_name: Mapping[str, str]
    """by language, as the next ones"""
    office_name: Mapping[str, str] = field(default_factory=_nothing)
    hours: Mapping[str, str] = field(default_factory=_nothing)
    popular: Mapping[str, tuple[str, ...]] = field(default_factory=_no_questions)
    """questions the demo page offers"""
    phone: str = ""
    answer_within_days: int = 3
    primary: str = "#0017c1"
    allowed_frame_origins: tuple[str, ...] = ()
    """origins of the city's sites that may show the widget"""
    node_modules: Path = Path("node_modules")
    text_limit: int = 2_000
    """characters"""
    file_limit: int = 10 * MEGABYTE
    files_per_message: int = 5
    heartbeat: float = 15
    """seconds of silence after which a stream says that it is alive"""
    longest_wait: float = 25
    """seconds a long poll may wait"""
    longest_stream: float = 900
    """seconds after which a stream ends and the browser comes again, its token looked at anew"""
    streams_per_visit: int = 8

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.primary):
            raise SettingsError(f"colours.primary: {self.primary!r} is no colour; write it like #0017c1")
        if contrast_with_white(self.primary) < _READABLE:
            raise SettingsError(f"colours.primary: white words cannot be read on {self.primary}; choose a darker one")
        for origin in (self.public_url, *self.allowed_frame_origins):
            if origin_of(origin) is None:
                raise SettingsError(f"{origin!r} is no address; write it like https://www.city.example")

    @property
    def origin(self) -> str:
        origin = origin_of(self.public_url)
        assert origin is not None
        return origin

    @property
    def frame_origins(self) -> tuple[str, ...]:
        """Who may show the chat in a frame, besides ourselves."""
        return tuple(origin for each in self.allowed_frame_origins if (origin := origin_of(each)))


def origin_of(url: str) -> str | None:
    """``scheme://host[:port]``, or None when it is no web address."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[\s;,'\"@]", parts.netloc):
        return None
    return f"{parts.scheme}://{parts.netloc}".lower()


def contrast_with_white(colour: str) -> float:
    """WCAG's contrast ratio of ``#rrggbb`` against white."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
