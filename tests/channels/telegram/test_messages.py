from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.messages import Words, choice_id, parts_of, value_of
from conversations.message import Choice
from conversations.reply import Reply
from tests.fakes.telegram import utf16

CHOICES = st.lists(st.builds(Choice, st.text(), st.text()), max_size=6, unique_by=lambda choice: choice.value)


@given(CHOICES, st.text(max_size=40))
def test_every_choice_has_its_way_back_in_at_most_64_bytes(choices: list[Choice], key: str) -> None:
    for choice in choices:
        carried = choice_id(key, choice)

        assert 1 <= len(carried.encode()) <= 64
        assert value_of(carried, key=key, choices=choices) == choice.value


@given(CHOICES, st.text(max_size=70))
def test_what_no_button_carries_is_no_choice(choices: list[Choice], tapped: str) -> None:
    assert value_of(tapped, key="row-1", choices=choices) is None


def test_the_way_back_needs_nothing_but_the_stored_reply() -> None:
    key, choice = "0b9f0c1e-7a51-4a1e-9a7e-6a2b1c0d9e8f", Choice("ごみの出し方", "article:" + "あ" * 80)

    # As it stands under a message that was sent before the last restart.
    assert choice_id(key, choice) == "g7vZwf7ttG_2.t0ULPkz3UPcn"
    assert value_of("g7vZwf7ttG_2.t0ULPkz3UPcn", key=key, choices=[choice]) == choice.value
    assert value_of("g7vZwf7ttG_2.t0ULPkz3UPcn", key=str(uuid4()), choices=[choice]) is None


@given(st.text(alphabet=st.sampled_from("あ𠮷👨\u200d👩か\u3099 \n。a\ud83d"), max_size=9000), CHOICES)
def test_any_reply_is_messages_that_telegram_takes(text: str, choices: list[Choice]) -> None:
    parts = parts_of(Reply(text=text, choices=tuple(choices)), key="row-1")

    assert parts == parts_of(Reply(text=text, choices=tuple(choices)), key="row-1")
    for part in parts:
        assert isinstance(part, Words)
        assert part.text.strip()
        assert utf16(part.text) <= 4096
        assert all(button.label.strip() for button in part.buttons)
    assert len([part for part in parts if isinstance(part, Words) and part.buttons]) == bool(choices)


def test_a_piece_that_shows_nothing_is_not_sent() -> None:
    blank = "\n" * 9000

    parts = parts_of(Reply(text=f"前{blank}後", choices=(Choice("はい", "yes"),)), key="row-1")

    assert all(isinstance(part, Words) and part.text.strip() for part in parts)
    assert [isinstance(part, Words) and bool(part.buttons) for part in parts] == [False, True]


def test_a_choice_without_a_name_is_tapped_by_its_number_and_a_keyboard_has_its_limit() -> None:
    choices = tuple(Choice("" if number == 1 else f"{number + 1}丁目", str(number)) for number in range(120))

    *_, last = parts_of(Reply(text="どちらですか。", choices=choices), key="row-1")

    assert isinstance(last, Words)
    assert len(last.buttons) == 100
    assert last.buttons[1].label == "2"
    assert "120. 120丁目" in last.text
