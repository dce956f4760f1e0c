import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.charsets import codec_for, decode
from channels.mail.defects import DefectCode

SENTENCE = "粗大ごみの収集について、お尋ねします。"
JAPANESE = {"utf-8": "utf-8", "shift_jis": "cp932", "euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp"}
LABELS = ["", "us-ascii", "utf-8", "shift_jis", "x-sjis", "euc-jp", "iso-2022-jp", "iso-8859-1", "x-unknown", "8bit"]


@pytest.mark.parametrize(
    ("label", "content", "text"),
    [
        # NEC and IBM characters, which Python's ISO-2022-JP does not know
        ("iso-2022-jp", b"\x1b$B-!\x1b(B \x1b$B|b\x1b(B \x1b$B-j\x1b(B", "① 髙 ㈱"),
        ("ISO-2022-JP-MS", b"\x1b$B-!\x1b(B", "①"),
        ("cp50220", b"\x1b$B-!\x1b(B", "①"),
        ("cp50221", b"\x1b(I1234\x1b(B", "ｱｲｳｴ"),
        ("cp50222", b"\x0e1234\x0f abc", "ｱｲｳｴ abc"),
        ("csISO2022JP", b'\x1b$@$"\x1b(J!', "あ!"),
        ("iso-2022-jp", b'\x1b(I1\x1b$B$"\x1b(Bx', "ｱあx"),
        ("iso-2022-jp", b'\xb1\xb2 \x1b$B$"\x1b(B', "ｱｲ あ"),
        ("iso-2022-jp-1", b"\x1b$(D0!\x1b(B", "丂"),
        ("iso-2022-jp-2004", b"\x1b$(Q.!\x1b(B", "俱"),
        ("iso-2022-jp-ms", b"\x1b$(?!!\x1b(B", "\ue000"),
        # a line that a gateway broke within kanji, and one that forgot to leave them
        ("iso-2022-jp", b"\x1b$B$3$l\n$O\x1b(B x", "これ\nは x"),
        ("iso-2022-jp", b"\x1b$B$3$l\nNo. 1", "これ\nNo. 1"),
        ("iso-2022-jp", b"\x1b$B$3$l\r\nF;O)$N7j\r\n090-1234\r\n", "これ\n道路の穴\n090-1234\n"),
        ("iso-2022-jp", b"$B$3$l(B", "これ"),
        ("Shift_JIS", "①髙﨑㈱".encode("cp932"), "①髙﨑㈱"),
        ("windows-31j", "①髙﨑".encode("cp932"), "①髙﨑"),
        ("x-sjis", "申請書".encode("cp932"), "申請書"),
        ("MS_Kanji", "申請書".encode("cp932"), "申請書"),
        ("cp943", "申請書".encode("cp932"), "申請書"),
        ("x-euc-jp", "住民票".encode("euc_jp"), "住民票"),
        ("euc-jp", b"\xad\xa1 \xfc\xe2 \x8e\xb1 \x8f\xb0\xa1", "① 髙 ｱ 丂"),
        ("gb2312", "垃圾①镕".encode("gb18030"), "垃圾①镕"),
        ("ks_c_5601-1987", "안녕 똠".encode("cp949"), "안녕 똠"),
        ("big5", "垃圾".encode("big5"), "垃圾"),
        ("utf-7", b"+MEI-", "あ"),
        ("utf-16le", "あ".encode("utf-16-le"), "あ"),
        (" 'UTF-8'; ", "あ".encode(), "あ"),
        ("utf8", b"\xef\xbb\xbf" + "あ".encode(), "あ"),
        ("iso-8859-1", b"\x93a\x94 \x80", "“a” €"),
    ],
)
def test_a_true_label_is_believed(label: str, content: bytes, text: str) -> None:
    decoded = decode(content, label)

    assert decoded.text == text
    assert DefectCode.CHARSET_WRONG not in decoded.findings
    assert DefectCode.CHARSET_UNKNOWN not in decoded.findings


@pytest.mark.parametrize("label", ["iso-2022-jp", "shift_jis", "euc-jp"])
def test_one_code_is_one_character_in_every_japanese_charset(label: str) -> None:
    # the wave dash and its family: Python's codecs disagree
    points = {
        "iso-2022-jp": b'\x1b$B!A!B!]!q!r"L\x1b(B',
        "shift_jis": b"\x81\x60\x81\x61\x81\x7c\x81\x91\x81\x92\x81\xca",
    }
    points["euc-jp"] = b"\xa1\xc1\xa1\xc2\xa1\xdd\xa1\xf1\xa1\xf2\xa2\xcc"

    assert decode(points[label], label).text == "～∥－￠￡￢"


def test_what_is_unicode_already_stays_as_it_is() -> None:
    assert decode("〜～‖∥−－ 𠮷 👨‍👩‍👧 が".encode(), "utf-8").text == "〜～‖∥−－ 𠮷 👨‍👩‍👧 が"


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("written_as", JAPANESE)
def test_a_wrong_or_missing_label_does_not_matter(written_as: str, label: str) -> None:
    for text in (SENTENCE, "ごみ", "テスト"):
        decoded = decode(text.encode(JAPANESE[written_as]), label)

        assert decoded.text == text
        assert (decoded.findings == ()) == (codec_for(label) == codec_for(written_as))


@pytest.mark.parametrize(
    ("label", "finding"),
    [
        ("", DefectCode.CHARSET_MISSING),
        ("unknown-8bit", DefectCode.CHARSET_MISSING),
        ("x-klingon", DefectCode.CHARSET_UNKNOWN),
        ("koi8-r", None),
        ("us-ascii", DefectCode.CHARSET_WRONG),
    ],
)
def test_what_was_guessed_is_said(label: str, finding: DefectCode | None) -> None:
    assert decode("привет".encode("koi8-r") if finding is None else SENTENCE.encode(), label).findings == (
        (finding,) if finding else ()
    )


@pytest.mark.parametrize("text", ["Informação sobre o lixo", "¿Dónde está la oficina?", "café", "naïve"])
@pytest.mark.parametrize("label", ["", "iso-8859-1", "us-ascii"])
def test_western_bytes_are_not_taken_for_kanji(text: str, label: str) -> None:
    assert decode(text.encode("latin-1"), label).text == text


def test_half_width_kana_under_a_japanese_label_stay() -> None:
    assert decode("ﾃｽﾄﾃﾞｽ".encode("cp932"), "shift_jis").text == "ﾃｽﾄﾃﾞｽ"


def test_one_damaged_place_does_not_spoil_the_rest() -> None:
    cut = decode(SENTENCE.encode()[:-1], "utf-8")
    mixed = decode(f"{SENTENCE}\n".encode() + "配信停止はこちら".encode("cp932"), "utf-8")

    assert (cut.text, cut.findings) == (SENTENCE[:-1] + "\ufffd", (DefectCode.CHARACTERS_LOST,))
    assert mixed.text == f"{SENTENCE}\n配信停止はこちら"


def test_the_same_emoji_of_a_carrier_is_the_same_character_in_both_its_encodings() -> None:
    in_jis, in_shift_jis = decode(b"\x1b$BuA\x1b(B", "iso-2022-jp"), decode(b"\xf6\x60", "shift_jis")

    assert in_jis.text == in_shift_jis.text == "\ue488"
    assert in_jis.findings == (DefectCode.CHARACTERS_PRIVATE,)


@pytest.mark.parametrize(
    "label", ["unicode_escape", "idna", "punycode", "zlib", "base64", "rot13", "undefined", "mbcs"]
)
def test_no_codec_that_is_no_charset_is_used(label: str) -> None:
    assert codec_for(label) is None
    assert decode(b"\\u3042", label).text == "\\u3042"


def test_nothing_unprintable_comes_out() -> None:
    assert decode(b"a\x00b\x1b[31mc\x7f\r\nd\re\xc2\x85f", "utf-8").text == "ab[31mc\nd\ne\nf"
    assert decode(b"+2AA-", "utf-7").text == "\ufffd"  # half of a surrogate pair


JIS_FRAGMENTS = st.lists(
    st.sampled_from(
        [b"\x1b$B", b"\x1b$A", b"\x1b$(C", b"\x1b$(D", b"\x1b$(Q", b"\x1b$(?", b"\x1b(I", b"\x1b(B", b"\x1b.A", b"\x1b"]
    )
    | st.sampled_from(
        [b'$"', b"-!", b"~~", b"0", b"\x0e", b"\x0f", b"\n", b"\r", b" ", b"\xb1", b"\x82\xa0", b"\xe3\x81"]
    ),
    max_size=20,
).map(b"".join)


@given(
    st.binary(max_size=300) | JIS_FRAGMENTS,
    st.sampled_from([*LABELS, "utf-7", "utf-16", "cp50221", "gb2312", "hz", "big5", "\0"]),
)
def test_any_bytes_under_any_label_become_text_that_can_be_stored(content: bytes, label: str) -> None:
    text = decode(content, label).text

    text.encode()
    assert not {c for c in text if c < " " and c not in "\n\t"}


@given(st.binary(max_size=200), st.text(max_size=40))
def test_no_label_at_all_makes_it_fail(content: bytes, label: str) -> None:
    text = decode(content, label).text

    assert text.encode().decode() == text


KANA_AND_KANJI = st.text(
    st.characters(min_codepoint=0x3041, max_codepoint=0x3093) | st.sampled_from("日本市役所、。ー")
)


@given(KANA_AND_KANJI, st.sampled_from(sorted(JAPANESE)))
def test_japanese_comes_back_as_it_was_written(text: str, charset: str) -> None:
    assert decode(text.encode(JAPANESE[charset]), charset).text == text
