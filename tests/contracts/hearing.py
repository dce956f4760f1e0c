"""Promises L1–L9 of the channel contract: what becomes of what a network delivers.

A channel's test subclasses ``ListeningContract`` and supplies ``ear``, ``signer``, ``writer``, ``recorded`` and
``capabilities``. What a network never delivers (stickers by mail) is left out of ``recorded``; the table then says so.
"""

from collections.abc import Awaitable, Mapping, Sequence
from inspect import isawaitable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels.arriving import Arrived, Blocked, Event, Followed, Forged, Withdrawn
from channels.channel import BadDelivery, Capabilities, Ignored
from tests.contracts.deliveries import Ear, Recorded, Signer, What, Writer
from tests.contracts.spoiling import spoilt
from tests.contracts.stage import examples
from tests.contracts.texts import CLUSTERS

_SHOWN = (What.STICKER, What.PICTURE, What.VOICE, What.FILE)


class ListeningContract:
    @pytest.fixture
    def ear(self) -> Ear:
        raise NotImplementedError("supply the ear")

    @pytest.fixture
    def signer(self) -> Signer | None:
        """None: the network seals nothing (mail)."""
        raise NotImplementedError("supply the signer")

    @pytest.fixture
    def writer(self) -> Writer:
        raise NotImplementedError("supply the writer")

    @pytest.fixture
    def recorded(self) -> Sequence[Recorded]:
        raise NotImplementedError("supply recorded payloads")

    @pytest.fixture
    def capabilities(self) -> Capabilities:
        raise NotImplementedError("supply the channel's capabilities")

    # L1 · what is forged is refused

    async def test_l1_true_delivery_is_taken_and_a_forged_one_refused(
        self, ear: Ear, signer: Signer | None, writer: Writer
    ) -> None:
        seal, body = _seal(signer), writer.says("こんにちは")
        true = dict(seal.headers(body))
        await _awaited(ear.verify(body, true))
        await _awaited(ear.verify(body, {name.lower(): value for name, value in true.items()}))

        forged: list[tuple[str, Mapping[str, str]]] = [
            ("no header at all", {}),
            ("the seal of another secret", seal.with_wrong_secret(body)),
        ]
        for name, value in true.items():
            wrong = ("", " ", value[:-1], value + "A", value.swapcase(), "é", "署名", "\udc80", "=", "A" * 9_000)
            forged += [(f"{name} = {one[:9]!r}", true | {name: one}) for one in wrong if one != value]
        for how, headers in forged:
            await _is_forged(ear, body, headers, how)

    @examples
    @given(seal_of=st.text(), changed=st.binary(max_size=200))
    async def test_l1_no_guess_opens(
        self, ear: Ear, signer: Signer | None, writer: Writer, seal_of: str, changed: bytes
    ) -> None:
        seal, body = _seal(signer), writer.says("こんにちは")
        true = seal.headers(body)
        await _awaited(ear.verify(body, true))
        await _is_forged(ear, body, dict.fromkeys(true, seal_of), "a guessed seal")
        if seal.binds_body:
            await _is_forged(ear, body + changed + b" ", true, "a body that was added to")
            await _is_forged(ear, changed, true, "another body")

    # L2 · nothing vanishes

    async def test_l2_every_recorded_payload_becomes_what_stands_beside_it(
        self, ear: Ear, recorded: Sequence[Recorded]
    ) -> None:
        assert recorded, "L2: there are no payloads"
        for each in recorded:
            events = await _parsed(ear, each.body)
            assert len(events) == len(each.expected), f"L2: {each.name}: {len(each.expected)} expected, heard {events}"
            for event, expected in zip(events, each.expected, strict=True):
                differing = _differing(event, expected)
                assert not differing, f"L2: {each.name} is not as expected: {differing} in {event}"
                assert not isinstance(event, Ignored) or event.reason.strip(), f"L2: {each.name} ignored without reason"

    # L3 · an external id is the delivery's own

    async def test_l3_same_delivery_has_the_same_id_and_no_other_has(
        self, ear: Ear, recorded: Sequence[Recorded], writer: Writer
    ) -> None:
        first = {each.name: _ids(await _parsed(ear, each.body)) for each in recorded if not each.same_as}
        again = {each.name: _ids(await _parsed(ear, each.body)) for each in recorded}
        for each in recorded:
            assert again[each.name] == first[each.same_as or each.name], f"L3: {each.name} got another id"
        said = [_ids(await _parsed(ear, writer.says("同じ言葉", nth=nth))) for nth in (1, 2, 3)]
        for ids in (*first.values(), [one for each in said for one in each]):
            assert all(ids), "L3: an external id is empty"
            assert len(ids) == len(set(ids)), f"L3: two messages share an id: {sorted(ids)}"

    # L4 · order is kept

    async def test_l4_messages_of_one_delivery_keep_their_order(self, ear: Ear, writer: Writer) -> None:
        if writer.at_once < 2:
            pytest.skip("its network delivers one message at a time")
        texts = [f"{n}番目" for n in range(min(writer.at_once, 7))]

        events = await _parsed(ear, writer.says(*texts))

        assert [event.text for event in events if isinstance(event, Arrived)] == texts, "L4: out of order"

    # L5 · what is no text arrives all the same

    @pytest.mark.parametrize("what", _SHOWN)
    async def test_l5_what_is_no_text_arrives_too(self, ear: Ear, recorded: Sequence[Recorded], what: What) -> None:
        for each in _of(recorded, what):
            (event,) = await _parsed(ear, each.body)
            assert isinstance(event, Arrived), f"L5: {each.name} became {event}"
            assert event.files or event.text.strip(), f"L5: {what} left nothing to answer: {event}"
            if what is not What.STICKER:
                assert event.files, f"L5: {what} came without its file"

    async def test_l5_place_arrives_if_declared(
        self, ear: Ear, recorded: Sequence[Recorded], capabilities: Capabilities
    ) -> None:
        events = [event for each in recorded for event in await _parsed(ear, each.body)]
        places = [event.place for event in events if isinstance(event, Arrived) and event.place is not None]

        assert bool(places) == capabilities.location, f"L5: Capabilities.location = {capabilities.location}: {places}"
        assert all(abs(north) <= 90 and abs(east) <= 180 for north, east in places), f"L5: nowhere on earth: {places}"

    # L6 · what no resident said is no message

    async def test_l6_what_no_resident_said_is_counted_and_no_message(
        self, ear: Ear, recorded: Sequence[Recorded]
    ) -> None:
        for each in _of(recorded, What.NO_RESIDENT):
            events = await _parsed(ear, each.body)
            assert events, f"L6: {each.name} vanished uncounted"
            assert all(isinstance(event, Ignored) for event in events), f"L6: {each.name} became {events}"

    # L7 · whatever arrives

    @settings(examples, max_examples=150, derandomize=False, database=None)
    @given(body=st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))))
    async def test_l7_any_bytes_are_parsed_or_bad(self, ear: Ear, body: bytes) -> None:
        await _is_survived(ear, body)

    @settings(examples, max_examples=200, derandomize=False, database=None)
    @given(data=st.data())
    async def test_l7_spoilt_payloads_are_parsed_or_bad(
        self, ear: Ear, recorded: Sequence[Recorded], data: st.DataObject
    ) -> None:
        body = data.draw(st.sampled_from([each.body for each in recorded]))
        await _is_survived(ear, data.draw(spoilt(body)))

    # L8 · text arrives as it was written

    @settings(examples, max_examples=150)
    @given(
        text=st.builds(
            str.__add__,
            st.sampled_from(("", "", " ", "\u3000", "\t", "\n")),
            st.lists(st.sampled_from((*CLUSTERS, " ", "\u3000", "\n", "①", "㍿", "～", "\u200b")), max_size=40).map(
                "".join
            ),
        ).filter(str.strip)
    )
    @example(text="  先頭の空白と\n\n二つの改行")
    @example(text="ＡＢＣ ｶﾞ か\u3099 が ㍻ ① － ― ～")
    @example(text="👨‍👩‍👧𠮷葛\U000e0100\u200d\ufe0f")
    @example(text="<b>&amp;</b> \\n %20 {{x}} **太字** :smile:")
    async def test_l8_text_arrives_unchanged(self, ear: Ear, writer: Writer, text: str) -> None:
        (event,) = await _parsed(ear, writer.says(text))

        assert isinstance(event, Arrived), f"L8: {text!r} became {event}"
        # Empty lines at either end are no part of what was said: a mail always ends with one, and may begin with some.
        assert event.text.rstrip().lstrip("\n") == text.rstrip().lstrip("\n"), f"L8: {text!r} arrived as {event.text!r}"

    # L9 · an edited or withdrawn message is told as such

    async def test_l9_edits_and_withdrawals_are_told_if_declared(
        self, ear: Ear, recorded: Sequence[Recorded], capabilities: Capabilities
    ) -> None:
        told = {each.name: _tells_a_change(await _parsed(ear, each.body)) for each in recorded}
        changed = [each.name for each in recorded if each.what in {What.EDITED, What.WITHDRAWN}]
        if not capabilities.edits:
            assert not any(told.values()), f"L9: Capabilities.edits is denied, but {told} tell of some"
            pytest.skip("excluded by Capabilities.edits = False")
        assert changed, "L9: Capabilities.edits is declared, but no payload shows one"
        assert all(told[name] for name in changed), f"L9: not told as such: {told}"
        assert not [name for name, change in told.items() if change and name not in changed], "L9: told without one"


def _seal(signer: Signer | None) -> Signer:
    if signer is None:
        pytest.skip("its network seals nothing")
    return signer


async def _is_forged(ear: Ear, body: bytes, headers: Mapping[str, str], how: str) -> None:
    try:
        await _awaited(ear.verify(body, headers))
    except Forged:
        return
    pytest.fail(f"L1: taken as true: {how}")


async def _is_survived(ear: Ear, body: bytes) -> None:
    try:
        events = await _parsed(ear, body)
    except BadDelivery:
        return
    for event in events:
        assert isinstance(event, Arrived | Withdrawn | Followed | Blocked | Ignored), f"L7: {event!r} is no event"
        assert isinstance(event, Ignored) or event.external_id, f"L7: without an id: {event!r}"
        assert not isinstance(event, Arrived) or event.sent_at.tzinfo, f"L7: a time without a zone: {event!r}"
    assert _ids(events) == _ids(await _parsed(ear, body)), "L3: the same bytes got another id"


async def _parsed(ear: Ear, body: bytes) -> Sequence[Event]:
    events = ear.parse(body)
    return await events if isawaitable(events) else events


async def _awaited(value: Awaitable[None] | None) -> None:
    if value is not None:
        await value


def _ids(events: Sequence[Event]) -> list[str]:
    return [event.external_id for event in events if not isinstance(event, Ignored)]


def _of(recorded: Sequence[Recorded], what: What) -> Sequence[Recorded]:
    found = [each for each in recorded if each.what is what]
    if not found:
        pytest.skip(f"its network has no such thing: {what}")
    return found


def _differing(event: Event, expected: Event | Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(expected, Mapping):
        return {} if event == expected else {"event": (event, expected)}
    now = {name: getattr(event, name, None) for name in expected if name != "event"} | {"event": type(event).__name__}
    return {name: (now[name], wanted) for name, wanted in expected.items() if now[name] != wanted}


def _tells_a_change(events: Sequence[Event]) -> bool:
    return any(isinstance(each, Withdrawn) or (isinstance(each, Arrived) and each.edits) for each in events)
