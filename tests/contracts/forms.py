"""Promises S3 and S4 of the channel contract: choices come back as what they were, long texts are cut without loss."""

from collections.abc import Sequence
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.channel import Accepted, Refused
from conversations.message import Choice
from conversations.reply import Reply
from tests.contracts.network import Button
from tests.contracts.stage import Stage, Tap, examples, tapped
from tests.contracts.talking import Talk, needs, numbered, words
from tests.contracts.texts import CLUSTERS, clusters, length, squeezed


class FormContract(Stage):
    # S3 · a choice comes back as the same choice

    @pytest.mark.parametrize("count", [1, 3, 14, 21])
    async def test_s3_every_choice_can_be_picked(self, talk: Talk, tap: Tap, count: int) -> None:
        choices = tuple(
            Choice(f"選択肢の{n}", f"dialogue:粗大ごみの収集を電話ではなくここで申し込む、その{n}")
            for n in range(1, count + 1)
        )

        heard = await talk.hears(Reply(text="どれですか。", choices=choices))

        buttons = [button for each in heard for button in each.buttons]
        listed = numbered(words(heard))
        places = {choice.label: place for place, choice in enumerate(choices, start=1)}
        wrong = {place: label for place, label in listed.items() if places.get(label, place) != place}
        assert not wrong, f"S3: the engine counts from 1 in the order of the choices, the list says {wrong}"
        self._are_buttons(talk, buttons)
        picked = [button.label for button in buttons] + list(listed.values())
        lost = [choice.label for choice in choices if choice.label not in picked]
        assert not lost, f"S3: neither button nor number for {lost}"
        order = [places[button.label] for button in buttons]
        assert order == sorted(order), f"S3: the buttons stand in another order: {order}"
        for button in buttons:
            value = await tapped(tap, button, talk)
            assert value == choices[places[button.label] - 1].value, f"S3: {button.label} came back as {value!r}"

    async def test_s3_long_label_is_readable_and_keeps_its_choice(self, talk: Talk, tap: Tap) -> None:
        label = "転入届と国民健康保険の加入の手続きを同じ日に窓口で済ませたい👨‍👩‍👧"

        heard = await talk.hears(Reply(text="どれですか。", choices=(Choice(label, "article:1"), Choice("他", "none"))))

        buttons = [button for each in heard for button in each.buttons]
        self._are_buttons(talk, buttons)
        labels = [words(heard), *(button.label for button in buttons)]
        assert any(label in each for each in labels), f"S3: the label is nowhere readable in full: {labels}"
        if buttons:
            assert await tapped(tap, buttons[0], talk) == "article:1", "S3: a long label lost its choice"

    def _are_buttons(self, talk: Talk, buttons: Sequence[Button]) -> None:
        declared = talk.channel.capabilities.buttons
        assert bool(buttons) == declared, f"S3: Capabilities.buttons = {declared}, but {len(buttons)} buttons"

    # S4 · a long text is cut without loss

    @settings(examples, max_examples=15)
    @given(
        pattern=st.lists(st.sampled_from((*CLUSTERS, "\n", " ")), max_size=12),
        over=st.sampled_from((-1, 0, 1, 2, 7)),
        times=st.sampled_from((1, 1, 2, 3)),
    )
    async def test_s4_long_text_is_cut_without_loss(
        self, talk: Talk, pattern: list[str], over: int, times: int
    ) -> None:
        await self._is_heard_whole(talk, _filled([*pattern, "漢"], self._limit(talk) * times + over, talk))

    async def test_s4_text_of_many_messages_is_heard_whole(self, talk: Talk) -> None:
        await self._is_heard_whole(talk, _filled(["👨‍👩‍👧", "か\u3099", "𠮷", "。", "\n"], self._limit(talk) * 7, talk))

    async def test_s4_text_without_limit_stays_in_one_piece(self, talk: Talk) -> None:
        needs(talk.channel.capabilities, "text_limit", to_be=None)

        (heard,) = await talk.hears(Reply(text="長い。" * 10_000))

        assert "長い。" * 10_000 in heard.text, "S4: no limit is declared, but the text was cut"

    async def test_s4_one_endless_character_ends_nothing(self, talk: Talk) -> None:
        # Longer than any limit, and no place where it may be cut: it need not be pretty, but it must come to an end.
        outcome = await talk.say(Reply(text="は" + "\u3099" * 9_000))

        assert isinstance(outcome, Accepted | Refused), f"S4: {outcome} for ever"

    def _limit(self, talk: Talk) -> int:
        limit = talk.channel.capabilities.text_limit
        if limit is None:
            pytest.skip("excluded by Capabilities.text_limit = None")
        return limit

    async def _is_heard_whole(self, talk: Talk, text: str) -> None:
        limit, unit = self._limit(talk), talk.channel.capabilities.text_unit
        heard = [each.text for each in await talk.hears(Reply(text=text))]

        assert squeezed("".join(heard)) == squeezed(text), "S4: something was lost, doubled or moved by cutting"
        for piece in heard:
            try:
                clusters(piece)
            except ValueError as broken:
                pytest.fail(f"S4: cut inside a grapheme: {broken}")
            assert length(piece, unit) <= limit, f"S4: {length(piece, unit)} {unit} in one message of {limit}"
        if length(text, unit) <= limit:
            assert len(heard) == 1, "S4: a text within the limit needs no cutting"


def _filled(pattern: Sequence[str], size: int, talk: Talk) -> str:
    """The pattern over and over, up to this size and not beyond it, in the network's own unit."""
    parts: list[str] = []
    unit, left = talk.channel.capabilities.text_unit, size
    for each in cycle(pattern):
        left -= length(each, unit)
        if left < 0:
            return "".join(parts)
        parts.append(each)
    raise AssertionError("a cycle has no end")
