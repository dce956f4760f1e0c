import base64
import struct
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.defects import Defect, DefectCode
from channels.mail.letter import Letter, Mailbox, read_letter
from channels.mail.parts import DEEPEST, MOST_PARTS

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def a_mail(*lines: str | bytes, body: str | bytes = "", encoding: str = "utf-8") -> bytes:
    """A mail of these header lines, after the usual ones, with CRLF."""
    usual = ["From: Taro <taro@example.jp>", "To: desk@city.example.jp", "Subject: Hello"]
    written = [each.encode(encoding) if isinstance(each, str) else each for each in (*usual, *lines, "", body)]
    return b"\r\n".join(each.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for each in written)


def in_parts(kind: str, *parts: str | bytes, boundary: str = "b1") -> tuple[str, bytes]:
    """The Content-Type line and the body of a multipart."""
    written = [part.encode() if isinstance(part, str) else part for part in parts]
    body = b"".join(b"--%b\n%b\n" % (boundary.encode(), part) for part in written) + f"--{boundary}--\n".encode()
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"', body


def of_parts(kind: str, *parts: str | bytes, boundary: str = "b1") -> bytes:
    line, body = in_parts(kind, *parts, boundary=boundary)
    return a_mail(line, body=body)


def codes(letter: Letter) -> set[DefectCode]:
    return {defect.code for defect in letter.defects}


def test_plain_letter_is_read_whole() -> None:
    letter = read_letter(
        b"Return-Path: <taro@example.jp>\r\nDelivered-To: desk+tok123@city.example.jp\r\n"
        b"From: =?utf-8?B?5bGx55Sw?= <taro@example.jp>\r\nReply-To: home@example.jp\r\n"
        b"To: desk@city.example.jp\r\nCc: hanako@example.jp\r\nSubject: =?iso-2022-jp?B?GyRCJDQkXxsoQg==?=\r\n"
        b"Message-ID: <1@example.jp>\r\nIn-Reply-To: <0@city>\r\nReferences: <a@city>\r\n <0@city>\r\n"
        b"Date: Fri, 20 Nov 2026 10:15:00 +0900\r\nX-Mailer: iPhone Mail\r\n"
        b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n"
    )

    assert (letter.sender, letter.subject, letter.text) == (Mailbox("taro@example.jp", "山田"), "ごみ", "こんにちは")
    assert (letter.reply_to, letter.cc) == ((Mailbox("home@example.jp"),), (Mailbox("hanako@example.jp"),))
    assert (letter.return_path, letter.delivered_to) == ("taro@example.jp", ("desk+tok123@city.example.jp",))
    assert (letter.message_id, letter.in_reply_to) == ("<1@example.jp>", ("<0@city>",))
    assert letter.references == ("<a@city>", "<0@city>")
    assert letter.date == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert letter.headers["x-MAILER"] == "iPhone Mail"
    assert (letter.content_type, letter.html_only, letter.attachments, letter.defects) == ("text/plain", False, (), ())


@pytest.mark.parametrize("null_sender", ["", "<>"])
def test_the_envelope_counts_more_than_the_headers(null_sender: str) -> None:
    raw = a_mail("Return-Path: <old@example.jp>", "Delivered-To: old@city.example.jp")

    letter = read_letter(raw, envelope_sender=null_sender, recipients=["desk+tok@city.example.jp"])

    assert (letter.return_path, letter.delivered_to) == ("", ("desk+tok@city.example.jp",))


def test_the_envelope_recipient_is_recovered_from_received() -> None:
    raw = b"Received: from mx (mx [192.0.2.1])\r\n by city with LMTP id 1\r\n for <desk+tok@city.example.jp>; x\r\n"

    assert read_letter(raw + a_mail()).delivered_to == ("desk+tok@city.example.jp",)
    assert read_letter(a_mail()).delivered_to == ()
    assert read_letter(a_mail()).return_path is None


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("Date: 2026-11-20", DefectCode.DATE_BROKEN),
        ("Date: Fri, 99 Nov 2026 10:15:00 +9999", DefectCode.DATE_BROKEN),
        ("Date: Fri, 31 Dec 9999 23:59:59 -1200", DefectCode.DATE_BROKEN),
        ("From: jiro@example.jp", DefectCode.SENDER_AMBIGUOUS),
        ("Cc: a@b@c", DefectCode.ADDRESS_BROKEN),
        ("Subject: 件名".encode("cp932"), DefectCode.HEADER_RAW),
    ],
)
def test_broken_header_lines_are_said(line: str | bytes, finding: DefectCode) -> None:
    assert finding in codes(read_letter(a_mail(line)))


def test_a_name_that_shows_another_address_is_said() -> None:
    honest = read_letter(b"From: 'taro@example.jp' <taro@example.jp>\n\nx")
    other = read_letter(b'From: "mayor@city.example.jp" <x@evil.example>\n\nx')

    assert DefectCode.SENDER_AMBIGUOUS not in codes(honest)
    assert other.sender == Mailbox("x@evil.example", "mayor@city.example.jp")
    assert DefectCode.SENDER_AMBIGUOUS in codes(other)


def test_a_letter_without_from_is_the_envelope_senders() -> None:
    letter = read_letter(b"Subject: x\n\nx", envelope_sender="taro@example.jp")

    assert letter.sender == Mailbox("taro@example.jp")
    assert DefectCode.SENDER_MISSING in codes(letter)


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/plain", "ごみ①".encode("cp932")),
        ("text/plain; charset=us-ascii", "ごみ①".encode("cp932")),
        ("text/plain; charset=Shift_JIS", "ごみ①".encode("cp932")),
        ("text/plain; charset=Shift_JIS", "ごみ①".encode()),
        ("text/plain; charset=iso-2022-jp-ms", b"\x1b$B$4$_-!\x1b(B"),
        ("text/plain; charset=x-unknown", "ごみ①".encode()),
        ("text/plain", "ごみ①".encode()),
        ("text", "ごみ①".encode()),
        ('text/html; charset="x"', "<p>ごみ<b>①</b></p>".encode()),
        ("text/html", b"<meta charset=shift_jis>" + "ごみ①".encode("cp932")),
        ("text/html", b"<meta http-equiv=x content='text/html; charset=gb2312'>" + "ごみ①".encode("gb18030")),
    ],
)
@pytest.mark.parametrize("transfer", ["8bit", "base64", "quoted-printable", "Quoted Printable", "x-nonsense"])
def test_the_body_is_read_whatever_it_says_it_is(content_type: str, content: bytes, transfer: str) -> None:
    encoded = {"base64": base64.encodebytes(content), "quoted-printable": _quoted(content)}
    encoded["Quoted Printable"] = encoded["quoted-printable"]
    raw = a_mail(
        f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {transfer}", body=encoded.get(transfer, content)
    )

    letter = read_letter(raw)

    assert letter.text == "ごみ①"
    assert letter.html_only == content_type.startswith("text/html")


def _quoted(content: bytes) -> bytes:
    return b"".join(b"=%02X" % byte for byte in content)


def test_words_behind_the_base64_are_kept() -> None:
    body = base64.encodebytes("本文です。".encode()) + "\n____\n配信: 市民メーリングリスト\n".encode()

    letter = read_letter(
        a_mail("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", body=body)
    )

    assert letter.text.startswith("本文です。\n")
    assert "市民メーリングリスト" in letter.text


def test_rubbish_within_the_base64_is_passed_over() -> None:
    encoded = base64.encodebytes("図書館のカードを落としました。止めてもらえますか。".encode())
    damaged = b"!!" + encoded[:20] + b" *\n\xff" + encoded[20:] + b"\n-- \nScanned by gateway\n"

    letter = read_letter(
        a_mail("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", body=damaged)
    )

    assert letter.text.startswith("図書館のカードを落としました。止めてもらえますか。\n-- \nScanned by")
    assert DefectCode.TRANSFER_ENCODING_BROKEN in codes(letter)


def test_text_that_only_claims_to_be_base64_is_read_as_it_stands() -> None:
    letter = read_letter(a_mail("Content-Transfer-Encoding: base64", body="粗大ごみについて\n教えてください。"))

    assert letter.text == "粗大ごみについて\n教えてください。"
    assert DefectCode.TRANSFER_ENCODING_BROKEN in codes(letter)


def test_flowed_lines_become_whole_and_signatures_and_quotes_stay() -> None:
    body = "> 元の \n> 質問 \n>> 前の \n返事\n\nThis is \none line.\n 　字下げ\n-- \n山田\n"
    raw = a_mail("Content-Type: text/plain; charset=utf-8; format=flowed", body=body)

    assert read_letter(raw).text == "> 元の 質問 \n> > 前の \n返事\n\nThis is one line.\n　字下げ\n-- \n山田"


def test_flowed_japanese_loses_the_space_of_the_break() -> None:
    raw = a_mail("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes", body="粗大 \nごみ\n")

    assert read_letter(raw).text == "粗大ごみ"


def test_plain_text_is_read_and_its_html_twin_kept() -> None:
    letter = read_letter(
        of_parts("alternative", "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>rich</p>")
    )

    assert (letter.text, letter.html, letter.html_only) == ("plain", "<p>rich</p>", False)
    assert letter.attachments == ()


def test_an_empty_plain_twin_gives_way_to_the_html() -> None:
    letter = read_letter(of_parts("alternative", "\n\n \n", "Content-Type: text/html\n\n<p>rich</p>"))

    assert (letter.text, letter.html_only) == ("rich", True)


def test_a_plain_twin_that_only_points_to_the_html_gives_way_to_it() -> None:
    pointer, html = "\nこのメールはHTML形式です。", "Content-Type: text/html\n\n<p>rich</p>"

    assert read_letter(of_parts("alternative", pointer, html)).text == "rich"
    assert read_letter(of_parts("alternative", pointer)).text == "このメールはHTML形式です。"


def test_pictures_within_the_html_are_known_by_their_id() -> None:
    _, related = in_parts(
        "related",
        "Content-Type: text/html\n\n<p>photo<img src='cid:p1@x'></p>",
        b"Content-Type: image/gif\nContent-ID: <p1@x>\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(PIXEL),
        boundary="inner",
    )
    letter = read_letter(of_parts("mixed", b"Content-Type: multipart/related; boundary=inner\n\n" + related))

    (picture,) = letter.attachments
    assert (picture.content_id, picture.inline, picture.content, picture.name) == ("p1@x", True, PIXEL, "添付1.gif")


def test_text_between_files_is_read_in_its_order() -> None:
    letter = read_letter(of_parts("mixed", "\nfirst", "Content-Type: application/pdf; name=a.pdf\n\n%PDF", "\nsecond"))

    assert letter.text == "first\n\nsecond"
    assert [(file.name, file.content) for file in letter.attachments] == [("a.pdf", b"%PDF")]


def test_a_text_with_a_file_name_is_a_file() -> None:
    letter = read_letter(
        of_parts(
            "mixed",
            "\nbody",
            'Content-Type: text/plain; name="メモ.txt"\n\nnote',
            "Content-Disposition: attachment\n\nx",
        )
    )

    assert letter.text == "body"
    assert [file.name for file in letter.attachments] == ["メモ.txt", "添付2.txt"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"C:\Users\taro\申請書.pdf", "申請書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("が.pdf", "が.pdf"),
        ("..", "添付1.bin"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
    ],
)
def test_file_names_are_harmless(written: str, name: str) -> None:
    raw = a_mail(
        "Content-Type: application/x-thing", f'Content-Disposition: attachment; filename="{written}"', body="x"
    )

    assert [file.name for file in read_letter(raw).attachments] == [name]


def test_a_letter_within_the_letter_is_a_file_of_its_own() -> None:
    inner = a_mail("Subject: inner", body="inner text")[len(b"From: Taro <taro@example.jp>\r\n") :]
    plain = read_letter(of_parts("mixed", b"Content-Type: message/rfc822\n\n" + inner))
    encoded = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(inner)

    assert [(file.name, file.content_type) for file in plain.attachments] == [("Hello.eml", "message/rfc822")]
    assert read_letter(plain.attachments[0].content).text == "inner text"
    assert read_letter(of_parts("mixed", encoded)).attachments[0].content == inner


def test_the_parts_of_a_bounce_keep_their_types() -> None:
    letter = read_letter(
        of_parts(
            "report; report-type=delivery-status",
            "\nnot delivered",
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nStatus: 5.1.1\n",
            "Content-Type: text/rfc822-headers\n\nMessage-ID: <1@city>\n",
        )
    )

    assert letter.content_type == "multipart/report"
    assert letter.text == "not delivered"
    assert [file.content_type for file in letter.attachments] == ["message/delivery-status", "text/rfc822-headers"]
    assert b"Status: 5.1.1" in letter.attachments[0].content


def test_a_password_on_a_zip_is_said() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    open_zip = out.getvalue()
    locked = open_zip[:6] + b"\x01" + open_zip[7:]

    for content, said in ((open_zip, False), (locked, True)):
        part = b'Content-Type: application/zip; name="a.zip"\nContent-Transfer-Encoding: base64\n\n'
        letter = read_letter(of_parts("mixed", part + base64.encodebytes(content)))
        assert (DefectCode.ENCRYPTED_ZIP in codes(letter)) == said


@pytest.mark.parametrize("kind", ["application/pkcs7-mime; smime-type=enveloped-data", "application/x-pkcs7-mime"])
def test_what_is_sealed_is_kept_and_said(kind: str) -> None:
    letter = read_letter(a_mail(f"Content-Type: {kind}; name=smime.p7m", body="sealed"))

    assert [file.content for file in letter.attachments] == [b"sealed"]
    assert Defect(DefectCode.ENCRYPTED, "smime.p7m") in letter.defects


def a_winmail(*attributes: tuple[int, bytes]) -> bytes:
    out = struct.pack("<IH", 0x223E9F78, 1)
    for attribute, value in attributes:
        out += struct.pack("<BII", 1, attribute, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
    return out


def with_winmail(content: bytes) -> Letter:
    part = b'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
    return read_letter(of_parts("mixed", "\nbody", part + base64.encodebytes(content)))


def test_winmail_is_unwrapped() -> None:
    name = "申請書 2026.pdf".encode("utf-16-le") + b"\0\0"
    properties = struct.pack("<IHHI", 2, 0x0003, 0x3705, 1)
    properties += struct.pack("<HHII", 0x001F, 0x3707, 1, len(name)) + name + bytes(-len(name) % 4)
    letter = with_winmail(
        a_winmail(
            (0x00069007, struct.pack("<II", 932, 0)),
            (0x00069002, b"rend"),
            (0x00018010, "申請~1.PDF\0".encode("cp932")),
            (0x0006800F, b"%PDF-1"),
            (0x00069005, properties),
            (0x00069002, b"rend"),
            (0x00018010, "表.txt\0".encode("cp932")),
            (0x0006800F, b"two"),
        )
    )

    assert [(file.name, file.content) for file in letter.attachments] == [
        ("申請書 2026.pdf", b"%PDF-1"),
        ("表.txt", b"two"),
    ]
    assert (letter.text, letter.defects) == ("body", ())


WHOLE = a_winmail((0x00069002, b"rend"), (0x00018010, b"a.txt\0"), (0x0006800F, b"one"))


@pytest.mark.parametrize(
    "content", [*(WHOLE[:cut] for cut in (0, 3, 6, 20, -1)), WHOLE.replace(b"one", b"two"), b"no winmail at all"]
)
def test_winmail_that_cannot_be_unwrapped_stays_a_file(content: bytes) -> None:

    letter = with_winmail(content)

    assert [(file.name, file.content) for file in letter.attachments] == [("winmail.dat", content)]
    assert Defect(DefectCode.WINMAIL_UNREADABLE, "winmail.dat") in letter.defects


@pytest.mark.parametrize(
    "raw",
    [
        of_parts("mixed", "\none", "\ntwo").replace(b"--b1--\r\n", b""),
        of_parts("mixed", "\none", "\ntwo").replace(b'boundary="b1"', b"boundary=other"),
        of_parts("mixed", "\none", "\ntwo").replace(b'; boundary="b1"', b""),
        of_parts("mixed", "\none", "\ntwo").replace(b"\r\n", b"\n"),
        of_parts("mixed", "\none", "\ntwo").replace(b"\r\n", b"\r"),
        of_parts("mixed", "\none", "\ntwo", boundary="b(1)+?/="),
    ],
)
def test_parts_are_found_where_the_structure_is_damaged(raw: bytes) -> None:
    letter = read_letter(raw)

    assert letter.text == "one\n\ntwo"


def test_a_multipart_without_any_delimiter_is_read_as_text() -> None:
    letter = read_letter(a_mail("Content-Type: multipart/alternative; boundary=x", body="just words"))

    assert letter.text == "just words"
    assert (letter.content_type, codes(letter)) == ("multipart/alternative", {DefectCode.STRUCTURE_BROKEN})


def test_a_boundary_that_begins_another_is_not_mistaken_for_it() -> None:
    _, inner = in_parts("alternative", "\ninner", boundary="b1-x")
    raw = of_parts("mixed", b'Content-Type: multipart/alternative; boundary="b1-x"\n\n' + inner, "\nouter")

    assert read_letter(raw).text == "inner\n\nouter"


def test_words_outside_the_parts_are_not_lost() -> None:
    line, body = in_parts("mixed", "\nread")
    raw = a_mail(line, body=b"This is a multi-part message in MIME format.\n" + body + "追伸です\n".encode())

    letter = read_letter(raw)

    assert letter.text == "read"
    assert [(file.name, file.content.decode().strip()) for file in letter.attachments] == [("epilogue.txt", "追伸です")]
    assert codes(letter) == {DefectCode.TEXT_OUTSIDE_PARTS}


def test_a_whole_multipart_in_base64_is_opened() -> None:
    line, body = in_parts("mixed", "\none", "\ntwo")
    raw = a_mail(line, "Content-Transfer-Encoding: base64", body=base64.encodebytes(body))

    assert read_letter(raw).text == "one\n\ntwo"


def test_a_long_subject_broken_without_indenting_is_put_together() -> None:
    raw = b"From: a@b.jp\nSubject: one\ntwo three\nContent-Type: text/plain\nTo: c@d.jp\n\nbody"

    letter = read_letter(raw)

    assert (letter.subject, letter.text) == ("one two three", "body")
    assert Defect(DefectCode.HEADER_BROKEN, "Subject") in letter.defects


def test_a_body_that_begins_without_an_empty_line_is_not_lost() -> None:
    letter = read_letter(b"From: a@b.jp\nSubject: x\nHello there\nNote: three things\n\nBye")

    assert (letter.subject, letter.text) == ("x", "Hello there\nNote: three things\n\nBye")


def test_an_mbox_line_is_skipped() -> None:
    assert read_letter(b"From taro Fri Nov 20 10:15:00 2026\nSubject: x\n\ny").subject == "x"


def test_too_deep_a_nest_ends_as_a_file() -> None:
    def nested(levels: int) -> bytes:
        heads = b"".join(b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (n, n) for n in range(levels))
        return b"From: a@b.jp\n" + heads + b"\nthe end"

    deep, too_deep = read_letter(nested(DEEPEST)), read_letter(nested(5000))

    assert deep.text == "the end"
    assert DefectCode.TOO_DEEP not in codes(deep)
    assert DefectCode.TOO_DEEP in codes(too_deep)
    assert too_deep.attachments[-1].content.endswith(b"the end")


def test_too_many_parts_end_as_one_file() -> None:
    few, many = (read_letter(of_parts("mixed", *(["\nx"] * number), "\nlast")) for number in (20, MOST_PARTS + 50))

    assert few.text.endswith("last")
    assert DefectCode.TOO_MANY_PARTS in codes(many)
    assert many.text.count("x") + many.attachments[-1].content.count(b"\r\nx") == MOST_PARTS + 50
    assert b"last" in many.attachments[-1].content


def test_an_endless_header_is_cut_and_said() -> None:
    letter = read_letter(b"Subject: x\n" + b"X-Filler: y\n" * 5000 + b"\nbody")

    assert (letter.subject, letter.text) == ("x", "body")
    assert DefectCode.HEADERS_TOO_MANY in codes(letter)


def test_an_empty_mail_says_so() -> None:
    assert codes(read_letter(b"")) == {DefectCode.EMPTY, DefectCode.SENDER_MISSING}


@pytest.mark.parametrize("code", DefectCode)
def test_every_defect_has_a_sentence_for_staff(code: DefectCode) -> None:
    sentence = Defect(code, "詳細").sentence

    assert sentence.rstrip().endswith(("。", "詳細"))
    assert "（）" not in Defect(code).sentence


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            b"From: ",
            b"To: ",
            b"Subject: ",
            b"Date: ",
            b"Message-ID: <",
            b"Content-Type: ",
            b"Content-Transfer-Encoding: ",
            b"Content-Disposition: attachment; filename=",
            b"multipart/mixed; boundary=b",
            b"multipart/alternative; boundary=c",
            b"message/rfc822",
            b"text/html",
            b"text/plain; charset=",
            b"iso-2022-jp",
            b"utf-16",
            b"; format=flowed",
            b"base64",
            b"quoted-printable",
            b"x-uuencode",
            b"begin 644 a\n",
            b"application/ms-tnef",
            b'x\x9f>"\x01\x00',
            b"\n",
            b"\n\n",
            b"\r\n",
            b"\n--b\n",
            b"\n--b--\n",
            b"\n--c\n",
            b"\n--c--",
            b"a@b.jp",
            b"=?utf-8?B?44GU?=",
            b"=E3=",
            b"<div class=gmail_quote>",
            b"<blockquote type=cite>",
            b"</div>",
            b"<table><td>",
            b"<",
            b">",
            b'"',
            b"\xe3\x81",
            b"\x00",
            b"\x1b$B",
            b"\x1b(B",
            b"\x82\xa0",
            b"44GU",
            b"=",
            b" ",
            b"\t",
            b"x",
        ]
    ),
    max_size=60,
).map(b"".join)


@given(st.binary(max_size=400) | FRAGMENTS)
def test_any_bytes_become_a_letter_that_can_be_stored(raw: bytes) -> None:
    letter = read_letter(raw)

    people = [*letter.to, *letter.cc, *letter.reply_to, *([letter.sender] if letter.sender else [])]
    shown = [letter.subject, *letter.in_reply_to, *letter.references, *(file.name for file in letter.attachments)]
    shown += [
        letter.message_id,
        *letter.headers.values(),
        *(part for each in people for part in (each.name, each.address)),
    ]
    for each in (*shown, letter.text, letter.html, *(defect.sentence for defect in letter.defects)):
        each.encode()
        assert "\0" not in each
    assert not {c for each in shown for c in each if c < " "}
    assert letter.date is None or letter.date.astimezone(UTC).tzinfo is UTC


WORDS = st.text(st.sampled_from("あいう漢字①　abc 12>-=.\n"), min_size=1).filter(lambda text: text.strip() != "")


@given(
    texts=st.lists(WORDS, min_size=1, max_size=4),
    files=st.lists(st.binary(max_size=80), max_size=3),
    charset=st.sampled_from(["utf-8", "cp932", "gb18030"]),
    transfer=st.sampled_from(["base64", "quoted-printable"]),
)
def test_every_text_and_every_file_arrives_unchanged(
    texts: list[str], files: list[bytes], charset: str, transfer: str
) -> None:
    encode = base64.encodebytes if transfer == "base64" else _quoted
    head = f"Content-Transfer-Encoding: {transfer}\nContent-Type: "
    parts = [f"{head}text/plain; charset={charset}\n\n".encode() + encode(text.encode(charset)) for text in texts]
    parts += [f"{head}application/x-thing\n\n".encode() + encode(file) for file in files]

    letter = read_letter(of_parts("mixed", *parts, boundary="=_unlikely"))

    assert letter.text == "\n\n".join(text.strip("\n") for text in texts)
    assert [file.content for file in letter.attachments] == files


def test_a_letter_whose_parts_are_encoded_as_a_whole_keeps_its_head() -> None:
    inside = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "ごみの日".encode() + b"\r\n--b--\r\n"
    head = b"From: taro@home.example\r\nSubject: test\r\nContent-Type: multipart/mixed; boundary=b\r\n"
    letter = read_letter(head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(inside))

    assert letter.sender is not None
    assert (letter.sender.address, letter.subject, letter.text) == ("taro@home.example", "test", "ごみの日")
