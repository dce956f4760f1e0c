"""Promises V1–V4 of the channel contract: how a channel begins, keeps its secrets and ends."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from channels.channel import Accepted, Channel
from conversations.errors import SettingsError
from conversations.message import Address
from conversations.reply import Reply
from storage.database import Database
from storage.store import SqlStore
from tests.conftest import FrozenClock
from tests.contracts.network import Network, Trouble
from tests.contracts.stage import Stage
from tests.contracts.talking import Talk, needs_trouble

Start = Callable[[Mapping[str, str]], object]

_A_MOMENT = 0.05
"""seconds in which a close that does not wait would be over"""


class LivingContract(Stage):
    @pytest.fixture
    def settings_needed(self) -> Mapping[str, str]:
        """Every setting without which the channel cannot start, by its name, with a good value."""
        return {}

    @pytest.fixture
    def start(self) -> Start:
        """Reads settings as at the start; returns whatever holds them. Raises SettingsError."""
        return dict

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        """What the channel of the fixture was given and must never tell."""
        return ()

    @pytest.fixture
    def holders(self) -> Sequence[object]:
        """What else holds those secrets, such as settings."""
        return ()

    def test_v1_missing_setting_stops_the_start_and_is_named(
        self, settings_needed: Mapping[str, str], start: Start
    ) -> None:
        if not settings_needed:
            pytest.skip("it reads no settings of its own")
        start(settings_needed)
        for missing in settings_needed:
            for left in ({}, {missing: ""}, {missing: "  "}):
                rest = {name: value for name, value in settings_needed.items() if name != missing} | left
                said = _error_at_start(start, rest)
                assert said is not None, f"V1: it starts without {missing} (given {left or 'nothing'})"
                assert missing in said, f"V1: {missing} is missing, and the error says only: {said}"
                others = [value for name, value in rest.items() if name != missing and len(value) > 8]
                assert not [value for value in others if value in said], "V2: an error tells a setting"

    async def test_v2_secrets_are_in_no_log_error_or_repr(  # noqa: PLR0917
        self,
        talk: Talk,
        channel: Channel,
        network: Network,
        secrets: Sequence[str],
        holders: Sequence[object],
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        if not secrets:
            pytest.skip("it has no secrets")
        caplog.set_level(logging.DEBUG)
        told = [f"{each!r} {each}" for each in (channel, *holders)]

        with capture_logs() as events:
            told.append(repr(await talk.say(Reply(text="はい"))))
            for trouble in sorted(network.troubles - {Trouble.SLOW}):
                network.meets(trouble, after=timedelta(seconds=1) if network.names_times else None)
                told.append(repr(await talk.say(Reply(text="はい"))))
                network.recovers()

        # The fake's own access log is the other side's: it shows the address that was called.
        told += [caplog.handler.format(each) for each in caplog.records if not each.name.startswith("aiohttp.")]
        told += [repr(event) for event in events]
        told += capsys.readouterr()
        for secret in secrets:
            assert not [each for each in told if secret in each], "V2: a secret is told"

    async def test_v3_closing_twice_is_harmless(self, channel: Channel) -> None:
        await channel.close()
        await channel.close()

    async def test_v3_closing_after_use_is_harmless(self, talk: Talk, channel: Channel) -> None:
        await talk.say(Reply(text="はい"))
        await channel.close()
        await channel.close()

    async def test_v3_closing_waits_for_what_is_under_way(self, talk: Talk, channel: Channel, network: Network) -> None:
        needs_trouble(network, Trouble.SLOW)
        network.meets(Trouble.SLOW)
        sending = asyncio.ensure_future(talk.say(Reply(text="最後の言葉")))
        async with asyncio.timeout(5):
            await network.reached()

        closing = asyncio.ensure_future(channel.close())
        await asyncio.wait({closing}, timeout=_A_MOMENT)
        closed_early = closing.done()
        network.recovers()
        async with asyncio.timeout(5):
            outcome = (await asyncio.gather(sending, return_exceptions=True))[0]
            await closing

        assert outcome == Accepted(), f"V3: closing cut off what was under way: {outcome!r}"
        assert not closed_early, "V3: closing was over while something was under way"

    async def test_v4_address_survives_storage(self, address: Address, sqlite: Database, clock: FrozenClock) -> None:
        store = SqlStore(sqlite, clock)
        async with store.transaction() as records:
            kept = (await records.conversation_with(address, clock.now())).id
        async with store.transaction() as records:
            restored = (await records.conversation(kept)).address

        assert restored == address, f"V4: {address} came back as {restored}"
        assert all(type(part) is str for part in address), f"V4: {address} is not made of plain strings"

    async def test_v4_address_names_its_channel(self, address: Address, channel: Channel) -> None:
        assert address.channel == channel.name, f"V4: {channel.name} is addressed as {address.channel}"
        assert address.account, "V4: the address has no account"


def _error_at_start(start: Start, values: Mapping[str, str]) -> str | None:
    try:
        start(values)
    except SettingsError as error:
        return str(error)
    return None
