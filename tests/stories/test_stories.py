"""What residents and operators are promised, told as conversations with the real engine on a real database."""

from datetime import timedelta
from uuid import uuid4

import pytest

from conversations.conversation import Owner
from conversations.errors import ConversationOwned, NotAllowed
from conversations.message import Address
from conversations.timeline import Author, Kind
from storage.database import Database
from tests.conftest import FrozenClock
from tests.support.city import CERTIFICATE, KNOWN, Counter
from tickets.operators import Operator, Role
from tickets.ticket import HandOverReason, TicketStatus

WEB = Address("web", "v1")


async def ticket_of(counter: Counter, by: Address = WEB):  # type: ignore[no-untyped-def] # noqa: ANN201
    found = await counter.conversation(by)
    assert found.ticket_id is not None
    return await counter.views.ticket(found.ticket_id)


async def test_a_question_is_answered_with_the_published_text_and_its_version(counter: Counter) -> None:
    [answer] = await counter.says("住民票の写しの手数料はいくらですか", by=WEB)

    assert answer.text == CERTIFICATE.answer
    assert answer.card is not None
    assert (answer.card.section, answer.card.phone) == ("市民課", "0000-00-0001")
    assert answer.card.version_id in {version.id for version in KNOWN.mind.articles.values()}
    assert answer.why["rule"] == "faq_answer"


async def test_the_same_event_delivered_again_is_heard_and_answered_once(counter: Counter) -> None:
    first = await counter.says("住民票 料金", by=WEB, key="event-1")
    again = await counter.says("乾電池の捨て方", by=WEB, key="event-1")

    assert len(first) == 1
    assert again == []


async def test_what_comes_after_an_answer_may_ask_about_it(counter: Counter) -> None:
    await counter.says("住民票 料金", by=WEB)

    [answer] = await counter.says("受付時間は？", by=WEB)

    assert "8時45分" in answer.text


async def test_after_two_misunderstandings_a_person_is_called(counter: Counter) -> None:
    [first] = await counter.says("ぬるぽ", by=WEB)
    [second] = await counter.says("宇宙船の操縦席", by=WEB)

    assert first.choices
    ticket = await ticket_of(counter)
    assert ticket.number in second.text
    assert ticket.reason is HandOverReason.NOT_UNDERSTOOD
    assert (await counter.conversation(WEB)).owner is Owner.WAITING


@pytest.mark.parametrize(
    "words", ["職員と話したい", "担当の人につないでください", "人間と話させて", "I want to talk to a human"]
)
async def test_a_person_comes_for_the_asking(counter: Counter, words: str) -> None:
    await counter.says(words, by=WEB)

    assert (await ticket_of(counter)).reason is HandOverReason.ASKED_FOR_PERSON


async def test_asking_twice_opens_one_ticket(counter: Counter) -> None:
    await counter.says("職員と話したい", by=WEB)
    number = (await ticket_of(counter)).number

    await counter.says("職員と話したい", by=WEB)

    assert (await ticket_of(counter)).number == number


async def test_outside_opening_hours_the_resident_hears_an_honest_date(counter: Counter, clock: FrozenClock) -> None:
    clock.turn(timedelta(hours=10))  # Wednesday 20:00

    [receipt] = await counter.says("職員と話したい", by=WEB)

    assert "受付時間外" in receipt.text
    assert "11月26日（木）午前8時45分" in receipt.text


async def test_urgent_words_get_the_number_at_once_and_alert_staff(counter: Counter) -> None:
    [told, receipt] = await counter.says("家が燃えています", by=WEB)

    assert "119" in told.text
    assert (await ticket_of(counter)).number in receipt.text
    notes = [e for e in await counter.timeline(WEB, with_notes=True) if e.kind is Kind.NOTE]
    assert notes


async def test_a_my_number_is_stored_nowhere(counter: Counter, sqlite: Database) -> None:
    told = await counter.says("私のマイナンバーは１２３４-5678-9018です", by=WEB)

    assert told[0].kind is Kind.NOTICE
    everything = [entry.text for entry in await counter.timeline(WEB, with_notes=True)]
    async with sqlite.engine.connect() as connection:
        inbox = (await connection.exec_driver_sql("SELECT message FROM inbox")).scalars().all()
    for text in (*everything, *map(str, inbox)):
        assert "9018" not in text


async def test_a_person_takes_over_answers_and_the_bot_is_silent(counter: Counter) -> None:
    await counter.says("職員と話したい", by=WEB)
    conversation = await counter.conversation(WEB)

    await counter.desk.take_over(conversation.id, counter.operator)
    heard = await counter.says("住民票 料金", by=WEB)
    await counter.desk.reply(conversation.id, counter.operator, "300円です", key=uuid4())

    assert heard == []
    said = [entry for entry in await counter.timeline(WEB) if entry.kind is Kind.SAID]
    assert said[-1].silence == "person_has_it"
    last = (await counter.timeline(WEB))[-1]
    assert (last.author, last.author_name, last.text) == (Author.OPERATOR, "佐藤", "300円です")


async def test_a_reply_sent_twice_is_said_once(counter: Counter) -> None:
    await counter.says("職員と話したい", by=WEB)
    conversation, key = await counter.conversation(WEB), uuid4()
    await counter.desk.take_over(conversation.id, counter.operator)

    for _ in range(2):
        await counter.desk.reply(conversation.id, counter.operator, "お待たせしました", key=key)

    assert [entry.text for entry in await counter.timeline(WEB)].count("お待たせしました") == 1


async def test_nobody_replies_without_taking_over_and_nobody_takes_from_a_colleague_unasked(counter: Counter) -> None:
    await counter.says("職員と話したい", by=WEB)
    conversation = await counter.conversation(WEB)
    colleague = Operator(id=uuid4(), login="suzuki", name="鈴木", roles=frozenset({Role.SUPERVISOR}))

    with pytest.raises(NotAllowed):
        await counter.desk.reply(conversation.id, counter.operator, "まだ", key=uuid4())
    await counter.desk.take_over(conversation.id, counter.operator)
    with pytest.raises(ConversationOwned):
        await counter.desk.take_over(conversation.id, colleague)
    await counter.desk.take_over(conversation.id, colleague, from_colleague=counter.operator.id)

    assert (await counter.conversation(WEB)).operator_id == colleague.id


async def test_closing_and_writing_again_begins_with_the_bot_and_keeps_the_ticket(counter: Counter) -> None:
    await counter.says("職員と話したい", by=WEB)
    conversation = await counter.conversation(WEB)
    await counter.desk.take_over(conversation.id, counter.operator)
    await counter.desk.close(conversation.id, counter.operator)
    closed = await ticket_of(counter)

    [answer] = await counter.says("住民票 料金", by=WEB)
    await counter.says("やっぱり職員と話したい", by=WEB)

    assert closed.status is TicketStatus.CLOSED
    assert answer.text == CERTIFICATE.answer
    reopened = await ticket_of(counter)
    assert (reopened.number, reopened.status) == (closed.number, TicketStatus.OPEN)


async def test_a_procedure_gathers_is_corrected_and_opens_its_ticket(counter: Counter) -> None:
    for text in ("粗大ごみの収集を申し込む", "タンス", "いくつか", "2", "みどり区", "来週の木曜"):
        await counter.says(text, by=WEB)
    [summary] = await counter.says("0000-00-1234", by=WEB)
    assert "タンス" in summary.text

    await counter.says("", by=WEB, choice="fix:count")
    await counter.says("3", by=WEB)
    for text in ("みどり区", "来週の木曜", "0000-00-1234"):
        await counter.says(text, by=WEB)
    [done, receipt] = await counter.says("はい", by=WEB)

    ticket = await ticket_of(counter)
    assert "3点" in done.text
    assert ticket.number in receipt.text
    assert (ticket.section, ticket.reason) == ("gomi", HandOverReason.DIALOGUE)


async def test_a_procedure_can_always_be_left(counter: Counter) -> None:
    await counter.says("粗大ごみの収集を申し込む", by=WEB)
    await counter.says("やめる", by=WEB)

    assert (await counter.conversation(WEB)).dialogue is None


async def test_the_language_asked_for_stays(counter: Counter) -> None:
    await counter.says("English please", by=WEB)
    [answer] = await counter.says("住民票 料金", by=WEB)

    assert answer.text.endswith(CERTIFICATE.answer)
    assert answer.text != CERTIFICATE.answer, "an answer that only exists in Japanese says so"
    assert (await counter.conversation(WEB)).language == "en"


async def test_every_message_has_ended(counter: Counter, sqlite: Database) -> None:
    for number, text in enumerate(["住民票 料金", "？？？", "ありがとう", "職員と話したい", "まだですか", "", "🍣"]):
        await counter.says(text, by=Address("web", str(number % 2)))

    async with sqlite.engine.connect() as connection:
        states = (await connection.exec_driver_sql("SELECT DISTINCT state FROM inbox")).scalars().all()
    assert states == ["handled"]
