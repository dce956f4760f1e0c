"""Several questions in one message, as a decision: no search is asked, the probabilities are given."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.context import Found, Reading
from bot.deciding import decide
from bot.decision import Answer, Decision, OfferChoices, SeveralAnswers
from bot.understood import Understood
from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from knowledge_base.article import Match
from knowledge_base.bars import NOBODY_SET, Bar, Bars
from tests.support.city import BATTERIES, CERTIFICATE, KNOWN, published

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
FEE, BATTERY = published(CERTIFICATE), published(BATTERIES)
BOTH = published(replace(CERTIFICATE, question="料金と電池のこと"))


def decided(whole: Match, *parts: Match, bars: Bars = NOBODY_SET) -> Decision:
    """What is done about a message whose parts, and which as a whole, find these."""
    message = IncomingMessage(
        id=uuid4(), external_id="1", sender=Address("web", "v"), text="料金は。電池は。", sent_at=NOW, received_at=NOW
    )
    understood = Understood(
        language="ja",
        matches=(whole,),
        reading=Reading(parts=tuple(f"part {number}" for number, _ in enumerate(parts))),
        found=Found(parts=tuple((part,) for part in parts)),
    )
    conversation = Conversation(id=uuid4(), address=message.sender, opened_at=NOW, last_message_at=NOW)
    return decide(conversation, message, understood, replace(KNOWN.mind, bars=bars), NOW)


def fee(probability: float) -> Match:
    return Match(version=FEE, probability=probability)


def battery(probability: float) -> Match:
    return Match(version=BATTERY, probability=probability)


def test_two_sure_parts_are_both_answered_in_their_order() -> None:
    decision = decided(fee(0.9), battery(0.9), fee(0.8))

    assert isinstance(decision, SeveralAnswers)
    assert [answer.article_id for answer in decision.answers] == [BATTERY.article_id, FEE.article_id]
    assert decision.reply.text == f"{BATTERIES.answer}\n\n{CERTIFICATE.answer}"


def test_what_is_only_likely_is_offered_behind_what_is_sure() -> None:
    decision = decided(fee(0.5), battery(0.5), fee(0.8))

    assert isinstance(decision, SeveralAnswers)
    assert [answer.article_id for answer in decision.answers] == [FEE.article_id]
    assert decision.offer is not None
    assert BATTERIES.question in {choice.label for choice in decision.offer.reply.choices}
    assert decision.reply.choices == decision.offer.reply.choices


@pytest.mark.parametrize(
    ("whole", "parts", "expected"),
    [
        (fee(0.9), (fee(0.9), fee(0.8)), Answer),  # both ask the same
        (fee(0.9), (battery(0.2), fee(0.8)), Answer),  # the other part is no question that is known
        (Match(version=BOTH, probability=0.9), (fee(0.9), battery(0.8)), Answer),  # one entry is about the whole
        (fee(0.5), (battery(0.6), fee(0.6)), OfferChoices),  # nothing is sure
    ],
)
def test_otherwise_the_message_is_one(whole: Match, parts: tuple[Match, ...], expected: type[Decision]) -> None:
    assert isinstance(decided(whole, *parts), expected)


def test_a_category_that_was_stopped_is_not_answered_in_company_either() -> None:
    decision = decided(fee(0.9), battery(0.9), fee(0.9), bars=Bars({"住民票": Bar(stopped=True)}))

    assert isinstance(decision, SeveralAnswers)
    assert [answer.article_id for answer in decision.answers] == [BATTERY.article_id]
    assert decision.offer is not None
