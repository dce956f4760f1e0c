import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.arriving import Arrived, Blocked, Event, FileKind, Followed, RemoteFile, Withdrawn
from channels.channel import BadDelivery, Ignored
from channels.line.fields import NO_TIME
from channels.line.parse import ReplyHandle, parse, read_handle
from conversations.message import Address

PAYLOADS = Path(__file__).parent / "payloads"
RECORDED = sorted(path.stem for path in PAYLOADS.glob("*.json") if not path.name.endswith(".expected.json"))
OFFICIAL = Path(__file__).parents[4] / "shared/data/line/webhook_events.json"
CITY = "U0c17a11e5c17a11e5c17a11e5c17a11e"
SAID_AT = 1795500000000
KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in (Arrived, Withdrawn, Followed, Blocked, Ignored)}


def recorded(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def expected(name: str) -> tuple[Event, ...]:
    events: list[dict[str, dict[str, Any]]] = json.loads((PAYLOADS / f"{name}.expected.json").read_bytes())
    return tuple(KINDS[kind](**_read(values)) for event in events for kind, values in event.items())


def _read(values: dict[str, Any]) -> dict[str, Any]:
    readers: dict[str, Callable[[Any], object]] = {
        "sender": lambda parts: Address(*parts),
        "sent_at": datetime.fromisoformat,
        "place": tuple,
        "files": lambda files: tuple(RemoteFile(**{**file, "kind": FileKind(file["kind"])}) for file in files),
    }
    return {key: readers[key](value) if key in readers else value for key, value in values.items()}


def a_text(text: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": SAID_AT + number,
        "source": {"type": "user", "userId": "U11aa22bb33cc44dd55ee66ff77aa88bb"},
        "webhookEventId": f"01KAV5W0000000000000000{number:03d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{number}",
        "message": {"type": "text", "id": f"5880000000000000{number:02d}", "text": text, "quoteToken": "q"},
    }
    return event | changes


def a_body(*events: Any) -> bytes:
    return json.dumps({"destination": CITY, "events": events}).encode()


def arrived(*events: Any) -> list[Arrived]:
    return [event for event in parse(a_body(*events))[1] if isinstance(event, Arrived)]


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_payload_becomes_the_events_in_the_file_beside_it(name: str) -> None:
    assert parse(recorded(name)) == (CITY, expected(name))


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the events of LINE's own description are not here")
def test_every_official_event_is_understood_or_ignored_with_a_reason() -> None:
    sent = json.loads(OFFICIAL.read_bytes())["events"]

    _, events = parse(OFFICIAL.read_bytes())

    assert len(events) == len(sent)
    one_to_one = [event for event in sent if event["source"]["type"] == "user"]
    spoken = [event for event in one_to_one if event["type"] in {"message", "messageEdited", "postback"}]
    assert sum(isinstance(event, Arrived) for event in events) == len(spoken)
    assert sum(isinstance(event, Followed) for event in events) == 1
    assert sum(isinstance(event, Blocked) for event in events) == 1
    assert all(event.reason for event in events if isinstance(event, Ignored))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"events"',
        b"{",
        b'{"destination": "U1"}',
        b'{"destination": "U1", "events": {}}',
        b'{"events": []}',
        b'{"destination": 1, "events": []}',
        b'{"destination": "", "events": []}',
        b"[" * 100_000,
        b'{"destination": "U1", "events": ' + b'[{"a":' * 100_000,
    ],
)
def test_what_is_no_line_body_is_a_bad_delivery(body: bytes) -> None:
    with pytest.raises(BadDelivery, match=r"^LINE: "):
        parse(body)


def test_bad_delivery_does_not_quote_the_residents_words() -> None:
    with pytest.raises(BadDelivery) as bad:
        parse(b'{"destination": "U1", "events": [{"text": "himitsu"')

    assert "himitsu" not in f"{bad.value}{bad.value.__cause__}"


def test_destination_is_the_account_that_was_written_to() -> None:
    body = a_body(a_text("同じ人"))

    here, (to_city,) = parse(body)
    there, (to_library,) = parse(body.replace(CITY.encode(), b"U-library"))

    assert (here, there) == (CITY, "U-library")
    assert isinstance(to_city, Arrived)
    assert isinstance(to_library, Arrived)
    assert to_city.sender.thread == to_library.sender.thread
    assert to_city.sender != to_library.sender


@given(st.binary())
def test_any_bytes_give_events_or_a_bad_delivery(body: bytes) -> None:
    with suppress(BadDelivery):
        destination, events = parse(body)
        assert destination
        assert isinstance(events, tuple)


ANY_TEXT = st.text() | st.sampled_from(["", "\0", "\ud800", "user", "text", "image", "message", "postback", "standby"])
ANY_NUMBER = st.integers() | st.floats() | st.sampled_from([10**18, 10**25, -1, 0, True])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | ANY_NUMBER | ANY_TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(ANY_TEXT, inside, max_size=4),
    max_leaves=12,
)


@given(st.lists(ANY_JSON, max_size=5))
def test_whatever_stands_among_the_events_each_becomes_exactly_one(events: list[Any]) -> None:
    _, understood = parse(a_body(*events))

    assert len(understood) == len(events)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A recorded event in which something anywhere is missing or something else."""
    events = [e for name in RECORDED for e in json.loads(recorded(name))["events"] if isinstance(e, dict)]
    event: Any = deepcopy(draw(st.sampled_from(events)))
    for _ in range(draw(st.integers(1, 3))):
        where = event
        while isinstance(where, dict) and where:
            key = draw(st.sampled_from(sorted(where)))
            if isinstance(where[key], dict) and where[key] and draw(st.booleans()):
                where = where[key]
                continue
            if draw(st.booleans()):
                where[key] = draw(ANY_JSON)
            else:
                del where[key]
            break
    return event


@given(mutated(), st.integers(0, 2))
def test_no_broken_event_costs_another_event(broken: Any, position: int) -> None:
    good = [a_text("前", 1), a_text("後", 2)]
    _, alone = parse(a_body(*good))

    _, together = parse(a_body(*good[:position], broken, *good[position:]))

    assert len(together) == 3
    assert [event for event in together if event in alone] == list(alone)


@pytest.mark.parametrize("odd", ["9" * 5000, "-" + "9" * 5000, "9" * 18, "-1e9", "1e999", "NaN", "-Infinity"])
@pytest.mark.parametrize("key", ["timestamp", "latitude", "fileSize", "index"])
def test_monstrous_number_costs_nobody_else_their_words(odd: str, key: str) -> None:
    place = {"type": "location", "id": "1", "title": "駅", "latitude": 35.0, "longitude": 139.0}
    monster = a_text("", message=place | {"fileSize": 0, "imageSet": {"index": 0}})
    body = a_body(monster, a_text("後", 2)).decode()
    value = {"timestamp": str(SAID_AT + 1), "latitude": "35.0", "fileSize": "0", "index": "0"}[key]

    _, events = parse(body.replace(f'"{key}": {value}', f'"{key}": {odd}', 1).encode())

    said = {event.text: event for event in events if isinstance(event, Arrived)}
    assert set(said) == {"駅", "後"}
    assert (said["駅"].sent_at == NO_TIME) == (key == "timestamp")
    assert (said["駅"].place is None) == (key == "latitude")


@pytest.mark.parametrize("odd", [-1, True, "2138", 1.5, None])
def test_size_that_is_no_size_is_not_told_and_the_file_still_comes(odd: object) -> None:
    (said,) = arrived(a_text("", message={"type": "file", "id": "1", "fileName": "a.pdf", "fileSize": odd}))

    assert said.files == (RemoteFile(reference="line:1", kind=FileKind.FILE, name="a.pdf"),)


def test_keywords_that_are_no_words_are_passed_over() -> None:
    (said,) = arrived(a_text("", message={"type": "sticker", "id": "1", "keywords": [1, None, ["x"], "了解", {}]}))

    assert said.text == "[スタンプ: 了解]"


def test_deeply_nested_event_without_an_id_is_harmless() -> None:
    # Deep enough for writing it to fail where reading it did not, at whatever depth the tests themselves run.
    for depth in range(700, 1000):
        nested = a_text("深い", extra="@")
        del nested["webhookEventId"]
        body = a_body(nested, a_text("後", 2)).replace(b'"@"', b"[" * depth + b"]" * depth)
        try:
            _, events = parse(body)
        except BadDelivery:
            break
        assert len(events) == 2
        assert isinstance(events[1], Arrived)


def test_a_wrong_byte_a_raw_line_end_or_a_byte_order_mark_costs_nobody_their_words() -> None:
    body = b"\xef\xbb\xbf" + a_body(a_text("AB"), a_text("後", 2)).replace(b"AB", b"A\xff\nB")

    assert [event.text for event in parse(body)[1] if isinstance(event, Arrived)] == ["A�\nB", "後"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_text_arrives_unchanged(text: str) -> None:
    (escaped,) = arrived(a_text(text))
    _, (raw,) = parse(json.dumps({"destination": CITY, "events": [a_text(text)]}, ensure_ascii=False).encode())

    assert escaped.text == text
    assert raw == escaped


@given(st.text(st.sampled_from(["あ", "\0", "\ud83d", "\ude00", "😀"])))
def test_what_no_database_takes_does_not_get_in(text: str) -> None:
    for event in arrived(a_text("x" + text), a_text("", postback={"data": "x" + text}, type="postback")):
        assert "\0" not in f"{event.text}{event.choice}"
        assert f"{event.text}{event.choice}".encode()


def test_events_come_in_the_order_of_time_and_those_without_a_time_keep_their_place() -> None:
    unknown = a_text("時刻なし", 9)
    del unknown["timestamp"]

    events = arrived(a_text("三", 3), unknown, a_text("一", 1), a_text("二", 2), a_text("二の次", 2))

    assert [event.text for event in events] == ["一", "二", "二の次", "三", "時刻なし"]


def test_redelivered_event_has_the_same_id_even_if_line_gives_none() -> None:
    nameless = a_text("届いた？")
    del nameless["webhookEventId"]
    again = nameless | {"deliveryContext": {"isRedelivery": True}}
    other = nameless | {"timestamp": SAID_AT + 2}

    first, second, third = arrived(nameless, again, other)

    assert first.external_id == second.external_id
    assert first.external_id != third.external_id
    assert first == second


@pytest.mark.parametrize("odd", [None, "", " ", 5, "あ", "x" * 10_000, "a\nb", ["x"]])
def test_external_id_is_never_empty_nor_unstorable(odd: object) -> None:
    (one,) = arrived(a_text("一", webhookEventId=odd))
    (two,) = arrived(a_text("二", webhookEventId=odd))

    assert one.external_id.isascii()
    assert 0 < len(one.external_id) < 129
    assert one.external_id != two.external_id


def test_same_nameless_event_to_two_accounts_is_two_events() -> None:
    nameless = a_text("同じ")
    del nameless["webhookEventId"]
    body = a_body(nameless)

    _, (one,) = parse(body)
    _, (two,) = parse(body.replace(CITY.encode(), b"U-library"))

    assert isinstance(one, Arrived)
    assert isinstance(two, Arrived)
    assert one.external_id != two.external_id


@pytest.mark.parametrize("message_id", ["../../v2/bot/info", "1/2", "1?x=y", "%2e%2e", "", 7, None])
def test_no_message_id_leads_the_fetching_elsewhere(message_id: object) -> None:
    _, (event,) = parse(a_body(a_text("", message={"type": "file", "id": message_id, "fileName": "a.pdf"})))

    assert isinstance(event, Ignored)


def test_standby_is_ignored_and_the_same_message_in_active_mode_arrives() -> None:
    _, (standby, active) = parse(a_body(a_text("聞こえますか", mode="standby"), a_text("聞こえますか")))

    assert standby == Ignored("LINE: standby, another module has the talk: message")
    assert isinstance(active, Arrived)


def test_handle_gives_both_tokens_back_and_shows_neither() -> None:
    event = a_text("既読に")
    event["message"]["markAsReadToken"] = "read-secret"

    (said,) = arrived(event)
    handle = read_handle(said.reply_handle)

    at = datetime.fromtimestamp((SAID_AT + 1) / 1000, UTC)
    assert handle == ReplyHandle(reply_token="token-1", read_token="read-secret", event_at=at)
    assert "token-1" not in f"{said!r}{handle!r}"
    assert "read-secret" not in f"{said!r}{handle!r}"


def test_event_with_neither_token_has_no_handle() -> None:
    event = a_text("返せない")
    del event["replyToken"]

    (said,) = arrived(event)

    assert said.reply_handle is None
    assert read_handle(None) == ReplyHandle()


@given(st.text() | ANY_JSON.map(json.dumps) | st.just("[" * 100_000))
def test_any_text_can_be_asked_for_tokens(handle: str) -> None:
    assert isinstance(read_handle(handle), ReplyHandle)


def test_reason_names_an_unknown_event_without_trusting_its_name() -> None:
    _, (event,) = parse(a_body(a_text("", type="x\x1b[2J\n" + "長" * 5000)))

    assert isinstance(event, Ignored)
    assert event.reason.startswith("LINE: unknown event: x[2J長")
    assert event.reason.isprintable()
    assert len(event.reason) < 80
