import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.romaji import in_kana, is_romaji, short


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("juminhyo wo toritai desu", "じゅみんひょ を とりたい です"),
        ("juuminhyou wa doko desu ka", "じゅみんひょ は どこ です か"),
        ("Jūminhyō ga hoshii", "じゅみんひょ が ほしい"),
        ("kekkon todoke wa nanji made desu ka", "けっこん とどけ は なんじ まで です か"),
        ("tetsuzuki wo oshiete kudasai", "てつずき を おしえて ください"),
        ("syomeisyo wo kudasai", "しょめいしょ を ください"),
        ("kin'en desu ka", "きんえん です か"),
        ("macchi no gomi wa itsu desu ka", "まっち の ごみ は いつ です か"),
    ],
)
def test_romaji_is_read_as_kana(text: str, kana: str) -> None:
    assert is_romaji(text)
    assert in_kana(text) == kana


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        "no",
        "juminhyo",
        "How much is a residence certificate?",
        "I want to go to Kyoto",
        "can I see a menu",
        "住民票 wo toritai",
        "Where is the zairyu card counter",
        "12345",
    ],
)
def test_other_words_are_left_as_they_are(text: str) -> None:
    assert not is_romaji(text)
    assert in_kana(text) == text


def test_both_spellings_of_a_long_vowel_are_the_same() -> None:
    assert short("じゅうみんひょう") == short("じゅみんひょ")
    assert short("てつづき") == "てつずき"


@given(st.text(max_size=60))
def test_any_text_is_read_without_raising(text: str) -> None:
    assert is_romaji(text) or in_kana(text) == text
