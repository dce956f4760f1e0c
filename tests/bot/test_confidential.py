"""What a decision would say decides whether it may be said there; the rule that made it does not matter."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot.answering import answer_with, choice_of, offer
from bot.confidential import asked_elsewhere, without_confidential_choices
from bot.decision import Answer, Converse, HandOver, OfferChoices, Settled, SeveralAnswers, Why
from bot.turn import Turn
from bot.understood import Understood
from conversations.conversation import Conversation, DialogueState
from conversations.message import Address, IncomingMessage
from conversations.reply import Reply
from dialogues.definition import Dialogue, Ending, TicketTemplate
from knowledge_base.article import ArticleVersion, Match
from tests.support.city import BATTERIES, CERTIFICATE, CITY, mind_of, published
from tickets.ticket import HandOverReason

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
OPEN, SECRET = published(CERTIFICATE), published(replace(BATTERIES, section="fukushi", question="ひみつの相談ですか"))
FUKUSHI = replace(CITY.sections["gomi"], id="fukushi", name="福祉課", confidential=True)
WAY = Dialogue(
    name="soudan",
    title={"ja": "相談の予約"},
    starts_with=frozenset(),
    first="end",
    steps={},
    endings={"end": Ending(say={"ja": "予約しました"}, ticket=TicketTemplate(section="fukushi", subject="相談"))},
)
MIND = replace(
    mind_of().mind,
    city=replace(CITY, sections={**CITY.sections, "fukushi": FUKUSHI}),
    articles={each.article_id: each for each in (OPEN, SECRET)},
    dialogues={"soudan": WAY},
)
WHY = Why(rule="faq_answer")


def a_turn(text: str = "相談したい", topic: UUID | None = None) -> Turn:
    sender = Address("line", "U1", "Usato")
    message = IncomingMessage(id=UUID(int=1), external_id="1", sender=sender, text=text, sent_at=NOW, received_at=NOW)
    conversation = Conversation(id=UUID(int=2), address=sender, opened_at=NOW, last_message_at=NOW, topic=topic)
    return Turn(conversation, message, Understood(language="ja"), MIND, NOW)


def answer(version: ArticleVersion) -> Answer:
    return answer_with(version, MIND, "ja", WHY)


def offering(*versions: ArticleVersion) -> OfferChoices:
    return offer([Match(version=each, probability=0.4) for each in versions], MIND, "ja", WHY)


def hand_over(section: str, *before: Reply, silent: str = "") -> HandOver:
    return HandOver(
        reason=HandOverReason.NOT_UNDERSTOOD, subject="", section=section, before=before, silent=silent, why=WHY
    )


def going_on(dialogue: str) -> Converse:
    return Converse(reply=Reply(text="?"), state=DialogueState(dialogue=dialogue, step="end", since=NOW), why=WHY)


@pytest.mark.parametrize(
    ("said", "confidential"),
    [
        (answer(OPEN), answer(SECRET)),
        (offering(OPEN, SECRET), offering(SECRET, OPEN)),
        (
            SeveralAnswers(answers=(answer(OPEN),), why=WHY),
            SeveralAnswers(answers=(answer(OPEN), answer(SECRET)), why=WHY),
        ),
        (
            SeveralAnswers(answers=(answer(OPEN),), offer=offering(OPEN), why=WHY),
            SeveralAnswers(answers=(answer(OPEN),), offer=offering(OPEN, SECRET), why=WHY),
        ),
        (
            Converse(reply=Reply(text="1通300円"), about=OPEN.article_id, why=WHY),
            Converse(reply=Reply(text="無料"), about=SECRET.article_id, why=WHY),
        ),
        (going_on("sodaigomi"), going_on("soudan")),
        (hand_over("shimin"), hand_over("fukushi")),
        (hand_over("shimin", answer(OPEN).reply), hand_over("shimin", answer(SECRET).reply)),
        (hand_over("fukushi", silent="誰にも何も言わない"), hand_over("fukushi")),
    ],
)
def test_what_speaks_of_a_confidential_section_is_asked_elsewhere(said: Settled, confidential: Settled) -> None:
    assert asked_elsewhere(said, a_turn()) is None
    asked = asked_elsewhere(confidential, a_turn())
    assert asked is not None
    assert asked.text == "相談したい"


def test_an_offer_leaves_out_what_it_may_not_name() -> None:
    kept = without_confidential_choices(offering(OPEN, SECRET), MIND)

    assert isinstance(kept, OfferChoices)
    assert [each.label for each in kept.reply.choices] == [CERTIFICATE.question, "この中にはない"]
    assert "ひみつ" not in kept.reply.text
    assert "ごみ" not in kept.reply.text, "the question between the two would name the other one"
    assert without_confidential_choices(offering(OPEN), MIND) == offering(OPEN)


def test_an_answer_offers_nothing_confidential_beside_it() -> None:
    beside = replace(answer(OPEN), reply=replace(answer(OPEN).reply, choices=(choice_of(SECRET, "ja"),)))

    kept = without_confidential_choices(beside, MIND)

    assert kept == answer(OPEN)


def test_danger_goes_before_confidence() -> None:
    urgent = replace(hand_over("fukushi"), why=Why(rule="cannot_wait"))
    assert asked_elsewhere(urgent, a_turn()) is None
    assert asked_elsewhere(hand_over("fukushi"), a_turn()) is not None


def test_what_is_picked_or_wished_here_is_picked_or_wished_there() -> None:
    wish = replace(hand_over("fukushi"), reason=HandOverReason.ASKED_FOR_PERSON)
    begun = asked_elsewhere(going_on("soudan"), a_turn())
    wished = asked_elsewhere(wish, a_turn("職員と話したい"))

    assert begun is not None
    assert begun.choice == "dialogue:soudan"
    assert wished is not None
    assert wished.choice == "person"
