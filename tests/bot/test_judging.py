"""What is known about a direct answer from what was done after it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.judging import Line, verdicts
from conversations.timeline import Author, Kind

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def line(kind: Kind, author: Author, minutes: int = 0, **values: Any) -> Line:
    return Line(conversation_id=UUID(int=1), kind=kind, author=author, at=NOON + timedelta(minutes=minutes), **values)


def said(minutes: int = 1, **values: Any) -> Line:
    return line(Kind.SAID, Author.RESIDENT, minutes, **values)


def bot(rule: str, minutes: int = 1, **values: Any) -> Line:
    return line(Kind.REPLY, Author.BOT, minutes, rule=rule, **values)


def answer(**values: Any) -> Line:
    return bot("faq_answer", 0, **{"category": "住民票", **values})


OPERATOR = line(Kind.REPLY, Author.OPERATOR, 2)


@pytest.mark.parametrize(
    ("after", "right"),
    [
        ([], None),
        ([said()], None),
        ([said(), bot("faq_answer", category="ごみ")], None),
        ([said(), bot("asks_for_a_person")], False),
        ([said(choice="none"), bot("is_not_understood")], False),
        ([said(), bot("makes_conversation", intent="thanks")], True),
        ([said(), bot("makes_conversation", intent="small_talk")], None),
        ([OPERATOR], False),
        ([said(), bot("faq_offer"), said(2), bot("asks_for_a_person", 2)], None),  # about the offer
        ([said(40), bot("asks_for_a_person", 40)], None),  # about something else
    ],
)
def test_what_is_done_next_judges_the_answer(after: list[Line], right: bool | None) -> None:  # noqa: FBT001
    first = [verdict for verdict in verdicts([answer(), *after]) if verdict.category == "住民票"]

    assert [verdict.right for verdict in first] == ([] if right is None else [right])
    assert all(verdict.answered_at == NOON for verdict in first)


@pytest.mark.parametrize("rated", [True, False])
def test_a_rating_says_more_than_what_is_done_next(rated: bool) -> None:  # noqa: FBT001
    after = [said(), bot("asks_for_a_person")] if rated else [said(), bot("makes_conversation", intent="thanks")]

    assert [verdict.right for verdict in verdicts([answer(rated=rated), *after])] == [rated]


@pytest.mark.parametrize("rule", ["picked_something", "faq_offer", "asks_about_the_topic"])
def test_what_the_resident_picked_was_no_direct_answer(rule: str) -> None:
    picked = bot(rule, 0, category="住民票", rated=False)

    assert verdicts([picked]) == []


@pytest.mark.parametrize("rule", ["faq_answer", "question_in_between", "corrects_itself", "asks_several_things"])
def test_every_answer_without_asking_back_is_judged(rule: str) -> None:
    assert [verdict.right for verdict in verdicts([bot(rule, 0, category="住民票", rated=True)])] == [True]


def test_one_resident_has_one_voice_about_a_category() -> None:
    angry = [answer(rated=False) for _ in range(20)]

    assert [verdict.right for verdict in verdicts(angry)] == [False]
    assert [verdict.right for verdict in verdicts([*angry, answer(rated=True)])] == [True]


def test_two_answers_at_once_are_judged_together() -> None:
    two = [answer(), answer(category="ごみ"), said(), bot("makes_conversation", intent="thanks")]

    assert [(verdict.category, verdict.right) for verdict in verdicts(two)] == [("住民票", True), ("ごみ", True)]
