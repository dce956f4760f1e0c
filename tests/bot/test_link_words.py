"""The words that link channels, and the codes: what is one, what is none, and how many may be wrong."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deciding import decide
from bot.decision import Linking
from bot.link_words import code_in, may_try, with_a_wrong_one
from bot.understood import Understood
from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from server.one_time import DrawnCodes
from tests.support.city import KNOWN

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
LOOK_ALIKE = frozenset("0O1I")
HOUR = timedelta(hours=1)


def heard(text: str, channel: str = "line") -> Linking | None:
    sender = Address(channel, "a", "b")
    message = IncomingMessage(id=UUID(int=1), external_id="1", sender=sender, text=text, sent_at=NOW, received_at=NOW)
    conversation = Conversation(id=UUID(int=2), address=sender, opened_at=NOW, last_message_at=NOW)
    decision = decide(conversation, message, Understood(language="ja"), KNOWN.mind, NOW)
    return decision if isinstance(decision, Linking) else None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("連携", "code"),
        ("LINEとつなぐ", "code"),
        ("ＬＩＮＥと 連携したい。", "code"),
        ("メールとつなげたいです", "code"),
        ("link email", "code"),
        ("Link my LINE", "code"),
        ("連携を解除", "end"),
        ("LINEとの連携を解除したいです", "end"),
        ("unlink", "end"),
        ("ABCD-2345", "claim"),
        ("ａｂｃｄ２３４５", "claim"),
    ],
)
def test_these_words_link_or_end_it(text: str, wish: str) -> None:
    said = heard(text)
    assert said is not None
    assert said.wish == wish


@pytest.mark.parametrize("text", ["連携って何ですか", "LINEはありますか", "calendar", "23456789", "ABCD2345 です"])
def test_these_do_not(text: str) -> None:
    assert heard(text) is None


def test_channels_whose_address_proves_nothing_link_nothing() -> None:
    for text in ("連携", "ABCD2345", "連携を解除"):
        assert heard(text, "web") is not None
        assert [heard(text, channel) for channel in ("rasa", "terminal", "form", "staff")] == [None] * 4


def test_every_code_is_read_as_it_was_told_and_has_nothing_that_looks_alike() -> None:
    codes = DrawnCodes("https://chat.city.example")
    drawn = {codes.to_type() for _ in range(2000)}

    assert len(drawn) == 2000
    for code in drawn:
        assert len(code) == 8
        assert not LOOK_ALIKE & {*code}
        assert code_in(code) == code_in(f" {code[:4].lower()}-{code[4:]}\n") == code


@given(st.text(max_size=60))
def test_any_words_are_a_code_or_none(text: str) -> None:
    found = code_in(text)
    assert found == "" or (len(found) == 8 and found.isascii() and found.isalnum() and not found.isalpha())


@given(st.lists(st.integers(min_value=0, max_value=7200), max_size=40))
def test_nobody_is_wrong_more_than_five_times_within_any_hour(seconds: list[int]) -> None:
    """However the tries are spread; and after an hour's pause there is a try again."""
    wrong: list[datetime] = []
    looked_at = []
    for moment in sorted(NOW + timedelta(seconds=each) for each in seconds):
        if may_try(wrong, moment):
            wrong = with_a_wrong_one(wrong, moment)
            looked_at.append(moment)

    for first in looked_at:
        assert sum(first <= each < first + HOUR for each in looked_at) <= 5
    assert may_try(wrong, NOW + timedelta(seconds=7200) + HOUR)
