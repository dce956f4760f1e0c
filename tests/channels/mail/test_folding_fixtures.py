"""Other people's mails.

Compared are lines without the blanks at their ends, runs of blank lines as one, the whole trimmed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.mail.folding import Kind, folded

REPLIES = Path(__file__).parents[4] / "shared/data/email/replies"
DISCOURSE = REPLIES / "discourse-email_reply_trimmer/test"
CRISP = REPLIES / "crisp-email-reply-parser/test/fixtures"
GITHUB = REPLIES / "github-email_reply_parser/test/emails"

# Their names say that nothing in them is a quotation or a signature.
ALL_SAID = ["not_a_signature", "not_a_signature_2", "sent_from_my_not_signature", "tricky_1_on_false_positive"]
ALL_SAID += ["tricky_2_url_with_wrote", "tricky_3_code_block", "tricky_4_from_in_body", "tricky_6_regards_in_sentence"]
ALL_SAID += ["tricky_7_multiple_dashes", "tricky_8_sent_from_in_content", "tricky_13_timestamp_variations"]

pytestmark = pytest.mark.skipif(not REPLIES.is_dir(), reason=f"the reply fixtures are not at {REPLIES.name}")


def mails(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.txt")):
        yield file.stem, file.read_bytes().decode("utf-8", "replace")


def compared(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


def test_discourse_mails_give_the_expected_text() -> None:
    expected = dict(mails(DISCOURSE / "trimmed"))

    wrong = [
        name
        for name, text in mails(DISCOURSE / "emails")
        if compared(folded(text).in_context) != compared(expected[name])
    ]

    assert len(wrong) <= 0.05 * len(expected), f"{len(wrong)} of {len(expected)} differ: {wrong}"


def test_discourse_mails_differ_in_what_was_said_only_where_a_quotation_is_left_above_an_answer() -> None:
    """Their rule leaves picked-out lines, and all of a mail without own words; ours has ``in_context`` for that."""
    expected = dict(mails(DISCOURSE / "trimmed"))

    differ = {
        name for name, text in mails(DISCOURSE / "emails") if compared(folded(text).said) != compared(expected[name])
    }

    left = {"embedded_email_16", "embedded_email_17", "forwarded_message", "quote_and_text", "quote_only"}
    assert len(differ - left) <= 0.05 * len(expected), differ - left


@pytest.mark.parametrize("name", ALL_SAID)
def test_mails_named_after_what_is_not_folded_are_all_said(name: str) -> None:
    text = dict(mails(CRISP))[f"email_{name}"]

    assert [part.kind for part in folded(text).parts] == [Kind.SAID]


@pytest.mark.parametrize("folder", [DISCOURSE / "emails", CRISP, GITHUB], ids=["discourse", "crisp", "github"])
def test_no_fixture_loses_a_character(folder: Path) -> None:
    for name, text in mails(folder):
        assert "".join(part.text for part in folded(text).parts) == text, name
