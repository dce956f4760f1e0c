"""The other end, as the contract sees it: what a resident hears, and what a network may do instead of taking a request.

A channel's test gives the contract a ``Network`` round its own fake. What a network *cannot* do (LINE never names a
time, the terminal has no slow answers) is said here, because it is no property of the channel; what the *channel* can
and cannot do is said in its ``Capabilities`` and nowhere else.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Button:
    """Something to tap. ``data`` is what the network carries back, in the network's own form."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was sent as the thing itself."""

    name: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message as it stands before the resident, in the order of hearing."""

    text: str
    """as the eye reads it: no tags, entities decoded"""
    buttons: tuple[Button, ...] = ()
    files: tuple[SentFile, ...] = ()
    obeyed: frozenset[str] = frozenset()
    """What the network did not show but obey: ``tag:b``, ``link:https``, ``attribute:onclick``, ``header:subject``,
    ``control:1b``. Here it becomes visible when a reply's words turn into markup, script or a mail header."""


class Trouble(StrEnum):
    TOO_MANY = "too many requests (429)"
    SERVER_ERROR = "an error of the network (5xx)"
    NO_ANSWER = "no answer in time"
    CONNECTION_LOST = "no connection"
    ANSWER_LOST = "taken, but its answer is lost"
    SLOW = "a slow answer"
    """taken, and answered when ``recovers`` is called"""
    BAD_REQUEST = "a request it finds wrong (other 4xx)"
    BLOCKED = "the resident closed the channel to us"
    UNKNOWN = "an address nobody has"


PASSING = (Trouble.TOO_MANY, Trouble.SERVER_ERROR, Trouble.NO_ANSWER, Trouble.CONNECTION_LOST, Trouble.ANSWER_LOST)
LASTING = (Trouble.BAD_REQUEST, Trouble.BLOCKED, Trouble.UNKNOWN)
UNCERTAIN = frozenset({Trouble.NO_ANSWER, Trouble.ANSWER_LOST})
"""After these nobody knows whether the resident heard it."""


class Network(Protocol):
    """A fake network that can be told what to do."""

    troubles: frozenset[Trouble]
    """which of them the real network has"""
    names_times: bool
    """its 429 says when to come again"""

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        """From now on every request meets this trouble. ``after`` is the time a 429 names."""

    def recovers(self) -> None:
        """From now on requests are taken again; one that waits for a slow answer gets it."""

    async def reached(self) -> None:
        """Return when a request waits for its slow answer."""


class NoNetwork:
    """For a channel that talks to nobody over a wire."""

    troubles: frozenset[Trouble] = frozenset()
    names_times = False

    def meets(self, trouble: Trouble, *, after: timedelta | None = None) -> None:
        raise NotImplementedError(f"there is no network that could know {trouble}, {after}")

    def recovers(self) -> None:
        return

    async def reached(self) -> None:
        raise NotImplementedError("there is no network to reach")


def read_html(html: str) -> tuple[str, frozenset[str]]:
    """What a reader of this HTML sees, and what the HTML makes the reader's program obey."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.seen), frozenset(reader.obeyed)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self.obeyed: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.obeyed.add(f"tag:{tag}")
        for name, value in attrs:
            self.obeyed.add(f"link:{_scheme(value or '')}" if name == "href" else f"attribute:{name}")

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_comment(self, data: str) -> None:  # noqa: ARG002
        self.obeyed.add("comment")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002
        self.obeyed.add("declaration")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002
        self.obeyed.add("instruction")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002
        self.obeyed.add("declaration")


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return "none"
