"""Mails that other projects collected: Python's own, ruby-mail's, and those of Japanese phones (jpmobile)."""

from pathlib import Path

import pytest

from channels.mail.defects import DefectCode
from channels.mail.letter import Letter, read_letter

FOLDER = Path(__file__).parents[4] / "shared/data/email/mime"
ALL = sorted(path for path in FOLDER.rglob("*") if path.is_file())

pytestmark = pytest.mark.skipif(not ALL, reason=f"the collected mails are not in {FOLDER.name}")


def the_mail(ending: str) -> Letter:
    found = [path for path in ALL if path.name.endswith(ending)]
    assert found, f"no mail named …{ending}"
    return read_letter(found[0].read_bytes())


def test_every_collected_file_is_read() -> None:
    letters = {path: read_letter(path.read_bytes()) for path in ALL}
    mails = [letter for path, letter in letters.items() if path.suffix == ".eml"]

    assert len(letters) >= 200
    # What shows nothing at all are files that were cut after the header by those who collected them.
    assert sum(DefectCode.EMPTY in {d.code for d in mail.defects} for mail in mails) / len(mails) < 0.06
    assert sum(mail.sender is not None for mail in mails) / len(mails) > 0.97
    assert sum("\ufffd" in mail.subject + mail.text for mail in mails) <= 3
    for letter in letters.values():
        for text in (letter.subject, letter.text, *letter.headers.values()):
            text.encode()


@pytest.mark.parametrize(
    ("ending", "subject", "text"),
    [
        ("unit_email-fixtures_iphone-circled-numbers-in-jis.eml", "テスト①", "丸数字のテストです②ⅱ"),
        ("unit_email-fixtures_iphone-cp932.eml", "Re: 【NKSC】test", "テストです。㈱"),
        ("unit_email-fixtures_iphone-jis.eml", "", "(=ﾟωﾟ)ﾉ"),
        ("unit_email-fixtures_iphone-unicode-emoji.eml", "絵文字🎅", "🎄❣"),
        ("unit_email-fixtures_docomo-jis.eml", "テスト", "テスト本文"),
        ("unit_email-fixtures_docomo-emoji.eml", "題名\ue676", "本文\ue6e2\nFor docomo"),
        ("unit_email-fixtures_au-emoji.eml", "題名\ue503", "本文\ue522\nFor au"),
        ("unit_email-fixtures_softbank-emoji-utf8.eml", "題名\ue03c", "本文\ue21c\nFor softbank"),
        ("unit_email-fixtures_au-attached.eml", "題名x\ue481", "カレンダーだ\ue4f4"),
        ("unit_email-fixtures_pc-mail-attached-without-subject.eml", "", "本文です"),
        ("multi_charset_japanese_iso_2022.eml", "まみむめも", "すみません。"),
        ("multi_charset_ks_c_5601-1987.eml", "test", "스티해"),
        (
            "plain_emails_raw_email.eml",
            "NOTE: 한국말로 하는 것",
            "대부분의 마찬가지로, 우리는 하나님을 믿습니다.\n\n제 이름은 Jamis입니다.",
        ),
        ("msg_10.txt", "Lyrics", None),
        ("msg_35.txt", "here's something interesting", "counter to RFC 2822, there's no separating newline here"),
        ("msg_41.txt", "64423", "Blah blah blah"),
    ],
)
def test_subject_and_text_are_those_that_were_written(ending: str, subject: str, text: str | None) -> None:
    letter = the_mail(ending)

    assert letter.subject == subject
    assert text is None or letter.text == text


@pytest.mark.parametrize(
    ("ending", "names"),
    [
        ("unit_email-fixtures_au-attached.eml", ["20098calendar01.jpg"]),
        ("unit_email-fixtures_docomo-decomail.eml", ["ao_hatena.gif"]),
        ("multi_charset_japanese_attachment.eml", ["てすと.txt"]),
        ("multi_charset_japanese_attachment_long_name.eml", ["かきくけこ" * 5 + ".txt"]),
        ("attachment_emails_attachment_nonascii_filename.eml", ["ciële.txt"]),
        ("attachment_emails_attachment_with_quoted_filename.eml", ["Eelanalüüsi päring.jpg"]),
        ("attachment_emails_attachment_with_unquoted_name.eml", ["This is a test.txt"]),
        ("attachment_emails_attachment_with_base64_encoded_name.eml", ["This is a test.pdf"]),
        ("attachment_emails_attachment_message_rfc822.eml", ["ForwardedMessage.eml"]),
        ("msg_22.txt", ["wibble.JPG", "wibble2.JPG"]),
    ],
)
def test_files_come_out_under_their_names(ending: str, names: list[str]) -> None:
    assert [file.name for file in the_mail(ending).attachments] == names
