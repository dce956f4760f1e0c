import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.envelope import with_envelope
from channels.mail.letter import read_letter

MAIL = b"From: taro@example.jp\r\nSubject: Hello\r\n\r\nWords.\r\n"
ADDRESSES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_envelope_is_what_the_letter_names_first() -> None:
    raw = b"Return-Path: <forged@example.com>\r\nDelivered-To: old@example.com\r\n" + MAIL

    kept = with_envelope(raw, "taro@example.jp", ("desk+tok@city.example", "desk@city.example"))

    letter = read_letter(kept)
    assert letter.return_path == "taro@example.jp"
    assert letter.delivered_to == ("desk+tok@city.example", "desk@city.example", "old@example.com")
    assert letter.headers.getall("return-path") == ["<taro@example.jp>", "<forged@example.com>"]
    assert kept.endswith(raw)


def test_null_sender_stays_the_null_sender() -> None:
    assert read_letter(with_envelope(MAIL, "", ("desk@city.example",))).return_path == ""


@pytest.mark.parametrize("address", ["taro..y.@docomo.ne.jp", ".abc@ezweb.ne.jp", "山田@例え.jp", "a/b=c+d@x.jp"])
def test_odd_addresses_are_kept_as_they_are(address: str) -> None:
    letter = read_letter(with_envelope(MAIL, address, (address,)))

    assert (letter.return_path, letter.delivered_to) == (address, (address,))


@given(ADDRESSES, st.lists(ADDRESSES, max_size=3), st.binary(max_size=60))
def test_no_address_writes_a_header_and_no_mail_writes_into_ours(
    sender: str, recipients: list[str], raw: bytes
) -> None:
    marked = b"X-First: 1\r\n" + raw

    kept = with_envelope(marked, sender, recipients)

    assert kept.endswith(marked)
    ours = kept.removesuffix(marked).splitlines()
    assert len(ours) == 1 + len(recipients)
    assert ours[0].startswith(b"Return-Path: <")
    assert ours[0].endswith(b">")
    assert ours[0].count(b">") == 1
    assert all(line.startswith(b"Delivered-To: ") for line in ours[1:])


def test_a_mail_that_begins_with_a_continuation_does_not_lengthen_our_line() -> None:
    letter = read_letter(with_envelope(b" , other@city.example\r\n" + MAIL, "a@x.jp", ("desk@city.example",)))

    assert letter.delivered_to == ("desk@city.example",)
    assert letter.subject == "Hello"


def test_an_mbox_line_is_no_part_of_the_mail() -> None:
    letter = read_letter(with_envelope(b"From a@x.jp Mon Nov 23 2026\n" + MAIL, "a@x.jp", ("desk@city.example",)))

    assert (letter.delivered_to, letter.subject, letter.defects) == (("desk@city.example",), "Hello", ())


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_lines_end_as_those_of_the_mail(end: bytes) -> None:
    letter = read_letter(with_envelope(MAIL.replace(b"\r\n", end), "a@x.jp", ("desk@city.example",)))

    assert (letter.return_path, letter.subject, letter.text.strip()) == ("a@x.jp", "Hello", "Words.")
