"""A letter without its courtesies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.letter_gist import gist
from bot.understanding.splitting import parts_of

LETTER = """住民票について

みらい市役所 市民課 御中

いつもお世話になっております。
みらい市中央区に住む山田と申します。
住民票の写しについてお尋ねします。
本人が窓口に行けない場合、家族が代わりに取ることはできますか。また、手数料はいくらですか。
お忙しいところ恐れ入りますが、ご回答のほどよろしくお願いいたします。

山田太郎
"""


def test_what_asks_nothing_is_left_out_and_the_rest_stays_in_order() -> None:
    assert gist(LETTER).splitlines() == [
        "住民票について",
        "本人が窓口に行けない場合、家族が代わりに取ることはできますか。",
        "また、手数料はいくらですか。",
        "山田太郎",
    ]


def test_only_what_asks_is_a_question_of_a_letter() -> None:
    first, second = parts_of(gist(LETTER), is_letter=True)

    assert first == "住民票について本人が窓口に行けない場合、家族が代わりに取ることはできますか。"
    assert second == "また、手数料はいくらですか。"


@pytest.mark.parametrize(
    "matter",
    [
        "ごみの日を教えてください。",
        "必要な書類をご教示ください。",
        "ごみの回収をお願いします。",
        "市民課様 印鑑登録をお願いします",
        "保育園の申し込みの件で、書類が足りないと言われました。",
        "ご連絡が遅れましたが、転出届はまだ出せますか。",
        "Thank you for the form, but how do I send it back to the ward office when I live abroad?",
    ],
)
def test_the_matter_itself_is_never_taken_for_a_courtesy(matter: str) -> None:
    assert gist(matter) == matter
    assert matter in gist(f"お世話になっております。\n{matter}\nよろしくお願いいたします。")


@pytest.mark.parametrize("courtesy", ["よろしくお願いします。", "Thank you very much.", "山田様"])
def test_a_letter_of_nothing_but_courtesy_stays_as_it_is(courtesy: str) -> None:
    assert gist(courtesy) == courtesy


@given(st.text(alphabet="お世話になっておりますよろしくお願いします、。 \nあthanks", max_size=400))
def test_any_letter_keeps_something(letter: str) -> None:
    kept = gist(letter)

    assert bool(kept.strip()) == bool(letter.strip())
