import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from channels.line.inspecting import inspect_line

PAYLOADS = Path(__file__).parent / "payloads"
CITY = "U0c17a11e5c17a11e5c17a11e5c17a11e"


def inspected(name: str) -> list[dict[str, object]]:
    return inspect_line((PAYLOADS / f"{name}.json").read_bytes())


def test_message_is_shown_with_all_that_was_understood_and_no_token() -> None:
    (shown,) = inspected("file")

    assert shown == {
        "kind": "arrived",
        "destination": CITY,
        "position": 1,
        "type": "message/file",
        "redelivered": False,
        "external_id": "01KAV5W0000000000000000001",
        "sender": {"channel": "line", "account": CITY, "user": "U11aa22bb33cc44dd55ee66ff77aa88bb"},
        "text": "",
        "files": [
            {
                "reference": "line:588000000000000001",
                "kind": "file",
                "name": "罹災証明 申請書.pdf",
                "content_type": "",
                "size": 2138,
            }
        ],
        "place": None,
        "choice": None,
        "in_reply_to": None,
        "message_id": "588000000000000001",
        "edits": False,
        "language": None,
        "sent_at": "2026-11-24T06:00:00+00:00",
        "can_reply": True,
        "can_mark_as_read": False,
    }


def test_tokens_are_told_of_but_not_told() -> None:
    (shown,) = inspected("text")

    assert (shown["can_reply"], shown["can_mark_as_read"]) == (True, True)
    assert "30yhdy232" not in json.dumps(shown)
    assert "5f1e0c7a9d3b4e6f8a2c1b0d9e7f6001" not in json.dumps(shown)


def test_each_event_is_shown_in_the_order_of_time_with_its_place_in_the_body() -> None:
    assert [shown["position"] for shown in inspected("two-residents-out-of-order")] == [2, 3, 4, 1]
    assert [shown["kind"] for shown in inspected("broken-events-among-good-ones")].count("ignored") == 9
    assert [shown["kind"] for shown in inspected("unsend") + inspected("unfollow")] == ["withdrawn", "blocked"]
    assert [(shown["kind"], shown["again"]) for shown in inspected("follow-again")] == [("followed", True)]


def test_redelivery_is_told() -> None:
    assert [inspected(name)[0]["redelivered"] for name in ("redelivery", "text")] == [True, False]


def test_no_line_body_is_a_finding_and_no_events_are_none() -> None:
    assert inspect_line(b"<html>") == [{"kind": "bad delivery", "reason": "LINE: the body is no JSON"}]
    assert inspected("no-events") == []


@given(st.binary() | st.sampled_from(sorted(PAYLOADS.glob("*.json"))).map(Path.read_bytes), st.data())
def test_anything_is_inspected_and_written_as_json(body: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(body)))
    other = data.draw(st.binary(max_size=3))

    shown = inspect_line(body[:cut] + other + body[cut + len(other) :])

    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
