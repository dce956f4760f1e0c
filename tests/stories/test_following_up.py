"""Questions that lean on what was said before, and on what the city hall is."""

from datetime import timedelta

from conversations.message import Address
from tests.support.city import CERTIFICATE, Counter

WEB = Address("web", "v1")


async def test_what_was_said_is_said_again_when_asked(counter: Counter) -> None:
    [nothing] = await counter.says("もう一度言ってください", by=WEB)
    await counter.says("住民票の写しの手数料はいくらですか", by=WEB)
    [again] = await counter.says("もう一度言ってください", by=WEB)

    assert "まだ" in nothing.text
    assert again.text.endswith(CERTIFICATE.answer)
    assert again.card is not None


async def test_the_telephone_asked_for_is_that_of_the_topics_section(counter: Counter) -> None:
    [before] = await counter.says("電話番号を教えて", by=WEB)
    await counter.says("乾電池はどうやって捨てますか", by=WEB)
    [after] = await counter.says("電話番号を教えて", by=WEB)

    assert "試験市役所" in before.text
    assert "0000-00-0002" not in before.text
    assert "0000-00-0002" in after.text
    assert "ごみ減量課" in after.text


async def test_a_section_named_in_the_words_is_the_one_meant(counter: Counter) -> None:
    await counter.says("乾電池はどうやって捨てますか", by=WEB)
    [answer] = await counter.says("市民課の電話番号は", by=WEB)

    assert "0000-00-0001" in answer.text
    assert "受付時間内" in answer.text


async def test_a_resident_who_asks_after_a_request_hears_where_it_stands(counter: Counter) -> None:
    [unknown] = await counter.says("受付番号の状況を知りたい", by=WEB)
    await counter.says("担当の人につないでください", by=WEB)
    [open_] = await counter.says("受付番号の状況を知りたい", by=WEB)
    counter.clock.turn(timedelta(days=10))
    [late] = await counter.says("受付番号の状況を知りたい", by=WEB)
    found = await counter.conversation(WEB)
    assert found.ticket_id is not None
    ticket = await counter.views.ticket(found.ticket_id)
    await counter.desk.close(found.id, counter.operator)
    [closed] = await counter.says("受付番号の状況を知りたい", by=WEB)

    assert "見つかりませんでした" in unknown.text
    for said, word in ((open_, "までにお答えします"), (late, "間に合って"), (closed, "終えています")):
        assert ticket.number in said.text
        assert word in said.text
