"""What is said in our own mails, and what holds for any text."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.folding import Folded, Kind, Part, folded
from tests.channels.mail.folding_mails import HEADERS, LETTER, MAILS, TRAPS, Mail

INITIALS = {Kind.SAID: "s", Kind.QUOTED: "q", Kind.SIGNATURE: "g", Kind.FORWARDED: "f", Kind.DEVICE: "d"}


def kinds_of(mail: Folded) -> str:
    return "".join(INITIALS[part.kind] for part in mail.parts)


def names(mails: list[Mail]) -> list[str]:
    return [mail.name for mail in mails]


@pytest.mark.parametrize("mail", MAILS, ids=names(MAILS))
def test_what_is_said_is_told_apart_from_what_is_carried_along(mail: Mail) -> None:
    parts = folded(mail.text)

    assert (parts.said, kinds_of(parts)) == (mail.said, mail.kinds)


@pytest.mark.parametrize("text", TRAPS)
def test_what_only_looks_like_a_mark_stays_said(text: str) -> None:
    assert folded(text).parts == (Part(Kind.SAID, text),)


@pytest.mark.parametrize("text", TRAPS)
def test_what_only_looks_like_a_mark_stays_said_above_an_old_letter(text: str) -> None:
    parts = folded(f"お世話になります。\n{text}\n2026年11月20日(金) 10:15 市役所 <d@x.jp>:\n\n{LETTER}")

    assert parts.said == f"お世話になります。\n{text}".strip()


def test_lines_picked_out_above_an_answer_are_its_context_a_whole_letter_is_not() -> None:
    picked = folded("> 何通ですか。\n2通です。\n\n-- \n山田")
    whole = folded(f"On 2026/11/20 10:15, 市役所 wrote:\n{LETTER}\n2通です。")
    inside = folded("はい。\n市役所さんは書きました:\n> 何通ですか。\n2通です。\n\n> 以上\n")

    assert picked.in_context == "> 何通ですか。\n2通です。"
    assert whole.in_context == "2通です。"
    assert inside.in_context == "はい。\n> 何通ですか。\n2通です。"


def test_a_mail_without_own_words_has_what_it_carries_as_its_context() -> None:
    assert (
        folded(f"-- \n山田\n\n---------- Forwarded message ---------\n{HEADERS}案内です。").in_context == "案内です。"
    )
    assert folded(f"市役所さんは書きました:\n{LETTER}").in_context == LETTER.strip()
    assert folded("> 2026/11/20 10:15、市役所 <d@x.jp>のメール：\n>\n").in_context == ""


# ---- any text at all

LINES = st.sampled_from(
    sorted(
        {line for mail in MAILS for line in mail.text.splitlines(keepends=True)} | {"\n", "\r\n", " \n", "-- ", "はい"}
    )
    + [line for text in TRAPS for line in text.splitlines(keepends=True)]
)
SOUP = st.lists(LINES | st.text(max_size=12), max_size=14).map("".join)


@given(st.text() | SOUP)
@settings(max_examples=400, deadline=None)
def test_the_parts_are_the_text_in_order_and_alternate(text: str) -> None:
    parts = folded(text).parts

    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    assert all(one.kind is not other.kind for one, other in pairwise(parts))


@given(SOUP)
@settings(max_examples=400, deadline=None)
def test_what_was_said_holds_only_lines_of_the_text_in_their_order(text: str) -> None:
    left = iter(line.strip() for line in text.splitlines())

    assert all(
        any(line.strip() == given_line for given_line in left)
        for line in folded(text).said.splitlines()
        if line.strip()
    )


@given(SOUP)
@settings(max_examples=1000, deadline=None)
def test_a_said_part_folded_by_itself_is_all_said(text: str) -> None:
    said = [part for part in folded(text).parts if part.kind is Kind.SAID]

    assert [folded(part.text).parts for part in said] == [(part,) for part in said]


@given(SOUP)
@settings(max_examples=400, deadline=None)
def test_folding_again_what_was_said_in_one_piece_changes_nothing(text: str) -> None:
    once = folded(text)

    if sum(part.kind is Kind.SAID for part in once.parts) <= 1:
        assert folded(once.said).said == once.said


@given(st.lists(st.text(alphabet="あいうえお住民票通円ですか。、", min_size=1, max_size=20), min_size=1, max_size=6))
def test_plain_sentences_are_said_above_between_and_below_marks(sentences: list[str]) -> None:
    text = "\n> 何通ですか。\n> 郵送ですか。\n".join(sentences)

    assert folded(text).said == "\n\n".join(sentences)


DRIPS = [
    "> 300円",
    "> a",
    "",
    "-----",
    "-- ",
    "iPhoneから送信",
    "差出人: a@x.jp",
    "2026年11月20日 10:15 市役所 <",
    "A> x",
]
DRIPS += ["--- Original Message ---\n差出人: a@x.jp", "差出人: a@x.jp\nx", "差出人: a@x.jp\n宛先: b@x.jp,\n 件名"]
DRIPS += ["a wrote:\n", "--- Original Message ---", ">" * 300, "-" * 300 + "x", "<a@" * 100]


@pytest.mark.slow
@pytest.mark.parametrize("line", DRIPS)
def test_time_grows_with_the_length_only(line: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        folded(f"{line}\n" * times)
        return time.process_time() - began

    seconds(100)

    assert seconds(16_000) < 40 * max(seconds(1_600), 0.01)
