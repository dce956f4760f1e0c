"""What is written differently and meant the same becomes one form; what is found is shown where it stands."""

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from language.folding import folded, places, words_of
from language.old_characters import NEW_FOR_OLD
from language.spoken import spoken, spoken_places

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "斉齋斎サｻさﾞ゛\u3099がｶー-〜 \u3000\nAaＡ1１①㌔ß𠮷髙\u200bi\U000e0100"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("斉藤", "齋藤"),
        ("斎藤", "齊藤"),
        ("渡邉", "渡邊"),
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("𠮷田", "吉田"),
        ("葛\U000e0100城", "葛城"),
        ("國民健康保險證", "国民健康保険証"),
        ("ｻｲﾄｳ", "さいとう"),
        ("ｶﾞｽ", "ガス"),
        ("か\u3099す", "がす"),
        ("緑ヶ丘", "緑ケ丘"),
        ("サ－ビス", "さーびす"),
        ("０９０‐１２３４", "090-1234"),
        ("ＡＢＣ", "abc"),
        ("住民\n　票", "住民票"),
        ("garbage \n day", "Garbage Day"),
    ],
)
def test_what_means_the_same_has_one_form(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("はば", "はぱ"), ("斎藤", "佐藤"), ("ビル", "ビール"), ("cat in", "catin")]
)
def test_what_is_different_stays_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(TEXTS, st.data())
@example("a¨b", None)
def test_any_part_of_a_text_is_found_in_it(text: str, data: st.DataObject | None) -> None:
    characters = regex.findall(r"\X", text)
    begin, end = (
        (0, len(characters)) if data is None else sorted(data.draw(st.tuples(*[st.integers(0, len(characters))] * 2)))
    )
    part = "".join(characters[begin:end])

    form = folded(text)

    for word in words_of(part):
        assert word in form
        found = places(text, [word])
        assert found
        assert all(0 <= one < other <= len(text) for one, other in found)


@given(TEXTS, st.text("さ斉 aＡ1", max_size=3))
def test_places_are_those_of_the_word_and_no_others(text: str, word: str) -> None:
    form = folded(word)

    found = places(text, [form])

    assert bool(found) == (form != "" and form in folded(text))
    assert all(form in folded(text[one:other]) for one, other in found)


def test_every_old_character_becomes_one_that_stays() -> None:
    assert len(NEW_FOR_OLD) > 400
    assert [old for old, new in NEW_FOR_OLD.items() if folded(old) != new or folded(new) != new] == []


@pytest.mark.parametrize("name", ["斉藤", "齋藤", "斎藤", "斎\n  藤"])
def test_a_name_is_found_by_its_reading(name: str) -> None:
    text = f"はい、{name}さんの件です。"

    assert "さいとうさん" in spoken(text)
    assert [text[one:other] for one, other in spoken_places(text, ["さいとう"])] == [name]


def test_kana_alone_needs_no_reading() -> None:
    assert spoken("サイトウです。03-1234") == ""
    assert " " not in spoken("市役所")
    assert spoken("") == ""


def test_every_place_is_told_and_neighbours_are_one() -> None:
    assert places("斉藤、斎藤と齋藤斉藤", ["斎藤"]) == [(0, 2), (3, 5), (6, 10)]
