"""What a message leans on, told by its words alone."""

import pytest

from bot.understanding.correcting import correction_of
from bot.understanding.going_back import way_back
from bot.understanding.leaning import lean_of, without_opener
from bot.understanding.splitting import parts_of


@pytest.mark.parametrize(
    ("words", "aspects"),
    [
        ("じゃあ料金は？", ["fee"]),
        ("それっていくら？", ["fee"]),
        ("どれくらいかかる？", ["fee", "duration"]),
        ("何日かかりますか", ["duration"]),
        ("何を持っていけばいい？", ["documents"]),
        ("それ何時まで？", ["hours"]),
        ("日曜もやってる？", ["hours"]),
        ("いつまでに出せばいい？", ["deadline"]),
        ("代理でもいい？", ["proxy"]),
        ("だいりでも いいですか", ["proxy"]),
        ("友達に頼める？", ["proxy"]),
        ("郵送では？", ["post"]),
        ("ネットでもできますか", ["online"]),
        ("コンビニでも？", ["store"]),
        ("子どもの分は？", ["child"]),
        ("母の分は？", ["family"]),
        ("予約はいりますか", ["booking"]),
        ("PayPayで払える？", ["payment"]),
        ("キャンセルできる？", ["cancel"]),
        ("how much is it?", ["fee"]),
        ("what about by mail?", ["post"]),
        ("Can my wife go instead?", ["proxy"]),
        ("is it open on Sunday?", ["hours"]),
    ],
)
def test_a_short_question_says_only_what_about_the_topic_it_asks(words: str, aspects: list[str]) -> None:
    lean = lean_of(words)

    assert lean is not None
    assert [aspect.name for aspect in lean.aspects] == aspects
    assert lean.says_only_what


@pytest.mark.parametrize(
    "words", ["パスポートの料金は？", "じゃあ粗大ごみは？", "シールはどこで買える？", "passport fee?"]
)
def test_words_that_name_a_matter_say_so(words: str) -> None:
    lean = lean_of(words)

    assert lean is not None
    assert lean.own_words


@pytest.mark.parametrize("words", ["", "？", "住民票", "ありがとう", "OK", "2", "それは", "英語で", "料金" + "あ" * 40])
def test_what_asks_nothing_of_a_topic_does_not_lean(words: str) -> None:
    assert lean_of(words) is None


def test_the_opener_is_left_out_when_words_are_joined() -> None:
    assert without_opener("じゃあ、料金は") == "料金は"
    assert without_opener("じゃあ") == "じゃあ"


@pytest.mark.parametrize(
    ("words", "which", "about", "rest"),
    [
        ("さっきの続き", "last", "", ""),
        ("さっきの続きなんですけど", "last", "", ""),
        ("さっきの件ですが、料金はいくらですか", "last", "", "料金はいくらですか"),
        ("最初の件に戻って", "first", "", ""),
        ("最初に戻って", "first", "", ""),
        ("前の話に戻ってください", "previous", "", ""),
        ("元の話に戻りたい", "previous", "", ""),
        ("さっきの住民票の話だけど", "last", "住民票", ""),
        ("さっきの住民票の話だけど、郵送でもいい？", "last", "住民票", "郵送でもいい?"),
        ("粗大ごみの話に戻ります", "previous", "粗大ごみ", ""),
        ("go back to the first question", "first", "", ""),
        ("Let's go back to the previous topic", "previous", "", ""),
        ("back to the residence certificate", "previous", "residence certificate", ""),
    ],
)
def test_the_way_back_is_read(words: str, which: str, about: str, rest: str) -> None:
    back = way_back(words)

    assert back is not None
    assert (back.which, back.about, back.rest) == (which, about, rest)


@pytest.mark.parametrize(
    "words",
    [
        "さっきの答えをもう一度",
        "この前の質問はどうなりましたか",
        "前の市でもらった転出証明書をなくした",
        "前の住所",
        "戻る",
        "I want to send it back",
    ],
)
def test_other_words_about_before_are_no_way_back(words: str) -> None:
    assert way_back(words) is None


@pytest.mark.parametrize(
    ("words", "unwanted", "wanted"),
    [
        ("いや、コンビニじゃなくて郵送で", "コンビニ", "郵送"),
        ("住民票じゃなくて戸籍です", "住民票", "戸籍"),
        ("コンビニではなく窓口で取りたい", "コンビニ", "窓口で取りたい"),
        ("すみません、住民票じゃなくて印鑑証明の料金が知りたいです", "住民票", "印鑑証明の料金"),
        ("違う、息子の分", "", "息子の分"),
        ("いいえ、戸籍のほうです", "", "戸籍"),
        ("いや、やっぱり窓口で", "", "窓口"),
        ("やっぱり郵送で", "", "郵送"),
        ("no, not by mail but online", "mail", "online"),
        ("No, I meant the passport", "", "passport"),
        ("Sorry, online instead of by mail", "mail", "online"),
    ],
)
def test_a_correction_says_what_is_not_meant_and_what_is(words: str, unwanted: str, wanted: str) -> None:
    correction = correction_of(words)

    assert correction is not None
    assert (correction.unwanted, correction.wanted) == (unwanted, wanted)


@pytest.mark.parametrize(
    "words",
    [
        "違います",
        "いいえ、ありがとう",
        "いえ、大丈夫です",
        "やっぱりやめます",
        "違う、そうじゃない",
        "no thanks",
        "いや、職員と話したい",
        "住民票",
    ],
)
def test_a_plain_no_corrects_nothing(words: str) -> None:
    assert correction_of(words) is None


@pytest.mark.parametrize(
    ("words", "asked", "subject", "meant"),
    [
        ("コンビニじゃなくて郵送で", "コンビニで住民票を取りたい", "住民票", "郵送で住民票を取りたい"),
        ("コンビニじゃなくて郵送で", "セブンで住民票を取りたい", "住民票", "郵送で住民票を取りたい"),
        ("住民票じゃなくて戸籍です", "住民票 料金", "住民票", "戸籍 料金"),
        ("住民票じゃなくて戸籍です", "じゅうみんひょうの料金は", "住民票の写し", "戸籍 料金"),
        ("違う、息子の分", "マイナンバーカードを作りたい", "マイナンバーカード", "マイナンバーカード 息子の分"),
        ("違う、息子の分", "カードを作りたい", "", "カードを作りたい 息子の分"),
    ],
)
def test_the_question_is_put_right(words: str, asked: str, subject: str, meant: str) -> None:
    correction = correction_of(words)

    assert correction is not None
    assert correction.applied_to(asked, subject) == meant


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("住民票の取り方と、あと粗大ごみの出し方を教えて", ("住民票の取り方", "粗大ごみの出し方を教えて")),
        ("住民票の取り方と粗大ごみの出し方を教えて", ("住民票の取り方", "粗大ごみの出し方を教えて")),
        ("・住民票の料金\n・粗大ごみの申し込み", ("住民票の料金", "粗大ごみの申し込み")),
        ("料金は？それから期限も知りたいです", ("料金は？", "期限も知りたいです")),
        ("How much is it? And also, when is it open?", ("How much is it?", "when is it open?")),
        ("会社を辞めました。国保に入りたい。年金は？", ("会社を辞めました。国保に入りたい。", "年金は？")),
    ],
)
def test_several_questions_are_taken_apart(words: str, parts: tuple[str, ...]) -> None:
    assert parts_of(words) == parts


@pytest.mark.parametrize(
    "words",
    [
        "",
        "住民票の料金は？",
        "夫と妻の違い",
        "引っ越してきました。住民票がほしいです。",
        "料金は？料金は？",
        "住民票の料金は？" * 30,
    ],
)
def test_one_question_stays_whole(words: str) -> None:
    assert parts_of(words) == ()
