"""Promises S2, S5 and S6 of the channel contract: what the outbox is told, and what a retry does."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from channels.channel import Accepted, Refused, RetryLater
from conversations.reply import Reply
from tests.contracts.network import LASTING, PASSING, UNCERTAIN, Network, Trouble
from tests.contracts.stage import Stage
from tests.contracts.talking import Talk, needs, needs_trouble, words

_TECHNICAL = re.compile(r"Traceback|Exception|Error\(|<[a-zA-Z_.]+ (object|at) |0x[0-9a-f]{6}|^\s*[{\[]")
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
_LONGEST_WAIT = timedelta(days=1)


class OutcomeContract(Stage):
    # S2 · the same key is heard once

    async def test_s2_same_key_is_heard_once(self, talk: Talk) -> None:
        await self._say_twice(talk, handle=None)

    async def test_s2_same_key_with_its_reply_handle_is_heard_once(
        self, talk: Talk, reply_handle: Callable[[], str | None]
    ) -> None:
        if (handle := reply_handle()) is None:
            pytest.skip("its network gives no reply handles")
        await self._say_twice(talk, handle=handle)

    async def _say_twice(self, talk: Talk, *, handle: str | None) -> None:
        needs(talk.channel.capabilities, "pulled", to_be=False)
        key = talk.key()
        outcomes = [await talk.send(Reply(text="一度だけ。"), key=key, handle=handle) for _ in range(2)]
        times = words(talk.heard()).count("一度だけ。")

        assert outcomes == [Accepted()] * 2, f"S2: both are to be accepted, not {outcomes}"
        if talk.channel.capabilities.retry_safe:
            assert times == 1, f"S2: declared as retry_safe, but heard {times} times"
        else:
            assert times == 2, f"S2: not declared as retry_safe, but heard {times} times"

    async def test_s2_another_key_is_another_reply(self, talk: Talk) -> None:
        needs(talk.channel.capabilities, "pulled", to_be=False)
        for _ in range(2):
            await talk.send(Reply(text="同じ言葉。"), key=talk.key())

        assert words(talk.heard()).count("同じ言葉。") == 2, "S2: a new key is a new reply, whatever its words"

    # S5 · passing trouble means later

    @pytest.mark.parametrize("trouble", PASSING)
    async def test_s5_passing_trouble_means_later(self, talk: Talk, network: Network, trouble: Trouble) -> None:
        await self._comes_through(talk, network, trouble, handle=None)

    @pytest.mark.parametrize("trouble", PASSING)
    async def test_s5_passing_trouble_with_a_reply_handle_means_later(
        self, talk: Talk, network: Network, trouble: Trouble, reply_handle: Callable[[], str | None]
    ) -> None:
        if (handle := reply_handle()) is None:
            pytest.skip("its network gives no reply handles")
        await self._comes_through(talk, network, trouble, handle=handle)

    async def _comes_through(self, talk: Talk, network: Network, trouble: Trouble, *, handle: str | None) -> None:
        needs(talk.channel.capabilities, "pulled", to_be=False)
        needs_trouble(network, trouble)
        retry_safe = talk.channel.capabilities.retry_safe
        key = talk.key()

        network.meets(trouble)
        outcome = await talk.send(Reply(text="大事な知らせ。"), key=key, handle=handle)
        network.recovers()

        # Without a retry key a channel may rather call a person than risk to say it twice.
        if isinstance(outcome, Refused) and trouble in UNCERTAIN and (not retry_safe or handle):
            return
        assert isinstance(outcome, RetryLater), f"S5: {trouble} is {outcome}, not RetryLater"
        assert timedelta(0) < outcome.after <= _LONGEST_WAIT, f"S5: again after {outcome.after} is no time to wait"
        assert await talk.send(Reply(text="大事な知らせ。"), key=key, handle=handle) == Accepted(), "S5: lost after all"
        times = words(talk.heard()).count("大事な知らせ。")
        most = 2 if trouble in UNCERTAIN and not retry_safe else 1
        assert 1 <= times <= most, f"S5: after {trouble} and a retry it was heard {times} times"

    @pytest.mark.parametrize("seconds", [1, 37, 3600])
    async def test_s5_time_named_by_the_network_is_respected(self, talk: Talk, network: Network, seconds: int) -> None:
        needs(talk.channel.capabilities, "pulled", to_be=False)
        needs_trouble(network, Trouble.TOO_MANY)
        if not network.names_times:
            pytest.skip("its network names no time")
        named = timedelta(seconds=seconds)
        network.meets(Trouble.TOO_MANY, after=named)

        outcome = await talk.send(Reply(text="はい"), key=talk.key())

        assert isinstance(outcome, RetryLater), f"S5: {outcome}, though the network said when to come again"
        assert named <= outcome.after <= named * 2 + timedelta(minutes=1), f"S5: {named} was named, not {outcome.after}"

    # S6 · lasting trouble calls a person

    @pytest.mark.parametrize("trouble", LASTING)
    async def test_s6_lasting_trouble_is_refused_with_a_reason(
        self, talk: Talk, network: Network, trouble: Trouble
    ) -> None:
        needs(talk.channel.capabilities, "pulled", to_be=False)
        needs_trouble(network, trouble)
        before = len(talk.heard())
        network.meets(trouble)

        outcome = await talk.send(Reply(text="聞こえません。"), key=talk.key())

        assert isinstance(outcome, Refused), f"S6: {trouble} is {outcome}, not Refused"
        assert "聞こえません。" not in words(talk.heard()[before:]), "S6: refused, but heard"
        assert _JAPANESE.search(outcome.reason), f"S6: staff cannot read {outcome.reason!r}: say it in Japanese"
        assert not _TECHNICAL.search(outcome.reason), f"S6: {outcome.reason!r} is for engineers, not for staff"
