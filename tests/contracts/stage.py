"""What a channel's test supplies to the contract."""

from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from channels.channel import Channel
from conversations.message import Address, Attachment
from conversations.reply import Reply
from tests.contracts.network import Button, Heard, Network
from tests.contracts.talking import Publish, Talk

Tap = Callable[[Button, Reply, str], Awaitable[str | None] | str | None]
"""the button, and the reply and key that it was offered with"""
Attach = Callable[[str, str, bytes], Awaitable[Attachment] | Attachment]

# One channel serves all examples of a test: that is how it lives, too.
examples = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


class Stage:
    @pytest.fixture
    def channel(self) -> Channel:
        """The channel, connected to ``network``."""
        raise NotImplementedError("supply the channel")

    @pytest.fixture
    def address(self) -> Address:
        """Of a resident whom the channel reaches."""
        raise NotImplementedError("supply an address")

    @pytest.fixture
    def heard(self) -> Callable[[], Sequence[Heard]]:
        """All that this resident heard so far, oldest first."""
        raise NotImplementedError("supply what is heard")

    @pytest.fixture
    def network(self) -> Network:
        """The other end, which can be told to make trouble."""
        raise NotImplementedError("supply the network")

    @pytest.fixture
    def tap(self) -> Tap:
        """Tap a button; returns the choice's value as it arrives, by way of the channel's own parser."""

        def nothing_to_tap(button: Button, _: Reply, __: str) -> str | None:
            raise NotImplementedError(f"a channel with buttons supplies how {button} is tapped")

        return nothing_to_tap

    @pytest.fixture
    def publish(self) -> Publish | None:
        """Put a reply where the resident's side fetches it; only for a channel that is pulled."""
        return None

    @pytest.fixture
    def reply_handle(self) -> Callable[[], str | None]:
        """A fresh reply handle, as the network gives one with a message; None when it gives none."""
        return lambda: None

    @pytest.fixture
    def attach(self) -> Attach:
        """Store a file where the channel finds it; takes name, content type and content."""
        return lambda name, kind, content: Attachment(id=uuid4(), name=name, content_type=kind, size=len(content))

    @pytest.fixture
    def talk(
        self,
        channel: Channel,
        address: Address,
        heard: Callable[[], Sequence[Heard]],
        publish: Publish | None,
    ) -> Talk:
        return Talk(channel, address, heard, publish)


async def stored(attach: Attach, name: str, content_type: str, content: bytes) -> Attachment:
    kept = attach(name, content_type, content)
    return await kept if isawaitable(kept) else kept


async def tapped(tap: Tap, button: Button, talk: Talk) -> str | None:
    """What the button means when it is tapped under the reply that was said last."""
    assert talk.last is not None
    value = tap(button, *talk.last)
    return await value if isawaitable(value) else value
