from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from channels.mail.automatic import Ours, Rule, automatic
from channels.mail.letter import Letter, Mailbox, read_letter

BOUNCES = Path(__file__).parents[4] / "shared/data/email/bounces/sisimai"
DESK = "desk@city.example"
US = Ours(addresses=frozenset({DESK, "soudan@city.example"}), loop="desk@city.example")


def a_letter(
    *headers: tuple[str, str],
    sender: str = "taro@mail.example",
    return_path: str | None = "taro@mail.example",
    to: str = DESK,
    subject: str = "住民票について",
    content_type: str = "text/plain",
) -> Letter:
    return Letter(
        message_id="<1@mail.example>",
        sender=Mailbox(sender),
        return_path=return_path,
        to=(Mailbox(to),),
        subject=subject,
        content_type=content_type,
        headers=CIMultiDictProxy(CIMultiDict(headers)),
    )


def test_a_person_is_answered() -> None:
    assert automatic(a_letter(), ours=US) is None
    assert automatic(a_letter(("Auto-Submitted", "no"), ("X-Mailer", "iPhone Mail (22A)")), ours=US) is None


@pytest.mark.parametrize(
    "value", ["auto-replied", "auto-generated (failure)", "Auto-Notified; owner-email=x", "", "odd"]
)
def test_what_a_program_submitted_is_not_answered(value: str) -> None:
    assert automatic(a_letter(("Auto-Submitted", value)), ours=US) is Rule.AUTO_SUBMITTED
    assert automatic(a_letter(("auto-submitted", "No")), ours=US) is None


@pytest.mark.parametrize("path", ["", "<>", " "])
def test_the_null_sender_is_not_answered(path: str) -> None:
    assert automatic(a_letter(return_path=path), ours=US) is Rule.NULL_SENDER
    assert automatic(a_letter(return_path=None), ours=US) is None


@pytest.mark.parametrize(
    "local",
    [
        *(
            "mailer-daemon",
            "MAILER-DAEMON",
            "postmaster",
            "noreply",
            "no-reply",
            "no_reply",
            "donotreply",
            "do-not-reply",
        ),
        *("shimin-request", "shimin-owner", "owner-shimin", "bounce", "bounces", "bounces+123-abc", "shimin-bounces"),
        *("listserv", "majordomo", "noreply-account", "news-noreply"),
    ],
)
def test_addresses_of_robots_are_not_answered(local: str) -> None:
    assert automatic(a_letter(sender=f"{local}@x.example"), ours=US) is Rule.ROBOT_ADDRESS
    assert automatic(a_letter(return_path=f"{local}@x.example"), ours=US) is Rule.ROBOT_ADDRESS


@pytest.mark.parametrize(
    "local", ["taro", "noriko.replay", "requestor", "owner", "bounceball", "noto", "nore", "taro..y."]
)
def test_addresses_that_only_resemble_robots_are_answered(local: str) -> None:
    assert automatic(a_letter(sender=f"{local}@docomo.ne.jp", return_path=f"{local}@docomo.ne.jp"), ours=US) is None


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        (("Precedence", "bulk"), Rule.PRECEDENCE),
        (("Precedence", " LIST "), Rule.PRECEDENCE),
        (("Precedence", "junk"), Rule.PRECEDENCE),
        (("Precedence", "auto_reply"), Rule.AUTO_REPLY_HEADER),
        (("List-Id", "<x.list.example>"), Rule.MAILING_LIST),
        (("List-Unsubscribe", "<mailto:x@list.example>"), Rule.MAILING_LIST),
        (("LIST-POST", "NO"), Rule.MAILING_LIST),
        (("List-Help", "<https://list.example>"), Rule.MAILING_LIST),
        (("X-Auto-Response-Suppress", "All"), Rule.RESPONSE_SUPPRESSED),
        (("X-Auto-Response-Suppress", "DR, OOF, AutoReply"), Rule.RESPONSE_SUPPRESSED),
        (("X-Auto-Response-Suppress", "RN;NRN"), Rule.RESPONSE_SUPPRESSED),
        (("X-Autoreply", "yes"), Rule.AUTO_REPLY_HEADER),
        (("X-Autorespond", ""), Rule.AUTO_REPLY_HEADER),
        (("Delivered-To", "Autoresponder"), Rule.AUTO_REPLY_HEADER),
        (("X-Loop", "Desk@City.example"), Rule.OUR_OWN),
        (("X-Spam-Flag", "YES"), Rule.SPAM),
        (("Feedback-ID", "1:2:3:esp"), Rule.BULK_SENDER),
        (("X-Mailer", "MailChimp Mailer"), Rule.BULK_SENDER),
    ],
)
def test_marks_of_robots_in_headers(header: tuple[str, str], rule: Rule) -> None:
    assert automatic(a_letter(header), ours=US) is rule


@pytest.mark.parametrize(
    "header",
    [
        ("Precedence", "normal"),
        ("Precedence", "first-class"),
        ("X-Auto-Response-Suppress", "None"),
        ("X-Autoreply", "no"),
        ("X-Loop", "somebody@else.example"),
        ("X-Spam-Flag", "NO"),
        ("Listening", "yes"),
    ],
)
def test_harmless_headers_change_nothing(header: tuple[str, str]) -> None:
    assert automatic(a_letter(header), ours=US) is None


@pytest.mark.parametrize("content_type", ["multipart/report", "message/rfc822", "message/delivery-status"])
def test_reports_are_not_answered(content_type: str) -> None:
    assert automatic(a_letter(content_type=content_type), ours=US) is Rule.REPORT


@pytest.mark.parametrize(
    "subject",
    [
        *("自動応答: 住民票について", "自動返信：不在です", "【自動返信】お問い合わせありがとうございます", "不在通知"),
        *(
            "Re: 自動応答：住民票",
            "Automatic reply: 住民票",
            "Out of Office: x",
            "Auto reply: Nyaan",
            "AutoRespons :Nyaan?",
        ),
        *("不在のお知らせ", "[自動配信] お知らせ", "Autoreply"),
    ],
)
def test_subjects_of_absent_people_are_not_answered(subject: str) -> None:
    assert automatic(a_letter(subject=subject), ours=US) is Rule.AUTO_REPLY_SUBJECT


@pytest.mark.parametrize(
    "subject",
    ["自動返信が届きません", "不在者投票について", "不在票が入っていました", "自動車税の納付", "Automatic payment", ""],
)
def test_residents_who_write_about_such_things_are_answered(subject: str) -> None:
    assert automatic(a_letter(subject=subject), ours=US) is None


def test_our_own_mail_that_comes_back_is_known() -> None:
    sent = Ours(addresses=US.addresses, sent=frozenset({"<1@mail.example>"}))

    assert automatic(a_letter(), ours=sent) is Rule.OUR_OWN
    assert automatic(a_letter(sender="desk+mr-1.abcdefghijklmnop@city.example"), ours=US) is Rule.OUR_OWN


def test_mail_that_names_us_in_neither_to_nor_cc_is_not_answered() -> None:
    assert automatic(a_letter(to="many@list.example"), ours=US) is Rule.NOT_ADDRESSED_TO_US
    assert automatic(a_letter(to="desk+mr-1.abcdefghijklmnop@city.example"), ours=US) is None
    assert automatic(a_letter(to="Soudan@City.example"), ours=US) is None
    assert automatic(a_letter(to="many@list.example")) is None


def test_every_rule_has_a_sentence_for_staff() -> None:
    assert all(rule.sentence.endswith("。") for rule in Rule)


@given(
    st.lists(st.tuples(st.sampled_from(["Auto-Submitted", "Precedence", "X-Loop", "Delivered-To", "X"]), st.text())),
    st.text(),
    st.text(),
)
def test_any_letter_at_all_is_judged(headers: list[tuple[str, str]], address: str, subject: str) -> None:
    rule = automatic(a_letter(*headers, sender=address, return_path=address, subject=subject), ours=US)

    assert rule is None or rule in Rule


@pytest.mark.skipif(not BOUNCES.is_dir(), reason="the collection of bounces is not on this machine")
def test_only_people_of_the_bounce_collection_are_answered_by_a_robot() -> None:
    mails = sorted(BOUNCES.glob("*.eml"))

    answered = {mail.name for mail in mails if automatic(read_letter(mail.read_bytes())) is None}

    assert len(mails) > 200
    # A person forwards a bounce, a letter, and Hotmail's complaint desk, whose mails are known by their subject.
    assert answered == {
        "maildir_bsd_lhost-sendmail-14.eml",
        "maildir_not_is-not-bounce-01.eml",
        "maildir_bsd_arf-23.eml",
    }
