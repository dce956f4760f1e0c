import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.addresses import Mailbox, parse_mailboxes
from channels.mail.defects import DefectCode
from channels.mail.headers import decode_header, message_ids, parse_value


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?UTF-8?B?44GU44G/?=", "ごみ"),
        (b"=?iso-2022-jp?B?GyRCJDQkXxsoQg==?=", "ごみ"),
        (b"=?ISO-2022-JP?B?GyRCLSEbKEI=?=", "①"),
        (b"=?ISO-2022-JP*ja?B?GyRCLSEbKEI=?=", "①"),
        (b"=?cp50221?Q?=1B(I1234=1B(B?=", "ｱｲｳｴ"),
        (b"=?Shift_JIS?B?h0A=?=", "①"),
        (b"=?x-unknown?Q?=E3=81=94=E3=81=BF?=", "ごみ"),
        (b"=?utf-8?Q?a_b=3F?=", "a b?"),
        (b"Re:=?utf-8?B?44GU44G/?=(2)", "Re:ごみ(2)"),
        (b"Re: =?utf-8?B?44GU?= =?utf-8?B?44G/?= x", "Re: ごみ x"),
        (b"=?utf-8?B?44GU?=\r\n =?iso-2022-jp?B?GyRCJF8bKEI=?=", "ごみ"),
        # cut within a character, in UTF-8 and in JIS, and within the base64 itself
        (b"=?utf-8?Q?=E3=81?= =?utf-8?Q?=94?=", "ご"),
        (b"=?iso-2022-jp?B?GyRCJA==?= =?iso-2022-jp?B?NBsoQg==?=", "ご"),
        (b"=?utf-8?B?44GU44?=\r\n\t=?utf-8?B?G/?=", "ごみ"),
        (b"=?utf-8?B?44GU44G?=", "ご\ufffd"),
        (b"a long\r\n subject\r\n\tfolded", "a long subject folded"),
        (b"=?utf-8?B?not base64 at all", "=?utf-8?B?not base64 at all"),
        (b"", ""),
    ],
)
def test_encoded_words_are_read(raw: bytes, text: str) -> None:
    assert decode_header(raw)[0] == text


@pytest.mark.parametrize("codec", ["cp932", "euc_jp", "iso2022_jp"])
def test_raw_bytes_in_a_subject_are_recovered_and_said(codec: str) -> None:
    assert decode_header("粗大ごみの件".encode(codec)) == ("粗大ごみの件", (DefectCode.HEADER_RAW,))


def test_raw_utf_8_is_allowed_nowadays() -> None:
    assert decode_header("粗大ごみの件".encode()) == ("粗大ごみの件", ())


def test_the_charset_of_the_text_is_a_clue_for_a_raw_subject() -> None:
    assert decode_header("大型垃圾".encode("gb18030"), "gb2312")[0] == "大型垃圾"


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "iso-2022-jp", "x-unknown"])
def test_the_charset_of_the_text_does_not_touch_a_subject_of_ascii(charset: str) -> None:
    assert decode_header(b"Re: 1+1-", charset) == ("Re: 1+1-", ())


def test_no_subject_breaks_a_line_or_turns_it_around() -> None:
    text, findings = decode_header(b"=?utf-8?B?QQ0KQmNjOiB4QHk=?= =?utf-8?Q?=00=07=E2=80=AEb?=")

    assert text == "A Bcc: x@yb"
    assert findings == (DefectCode.CONTROL_CHARACTERS,)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'attachment; filename="=?ISO-2022-JP?B?GyRCLSEbKEI=?=.pdf"', "①.pdf"),  # Outlook
        (b"attachment; filename==?utf-8?B?44GU?=.pdf", "ご.pdf"),
        (b"attachment; filename*=iso-2022-jp''%1B%24B%24%22%1B%28B.pdf", "あ.pdf"),
        (b"attachment; filename*=utf-8'ja'%E3%81%82.pdf", "あ.pdf"),
        (b"attachment;\r\n filename*0*=utf-8''%E3%81;\r\n filename*1*=%82;\r\n filename*2=.pdf", "あ.pdf"),
        (b'attachment; filename*1="b.pdf"; filename*0="a"', "ab.pdf"),
        (b'attachment; filename*0="=?utf-8?B?44"; filename*1="GC?=.pdf"', "あ.pdf"),
        (b"attachment; filename=\"x.pdf\"; filename*=utf-8''%E3%81%82.pdf", "あ.pdf"),
        ('attachment; filename="申請書.pdf"'.encode("cp932"), "申請書.pdf"),
        ('attachment; filename="一覧表"; size=3'.encode("cp932"), "一覧表"),  # 表 ends in a backslash
        ('attachment; filename="添付.pdf"'.encode("iso2022_jp"), "添付.pdf"),
        ('attachment; filename="申請書.pdf"'.encode(), "申請書.pdf"),
        (rb'attachment; filename="a \"b\".pdf"', 'a "b".pdf'),
        (rb'attachment; filename="C:\work\a.pdf"', r"C:\work\a.pdf"),
        (b"attachment; filename=my file.pdf", "my file.pdf"),
        (b"attachment filename=a.pdf", "a.pdf"),
        (b"attachment; FileName = a.pdf", "a.pdf"),
    ],
)
def test_file_names_of_every_kind_are_read(raw: bytes, name: str) -> None:
    found = parse_value(raw)

    assert (found.value, found.parameters["filename"]) == ("attachment", name)


@pytest.mark.parametrize(
    ("raw", "mailboxes"),
    [
        ("山田太郎 <taro..yamada.@docomo.ne.jp>".encode(), [Mailbox("taro..yamada.@docomo.ne.jp", "山田太郎")]),
        (b".abc@ezweb.ne.jp", [Mailbox(".abc@ezweb.ne.jp")]),
        (b'"taro..y."@docomo.ne.jp', [Mailbox("taro..y.@docomo.ne.jp")]),
        # Python's parsers say alice; every mail program shows bob's as the address
        (b"alice@x.jp <bob@y.jp>", [Mailbox("bob@y.jp", "alice@x.jp")]),
        (b"'taro@x.jp' <taro@x.jp>", [Mailbox("taro@x.jp", "taro@x.jp")]),
        (b"=?utf-8?B?5bGx55SwLCDlpKrpg44gPGFAYj4=?= <c@d.jp>", [Mailbox("c@d.jp", "山田, 太郎 <a@b>")]),
        (b'"=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?=" <c@d.jp>', [Mailbox("c@d.jp", "山田")]),
        (b'"Yamada, Taro" <a@b.jp>, c@d.jp (Hanako)', [Mailbox("a@b.jp", "Yamada, Taro"), Mailbox("c@d.jp", "Hanako")]),
        (b"a@b.jp; c@d.jp", [Mailbox("a@b.jp"), Mailbox("c@d.jp")]),
        (b"Section: a@b.jp, c@d.jp;", [Mailbox("a@b.jp"), Mailbox("c@d.jp")]),
        (b"undisclosed-recipients:;", []),
        (b"<>", []),
        ("山田＜a@b.jp＞".encode(), [Mailbox("a@b.jp", "山田")]),
        (b"=?utf-8?B?5bGx55SwIDxhQGIuanA+?=", [Mailbox("a@b.jp")]),
        (b'"Yamada <a@b.jp>', [Mailbox("a@b.jp", "Yamada")]),
        (b"Yamada <a@b.jp", [Mailbox("a@b.jp", "Yamada")]),
        (b"x <mailto:a@b.jp>", [Mailbox("a@b.jp", "x")]),
        (b"<@relay.jp,@old.jp:a@b.jp>", [Mailbox("a@b.jp")]),
        (b"MAILER-DAEMON (Mail Delivery System)", [Mailbox("MAILER-DAEMON", "Mail Delivery System")]),
        (b"a@[IPv6:2001:db8::1]", [Mailbox("a@[IPv6:2001:db8::1]")]),
    ],
)
def test_addresses_are_read_as_people_write_them(raw: bytes, mailboxes: list[Mailbox]) -> None:
    assert list(parse_mailboxes(raw)) == mailboxes


def test_message_ids_are_kept_as_written() -> None:
    assert message_ids("<a@b>\t<c\n d@e> <a@b>") == ("<a@b>", "<cd@e>")
    assert message_ids("20261120.1015 other") == ("20261120.1015", "other")
    assert message_ids("") == ()


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            b"=?",
            b"utf-8",
            b"iso-2022-jp",
            b"?B?",
            b"?Q?",
            b"?=",
            b"44GU",
            b"=E3",
            b"\x1b$B",
            b"\x1b(B",
            b"\x82\xa0",
            b"\xe3",
            b'"',
            b"\\",
            b"<",
            b">",
            b"@",
            b"a@b.jp",
            b",",
            b";",
            b":",
            b"(",
            b")",
            b" ",
            b"\r\n ",
            b"\x00",
            b"filename*0*=",
            b"=",
            b"'",
        ]
    ),
    max_size=25,
).map(b"".join)


@given(st.binary(max_size=200) | FRAGMENTS, st.sampled_from(["", "gb2312", "utf-16", "x"]))
def test_no_header_makes_reading_fail(raw: bytes, charset: str) -> None:
    text, _ = decode_header(raw, charset)
    mailboxes = parse_mailboxes(raw, charset)
    value = parse_value(b"attachment; " + raw)

    shown = [
        text,
        *(part for mailbox in mailboxes for part in (mailbox.address, mailbox.name)),
        *value.parameters.values(),
    ]
    for each in shown:
        each.encode()
        assert not {c for c in each if c < " "}
