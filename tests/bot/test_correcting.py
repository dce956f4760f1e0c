"""A correction as a decision: no search is asked, the probabilities are given."""

from datetime import UTC, datetime
from uuid import uuid4

from bot.context import Found, Reading
from bot.deciding import decide
from bot.decision import Answer, AskBack, Decision
from bot.understanding.correcting import Correction
from bot.understood import Understood
from conversations.conversation import Conversation
from conversations.message import Address, IncomingMessage
from knowledge_base.article import ArticleContent, ArticleVersion, Match
from tests.support.city import KNOWN, published

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
STORE = published(
    ArticleContent(
        question="住民票はコンビニで取れますか", answer="取れます。", category="住民票", phrasings=("郵送より早い？",)
    )
)
POST = published(ArticleContent(question="住民票を郵送で取り寄せるには", answer="封筒に。", category="住民票"))
NOT_STORE_BUT_POST = Correction("コンビニ", "郵送")


def decided(*found: tuple[tuple[ArticleVersion, float], ...]) -> Decision:
    """What is done when each text of the corrected question finds these, best first."""
    message = IncomingMessage(
        id=uuid4(),
        external_id="1",
        sender=Address("web", "v"),
        text="いや、コンビニじゃなくて郵送で",
        sent_at=NOW,
        received_at=NOW,
    )
    together = tuple(tuple(Match(version=version, probability=p) for version, p in matches) for matches in found)
    understood = Understood(
        language="ja",
        matches=(Match(version=STORE, probability=0.9),),
        reading=Reading(
            correction=NOT_STORE_BUT_POST, together=tuple(f"text {number}" for number, _ in enumerate(found))
        ),
        found=Found(together=together),
    )
    conversation = Conversation(
        id=uuid4(), address=message.sender, asked="住民票はコンビニで", opened_at=NOW, last_message_at=NOW
    )
    return decide(conversation, message, understood, KNOWN.mind, NOW)


def test_what_is_refused_does_not_win_though_it_is_found_first() -> None:
    decision = decided(((STORE, 0.9), (POST, 0.8)))

    assert isinstance(decision, Answer)
    assert decision.article_id == POST.article_id
    assert decision.asked == "text 0"


def test_what_only_the_refused_answers_is_not_understood() -> None:
    assert isinstance(decided(((STORE, 0.9),)), AskBack)


def test_another_text_that_finds_the_same_more_surely_makes_it_sure() -> None:
    decision = decided(((POST, 0.5),), ((POST, 0.9),))

    assert isinstance(decision, Answer)
    assert decision.asked == "text 1"
