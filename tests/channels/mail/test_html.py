from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.html import charset_inside, html_to_text


def text_of(source: str) -> str:
    text, read = html_to_text(source)
    assert read
    return text


GMAIL = """<div dir="ltr">ありがとうございます。<div><br></div><div>山田</div></div><br>
<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">2026年11月20日(金) 10:15 市役所
 &lt;<a href="mailto:x">desk@city</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">
回答です。<br>二行目</blockquote></div>"""
THUNDERBIRD = """<p>上</p><div class="moz-cite-prefix">2026/11/20 10:15、市役所 さんは書きました:<br></div>
<blockquote type="cite" cite="mid:1">問い</blockquote><p>行間の答え</p><blockquote type="cite">次の問い</blockquote>"""
APPLE = """<html><body>はい<br><div><br><blockquote type="CITE"><div>2026/11/20 10:15、市役所のメール：</div>
<div>元<blockquote type="cite">さらに元</blockquote></div></blockquote></div></body></html>"""
OUTLOOK = """<div>本文です</div><hr><div id="divRplyFwdMsg"><b>差出人:</b> 市役所<br><b>件名:</b> 回答</div>
<div>元の本文<table><tr><td>区分</td><td>月曜</td></tr></table></div><div>終わり</div>"""


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            GMAIL,
            [
                *("ありがとうございます。", "", "山田", ""),
                *("> 2026年11月20日(金) 10:15 市役所 <desk@city>:", "> 回答です。", "> 二行目"),
            ],
        ),
        (
            THUNDERBIRD,
            ["上", "", "> 2026/11/20 10:15、市役所 さんは書きました:", "> 問い", "", "行間の答え", "", "> 次の問い"],
        ),
        (APPLE, ["はい", "", "> 2026/11/20 10:15、市役所のメール：", "> 元", "> > さらに元"]),
        (OUTLOOK, ["本文です", "> 差出人: 市役所", "> 件名: 回答", "> 元の本文", "> 区分 月曜", "> 終わり"]),
    ],
)
def test_what_each_program_quotes_is_marked(source: str, lines: list[str]) -> None:
    assert text_of(source).split("\n") == lines


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>一段目</p><p>二段目</p>", "一段目\n\n二段目"),
        ("<div>粗大<span>ごみ</span></div>", "粗大ごみ"),
        ("　山田　太郎&nbsp;様", "　山田　太郎 様"),
        ("a  \n b", "a b"),
        ("<div style='white-space: pre-wrap'>a\n  b</div>", "a\n  b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("&amp;lt;b&amp;gt; &lt;b&gt; &#x1F600; &copy;", "&lt;b&gt; <b> 😀 ©"),
        ("<img alt='😀' src='x'>です<img alt='ロゴマーク'>", "😀です"),
        ("<ul><li>一</li><li>二</li></ul>", "  * 一\n  * 二"),
        ("<ol><li value='²'>一</li></ol>", " 1. 一"),
        ("<table><tr><td>月</td><td>火</td></tr><tr><td>燃</td><td>資源</td></tr></table>", "月 火\n燃 資源"),
        ("<head><title>t</title><style>p{}</style></head><body><script>alert(1)</script>見える</body>", "見える"),
        ("<p>見<span style='DISPLAY: none'>えない</span>える</p>", "見える"),
        ("<!-- 注 -->本文<![if mso]>x<![endif]>", "本文x"),
        ("<?xml version='1.0' encoding='utf-8'?><p>本文</p>", "本文"),
        ("<html><body><p>前</p></body></html>後ろ", "前\n\n後ろ"),
        ("</body></html>後ろ", "後ろ"),
        ("1 < 2", "1 < 2"),
        ("", ""),
    ],
)
def test_words_are_read_as_they_are_shown(source: str, text: str) -> None:
    assert text_of(source) == text


def test_no_style_makes_a_small_body_large() -> None:
    styles = "margin-top:99999em;padding-left:99999em"

    assert (
        text_of(f"<p style='{styles}'>a</p><table><tr><td>{'x' * 50}</td></tr>{'<tr><td>y' * 50}</table>").count(" ")
        < 100
    )


def test_a_nest_deeper_than_the_parser_goes_is_still_read() -> None:
    text, read = html_to_text("<div>" * 300 + "奥の言葉" + "</div>" * 300 + "<p>後の言葉</p><script>no</script>")

    assert text.split() == ["奥の言葉", "後の言葉"]
    assert not read


def test_a_very_long_body_is_read_without_layout() -> None:
    text, read = html_to_text("<p>段落</p>" * 60_000)

    assert text.count("段落") == 60_000
    assert not read


def test_pictures_written_into_the_source_do_not_make_it_long() -> None:
    assert text_of(f"<p>写真<img src='data:image/png;base64,{'A' * 900_000}'></p>") == "写真"


def test_a_body_tells_its_charset() -> None:
    assert charset_inside(b'<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">') == "Shift_JIS"
    assert charset_inside(b"<META charset='euc-jp'/>") == "euc-jp"
    assert charset_inside(b"<p>charset=x</p>") == ""


SOURCE = st.lists(
    st.sampled_from(
        [
            "<div class=gmail_quote>",
            "<blockquote type=cite>",
            "<div id='divRplyFwdMsg'>",
            "<div class=moz-cite-prefix>",
            "</div>",
            "</blockquote>",
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "<ul>",
            "<li value=9>",
            "<ol>",
            "<pre>",
            "<p style='display:none'>",
            "<img alt=x>",
            "<br>",
            "<html>",
            "<body>",
            "<head>",
            "<frameset>",
            "<svg>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?x",
            "&amp;",
            "&#0;",
            "あ",
            "\u3000",
            "\xa0",
            "\n",
            " ",
            "<",
            ">",
            "\ufdd0",
            "\ufdd1",
            "\x00",
            "𠮷",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.text(max_size=100) | SOURCE)
def test_no_source_makes_reading_fail(source: str) -> None:
    text, _ = html_to_text(source)

    text.encode()
    assert not {"\ufdd0", "\ufdd1"} & set(text)


@given(
    st.lists(st.text("あいうabc", min_size=1, max_size=5), min_size=1, max_size=8), st.randoms(use_true_random=False)
)
def test_no_word_that_is_shown_is_lost(words: list[str], random: Random) -> None:
    boxes = [
        ("<div>", "</div>"),
        ("<blockquote type=cite>", "</blockquote>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("", "<br>"),
    ]
    source = ""
    for word in words:
        before, after = random.choice(boxes)
        source = f"{before}{source}{word}{after}" if random.random() < 0.5 else f"{source}{before}{word}{after}"

    assert "".join(text_of(source).replace("> ", "").split()) == "".join(words)
