"""A My Number never reaches the store, however a mail wraps it; a mail without one is kept as it came."""

import base64
import quopri
from collections.abc import Callable
from email.header import Header
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.html import html_to_text
from channels.mail.letter import Letter, read_letter
from channels.mail.masking import without_secret_numbers
from conversations.masking import REPLACEMENT, mask_numbers
from tests.channels.mail.test_letter import a_mail, of_parts

NUMBER = "123456789018"
"""its check digit is right"""
HIDDEN = f"番号は{REPLACEMENT}です。"
SAID = f"番号は{NUMBER}です。"
HEADERS = (
    "Message-ID: <123456789018@mail.example.jp>",
    "In-Reply-To: <4111111111111111@mail.example.jp>",
    "References: <123456789018.1@x> <4111111111111111@mail.example.jp>",
    "X-Mailer: 123456789018",
    "Received: from mx (mx [192.0.2.1]) by city.example with ESMTP id 123456789018",
)
LETTERS = Path(__file__).parent / "letters"
COLLECTED = Path(__file__).parents[4] / "shared/data/email"


def base64_lines(content: bytes) -> bytes:
    return base64.encodebytes(content)


def as_it_is(content: bytes) -> bytes:
    return content


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64_lines,
    "quoted-printable": lambda content: quopri.encodestring(content, quotetabs=True),
    "8bit": as_it_is,
}
CHARSETS = ["utf-8", "iso-2022-jp", "shift_jis", "cp932", "euc-jp"]


def a_part(kind: str, text: str, *, charset: str = "utf-8", encoding: str = "base64", more: str = "") -> bytes:
    head = f"Content-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n{more}\n"
    return head.encode() + ENCODINGS[encoding](text.encode(charset))


def read(mail: bytes) -> Letter:
    """The mail as it is kept; nothing in it may show the number, encoded or not."""
    kept = without_secret_numbers(mail)
    letter = read_letter(kept)
    for text in everything_read(kept):
        assert NUMBER not in text
    assert without_secret_numbers(kept) is kept
    return letter


def everything_read(mail: bytes) -> list[str]:
    letter = read_letter(mail)
    found = [letter.subject, letter.text, letter.html, html_to_text(letter.html)[0] if letter.html else ""]
    for file in letter.attachments:
        if file.content_type == "message/rfc822":
            found += everything_read(file.content)
        elif file.content_type.startswith("text/"):
            found += [file.content.decode(charset, "replace") for charset in ("utf-8", "cp932", "iso-2022-jp")]
    return found


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(body="電話は 03-1234-5678、090-1234-5678 です。\n2026年11月25日 10:15"),
        a_mail("Message-ID: <123456789018@x>", "References: <123456789018@y>", body="Hello."),
        of_parts("mixed", "\nHello.", boundary="b123456789018"),
        of_parts(
            "related", 'Content-Type: text/html\n\n<img src="cid:123456789018">', "Content-ID: <123456789018>\n\nx"
        ),
        of_parts("mixed", "Content-Type: application/pdf\n\n%PDF 123456789018 0000 n"),
        a_mail(body="> Message-ID: <123456789018@x>\n> Received: from a\n>  id 123456789018\nHello."),
        b"",
        b"\xff\x00",
    ],
    ids=["telephone", "ids", "boundary", "content id", "pdf", "quoted headers", "nothing", "no mail"],
)
def test_mail_without_such_a_number_is_the_very_same_bytes(mail: bytes) -> None:
    assert without_secret_numbers(mail) is mail


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_in_any_charset_and_encoding(charset: str, encoding: str) -> None:
    words = a_part("text/plain", f"窓口御中\n{SAID}\n以上", charset=charset, encoding=encoding)
    mail = b"".join([*(line.encode() + b"\r\n" for line in HEADERS), b"Subject: x\r\n", words.replace(b"\n", b"\r\n")])

    letter = read(mail)

    assert letter.text.strip() == f"窓口御中\n{HIDDEN}\n以上"
    assert letter.message_id == "<123456789018@mail.example.jp>"
    for line in HEADERS:
        assert line.encode() in without_secret_numbers(mail)


@pytest.mark.parametrize(
    "subject",
    [
        NUMBER,
        Header(SAID, "utf-8").encode(),
        Header(SAID, "iso-2022-jp").encode(),
        "=?us-ascii?q?12345678?= =?us-ascii?q?9018?=",
    ],
)
def test_subject_however_it_is_encoded(subject: str) -> None:
    mail = a_mail(body="Hello.").replace(b"Subject: Hello", f"Subject: {subject}\r\nThread-Topic: {subject}".encode())

    letter = read(mail)

    assert REPLACEMENT in letter.subject
    assert REPLACEMENT in letter.headers["thread-topic"]
    assert letter.text == "Hello."
    assert letter.defects == ()


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{SAID}</p>",
        "<p>番号は<b>1234</b>5678<i>9018</i>です。</p>",
        "<p>番号は&#49;23456789018です。</p>",
        "<p>番号は1234&nbsp;5678&nbsp;9018です。</p>",
        "<p>番号は１２３４－５６７８－９０１８です。</p>",
        "<p>番号は1234&shy;56789018です。</p>",
    ],
)
def test_html_though_tags_or_entities_stand_within(markup: str) -> None:
    html = a_part("text/html", markup, encoding="quoted-printable")

    assert read(of_parts("alternative", html)).text == HIDDEN
    both = of_parts("alternative", a_part("text/plain", SAID), html)
    assert read(both).text == HIDDEN
    assert mask_numbers(html_to_text(read_letter(without_secret_numbers(both)).html)[0]).text == HIDDEN


def test_html_that_only_links_to_long_numbers_is_left_alone() -> None:
    mail = of_parts("alternative", a_part("text/html", f'<a href="https://x.example/?n={NUMBER}">click</a>'))

    assert without_secret_numbers(mail) is mail


def test_flowed_lines_are_read_as_one() -> None:
    mail = a_mail("Content-Type: text/plain; format=flowed; delsp=yes", body="no. 123456 \n789018 is it\n")

    assert read(mail).text == f"no. {REPLACEMENT} is it"


def test_attached_texts_keep_name_and_charset() -> None:
    table = a_part(
        "text/csv",
        f"氏名,番号\r\n山田,{NUMBER}\r\n",
        charset="cp932",
        more="Content-Disposition: attachment; filename=a.csv\n",
    )
    nameless = (
        b'Content-Type: application/octet-stream; name="b.txt"\nContent-Disposition: attachment\n\n' + NUMBER.encode()
    )

    table_kept, nameless_kept = read(of_parts("mixed", "\nHello.", table, nameless)).attachments

    assert (table_kept.name, table_kept.content_type) == ("a.csv", "text/csv")
    assert table_kept.content.decode("cp932") == f"氏名,番号\r\n山田,{REPLACEMENT}\r\n"
    assert (nameless_kept.name, nameless_kept.content.decode()) == ("b.txt", REPLACEMENT)


def test_other_files_stay_as_they_are() -> None:
    content = bytes(range(256)) * 10
    file = (
        b"Content-Type: image/png; name*=utf-8''%E7%AA%93.png\nContent-ID: <123456789018>\n"
        b"Content-Transfer-Encoding: base64\nContent-Disposition: inline\n\n" + base64.encodebytes(content)
    )

    letter = read(of_parts("mixed", a_part("text/plain", SAID), file))

    (kept,) = letter.attachments
    assert (kept.name, kept.content, kept.content_id, kept.inline) == ("窓.png", content, "123456789018", True)


@pytest.mark.parametrize("depth", [1, 3, 25])
def test_mails_within_mails(depth: int) -> None:
    mail = a_mail("Message-ID: <123456789018@x>", body=SAID)
    for level in range(depth):
        inner = b"Content-Type: message/rfc822\n\n" + mail.replace(b"\r\n", b"\n")
        mail = of_parts("mixed", "\nsee below", inner, boundary=f"level-{level}")
    kept = without_secret_numbers(mail)

    for _ in range(depth):
        (file,) = read_letter(kept).attachments
        kept = file.content
    innermost = read_letter(kept)
    assert (innermost.text.strip(), innermost.message_id) == (HIDDEN, "<123456789018@x>")


def test_a_number_named_anywhere_is_one_even_without_its_check_digit() -> None:
    mail = of_parts("mixed", a_part("text/plain", "マイナンバーを添付します"), a_part("text/csv", "123456789012"))
    same_without_the_word = of_parts("mixed", a_part("text/plain", "番号を添付"), a_part("text/csv", "123456789012"))

    assert without_secret_numbers(same_without_the_word) is same_without_the_word
    assert b"123456789012" not in b"".join(file.content for file in read(mail).attachments)


@pytest.mark.parametrize(
    "mail",
    [
        of_parts("mixed", a_part("text/plain", SAID)).replace(b"--b1--", b""),
        of_parts("mixed", a_part("text/plain", SAID)) + f"behind the end {NUMBER}".encode(),
        of_parts("mixed", a_part("text/plain", SAID)).replace(b"boundary=", b"border="),
        of_parts("mixed", a_part("text/plain", SAID)).replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
        of_parts("mixed", f"\n{NUMBER[:4]} {NUMBER[4:8]}", f"\n{NUMBER[8:]}"),
        a_mail(
            "Content-Transfer-Encoding: base64", body=base64.encodebytes(b"Hello.") + f"list: no. {NUMBER} x\n".encode()
        ),
        a_mail('Content-Type: multipart/mixed; boundary="b2"', body=SAID),
        SAID.encode(),
    ],
    ids=["cut off", "epilogue", "no boundary", "cr only", "across parts", "footer", "no parts", "no header"],
)
def test_broken_mails_show_it_neither(mail: bytes) -> None:
    assert REPLACEMENT in "".join(
        [read(mail).text, *(file.content.decode("utf-8", "replace") for file in read(mail).attachments)]
    )


def test_all_parts_of_a_report_stay_for_the_bounce_to_be_understood() -> None:
    status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\n"
    ours = b"Content-Type: text/rfc822-headers\n\nMessage-ID: <123456789018@city.example>\nSubject: 123456789018\n"
    mail = of_parts('report; report-type="delivery-status"', f"\n{NUMBER} was not sent", status, ours)

    letter = read_letter(without_secret_numbers(mail))

    assert letter.content_type == "multipart/report"
    assert letter.text == f"{REPLACEMENT} was not sent"
    assert [file.content_type for file in letter.attachments] == ["message/delivery-status", "text/rfc822-headers"]
    assert b"Action: failed" in letter.attachments[0].content
    assert b"<123456789018@city.example>" in letter.attachments[1].content
    assert b"Subject: 123456789018" not in letter.attachments[1].content


def test_much_to_mask_takes_its_time_and_no_more() -> None:
    mail = a_mail("Content-Type: text/plain; charset=utf-8", body="".join(f"山田 {NUMBER}\n" for _ in range(20_000)))

    assert read(mail).text.count(REPLACEMENT) == 20_000


@settings(max_examples=150, deadline=None)
@given(
    before=st.text(st.sampled_from("あ漢ア。 a\n<>&=\t"), max_size=80),
    after=st.text(st.sampled_from("い字カ、 b\n<>&=."), max_size=80),
    written=st.sampled_from(
        [NUMBER, "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８", "1234\n5678\n9018"]
    ),
    charset=st.sampled_from(CHARSETS),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    wrap=st.sampled_from(["alone", "mixed", "nested", "twice"]),
)
def test_no_wrapping_hides_it(before: str, after: str, written: str, charset: str, encoding: str, wrap: str) -> None:
    part = a_part("text/plain", f"{before}番 {written} 号{after}", charset=charset, encoding=encoding)
    mail = b"Subject: x\r\n" + part
    if wrap == "mixed":
        mail = of_parts("mixed", part, "Content-Type: image/png\n\n123")
    elif wrap == "nested":
        mail = of_parts("mixed", b"Content-Type: message/rfc822\n\n" + mail)
    elif wrap == "twice":
        mail = of_parts("mixed", part, part)
    if encoding == "8bit" and wrap != "alone" and (b"\n--b1" in part or b"\r" in part):
        return

    kept = without_secret_numbers(mail)

    assert kept is not mail
    assert not any(mask_numbers(text).found for text in everything_read(kept))
    assert without_secret_numbers(kept) is kept


PIECES = [
    b"Content-Type: multipart/mixed; boundary=b1\n",
    b'Content-Type: multipart/alternative; boundary="b1"\n',
    b"Content-Type: text/html\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: text/plain; format=flowed\n",
    b"Content-Type: text/plain; charset=utf-7\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"Content-Disposition: attachment; filename=a.txt\n",
    b"Subject: 123456789018\n",
    b"\n",
    b"\n",
    b"--b1\n",
    b"--b1--\n",
    b"123456789018\n",
    b"1234=\n56789018\n",
    b"MTIzNDU2Nzg5MDE4\n",
    b"words <b>\n",
    b" folded 5678\n",
    b"\xff\xfe\r\n",
    b"\x1b$B$3\x1b(B\n",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_bytes_come_out_without_it(lines: list[bytes]) -> None:
    kept = without_secret_numbers(b"".join(lines))

    assert not any(mask_numbers(text).found for text in (read_letter(kept).subject, read_letter(kept).text))
    assert without_secret_numbers(kept) is kept


def test_hardly_any_mail_of_the_collections_is_touched() -> None:
    """Of 328 mails that people wrote none; of bounces, whose queue ids are long numbers, one in twenty."""
    mails = sorted(path for path in COLLECTED.rglob("*") if path.is_file())
    if not mails:
        pytest.skip("the collected mails are not here")
    touched = [path for path in mails if without_secret_numbers(raw := path.read_bytes()) is not raw]

    assert not [path for path in touched if "replies" in path.parts]
    assert len(touched) < len(mails) * 0.02


def test_of_our_own_letters_only_the_one_with_a_number_is_touched() -> None:
    letters = sorted(LETTERS.rglob("*.eml"))

    touched = [path.name for path in letters if without_secret_numbers(raw := path.read_bytes()) is not raw]

    assert touched == ["my-number-by-mistake.eml"]
