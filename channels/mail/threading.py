"""To which ticket a mail belongs, and how sure that is.

Two things must agree: what the mail carries (a signed address of ours, or a Message-ID that we know) and who writes
it. Either alone proves nothing: mails are forwarded, From lines are invented, numbers in a subject are guessed. What
does not agree becomes a ticket of its own that staff can join to the other one, so that no stranger ever reads or
changes a case by knowing its number.

Pure: ``references_of`` and ``number_in_subject`` say what to look up, ``thread_of`` decides on what was found.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from channels.mail.defects import DefectCode
from channels.mail.letter import Letter

_NUMBER = re.compile(
    r"[\[【［]\s*(?:受付番号\s*[:：]?\s*)?#?(?P<number>[A-Za-z]{1,4}(?:-\d{1,12}){1,4}|\d{4,12})\s*[\]】］]"
)
_REFERENCES_LOOKED_AT = 50
"""the youngest ones: a mail may carry thousands to keep the database busy"""


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket as far as its mails are concerned."""

    ticket: str
    correspondents: frozenset[str]
    """addresses of the resident's side: who wrote in it, and to whom we wrote"""


class Clue(StrEnum):
    """What a mail carried; the values are stored with the decision."""

    TOKEN = "token"  # noqa: S105 - the word, no secret
    REFERENCE = "reference"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Joined:
    """Clue and sender agree: it goes into the ticket."""

    ticket: str
    clue: Clue


class Doubt(StrEnum):
    OTHER_SENDER = "other_sender"
    UNPROVEN_SENDER = "unproven_sender"
    ONLY_SUBJECT = "only_subject"

    @property
    def sentence(self) -> str:
        """For staff, in Japanese."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Doubt.OTHER_SENDER: "ほかの受付のメールへの返信ですが、差出人がこれまでの相手と異なります。",
    Doubt.UNPROVEN_SENDER: "ほかの受付のメールへの返信ですが、差出人が本人であることを確認できません。",
    Doubt.ONLY_SUBJECT: "件名にほかの受付の番号がありますが、その受付のメールへの返信ではありません。",
}


@dataclass(frozen=True, slots=True)
class Suggested:
    """A ticket of its own; staff may join it to ``ticket``. Nothing of that ticket may be said to this sender."""

    ticket: str
    clue: Clue
    doubt: Doubt


@dataclass(frozen=True, slots=True)
class Fresh:
    """A ticket of its own, and nothing to suggest."""


Threading = Joined | Suggested | Fresh
FRESH: Final = Fresh()


def references_of(letter: Letter) -> tuple[str, ...]:
    """The Message-IDs to look up, the likeliest first: In-Reply-To, then References from the right (RFC 5322, 3.6.4).

    As ``bare_id`` writes them, because some senders lose the brackets.
    """
    newest_first = (*letter.in_reply_to, *reversed(letter.references))
    known = dict.fromkeys(bare for each in newest_first if (bare := bare_id(each)))
    return tuple(known)[:_REFERENCES_LOOKED_AT]


def bare_id(message_id: str) -> str:
    """A Message-ID without brackets and blanks, for storing and comparing."""
    return message_id.strip().strip("<>").strip()


def number_in_subject(letter: Letter) -> str | None:
    """``MR-000123`` of ``Re: [MR-000123] 住民票について``, in upper case; None when there is none."""
    found = _NUMBER.search(letter.subject)
    return found["number"].upper() if found else None


def thread_of(
    letter: Letter,
    *,
    by_token: Thread | None = None,
    by_reference: Mapping[str, Thread] | None = None,
    by_subject: Thread | None = None,
    sender_failed_authentication: bool = False,
) -> Threading:
    """Where it belongs.

    ``by_token``: the ticket of a token that ``Signer.read`` proved, found in an envelope recipient.
    ``by_reference``: bare Message-IDs of ours or of mails we keep, with their tickets.
    ``by_subject``: the ticket of the number in the subject, if there is such a ticket.
    ``sender_failed_authentication``: our border says that the From line is not to be believed (DMARC fail).
    """
    clues = list(_clues(letter, by_token, by_reference or {}))
    agreeing = next(((clue, thread) for clue, thread in clues if _agrees(letter, thread)), None)
    if agreeing:
        clue, thread = agreeing
        if sender_failed_authentication or _is_ambiguous(letter):
            return Suggested(thread.ticket, clue, Doubt.UNPROVEN_SENDER)
        return Joined(thread.ticket, clue)
    if clues:
        clue, thread = clues[0]
        return Suggested(thread.ticket, clue, Doubt.OTHER_SENDER)
    if by_subject and _agrees(letter, by_subject):
        return Suggested(by_subject.ticket, Clue.SUBJECT, Doubt.ONLY_SUBJECT)
    return FRESH


def _clues(
    letter: Letter, by_token: Thread | None, by_reference: Mapping[str, Thread]
) -> Iterable[tuple[Clue, Thread]]:
    if by_token:
        yield Clue.TOKEN, by_token
    for reference in references_of(letter):
        if thread := by_reference.get(reference):
            yield Clue.REFERENCE, thread


def _agrees(letter: Letter, thread: Thread) -> bool:
    if letter.sender is None:
        return False
    return _same(letter.sender.address) in {_same(address) for address in thread.correspondents}


def _is_ambiguous(letter: Letter) -> bool:
    return any(defect.code is DefectCode.SENDER_AMBIGUOUS for defect in letter.defects)


def _same(address: str) -> str:
    # By RFC 5321 a local part's case may matter; no provider of today makes two mailboxes of it.
    return address.strip().casefold()
