import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.arriving import Arrived, FileKind, RemoteFile
from channels.channel import BadDelivery
from channels.mail.folding import folded
from channels.mail.letter import Letter, read_letter
from channels.mail.parse import NO_DATE, arrived, external_id_of, file_of, parse
from conversations.message import Address

LETTERS = sorted((Path(__file__).parent / "letters").glob("*.eml"))
HEAD = (
    "From: 山田花子 <Hanako@Mail.Example>\nSubject: 住民票について\nDate: Wed, 25 Nov 2026 10:00:00 +0900\n"
    "Message-ID: <abc@mail.example>\n"
)
QUOTATION = "2026年11月25日(水) 9:00 みらい市 総合窓口 <desk@city.example>:\n> 何枚ご入り用ですか。\n"


def a_letter(text: str = "何時からですか。", head: str = HEAD) -> Letter:
    return read_letter(f"{head}\n{text}\n".encode())


def heard(letter: Letter, *, begins: bool = False) -> Arrived:
    return arrived(letter, thread="t", begins=begins)


def test_letter_is_a_message_of_its_writer_in_its_thread() -> None:
    raw = f"{HEAD}In-Reply-To: <1.2@city.example>\n\n何時からですか。\n".encode()

    (message,) = parse(raw, lambda letter: letter.subject, begins=False)

    assert message == Arrived(
        external_id=external_id_of(read_letter(raw)),
        sender=Address("mail", "hanako@mail.example", "住民票について"),
        text="何時からですか。",
        message_id="abc@mail.example",
        in_reply_to="1.2@city.example",
        sent_at=datetime(2026, 11, 25, 1, 0, tzinfo=UTC),
    )


def test_what_was_written_now_is_heard_without_quotation_and_signature() -> None:
    text = f"2枚です。\n\n{QUOTATION}"

    assert heard(a_letter(text)).text == "2枚です。"


def test_a_letter_that_only_quotes_is_heard_whole() -> None:
    assert heard(a_letter(QUOTATION)).text == QUOTATION.strip()


def test_nothing_folded_is_nothing_changed() -> None:
    assert heard(a_letter("\u3000拝啓\n\n  字下げした行\n敬具")).text == "\u3000拝啓\n\n  字下げした行\n敬具"


@pytest.mark.parametrize(
    ("text", "begins", "expected"),
    [
        ("何時からですか。", True, "住民票について\n\n何時からですか。"),
        ("何時からですか。", False, "何時からですか。"),
        ("住民票 に\nついて、何時からですか。", True, "住民票 に\nついて、何時からですか。"),
        ("", True, "住民票について"),
        ("", False, ""),
    ],
)
def test_subject_is_said_once_by_a_letter_that_begins(text: str, *, begins: bool, expected: str) -> None:
    assert heard(a_letter(text), begins=begins).text == expected


def test_letter_without_subject_says_its_text() -> None:
    assert heard(a_letter(head="From: a@mail.example\n"), begins=True).text == "何時からですか。"


def test_letter_without_a_readable_date_is_older_than_any() -> None:
    assert heard(a_letter(head="From: a@mail.example\nDate: きのう\n")).sent_at == NO_DATE


@pytest.mark.parametrize(
    "raw",
    [b"", b"hello", b"From: nobody\n\nx", b"Subject: x\nReturn-Path: <>\n\nx", b"From: undisclosed-recipients:;\n\nx"],
)
def test_a_letter_of_nobody_is_a_bad_delivery_said_to_staff(raw: bytes) -> None:
    def no_thread(_: Letter) -> str:
        raise AssertionError("asked for the thread of nobody's letter")

    with pytest.raises(BadDelivery, match="差出人のアドレスを読み取れない"):
        parse(raw, no_thread, begins=True)


def test_files_are_numbered_and_found_again() -> None:
    letter = read_letter(
        b"From: a@mail.example\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: image/jpeg\nContent-Disposition: attachment; filename=niwa.jpg\n\nJPEG\n"
        b"--b\nContent-Type: video/mp4; name=a.mp4\n\nMP\n"
        b"--b\nContent-Type: audio/ogg; name=a.ogg\n\nOGG\n"
        b"--b\nContent-Type: application/pdf; name=form.pdf\n\n%PDF-\n--b--\n"
    )

    files = heard(letter).files

    assert files[0] == RemoteFile(
        reference="1", kind=FileKind.IMAGE, name="niwa.jpg", content_type="image/jpeg", size=4
    )
    assert [file.kind for file in files] == [FileKind.IMAGE, FileKind.VIDEO, FileKind.AUDIO, FileKind.FILE]
    assert [file_of(letter, file.reference).content for file in files] == [b"JPEG", b"MP", b"OGG", b"%PDF-"]
    for wrong in ("0", "5", "", "一", "1 "):
        with pytest.raises(LookupError, match="4 attachments"):
            file_of(letter, wrong)


def test_the_same_letter_by_another_way_has_the_same_id() -> None:
    plain = f"{HEAD}Content-Type: text/plain; charset=utf-8\n\nはい\n".encode()
    other = (
        b"Return-Path: <hanako@mail.example>\r\nReceived: from a by b for <desk@city.example>\r\nX-Spam-Score: 0\r\n"
        + HEAD.replace("<abc@mail.example>", " <abc@mail.example> ").replace("\n", "\r\n").encode()
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n44Gv44GECg==\r\n"
    )

    assert external_id_of(read_letter(plain)) == external_id_of(read_letter(other))
    assert re.fullmatch(r"[0-9a-f]{64}", external_id_of(read_letter(plain)))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("abc@", "abd@"),
        ("Hanako", "Hanae"),
        ("10:00", "10:01"),
        ("住民票に", "戸籍に"),
        ("何時から", "何時まで"),
        ("JPEG", "JPEH"),
    ],
)
def test_another_letter_has_another_id(was: str, becomes: str) -> None:
    raw = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n何時からですか。\n"
        "--b\nContent-Type: image/jpeg\nContent-Disposition: attachment; filename=niwa.jpg\n\nJPEG\n--b--\n"
    )
    assert was in raw

    assert external_id_of(read_letter(raw.encode())) != external_id_of(read_letter(raw.replace(was, becomes).encode()))


def test_parts_of_an_id_do_not_run_into_each_other() -> None:
    letter = a_letter()

    moved = replace(letter, subject=letter.subject[:-1], text=letter.subject[-1] + letter.text)

    assert external_id_of(moved) != external_id_of(letter)


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_every_mail_of_the_collection_is_heard_or_nobodys(path: Path) -> None:
    letter = read_letter(path.read_bytes())
    try:
        (message,) = parse(path.read_bytes(), lambda _: "t", begins=False)
    except BadDelivery:
        assert letter.sender is None
        return
    assert isinstance(message, Arrived)
    said = folded(letter.text).said
    assert message.text.strip() == (said or letter.text.strip())
    assert [file.size for file in message.files] == [len(file.content) for file in letter.attachments]


@settings(deadline=None)
@given(raw=st.one_of(st.binary(), st.binary().map(b"From: a@mail.example\nSubject: \xff\n\n".__add__)))
def test_any_bytes_are_heard_or_nobodys(raw: bytes) -> None:
    try:
        (message,) = parse(raw, lambda _: "t", begins=True)
    except BadDelivery:
        return
    assert isinstance(message, Arrived)
    assert message.sent_at.tzinfo
