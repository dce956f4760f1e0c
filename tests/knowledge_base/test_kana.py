from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.kana import KanaReader

READER = KanaReader(
    [
        "住民票の写しを郵送で請求する方法",
        "国民健康保険の保険料",
        "公園の使用許可。公園のごみ。講演会の公演",
        "マイナンバーカード",
    ]
)
KANA = st.text(alphabet=[chr(code) for code in range(0x3041, 0x3097)], max_size=60)


def test_words_of_the_faq_are_read_in_what_is_written_in_kana_alone() -> None:
    assert READER.read("じゅうみんひょうをゆうそうでほしい") == "住民票を郵送でほしい"
    assert READER.read("じゅうみんひょう の うつし") == "住民票の写し"
    assert READER.read("まいなんばーかーどをつくりたい") == "マイナンバーカードをつくりたい"


def test_the_longest_words_win_and_of_homophones_the_commonest() -> None:
    assert READER.read("こくみんけんこうほけんりょう").startswith("国民健康")
    assert READER.read("こうえんのごみ") == "公園のごみ"


def test_what_has_a_kanji_or_is_short_stays_as_it_is() -> None:
    for text in ("住民票をゆうそうで", "こう", "", "juuminhyou", "住民票", "ゴミ"):
        assert READER.read(text) == text


@given(KANA)
def test_no_kana_is_lost_that_is_no_known_word(text: str) -> None:
    nobody = KanaReader([])

    assert nobody.read(text) == text
    assert KanaReader(["住民票"]).read(text).replace("住民票", "じゅうみんひょう") == text


def test_romaji_is_read_like_kana_with_long_vowels_or_without() -> None:
    assert READER.read("juminhyo wo yuso de hoshii desu") == "住民票を郵送でほしいです"
    assert READER.read("juuminhyou wo yuusou de hoshii desu") == "住民票を郵送でほしいです"
    assert READER.read("mainanba kado wo tsukuritai desu") == "マイナンバーカードをつくりたいです"
    assert READER.read("I want a certificate") == "I want a certificate"
