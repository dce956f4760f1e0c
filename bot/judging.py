"""Was a direct answer right? What residents and staff did after it tells, for some."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bot.choices import NONE_OF_THESE
from conversations.timeline import Author, Kind

DIRECT: Final = frozenset({"faq_answer", "question_in_between", "corrects_itself", "asks_several_things"})
"""the rules that answer without asking back"""
AT_ONCE: Final = timedelta(minutes=30)
"""what happens later is about something else"""
THANKS: Final = frozenset({"thanks", "praise"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What judging needs of one line of a timeline."""

    conversation_id: UUID
    kind: Kind
    author: Author
    at: datetime
    rule: str = ""
    intent: str = ""
    category: str = ""
    """of the entry that was said; empty when none was"""
    rated: bool | None = None
    """what the resident pressed: 役に立った, 立たなかった, or nothing"""
    choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    category: str
    answered_at: datetime
    right: bool


def verdicts(lines: Sequence[Line]) -> list[Verdict]:
    """What is known about the direct answers of one conversation. Most are never judged by anybody.

    Of each category the last verdict counts: who is angry twenty times is one resident.
    """
    return list({verdict.category: verdict for verdict in _every(lines)}.values())


def _every(lines: Sequence[Line]) -> Iterator[Verdict]:
    for place, line in enumerate(lines):
        if line.category and line.rule in DIRECT:
            right = line.rated if line.rated is not None else _reaction(line, lines[place + 1 :])
            if right is not None:
                yield Verdict(category=line.category, answered_at=line.at, right=right)


def _reaction(answer: Line, later: Sequence[Line]) -> bool | None:
    """What the next thing that was done says of the answer; None when it says nothing.

    Wrong: a person corrected it unasked, the resident asked for one or for none of the choices. Right: thanks.
    """
    after = [line for line in later if line.at - answer.at <= AT_ONCE]
    for place, line in enumerate(after):
        if line.kind is Kind.REPLY and line.author is Author.OPERATOR:
            return False
        if line.kind is Kind.SAID:
            return _said_next(line, after[place + 1 :])
    return None


def _said_next(said: Line, after: Sequence[Line]) -> bool | None:
    if said.choice == NONE_OF_THESE:
        return False
    reply = next((line for line in after if line.author is Author.BOT), None)
    if reply is not None and reply.rule == "asks_for_a_person":
        return False
    if reply is not None and reply.rule == "makes_conversation" and reply.intent in THANKS:
        return True
    return None
