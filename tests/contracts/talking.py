"""How the contract talks through a channel: each reply under its own key, and only what is new counts as heard."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest

from channels.channel import Accepted, Capabilities, Channel, DeliveryOutcome
from conversations.message import Address
from conversations.reply import Reply
from tests.contracts.network import Heard, Network, Trouble

Publish = Callable[[Address, Reply], Awaitable[None]]

_NUMBERED = re.compile(r"^\s*(\d+)\s*[.:)）、]?\s*(\S.*)$", re.MULTILINE)


@dataclass(slots=True)
class Talk:
    """A channel with somebody at its other end."""

    channel: Channel
    address: Address
    heard: Callable[[], Sequence[Heard]]
    publish: Publish | None
    last: tuple[Reply, str] | None = None
    """what was said last, and its key"""
    _keys: "count[int]" = field(default_factory=lambda: count(1))

    def key(self) -> str:
        """A new one, of the form that the outbox gives: a UUID."""
        return f"00000000-0000-4000-8000-{next(self._keys):012}"

    async def send(self, reply: Reply, *, key: str, handle: str | None = None) -> DeliveryOutcome:
        """Send only: a second call with the same key is a retry."""
        return await self.channel.send(self.address, reply, key=key, handle=handle)

    async def say(self, reply: Reply, *, handle: str | None = None) -> DeliveryOutcome:
        """Say it once, as the engine does: into the timeline for a pulled channel, and out through the channel."""
        if self.channel.capabilities.pulled and self.publish is not None:
            await self.publish(self.address, reply)
        self.last = reply, self.key()
        return await self.send(reply, key=self.last[1], handle=handle)

    async def hears(self, reply: Reply) -> list[Heard]:
        """Say it, see it accepted, and return what the resident heard of it."""
        before = len(self.heard())
        outcome = await self.say(reply)
        assert outcome == Accepted(), f"S1: a reply was not accepted in peace, but {outcome}"
        return list(self.heard()[before:])


def words(heard: Sequence[Heard]) -> str:
    return "\n".join(each.text for each in heard)


def obeyed(heard: Sequence[Heard]) -> frozenset[str]:
    return frozenset[str]().union(*(each.obeyed for each in heard))


def numbered(text: str) -> dict[int, str]:
    """The numbered list in a text, as a reader finds it; digits may be full-width."""
    return {int(number): label.strip() for number, label in _NUMBERED.findall(unicodedata.normalize("NFKC", text))}


def needs(capabilities: Capabilities, name: str, *, to_be: object) -> None:
    """Skip the promise when the channel declares that it is not so."""
    declared = getattr(capabilities, name)
    if declared != to_be:
        pytest.skip(f"excluded by Capabilities.{name} = {declared!r}")


def needs_trouble(network: Network, trouble: Trouble) -> None:
    if trouble not in network.troubles:
        pytest.skip(f"its network has no such thing: {trouble}")
