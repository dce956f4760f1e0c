import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.identify import identify


@pytest.mark.parametrize(
    ("text", "current", "expected"),
    [
        ("ごみの日はいつですか", "", "ja"),
        ("ごみの日はいつですか", "en", "ja"),
        ("ごみの日はいつですか", "ja-easy", "ja-easy"),
        ("When is the garbage collected?", "ja", "en"),
        ("How do I register my address?", "ja-easy", "en"),
        ("I want to ask about 国民健康保険", "en", "en"),
        ("What does ごみ mean on this paper?", "en", "en"),
    ],
)
def test_clear_messages_tell_their_language(text: str, current: str, expected: str) -> None:
    assert identify(text, current) == expected


@pytest.mark.parametrize(
    "text",
    ["OK", "住民票", "LINE", "hi", "help", "No.1234-AB", "https://www.city.mirai.example/the/way", "😀", "", "123"],
)
@pytest.mark.parametrize("current", ["ja", "en", "ja-easy", ""])
def test_one_short_or_ambiguous_message_never_switches(text: str, current: str) -> None:
    assert identify(text, current) == current


def test_a_japanese_word_amid_an_english_conversation_does_not_switch() -> None:
    assert identify("はい", "en") == "en"


@pytest.mark.parametrize("text", ["gomi no hi wa itsu desu ka", "juminhyo wa doko de toremasu ka"])
def test_japanese_in_latin_letters_is_not_taken_for_english(text: str) -> None:
    assert identify(text, "ja") == "ja"


@pytest.mark.parametrize(("current", "expected"), [("", "ja"), ("en", "ja"), ("ja", "ja"), ("ja-easy", "ja-easy")])
def test_japanese_in_latin_letters_is_japanese(current: str, expected: str) -> None:
    assert identify("juminhyo wo toritai desu", current) == expected


@pytest.mark.parametrize("text", ["住民票 料金", "粗大 申込方法", "国民健康保険 脱退 手続", "市役所 営業時間"])
@pytest.mark.parametrize("current", ["ja", "en", "ja-easy", ""])
def test_kanji_alone_are_no_other_language(text: str, current: str) -> None:
    """Nothing is Chinese here: what was spoken so far goes on."""
    assert identify(text, current) == current


@given(st.text(), st.sampled_from(["ja", "en", "ja-easy"]))
def test_easy_japanese_is_only_chosen_never_found(text: str, current: str) -> None:
    found = identify(text, current)
    assert found in {"ja", "en", current}
    assert found != "ja-easy" or current == "ja-easy"


@pytest.mark.parametrize("run", ["a", ">", "a@", "A1", "http"])
def test_a_very_long_run_of_letters_ends_in_time(run: str) -> None:
    """Half a million of them: a square of that would take minutes."""
    assert identify(run * 200_000, "ja") == "ja"


def test_an_address_is_no_word_of_a_language() -> None:
    assert identify("please.how.much@certificate.example 住民票", "ja") == "ja"
    assert identify("taro@example.jp how much is the certificate please", "ja") == "en"
