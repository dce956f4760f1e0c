from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.defects import Defect, DefectCode
from channels.mail.letter import Letter, Mailbox
from channels.mail.threading import (
    FRESH,
    Clue,
    Doubt,
    Fresh,
    Joined,
    Suggested,
    Thread,
    number_in_subject,
    references_of,
    thread_of,
)

TARO, HANAKO = "taro@mail.example", "hanako@mail.example"
TAROS = Thread("MR-000001", frozenset({TARO}))
HANAKOS = Thread("MR-000002", frozenset({HANAKO}))
OURS = {"1@city.example": TAROS, "2@city.example": HANAKOS}


def a_letter(
    *,
    sender: str | None = TARO,
    in_reply_to: tuple[str, ...] = (),
    references: tuple[str, ...] = (),
    subject: str = "",
) -> Letter:
    mailbox = Mailbox(sender) if sender is not None else None
    return Letter(sender=mailbox, in_reply_to=in_reply_to, references=references, subject=subject)


def test_an_answer_of_the_resident_is_joined_and_a_strangers_is_not() -> None:
    answer, strangers = (a_letter(sender=who, in_reply_to=("<1@city.example>",)) for who in (TARO, HANAKO))

    assert thread_of(answer, by_reference=OURS) == Joined("MR-000001", Clue.REFERENCE)
    assert thread_of(strangers, by_reference=OURS) == Suggested("MR-000001", Clue.REFERENCE, Doubt.OTHER_SENDER)


def test_a_token_is_believed_from_the_resident_and_not_from_a_stranger() -> None:
    assert thread_of(a_letter(), by_token=TAROS) == Joined("MR-000001", Clue.TOKEN)
    assert thread_of(a_letter(sender=HANAKO), by_token=TAROS) == Suggested("MR-000001", Clue.TOKEN, Doubt.OTHER_SENDER)


def test_the_token_goes_before_the_references() -> None:
    both = Thread("MR-000003", frozenset({TARO}))

    assert thread_of(a_letter(in_reply_to=("1@city.example",)), by_token=both, by_reference=OURS) == Joined(
        "MR-000003", Clue.TOKEN
    )


def test_a_reference_that_agrees_goes_before_a_token_that_does_not() -> None:
    letter = a_letter(references=("<1@city.example>",))

    assert thread_of(letter, by_token=HANAKOS, by_reference=OURS) == Joined("MR-000001", Clue.REFERENCE)


def test_references_are_read_from_the_right() -> None:
    later = Thread("MR-000009", frozenset({TARO}))
    letter = a_letter(references=("<1@city.example>", "<x@y.example>", "<9@city.example>"))

    assert thread_of(letter, by_reference={**OURS, "9@city.example": later}) == Joined("MR-000009", Clue.REFERENCE)


@pytest.mark.parametrize("written", ["<1@city.example>", "1@city.example", " <1@city.example> ", "<1@city.example"])
def test_brackets_that_got_lost_do_not_matter(written: str) -> None:
    assert thread_of(a_letter(in_reply_to=(written,)), by_reference=OURS) == Joined("MR-000001", Clue.REFERENCE)


def test_upper_and_lower_case_of_the_address_do_not_matter() -> None:
    letter = a_letter(sender="Taro@Mail.Example", in_reply_to=("1@city.example",))

    assert thread_of(letter, by_reference=OURS) == Joined("MR-000001", Clue.REFERENCE)


def test_a_number_in_the_subject_never_joins() -> None:
    letter = a_letter(subject="Re: [MR-000001] 住民票について")

    assert number_in_subject(letter) == "MR-000001"
    assert thread_of(letter, by_subject=TAROS) == Suggested("MR-000001", Clue.SUBJECT, Doubt.ONLY_SUBJECT)
    assert thread_of(a_letter(sender=HANAKO), by_subject=TAROS) == FRESH


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: 【受付番号：MR-000123】住民票", "MR-000123"),
        ("[mr-000123]", "MR-000123"),
        ("Re: [#12345] x", "12345"),
        ("電話 0000-20-1300 です", None),
        ("[重要] お知らせ", None),
        ("MR-000123", None),
    ],
)
def test_numbers_are_found_where_we_write_them(subject: str, number: str | None) -> None:
    assert number_in_subject(a_letter(subject=subject)) == number


def test_a_sender_who_failed_authentication_is_not_joined() -> None:
    letter = a_letter(in_reply_to=("1@city.example",))

    outcome = thread_of(letter, by_reference=OURS, by_token=TAROS, sender_failed_authentication=True)

    assert outcome == Suggested("MR-000001", Clue.TOKEN, Doubt.UNPROVEN_SENDER)


def test_a_sender_written_ambiguously_is_not_joined() -> None:
    clear = a_letter(in_reply_to=("1@city.example",))
    ambiguous = replace(clear, defects=(Defect(DefectCode.SENDER_AMBIGUOUS),))

    assert thread_of(clear, by_reference=OURS) == Joined("MR-000001", Clue.REFERENCE)
    assert thread_of(ambiguous, by_reference=OURS) == Suggested("MR-000001", Clue.REFERENCE, Doubt.UNPROVEN_SENDER)


def test_a_mail_that_carries_nothing_known_is_a_ticket_of_its_own() -> None:
    assert thread_of(a_letter(in_reply_to=("<x@y.example>",)), by_reference=OURS) == FRESH
    assert thread_of(a_letter(sender=None, in_reply_to=("1@city.example",)), by_reference=OURS) == Suggested(
        "MR-000001", Clue.REFERENCE, Doubt.OTHER_SENDER
    )


def test_only_the_youngest_references_are_looked_up() -> None:
    letter = a_letter(references=tuple(f"<{number}@x.example>" for number in range(5000)))

    assert references_of(letter)[0] == "4999@x.example"
    assert len(references_of(letter)) == 50


PEOPLE = st.sampled_from([TARO, HANAKO, "eve@evil.example", "TARO@MAIL.EXAMPLE", "", "taro@mail.example.evil.example"])
IDS = st.lists(st.sampled_from(["<1@city.example>", "2@city.example", "<x@y.example>", "", "<>"]), max_size=4).map(
    tuple
)


@given(PEOPLE | st.none(), IDS, IDS, st.sampled_from([None, TAROS, HANAKOS]), st.sampled_from([None, TAROS, HANAKOS]))
def test_nobody_gets_into_the_ticket_of_somebody_else(
    sender: str | None,
    in_reply_to: tuple[str, ...],
    references: tuple[str, ...],
    token: Thread | None,
    subject: Thread | None,
) -> None:
    letter = a_letter(sender=sender, in_reply_to=in_reply_to, references=references)

    match thread_of(letter, by_token=token, by_reference=OURS, by_subject=subject):
        case Joined(ticket=ticket):
            own = {thread.ticket for thread in (TAROS, HANAKOS) if sender and sender.lower() in thread.correspondents}
            assert ticket in own
            carried = {r.strip("<>") for r in (*in_reply_to, *references)} & OURS.keys()
            assert token is not None or carried
        case Suggested(doubt=doubt):
            assert doubt.sentence.endswith("。")
        case Fresh():
            assert token is None
