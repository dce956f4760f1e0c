import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.line.plain_text import Link, links_in, plain_text


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("# 出し方\n**先に**申し込み*ます*。", "■ 出し方\n\n先に申し込みます。"),
        ("- 一つ\n- 二つ\n  - 中", "・一つ\n・二つ\n　・中"),
        ("3. 三\n4. 四\n\n   続き", "3. 三\n4. 四\n　続き"),
        ("[料金表](https://a.example/b)をご覧ください", "料金表( https://a.example/b )をご覧ください"),
        ("<https://c.example/d>", "https://c.example/d"),
        ("[0000-20-1300](tel:0000-20-1300)", "0000-20-1300"),
        ("[窓口](mailto:a@b.example)", "窓口( a@b.example )"),
        ("> 引用\n> の文", "　引用\n　の文"),
        ("`code` \\*星\\* &amp; a_b_c", "code *星* & a_b_c"),
        ("    字下げ\n    した", "字下げ\nした"),
        ("上\n\n---\n\n下", "上\n\n──────────\n\n下"),
        ("|区分|料金|\n|--|--|\n|大人|300円|\n|子|無料|", "・大人：300円\n・子：無料"),
        ("|区分|料金|日|\n|--|--|--|\n|大人|300円|月|", "・大人：料金 300円、日 月"),
        ("一行目\n二行目", "一行目\n二行目"),
        ("<b>太字</b><script>x</script>", "<b>太字</b><script>x</script>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("\x1b[2J消す\x07", "[2J消す"),
        ("半分\ud83d", "半分\ufffd"),
        ("", ""),
    ],
)
def test_markdown_is_read_without_its_marks(markdown: str, read: str) -> None:
    assert plain_text(markdown) == read


@given(
    st.text(
        alphabet=st.characters(
            blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), blacklist_characters="*_[]()#<>\\-+`!&|~="
        )
    ).filter(lambda text: not text[:1].isdecimal())
)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(st.characters(exclude_categories=())) | st.text(alphabet="*_[]()#<>\\-+`!&|~=\n\t 1.あ\x00\x1b"))
def test_any_text_is_read_without_control_characters(text: str) -> None:
    read = plain_text(text)

    assert not any(unicodedata.category(c) == "Cc" for c in read if c != "\n")
    read.encode()


def test_links_are_found_once_and_only_web_pages() -> None:
    text = "[a](https://x.example) <https://y.example> [b](https://x.example) [電話](tel:1) [](http://z.example)"

    assert links_in(text) == [
        Link("a", "https://x.example"),
        Link("https://y.example", "https://y.example"),
        Link("http://z.example", "http://z.example"),
    ]
