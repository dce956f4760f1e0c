from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.deciding import decide
from bot.decision import Converse, Decision, OfferChoices
from bot.understanding.intents import Intent
from bot.understood import Understood
from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from knowledge_base.article import Match
from tests.support.city import KNOWN

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def decided(text: str, intent: Intent, probability: float) -> Decision:
    """What is done about a message that means this intent, and that the first article answers so likely."""
    message = IncomingMessage(
        id=uuid4(), external_id="1", sender=Address("web", "v"), text=text, sent_at=NOW, received_at=NOW
    )
    conversation = Conversation(id=uuid4(), address=message.sender, opened_at=NOW, last_message_at=NOW)
    version = next(iter(KNOWN.mind.articles.values()))
    matches = (Match(version=version, probability=probability),)
    return decide(conversation, message, Understood(language="ja", intent=intent, matches=matches), KNOWN.mind, NOW)


@pytest.mark.parametrize(("probability", "expected"), [(0.57, OfferChoices), (0.3, Converse)])
def test_what_the_faq_likely_answers_goes_before_small_talk(probability: float, expected: type[Decision]) -> None:
    """「結婚したい」 was told that the bot is for the city hall's matters."""
    assert isinstance(decided("結婚したい", Intent("small_talk", 0.71), probability), expected)
