"""What LINE is not told: to who blocks us nothing, and nothing a second time when nobody can know."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from channels.delivering import deliver_due
from conversations.conversation import Owner
from server.line import MAYBE_HEARD
from server.running import look_after
from storage.closed_channels import ClosedChannels
from tests.conftest import FrozenClock
from tests.fakes.line import RESIDENT
from tests.support.line_hall import CERTIFICATE, HERE, Hall, line_hall
from tickets.ticket import TicketStatus


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Hall]:
    async with line_hall(tmp_path, clock) as hall:
        yield hall


async def sends(hall: Hall) -> None:
    """As the worker does, looking after what is refused."""
    for sent in await deliver_due(hall.parts.outbox, hall.parts.channels):
        await look_after(hall.parts, sent)


async def blocks(hall: Hall) -> dict[str, object]:
    event = hall.line.event("unfollow", at=hall.now)
    hall.line.blocking.add(RESIDENT)
    await hall.hears(event)
    return event


async def is_held_by_a_person(hall: Hall) -> None:
    conversation, operator = await hall.city.conversation(HERE), await hall.operator()
    await hall.parts.desk.take_over(conversation.id, operator)
    await hall.works()


# Blocked.


async def test_staff_see_a_block_once_and_its_end_once(hall: Hall) -> None:
    await hall.hears(hall.line.says(CERTIFICATE, at=hall.now))
    event = await blocks(hall)
    hall.clock.turn(timedelta(minutes=1))
    await hall.hears({**event, "deliveryContext": {"isRedelivery": True}})
    assert ["ブロックしています" in note for note in await hall.notes()] == [True]

    follow = hall.line.event("follow", at=hall.now, follow={"isUnblocked": True})
    await hall.hears(follow)
    hall.clock.turn(timedelta(minutes=1))
    await hall.hears({**follow, "deliveryContext": {"isRedelivery": True}})

    assert ["解除されました" in note for note in await hall.notes()] == [False, True]


async def test_who_writes_does_not_block_us_even_if_line_never_told(hall: Hall) -> None:
    await hall.hears(hall.line.says(CERTIFICATE, at=hall.now))
    await blocks(hall)
    hall.line.blocking.clear()
    before = len(hall.line.shown)

    await hall.hears(hall.line.says(CERTIFICATE, at=hall.now))

    assert len(hall.line.shown) > before
    assert "解除されました" in (await hall.notes())[-1]


async def test_what_a_person_writes_to_who_blocks_us_is_not_claimed_to_be_sent(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    await is_held_by_a_person(hall)
    conversation, operator = await hall.city.conversation(HERE), await hall.operator()
    await blocks(hall)
    calls = len(hall.line.calls)

    await hall.parts.desk.reply(conversation.id, operator, "担当の者です。", key=uuid4())
    await sends(hall)

    assert len(hall.line.calls) == calls
    assert (await hall.parts.outbox.counts())["refused"] == 1
    assert ["ブロックしています" in note for note in await hall.notes()] == [True, True]


async def test_the_bots_answer_that_nobody_hears_is_a_persons_work(hall: Hall) -> None:
    await hall.hears(hall.line.says("こんにちは", at=hall.now))
    await hall.delivers(hall.line.says(CERTIFICATE, at=hall.now))
    await hall.delivers(hall.line.event("unfollow", at=hall.now))
    await hall.parts.intake.work_once()
    await hall.parts.engine.handle_next((await hall.city.conversation(HERE)).id)

    await sends(hall)

    conversation = await hall.city.conversation(HERE)
    assert conversation.owner is Owner.WAITING
    assert conversation.ticket_id is not None


async def test_a_closed_matter_is_not_opened_again_by_a_farewell_that_nobody_hears(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    await is_held_by_a_person(hall)
    await blocks(hall)
    conversation = await hall.city.conversation(HERE)

    await hall.parts.desk.close(conversation.id, await hall.operator())
    await sends(hall)

    assert conversation.ticket_id is not None
    assert (await hall.parts.views.ticket(conversation.ticket_id)).status is TicketStatus.CLOSED
    assert (await hall.city.conversation(HERE)).closed


async def test_a_block_without_a_talk_is_kept_all_the_same(hall: Hall) -> None:
    await hall.hears(hall.line.event("unfollow", at=hall.now))

    assert await hall.parts.views.conversation_at(HERE) is None
    assert "ブロック" in await ClosedChannels(hall.parts.database, hall.clock).reason_of(HERE)


# Once, or a person looks.


async def test_what_nobody_can_know_after_a_day_is_not_pushed_again(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    await is_held_by_a_person(hall)
    conversation, operator = await hall.city.conversation(HERE), await hall.operator()
    await hall.parts.desk.reply(conversation.id, operator, "担当の者です。", key=uuid4())
    hall.line.lose_connection(after_accepting=True)
    await sends(hall)
    assert "担当の者です。" in hall.line.shown[-1]
    shown = len(hall.line.shown)

    hall.clock.turn(timedelta(hours=23, minutes=1))
    await sends(hall)

    assert len(hall.line.shown) == shown
    assert await hall.notes() == [MAYBE_HEARD]
    assert (await hall.parts.outbox.counts())["refused"] == 1


async def test_within_a_day_it_is_pushed_again_with_the_same_key_and_heard_once(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    await is_held_by_a_person(hall)
    conversation, operator = await hall.city.conversation(HERE), await hall.operator()
    await hall.parts.desk.reply(conversation.id, operator, "担当の者です。", key=uuid4())
    hall.line.lose_connection(after_accepting=True)
    await sends(hall)

    hall.clock.turn(timedelta(hours=22, minutes=59))
    await sends(hall)

    assert sum("担当の者です。" in shown for shown in hall.line.shown) == 1
    assert "refused" not in await hall.parts.outbox.counts()


async def test_what_waited_a_day_and_was_never_tried_is_sent(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    await is_held_by_a_person(hall)
    conversation, operator = await hall.city.conversation(HERE), await hall.operator()
    await hall.parts.desk.reply(conversation.id, operator, "担当の者です。", key=uuid4())

    hall.clock.turn(timedelta(days=3))
    await sends(hall)

    assert "担当の者です。" in hall.line.shown[-1]


# By token or by push.


async def test_a_redelivered_question_is_answered_by_its_token_as_line_allows(hall: Hall) -> None:
    for late, by in ((timedelta(minutes=19), "reply"), (timedelta(minutes=21), "push")):
        said = hall.line.says(CERTIFICATE, at=hall.now)
        hall.clock.turn(late)

        await hall.hears({**said, "deliveryContext": {"isRedelivery": True}})

        assert hall.line.sent[-1].by == by


async def test_a_late_question_that_is_no_redelivery_is_pushed(hall: Hall) -> None:
    said = hall.line.says(CERTIFICATE, at=hall.now)
    hall.clock.turn(timedelta(minutes=2))

    await hall.hears(said)

    assert {sent.by for sent in hall.line.sent} == {"push"}
