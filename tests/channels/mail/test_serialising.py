"""A mail taken apart and put together again says what it said."""

from pathlib import Path

import pytest

from channels.mail.letter import Letter, read_letter
from channels.mail.parts import Dissection
from channels.mail.serialising import new_part, serialise, with_content
from tests.channels.mail.test_letter import of_parts

LETTERS = Path(__file__).parent / "letters"
COLLECTED = Path(__file__).parents[4] / "shared/data/email"


def again(raw: bytes) -> bytes:
    return serialise(Dissection().whole(raw), end=b"\r\n" if b"\r\n" in raw else b"\n")


def said(letter: Letter) -> dict[str, object]:
    files = [(f.name, f.content_type, f.content_id, f.inline) for f in letter.attachments]
    contents = [b"".join(f.content.split()) for f in letter.attachments]
    words = [" ".join(text.split()) for text in (letter.subject, letter.text, letter.html)]
    ids = (letter.message_id, letter.references, letter.in_reply_to, letter.to, letter.sender, letter.date)
    return {"words": words, "files": files, "contents": contents, "ids": ids, "type": letter.content_type}


MORE_THAN_WE_READ = "nine-hundred-parts"
"""What was not read is one part more than we read."""
OURS = [path for path in sorted(LETTERS.rglob("*.eml")) if path.stem != MORE_THAN_WE_READ]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_letter_of_ours_says_the_same(path: Path) -> None:
    raw = path.read_bytes()

    assert said(read_letter(again(raw))) == said(read_letter(raw))


def test_what_was_not_encoded_comes_back_byte_for_byte() -> None:
    raw = of_parts(
        "mixed", "\nwords \xff".encode("latin-1"), "Content-Type: text/html; charset=x\n\n<p>y", boundary="=_b 1"
    )

    assert b"Content-Type: text/html; charset=x\r\n\r\n<p>y\r\n" in again(raw)


def test_a_boundary_that_occurs_within_is_not_used() -> None:
    inner = new_part("text/plain", b"--b1\r\nwords", name="窓口.txt", charset="utf-8")
    root = Dissection().whole(of_parts("mixed", "\nHello."))
    broken = type(root)(
        headers=root.headers,
        content_type=root.content_type,
        parameters=root.parameters,
        disposition=root.disposition,
        children=(*root.children, Dissection().whole(b"X: 1\r\n\r\n--b1\r\nwords"), inner),
    )

    letter = read_letter(serialise(broken))

    assert letter.text == "Hello.\n\n--b1\nwords"
    assert [(file.name, file.content) for file in letter.attachments] == [("窓口.txt", b"--b1\r\nwords")]
    assert letter.defects == ()


def test_another_text_keeps_the_names_of_its_part() -> None:
    raw = (
        b"Content-Type: text/csv; name*=utf-8''%E7%AA%93.csv; charset=cp932\r\nContent-Disposition: attachment\r\n\r\nx"
    )

    part = with_content(Dissection().whole(raw), b"y", content_type="text/csv", charset="utf-8")

    (file,) = read_letter(of_parts("mixed", serialise(part))).attachments
    assert (file.name, file.content) == ("窓.csv", b"y")


def test_nearly_every_collected_mail_says_the_same() -> None:
    mails = sorted(path for path in COLLECTED.rglob("*") if path.is_file())
    if not mails:
        pytest.skip("the collected mails are not here")

    changed = [
        path.name for path in mails if said(read_letter(again(raw := path.read_bytes()))) != said(read_letter(raw))
    ]

    assert changed == []
