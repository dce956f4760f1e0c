import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from random import Random
from uuid import UUID

import dkim  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.letter_out import (
    CannotBeAddressed,
    DkimKey,
    Letterhead,
    Outgoing,
    Posted,
    Quoted,
    write_letter,
)
from channels.mail.tokens import Purpose, Signer, Token
from conversations.errors import SettingsError
from conversations.message import Attachment, Choice
from conversations.reply import Card, Reply

HEAD = Letterhead(
    city="みらい市",
    office="総合窓口",
    address="desk@city.example",
    phone="0000-20-1000",
    hours="平日 8時30分〜17時15分",
    url="https://www.city.example/",
)
SIGNER = Signer(b"k" * 32, domain="city.example")
SENT = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
LETTER = Outgoing(
    reply=Reply(text="**住民票**は[市民課](https://www.city.example/a)で取れます。\n\n- 本人確認書類\n- 手数料 300円"),
    to="taro@mail.example",
    to_name="山田 太郎",
    outbox_id="6f9619ff-8b86-4d11-b42d-00c04fc964ff",
    message_id="<6f9619ff.1@city.example>",
    sent_at=SENT,
    ticket="mr-000123",
    number="MR-000123",
    section="市民課",
    subject="住民票について",
    in_reply_to="<abc@mail.example>",
    references=("<first@mail.example>",),
    automatic=True,
    quoted=Quoted("住民票はどこで取れますか。\n山田", datetime(2026, 11, 20, 1, 5, tzinfo=UTC)),
)


def written(outgoing: Outgoing) -> EmailMessage:
    return parsed(write_letter(outgoing, head=HEAD, signer=SIGNER))


def parsed(posted: Posted) -> EmailMessage:
    message = message_from_bytes(posted.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_robots_letter_reads_as_a_polite_letter() -> None:
    message = written(LETTER)

    assert body(message, "plain").splitlines() == [
        "山田 太郎 様",
        "",
        "みらい市 総合窓口です。お問い合わせいただき、ありがとうございます。",
        "",
        "受付番号：MR-000123",
        "担当：市民課",
        "",
        "住民票は市民課 (https://www.city.example/a)で取れます。",
        "",
        "・本人確認書類",
        "・手数料 300円",
        "",
        "このメールは自動でお答えしています。ご質問と違う答えでしたら、または職員に相談なさりたいときは、このメールにそのままご返信ください。",
        "",
        "-" * 40,
        "みらい市 総合窓口",
        "電話：0000-20-1000 平日 8時30分〜17時15分",
        "https://www.city.example/",
        "-" * 40,
        "",
        "2026年11月20日（金）10:05 にいただいたメール：",
        "> 住民票はどこで取れますか。",
        "> 山田",
    ]


def test_html_says_the_same_with_tags_of_our_markdown_only() -> None:
    html = body(written(LETTER), "html")

    assert "<strong>住民票</strong>" in html
    assert 'href="https://www.city.example/a"' in html
    assert "<li>本人確認書類</li>" in html
    assert '<blockquote type="cite">住民票はどこで取れますか。<br>\n山田</blockquote>' in html
    assert '<html lang="ja">' in html


def test_headers_name_the_thread_and_the_robot() -> None:
    posted = write_letter(LETTER, head=HEAD, signer=SIGNER)
    message = parsed(posted)

    assert posted.recipient == message["To"] == "taro@mail.example"
    assert SIGNER.read(posted.envelope_sender) == Token(Purpose.BOUNCE, LETTER.outbox_id)
    assert SIGNER.read(message["Reply-To"]) == Token(Purpose.REPLY, "mr-000123")
    assert message["From"] == "みらい市 総合窓口 <desk@city.example>"
    assert message["Subject"] == "Re: [MR-000123] 住民票について"
    assert message["Message-ID"] == "<6f9619ff.1@city.example>"
    assert message["In-Reply-To"] == "<abc@mail.example>"
    assert message["References"] == "<first@mail.example> <abc@mail.example>"
    assert message["Date"] == "Fri, 20 Nov 2026 10:15:00 +0900"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_a_persons_letter_is_not_marked_as_a_robots() -> None:
    message = written(replace(LETTER, automatic=False))

    assert not {"Auto-Submitted", "X-Auto-Response-Suppress", "X-Loop", "Precedence"} & set(message.keys())
    assert "自動でお答え" not in body(message, "plain")
    assert "ご不明な点がありましたら" in body(message, "plain")


def test_choices_are_numbered_and_the_card_names_the_section() -> None:
    card = Card(title="粗大ごみ", section="ごみ減量課", phone="0000-20-1300", url="https://www.city.example/gomi")
    reply = Reply(text="どちらですか。", choices=(Choice("料金", "faq:1"), Choice("申込み", "faq:2")), card=card)

    message = written(replace(LETTER, reply=reply))

    text = body(message, "plain")
    assert "番号だけを書いて、このメールにご返信ください。\n  1. 料金\n  2. 申込み\n" in text
    assert "粗大ごみ\nごみ減量課 0000-20-1300\nhttps://www.city.example/gomi" in text
    assert "<ol><li>料金</li><li>申込み</li></ol>" in body(message, "html")


@pytest.mark.parametrize(
    ("language", "greeting", "closing"),
    [
        ("en", "Dear 山田 太郎,", "This is an automatic answer."),
        ("ja-easy", "山田 太郎 さん", "コンピューターが 自動で 答えています。"),
        ("xx", "山田 太郎 様", "自動でお答えしています。"),
    ],
)
def test_letter_speaks_the_language_of_the_reply(language: str, greeting: str, closing: str) -> None:
    text = body(written(replace(LETTER, reply=Reply(text="OK", language=language))), "plain")

    assert text.startswith(greeting)
    assert closing in text


def test_letter_without_name_number_or_quotation_has_no_empty_places() -> None:
    bare = replace(LETTER, to_name="", number="", section="", subject="", quoted=None, in_reply_to="", references=())

    message = written(bare)

    assert message["Subject"] == "Re: お問い合わせについて"
    assert body(message, "plain").startswith("お問い合わせくださった方へ\n\nみらい市")
    assert "\n\n\n" not in body(message, "plain")
    assert "In-Reply-To" not in message
    assert "References" not in message


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: RE: re: x", "Re: [MR-000123] x"),
        ("Re: [MR-000123] x", "Re: [MR-000123] x"),
        ("返信：【至急】x", "Re: [MR-000123] 【至急】x"),
        ("x\r\nBcc: y@z.example", "Re: [MR-000123] x Bcc: y@z.example"),
    ],
)
def test_subjects_do_not_grow_from_answer_to_answer(subject: str, expected: str) -> None:
    assert written(replace(LETTER, subject=subject))["Subject"] == expected


def test_characters_beyond_the_old_japanese_sets_arrive() -> None:
    reply = Reply(text="①髙﨑〜～😀👨‍👩‍👧 か\u3099 𠮷")

    message = written(replace(LETTER, reply=reply, subject="①髙﨑😀𠮷"))

    assert reply.text in body(message, "plain")
    assert message["Subject"] == "Re: [MR-000123] ①髙﨑😀𠮷"


@pytest.mark.parametrize("to", ["taro..y.@docomo.ne.jp", ".abc@ezweb.ne.jp", "a+b/c@docomo.ne.jp", "o'hara@x.example"])
def test_odd_addresses_of_carriers_are_written_as_they_are(to: str) -> None:
    posted = write_letter(replace(LETTER, to=to), head=HEAD, signer=SIGNER)

    assert posted.recipient == to
    assert f"\r\nTo: {to}\r\n".encode() in posted.content


@pytest.mark.parametrize(
    "to", ["", "taro", "a@b@c", "a b@x.example", "a@x.example\r\nBcc: e@x.example", "a,b@x.example"]
)
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(CannotBeAddressed):
        write_letter(replace(LETTER, to=to), head=HEAD, signer=SIGNER)


def test_long_ids_stay_in_one_piece_and_a_long_thread_keeps_its_first_one() -> None:
    long = f"<{'x' * 300}@mail.example>"
    references = ("<first@x.example>", *(f"<{number}@x.example>" for number in range(100)), long)

    posted = write_letter(replace(LETTER, references=references, in_reply_to=long), head=HEAD, signer=SIGNER)

    ids = parsed(posted)["References"].split()
    assert ids[0] == "<first@x.example>"
    assert ids[-1] == long
    assert len(ids) == 20
    assert max(len(line) for line in posted.content.split(b"\r\n")) <= 998


def test_ids_without_brackets_get_them_and_broken_ones_are_left_out() -> None:
    message = written(replace(LETTER, in_reply_to="abc", references=("<a b@c>", "<ok@x.example>", "x\r\nBcc: e@x")))

    assert message["In-Reply-To"] == "<abc>"
    assert message["References"] == "<ok@x.example> <abc>"


def test_files_arrive_with_name_type_and_bytes() -> None:
    def card(name: str, content_type: str) -> Attachment:
        return Attachment(id=UUID(int=1), name=name, content_type=content_type, size=3)

    files = (
        (card("申請書.pdf", "application/pdf"), b"%PDF\r\n\x00"),
        (card("../表.csv", "text/csv"), "あ,い\n".encode("cp932")),
        (card("x\r\nBcc: y", "text/html\r\nBcc: y"), b"<b>"),
    )

    message = written(replace(LETTER, files=files))

    assert [
        (f.get_filename(), f.get_content_type(), f.get_payload(decode=True)) for f in message.iter_attachments()
    ] == [
        ("申請書.pdf", "application/pdf", b"%PDF\r\n\x00"),
        (".._表.csv", "text/csv", "あ,い\n".encode("cp932")),
        ("x Bcc: y", "application/octet-stream", b"<b>"),
    ]
    assert "住民票" in body(message, "plain")


def test_equal_letters_are_equal_bytes() -> None:
    assert write_letter(LETTER, head=HEAD, signer=SIGNER) == write_letter(LETTER, head=HEAD, signer=SIGNER)


def test_a_long_mail_is_quoted_in_part() -> None:
    quoted = Quoted("\n".join(f"{number}行目" for number in range(500)), SENT)

    text = body(written(replace(LETTER, quoted=quoted)), "plain")

    assert "> 99行目\n> （以下省略）" in text
    assert "100行目" not in text


def test_message_id_of_ours_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        write_letter(replace(LETTER, message_id="<a b>"), head=HEAD, signer=SIGNER)


HEADERS = {
    *("message-id", "date", "from", "to", "reply-to", "subject", "mime-version", "content-type"),
    *("auto-submitted", "x-auto-response-suppress", "x-loop", "in-reply-to", "references"),
}
TROUBLE = (
    *("\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\ud800", "\u202e", "あ", " ", "]"),
    *(
        "Bcc: e@evil.example",
        "Content-Type: text/html",
        "=?utf-8?q?=0d=0aBcc:_e?=",
        "=??Q?=0A?=",
        "=?",
        "?=",
        "<script>",
        "--=_",
    ),
)
WILD = st.text() | st.lists(st.sampled_from(TROUBLE), max_size=8).map("".join)


@given(WILD, WILD, WILD, WILD, st.lists(WILD, max_size=3), WILD)
@settings(deadline=None)
def test_nothing_in_a_letter_becomes_a_header_or_markup(
    subject: str, name: str, number: str, in_reply_to: str, references: list[str], words: str
) -> None:
    outgoing = replace(
        LETTER,
        reply=Reply(text=words, choices=(Choice(words, "1"),), card=Card(title=words, section=name, url=words)),
        to_name=name,
        number=number,
        section=name,
        subject=subject,
        in_reply_to=in_reply_to,
        references=tuple(references),
        quoted=Quoted(words, SENT),
        files=((Attachment(id=UUID(int=1), name=name, content_type=words, size=1), b"x"),),
    )

    posted = write_letter(outgoing, head=HEAD, signer=SIGNER)

    head, _, _ = posted.content.partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n|\r|\n", head)
    names = [line.partition(b":")[0].decode().lower() for line in lines if not line.startswith((b" ", b"\t"))]
    assert set(names) <= HEADERS
    assert len(names) == len(set(names))
    message = parsed(posted)
    assert message["To"] == "taro@mail.example"
    assert [part.get_content_type() for part in message.walk()][:4] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert len(list(message.walk())) == 5
    assert "<script" not in body(message, "html")
    assert posted.content.isascii()
    # What a mail program shows after decoding must be one line, too.
    assert len(message["Subject"].splitlines()) == 1


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_files_of_any_bytes_arrive_unchanged(content: bytes) -> None:
    file = Attachment(id=UUID(int=1), name="a.bin", content_type="application/zip", size=len(content))

    message = written(replace(LETTER, files=((file, content),)))

    (attached,) = message.iter_attachments()
    assert attached.get_payload(decode=True) == content


def a_prime(bits: int, dice: Random) -> int:
    """By Fermat: good enough for a key that protects nothing."""
    while True:
        number = dice.getrandbits(bits) | 1 | 3 << (bits - 2)
        if number % 65537 != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)):
            return number


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, *size.to_bytes(2, "big")])
    return bytes([tag]) + length + content


def der_numbers(*numbers: int) -> bytes:
    return der(0x30, b"".join(der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers))


@pytest.fixture(scope="module")
def pem() -> tuple[bytes, bytes]:
    """An RSA private key (RFC 8017, A.1.2), and what DNS says of it."""
    dice = Random(1)
    p, q, e = a_prime(512, dice), a_prime(512, dice), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    private = der_numbers(0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    lines = (b"-----BEGIN RSA PRIVATE KEY-----", base64.b64encode(private), b"-----END RSA PRIVATE KEY-----", b"")
    return b"\n".join(lines), b"v=DKIM1; k=rsa; p=" + base64.b64encode(der_numbers(p * q, e))


def test_dkim_signature_holds_and_a_changed_letter_does_not(pem: tuple[bytes, bytes]) -> None:
    private, published = pem

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"mail._domainkey.city.example."
        return published

    content = write_letter(LETTER, head=HEAD, signer=SIGNER, dkim_key=DkimKey("mail", "city.example", private)).content

    assert dkim.verify(content, dnsfunc=dns)
    for place, other in (
        (b"To: taro@", b"To: jiro@"),
        (b"auto-replied", b"no"),
        (b"Reply-To: desk", b"Reply-To: dusk"),
    ):
        assert place in content
        assert not dkim.verify(content.replace(place, other), dnsfunc=dns)
    assert not dkim.verify(content.replace(b"<abc@", b"<abd@"), dnsfunc=dns)


def test_dkim_key_is_in_no_repr_and_a_broken_one_stops_the_start(pem: tuple[bytes, bytes]) -> None:
    private, _ = pem

    assert "PRIVATE" not in repr(DkimKey("mail", "city.example", private))
    with pytest.raises(SettingsError) as broken:
        DkimKey("mail", "city.example", b"-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----")
    assert "c2VjcmV0" not in str(broken.value)
    assert broken.value.__cause__ is None
