"""Bounces of the world, as the Sisimai project collected them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.mail.bounces import Bounce, Kind, Reason, bounce_of
from channels.mail.letter import read_letter

SISIMAI = Path(__file__).parents[4] / "shared/data/email/bounces/sisimai"
needs_sisimai = pytest.mark.skipif(
    not SISIMAI.is_dir(), reason="Sisimai's collection of bounces is not on this machine"
)


def bounce(raw: bytes) -> Bounce | None:
    return bounce_of(read_letter(raw), raw)


NO_BOUNCES = {
    *("rfc3834-01", "rfc3834-03", "rfc3834-06"),  # absence notes
    *("arf-26", "is-not-bounce-01"),  # Apple's unsubscribing; a letter
    "lhost-sendmail-14",  # a person forwards a bounce
}

FULL, BAD, BLOCKED, LATER, OTHER = "full", "bad", "blocked", "later", "other"
REASONS = {
    FULL: Reason.MAILBOX_FULL,
    BAD: Reason.BAD_ADDRESS,
    BLOCKED: Reason.BLOCKED,
    LATER: Reason.TEMPORARY,
    OTHER: Reason.OTHER,
}

# By reading the mails: those without fields for machines.
READ = {
    "arf-02": ("this-local-part-does-not-exist-on-yahoo@yahoo.com", OTHER),
    "arf-14": ("kijitora@y.example.com", OTHER),
    "arf-17": ("kijitora@example.com", OTHER),
    "arf-20": ("kijitora@example.org", OTHER),
    "arf-23": ("kijitora@example.com", OTHER),
    "lhost-amazonses-11": ("complaint@simulator.amazonses.com", OTHER),
    "lhost-amazonworkmail-02": ("sabineko@example.jp", BAD),
    "lhost-amazonworkmail-05": ("sabatora@example.libsisimai.org", LATER),
    "lhost-apachejames-01": ("000000000000@vtext.example.com", BAD),
    "lhost-domino-01": ("kijitora@example.jp", BAD),
    "lhost-dragonfly-01": ("pseudo-local-part@google.example.com", BLOCKED),
    "lhost-dragonfly-04": ("postmaster@cx.libsisimai.org", BAD),
    "lhost-dragonfly-07": ("contenterror@libsisimai.net", OTHER),
    "lhost-dragonfly-10": ("hasmoved@libsisimai.net", BAD),
    "lhost-dragonfly-13": ("mailererror@libsisimai.net", OTHER),
    "lhost-dragonfly-16": ("notaccept@libsisimai.net", OTHER),
    "lhost-dragonfly-19": ("securityerror@libsisimai.net", BLOCKED),
    "lhost-dragonfly-22": ("syntaxerror@libsisimai.net", BAD),
    "lhost-dragonfly-25": ("virusdetected@libsisimai.net", BLOCKED),
    "lhost-dragonfly-28": ("kijitora@example.com", FULL),
    "lhost-einsundeins-02": ("kijitora@example.org", OTHER),
    "lhost-exchange-01": ("kijitora@example.jp", BAD),
    "lhost-exchange2003-02": ("kijitora@example.co.jp mikeneko@example.co.jp", BAD),
    "lhost-exchange2003-05": ("kijitora@example.com", BAD),
    "lhost-ezweb-05": ("this-local-part-does-not-exist-on-the-server@ezweb.ne.jp", LATER),
    "lhost-fml-02": ("neko-nyaan@example.org", BLOCKED),
    "lhost-gmail-06": ("kijitora@example.jp", FULL),
    "lhost-gmail-09": ("kijitora@9jo.example.jp", LATER),
    "lhost-gmx-02": ("shironeko@example.jp", BAD),
    "lhost-imailserver-01": ("kijitora@example.com", BAD),
    "lhost-imailserver-04": ("kijitora@example.com", OTHER),
    "lhost-interscanmss-01": ("kijitora@example.co.jp", BAD),
    "lhost-kddi-02": ("kijitora@00000000000000.dion.ne.jp", FULL),
    "lhost-mailfoundry-02": ("kijitora@example.org", FULL),
    "lhost-mailmarshalsmtp-01": ("dummyuser@blabla.xxxxxxxxxxxx.com", BAD),
    "lhost-messagelabs-01": ("kijitora@example.org", BLOCKED),
    "lhost-mfilter-02": ("kijitora@example.co.jp", BAD),
    "lhost-mfilter-05": ("kijitora@example.co.jp", LATER),
    "lhost-mxlogic-01": ("kijitora@example.co.jp", BAD),
    "lhost-notes-01": ("kijitora@u1.example.co.jp", OTHER),
    "lhost-office365-01": ("kijitora@example.com", BAD),
    "lhost-opensmtpd-01": ("apdugoaidugoaidugoaeiudggadi@gmail.com", BAD),
    "lhost-opensmtpd-03": ("kijitora@neko.example.jp", BAD),
    "lhost-postfix-34": ("kijitora@example.com", LATER),
    "lhost-postfix-64": ("xxxx@wanadoo.fr", OTHER),
    "lhost-qmail-02": ("userunknown@example.jp filtered@example.jp", BAD),
    "lhost-qmail-05": ("kijitora@example.net", LATER),
    "lhost-qmail-08": ("shironeko@example.ad.jp", FULL),
    "lhost-qmail-11": ("neko@nyaan.jp", BAD),
    "lhost-qmail-14": ("pseudo-local-part-of-google-gmail@gmail.com", BLOCKED),
    "lhost-qmail-17": ("userunknown@libsisimai.net mailboxfull@libsisimai.net", f"{BAD} {FULL}"),
    "lhost-qmail-20": ("pseudo-local-part-of-each-esp@gmail.com", BLOCKED),
    "lhost-qmail-23": ("userunknown@libsisimai.net", BAD),
    "lhost-trendmicro-03": ("kijitora@example.jp", OTHER),
    "lhost-v5sendmail-01": ("kijitora@example.com", LATER),
    "lhost-v5sendmail-03": ("kijitora@example.org", BAD),
    "lhost-v5sendmail-06": ("kijitora@example.edu", LATER),
    "lhost-verizon-02": ("may-be-straycat-nyaaaaaan@vtext.com", BAD),
    "lhost-x1-03": ("kijitora@example.org", BAD),
    "lhost-x2-01": ("kijitora@example.co.jp", BAD),
    "lhost-x2-02": ("kijitora@example.com mikeneko@example.com sabineko@example.com", BAD),
    "lhost-x2-05": ("kijitora@y.example.com", LATER),
    "lhost-x3-01": ("kijitora@example.com", BAD),
    "lhost-x3-05": ("kijitora@example.or.jp", OTHER),
    "lhost-yahoo-01": ("kijitora@example.org", BAD),
    "lhost-yahoo-04": ("kijitora@example.co.jp", FULL),
    "lhost-yahoo-07": ("otsu-sakaba-hunter-neko-nyaaaaaaan@ezweb.ne.jp", BAD),
    "lhost-yahoo-10": ("userunknown@cubicroot.jp", BAD),
    "lhost-yahoo-13": ("neko@sijo.example.jp", LATER),
    "lhost-zoho-02": ("mikeneko@example.co.jp sabineko@example.co.jp", f"{BAD} {FULL}"),
    "lhost-zoho-05": ("kijitora@7jo.example.jp", LATER),
    "make-test-07": ("userunknown@example.com", BAD),
    "rfc3464-37": ("kijitora@neko.nyaan.example.com", BAD),
    "rhost-franceptt-03": ("noraneko.nyaan@example.com", BLOCKED),
    "rhost-messagelabs-01": ("kijitora@example.messagelabs.com", BLOCKED),
    "rhost-microsoft-06": ("sabineko@example.onmicrosoft.com", BLOCKED),
    "because_something-is-wrong_issue-106-01": ("🐈@azumakuniyuki.org", OTHER),
    "because_something-is-wrong_issue-15-01": ("xxxx@wanadoo.fr", OTHER),
}
# By reading, too: those whose Status says nothing, or something else than the words beside it.
READ_REASONS = {
    BAD: """
        lhost-amazonses-01 lhost-bigfoot-01 lhost-bigfoot-02 lhost-courier-02 lhost-ezweb-02 lhost-gmail-01
        lhost-gmail-18 lhost-mailru-05 lhost-mailru-08 lhost-mcafee-01 lhost-mcafee-04 lhost-outlook-08
        lhost-postfix-05 lhost-postfix-52 lhost-postfix-76 lhost-powermta-02 lhost-sendmail-27 lhost-sendmail-48
        lhost-sendmail-57 make-test-22 rfc3464-51 rfc3464-54 rfc3464-66 rhost-gsuite-01 rhost-gsuite-03
        rhost-gsuite-09 rhost-gsuite-15 rhost-outlook-08
    """,
    FULL: "lhost-exim-07 lhost-exim-60 lhost-mailru-02 lhost-messagingserver-02",
    BLOCKED: """
        lhost-exim-01 lhost-exim-04 lhost-exim-30 lhost-exim-33 lhost-exim-36 lhost-exim-39 lhost-exim-42
        lhost-exim-45 lhost-exim-48 lhost-exim-51 lhost-exim-54 lhost-exim-57 lhost-gmail-03
        lhost-messagingserver-08 lhost-office365-04 lhost-postfix-46 lhost-receivingses-07 lhost-sendmail-33
        lhost-sendmail-36 lhost-sendmail-51 make-test-04 rfc3464-57 rhost-franceptt-06 rhost-godaddy-02
        rhost-gsuite-12 rhost-messagelabs-03 rhost-nttdocomo-01 rhost-tencent-01 rhost-zoho-04
    """,
    LATER: "lhost-gmail-15 lhost-opensmtpd-12 lhost-postfix-40 lhost-postfix-49 lhost-postfix-55",
    OTHER: """
        lhost-googlegroups-01 lhost-googlegroups-04 lhost-googlegroups-07 lhost-googlegroups-10
        lhost-googlegroups-13 lhost-googleworkspace-01 lhost-postfix-61 lhost-postfix-79 lhost-sendmail-20
        lhost-surfcontrol-03 rfc3464-04
    """,
}
REASON_OF = {name: reason for reason, names in READ_REASONS.items() for name in names.split()}


def mails() -> Iterator[tuple[str, str, bytes]]:
    for path in sorted(SISIMAI.glob("*.eml")):
        name = re.sub(r"^(?:maildir_(?:bsd|dos|mac|err|not|tmp)_|maildir_to-be-debugged-)", "", path.stem)
        yield path.name, name.removeprefix("to-be-debugged-"), path.read_bytes()


def expected(name: str, raw: bytes) -> tuple[set[str], set[Reason]]:
    """Whom the file names and which reasons are right, found without the code under test."""
    lines = re.sub(rb"\r\n?", b"\n", raw).decode("latin-1")
    if name in READ:
        addresses, reasons = READ[name]
        return set(addresses.split()), {REASONS[reason] for reason in reasons.split()}
    named = re.findall(r"(?mi)^(?:Final|Original)-Recipient:\s*(?:[\w-]+\s*;)?\s*<?(\S+?@[^\s<>]+)", lines)
    declared = re.findall(r"(?mi)^X-Failed-Recipients:\s*(\S+)", lines)
    expanded = re.findall(r"\(expanded from: <(\S+)>\)", lines)
    if name in REASON_OF:
        return {*named, *declared, *expanded}, {REASONS[REASON_OF[name]]}
    statuses = re.findall(r"(?mi)^Status:\s*([245]\.\d+\.\d+)", lines)
    return {*named, *declared, *expanded}, {reason for status in statuses for reason in by_rfc_3463(status)}


def by_rfc_3463(status: str) -> set[Reason]:
    patterns = {
        r"[45]\.2\.2": {Reason.MAILBOX_FULL},
        r"4\.4\.7": {Reason.TEMPORARY, Reason.MAILBOX_FULL},  # given up, for a reason that the words tell
        r"4\..*": {Reason.TEMPORARY},
        r"5\.2\.3|5\.3\.4": {Reason.OTHER},
        r"5\.7\.\d+|5\.1\.8": {Reason.BLOCKED},  # 5.1.8: our own address is refused
        r"5\.1\.\d+|5\.2\.1|5\.4\.4": {Reason.BAD_ADDRESS},
    }
    return next((reasons for pattern, reasons in patterns.items() if re.fullmatch(pattern, status)), set())


@needs_sisimai
def test_bounces_of_the_world_are_recognised_with_recipient_and_reason() -> None:
    failed, count = [], 0
    for file, name, raw in mails():
        if name in NO_BOUNCES:
            continue
        count += 1
        addresses, reasons = expected(name, raw)
        found = bounce(raw)
        right = (
            found is not None
            and {one.recipient for one in found.recipients} <= addresses
            and {one.reason for one in found.recipients} <= reasons
            and (name not in READ or {one.recipient for one in found.recipients} == addresses)
        )
        if not right:
            failed.append((file, found, addresses, reasons))

    assert count > 250
    assert len(failed) / count <= 0.03, failed


@needs_sisimai
def test_what_only_resembles_a_bounce_is_none_and_feedback_is_feedback() -> None:
    for file, name, raw in mails():
        found = bounce(raw)
        if name in NO_BOUNCES:
            assert found is None, file
        elif name.startswith("arf-"):
            assert found is not None, file
            assert found.kind is Kind.FEEDBACK, file
        else:
            assert found is None or found.kind is not Kind.FEEDBACK or name == "lhost-amazonses-11", file


@needs_sisimai
def test_delays_are_told_from_failures() -> None:
    delayed = {name for _, name, raw in mails() if (found := bounce(raw)) and found.kind is Kind.DELAYED}

    assert delayed == {
        *("lhost-gmail-06", "lhost-gmail-09", "lhost-opensmtpd-06", "lhost-opensmtpd-12", "lhost-opensmtpd-15"),
        *("rfc3464-34", "rhost-gsuite-06"),
    }
