import threading

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from language.japanese import concepts, key, normalise, reading, words

JAPANESE = st.text(
    st.sampled_from(
        "ごみゴミ塵引っ越し申込み届け出取消ーｺﾞﾞﾟ子どもこ供保険証かードABCａ１①㈱㍻ 　\n-−〜高髙マイナンバ問合せ受付手続き"
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ゴミ", "ごみ"),
        ("ｺﾞﾐの日", "塵の日"),
        ("引越", "引っ越し"),
        ("引越しの手続", "引っ越しの手続き"),
        ("申込書", "申し込み書"),
        ("申込方法", "申し込み方法"),
        ("子ども", "こども"),
        ("子供", "子ども"),
        ("お問合せ", "お問い合わせ"),
        ("届け出", "届出"),
        ("取消", "取り消し"),
        ("マイナンバ－カ－ド", "マイナンバーカード"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("らーーーめん", "らーめん"),
        ("髙橋", "高橋"),
    ],
)
def test_spellings_of_one_word_become_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), [("転入", "転出"), ("引っ越した", "引っ越し先"), ("申し込む", "申し込み")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.one_of(st.text(), JAPANESE))
@example("申込み込")
@example("İstanbul")
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30))
def test_full_and_half_width_are_the_same(text: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in text)
    assert key(wide) == key(text)


def test_half_width_kana_are_the_same() -> None:
    assert normalise("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ") == "マイナンバーカード"


@given(st.text())
def test_no_text_breaks_the_cutter(text: str) -> None:
    assert isinstance(words(text), tuple)
    assert isinstance(concepts(text), tuple)
    assert isinstance(reading(text), str)


def test_very_long_text_is_cut_at_a_limit_and_not_refused() -> None:
    assert words("住民票" * 50_000)


def test_words_are_those_with_meaning_whole_and_in_parts() -> None:
    assert words("住民票の写しを取りたいのですが") == ("住民票", "住民", "票", "写し", "取る")


def test_particles_and_symbols_are_no_words() -> None:
    assert words("は、が、を！？") == ()


def test_english_words_stay_english() -> None:
    assert "city" in words("Where is the city hall?")


def test_words_for_one_thing_share_a_concept() -> None:
    assert set(concepts("老人")) & set(concepts("高齢者"))


def test_kanji_are_read_as_they_are_spoken() -> None:
    assert reading("住民票") == reading("じゅうみんひょう") == "ジュウミンヒョウ"


def test_many_threads_cut_at_the_same_time() -> None:
    expected = words("国民健康保険の手続きを教えてください")
    wrong: list[object] = []

    def cut() -> None:
        for _ in range(50):
            try:
                found = words("国民健康保険の手続きを教えてください")
            except Exception as error:  # noqa: BLE001  (a thread's failure would be lost)
                wrong.append(error)
                return
            if found != expected:
                wrong.append(found)

    threads = [threading.Thread(target=cut) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
