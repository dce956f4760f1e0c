"""LINE from the webhook to the resident's screen, through the real doors and a platform of our own."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select

from conversations.errors import SettingsError
from server.seeding import demo_staff
from server.settings import read_settings
from storage.tables import DeliveryRow, FileRow, InboxRow
from storage.withdrawals import IN_ITS_PLACE
from tests.conftest import FrozenClock
from tests.fakes.line import ACCOUNT, RESIDENT
from tests.support.line_hall import CERTIFICATE, HERE, Hall, line_hall
from tickets.operators import Role


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (20, 10), "green").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Hall]:
    async with line_hall(tmp_path, clock) as hall:
        yield hall


async def test_a_question_is_answered_by_its_reply_token(hall: Hall) -> None:
    assert await hall.delivers(hall.line.says(CERTIFICATE, at=hall.now)) == 200
    await hall.works()

    assert "市民課" in "".join(hall.line.shown)
    assert {sent.by for sent in hall.line.sent[:1]} == {"reply"}


async def test_the_same_delivery_again_and_its_redelivery_are_heard_once(hall: Hall) -> None:
    event = hall.line.says(CERTIFICATE, at=hall.now)
    again = {**event, "deliveryContext": {"isRedelivery": True}}
    for delivery in (event, event, again):
        assert await hall.delivers(delivery) == 200
        await hall.works()

    assert [entry.text for entry in await hall.entries() if entry.author == "resident"] == [CERTIFICATE]
    assert sum("市民課" in shown for shown in hall.line.shown) == 1


async def test_what_is_not_signed_is_refused_and_not_kept(hall: Hall) -> None:
    body, headers = hall.line.webhook(hall.line.says(CERTIFICATE, at=hall.now))
    for tampered, signed in ((body + b" ", headers), (body, {}), (body, {"x-line-signature": "bm8="}), (b"x", headers)):
        assert (await hall.city.client.post("/webhooks/line", data=tampered, headers=signed)).status == 401

    assert await hall.parts.deliveries.counts() == {}


async def test_a_tap_on_what_was_offered_arrives_as_that_choice(hall: Hall) -> None:
    await hall.delivers(hall.line.says("住民票", at=hall.now))
    await hall.works()
    picked = hall.line.buttons[0]["label"]
    before = len(hall.line.shown)

    await hall.delivers(hall.line.taps(picked, at=hall.now))
    await hall.works()

    assert len(hall.line.shown) > before
    said = [entry.text for entry in await hall.entries() if entry.author == "resident"]
    assert said[-1], "staff read the label, LINE sends none"


async def test_words_taken_back_are_nowhere_any_more(hall: Hall) -> None:
    said = hall.line.says("娘のひみつの相談です", at=hall.now)
    await hall.delivers(said)
    await hall.works()

    await hall.delivers(hall.line.event("unsend", at=hall.now, unsend={"messageId": said["message"]["id"]}))
    await hall.works()

    assert IN_ITS_PLACE in [entry.text for entry in await hall.entries()]
    async with hall.parts.database.read() as session:
        inbox = [str(row.message) for row in await session.scalars(select(InboxRow))]
        raw = [row.body.decode() for row in await session.scalars(select(DeliveryRow))]
    assert len(raw) == 2
    assert not [kept for kept in (*inbox, *raw) if "ひみつ" in kept]


async def test_a_my_number_is_in_no_raw_copy(hall: Hall) -> None:
    await hall.delivers(hall.line.says("マイナンバーは 1234 5678 9018 です", at=hall.now))

    async with hall.parts.database.read() as session:
        (row,) = (await session.scalars(select(DeliveryRow))).all()
    assert "9018" not in row.body.decode()
    assert json.loads(row.body)["events"][0]["source"]["userId"] == RESIDENT
    await hall.works()
    assert "9018" not in "".join(entry.text for entry in await hall.entries())
    assert "マイナンバー" in hall.line.shown[0], "the resident is told"


async def test_a_picture_is_fetched_at_once_and_is_the_residents_alone(hall: Hall) -> None:
    event = hall.line.event(
        "message", at=hall.now, message={"id": "777", "type": "image", "contentProvider": {"type": "line"}}
    )
    hall.line.keep_content("777", picture(), "image/png")
    await hall.delivers(event)
    await hall.works()

    (kept,) = [entry.attachments for entry in await hall.entries() if entry.attachments]
    assert kept[0].content_type == "image/png"
    async with hall.parts.database.read() as session:
        (row,) = (await session.scalars(select(FileRow))).all()
    assert row.account == f"line:{ACCOUNT}:{RESIDENT}"


async def test_a_file_that_is_gone_is_told_and_holds_nothing_up(hall: Hall) -> None:
    await hall.delivers(
        hall.line.event("message", at=hall.now, message={"id": "404", "type": "file", "fileName": "a.pdf"})
    )
    await hall.works()

    assert any("受け取れませんでした" in entry.text for entry in await hall.entries())
    assert await hall.parts.deliveries.counts() == {("line", "read"): 1}


async def test_an_operators_words_are_pushed_and_the_bot_is_silent(hall: Hall) -> None:
    await hall.delivers(hall.line.says("職員と話したい", at=hall.now))
    await hall.works()
    conversation = await hall.city.conversation(HERE)
    await demo_staff(hall.parts)
    operator = next(each for each in await hall.parts.accounts.operators() if Role.OPERATOR in each.roles)
    await hall.parts.desk.take_over(conversation.id, operator)
    await hall.parts.desk.reply(conversation.id, operator, "お待たせしました。担当の者です。", key=uuid4())
    await hall.works()
    before = list(hall.line.shown)

    await hall.delivers(hall.line.says(CERTIFICATE, at=hall.now))
    await hall.works()

    assert "お待たせしました。担当の者です。" in before[-1]
    assert hall.line.sent[-1].by == "push"
    assert hall.line.shown == before


async def test_a_new_friend_is_greeted(hall: Hall) -> None:
    await hall.delivers(hall.line.event("follow", at=hall.now, follow={"isUnblocked": False}))
    await hall.works()

    assert len(hall.line.shown) == 1
    assert hall.line.sent[0].by == "reply", "it costs nothing of the month's quota"


async def test_a_delivery_that_says_nothing_is_kept_with_the_reason(hall: Hall) -> None:
    assert await hall.delivers() == 200
    assert await hall.delivers(hall.line.event("beacon", at=hall.now, beacon={"hwid": "1", "type": "enter"})) == 200
    await hall.works()

    async with hall.parts.database.read() as session:
        outcomes = {row.outcome for row in await session.scalars(select(DeliveryRow))}
    assert outcomes == {"", "LINE: nothing said: beacon"}


def test_secrets_and_tokens_must_be_as_many_as_accounts() -> None:
    with pytest.raises(SettingsError, match="line_secrets"):
        read_settings(environment={"MADOGUCHI_LINE_ACCOUNTS": ACCOUNT, "MADOGUCHI_SETTINGS": "none.toml"})
