"""The bar of its category decides whether the bot answers an entry directly, and is recorded with the reason."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.deciding import decide
from bot.decision import Answer, Decision, OfferChoices
from bot.understood import Understood
from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from knowledge_base.article import Match
from knowledge_base.bars import NOBODY_SET, Bar, Bars
from tests.support.city import CERTIFICATE, KNOWN, published

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def decided(probability: float, bars: Bars) -> Decision:
    message = IncomingMessage(
        id=uuid4(), external_id="1", sender=Address("web", "v"), text="住民票の料金", sent_at=NOW, received_at=NOW
    )
    conversation = Conversation(id=uuid4(), address=message.sender, opened_at=NOW, last_message_at=NOW)
    matches = (Match(version=published(CERTIFICATE), probability=probability),)
    return decide(
        conversation, message, Understood(language="ja", matches=matches), replace(KNOWN.mind, bars=bars), NOW
    )


@pytest.mark.parametrize(
    ("bars", "expected", "recorded"),
    [
        (NOBODY_SET, Answer, (0.8, 0.2, False)),
        (Bars({"住民票": Bar(answer_at=0.9)}), OfferChoices, (0.9, 0.2, False)),
        (Bars({"住民票": Bar(stopped=True)}), OfferChoices, (0.8, 0.2, True)),
        (Bars({"ごみ": Bar(stopped=True)}), Answer, (0.8, 0.2, False)),
    ],
)
def test_below_its_bar_an_entry_is_only_offered(
    bars: Bars, expected: type[Decision], recorded: tuple[float, float, bool]
) -> None:
    decision = decided(0.8, bars)

    assert isinstance(decision, expected)
    assert (decision.why.answer_at, decision.why.offer_at, decision.why.stopped) == recorded
