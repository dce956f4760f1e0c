import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from channels.line.parse import read_handle
from channels.line.reply_tokens import LIFE, LIVES_AGAIN_FOR, ReplyTokens, renewed

EVENT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
HANDLE = json.dumps({"reply": "token", "read": "mark", "at": EVENT.timestamp() * 1000})


def can_reply(handle: str | None, now: datetime) -> bool:
    return ReplyTokens().for_key("key", read_handle(handle), now) is not None


def test_a_redelivered_events_token_is_good_for_a_minute_again() -> None:
    again = EVENT + timedelta(minutes=5)

    assert not can_reply(HANDLE, again)
    assert can_reply(renewed(HANDLE, again), again + LIFE)
    assert not can_reply(renewed(HANDLE, again), again + LIFE + timedelta(seconds=1))
    assert read_handle(renewed(HANDLE, again)).read_token == "mark"


def test_twenty_minutes_after_the_event_it_is_not() -> None:
    late = EVENT + LIVES_AGAIN_FOR

    assert can_reply(renewed(HANDLE, late), late)
    assert not can_reply(renewed(HANDLE, late + timedelta(seconds=1)), late + timedelta(seconds=1))


@given(
    st.none() | st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps), st.datetimes()
)
def test_what_is_no_handle_stays_what_it_is(handle: str | None, at: datetime) -> None:
    assert renewed(handle, at.replace(tzinfo=UTC)) == handle


@given(st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=1)))
def test_a_token_never_gets_older(ago: timedelta) -> None:
    before, after = read_handle(HANDLE).event_at, read_handle(renewed(HANDLE, EVENT + ago)).event_at

    assert before is not None
    assert after is not None
    assert after >= before
