"""What LINE shows beside the words: that we are at it, that a message was read, and the menu of a language."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from channels.line.rich_menu import RichMenus
from conversations.reply import Reply
from conversations.timeline import Author
from server.line_menus import menus_of
from tests.conftest import FrozenClock
from tests.fakes.line import ACCOUNT, RESIDENT, TOKEN
from tests.support.city import DEMO
from tests.support.line_hall import CERTIFICATE, HERE, OTHER, Hall, line_hall


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Hall]:
    async with line_hall(tmp_path, clock) as hall:
        yield hall


async def taken_in(hall: Hall, text: str = CERTIFICATE) -> str:
    """A message is delivered and read, and not answered yet; the token by which it is marked as read."""
    said = hall.line.says(text, at=hall.now)
    await hall.delivers(said)
    await hall.parts.intake.work_once()
    await hall.mouth.settled()
    return str(said["message"]["markAsReadToken"])


# That we are at it.


async def test_who_writes_to_the_bot_sees_that_it_is_at_it(hall: Hall) -> None:
    await taken_in(hall)

    assert hall.line.loading == [(RESIDENT, 20)]


async def test_what_is_delivered_again_shows_nothing_anew(hall: Hall) -> None:
    said = hall.line.says(CERTIFICATE, at=hall.now)
    await hall.hears(said)
    hall.line.loading.clear()

    hall.clock.turn(timedelta(minutes=1))
    await hall.delivers({**said, "deliveryContext": {"isRedelivery": True}})
    await hall.parts.intake.work_once()
    await hall.mouth.settled()

    assert hall.line.loading == []


async def test_the_dots_never_come_after_the_answer(hall: Hall) -> None:
    await hall.hears(hall.line.says(CERTIFICATE, at=hall.now))
    hall.line.loading.clear()

    hall.mouth.taken_in(HERE, (await hall.city.conversation(HERE)).id)
    await hall.mouth.send(HERE, Reply(text="はい。"), key=str(uuid4()), handle=None)
    await hall.mouth.settled()

    assert hall.line.shown[-1] == "はい。"
    assert hall.line.loading == []


async def test_a_person_is_not_hurried_and_a_group_is_not_answered(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    conversation = await hall.city.conversation(HERE)
    await hall.parts.desk.take_over(conversation.id, await hall.operator())
    await hall.works()
    await hall.mouth.settled()
    hall.line.loading.clear()
    before = list(hall.line.shown)

    await taken_in(hall)
    in_a_group = {"type": "group", "groupId": "C" + "2" * 32, "userId": RESIDENT}
    await hall.hears({**hall.line.says(CERTIFICATE, at=hall.now), "source": in_a_group})
    await hall.hears({**hall.line.says(CERTIFICATE, at=hall.now), "mode": "standby"})

    assert hall.line.loading == []
    assert hall.line.shown == before


# That it was read.


async def test_what_the_bot_answers_is_marked_as_read_once(hall: Hall) -> None:
    token = await taken_in(hall, "火事です。助けてください")
    assert hall.line.read == []

    await hall.works()
    await hall.mouth.settled()

    assert len(hall.line.sent) == 2, "the emergency number, and that a person was called"
    assert hall.line.read == [token]


async def test_what_a_person_has_is_read_when_they_take_over_or_answer(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    conversation, operator = await hall.city.conversation(HERE), await hall.operator()
    await hall.parts.desk.take_over(conversation.id, operator)
    await hall.works()
    hall.line.read.clear()

    token = await taken_in(hall, "まだですか")
    await hall.works()
    await hall.mouth.settled()
    assert hall.line.read == []
    await hall.parts.desk.reply(conversation.id, operator, "お待たせしました。", key=uuid4())
    await hall.works()
    await hall.mouth.settled()

    assert hall.line.read == [token]


async def test_no_answer_to_these_calls_loses_or_holds_up_anything(hall: Hall) -> None:
    for call in ("/v2/bot/chat/loading/start", "/v2/bot/chat/markAsRead"):
        hall.line.broken_calls.add(call)

    await taken_in(hall)
    await hall.works()
    await hall.mouth.settled()

    assert "市民課" in "".join(hall.line.shown)
    assert (hall.line.read, hall.line.loading) == ([], [])


# The menu.


async def set_up(hall: Hall) -> None:
    menus = RichMenus(TOKEN, host=hall.line.url)
    await menus.set_up(menus_of(DEMO))
    await menus.close()


async def taps_language(hall: Hall, language: str) -> None:
    await hall.hears(hall.line.event("postback", at=hall.now, postback={"data": f"language:{language}"}))


async def test_a_tap_on_a_language_changes_the_talk_and_the_menu(hall: Hall) -> None:
    await set_up(hall)

    await taps_language(hall, "en")

    assert hall.line.shown == ["I will answer in English from here."]
    assert hall.line.menus.of_user == {RESIDENT: hall.line.menus.aliases["madoguchi-en"]}
    assert (await hall.city.conversation(HERE)).language == "en"
    assert [entry.text for entry in await hall.entries() if entry.author is Author.RESIDENT] == ["English"]


async def test_menus_made_anew_are_found_by_a_process_that_knew_the_old_ones(hall: Hall) -> None:
    await set_up(hall)
    await taps_language(hall, "en")
    hall.line.menus.menus.clear()
    hall.line.menus.images.clear()
    await set_up(hall)

    await taps_language(hall, "ja")

    assert hall.line.menus.of_user == {RESIDENT: hall.line.menus.aliases["madoguchi-ja"]}


async def test_a_language_changes_in_the_middle_of_a_procedure_which_goes_on(hall: Hall) -> None:
    await hall.hears(hall.line.event("postback", at=hall.now, postback={"data": "dialogue:sodaigomi"}))
    before = (await hall.city.conversation(HERE)).dialogue
    assert before is not None

    await taps_language(hall, "en")

    conversation = await hall.city.conversation(HERE)
    assert (conversation.language, conversation.dialogue) == ("en", before)
    assert "back to where we were" in hall.line.shown[-1]


async def test_a_language_we_do_not_speak_changes_nothing(hall: Hall) -> None:
    await set_up(hall)

    await taps_language(hall, "tlh")

    assert hall.line.menus.of_user == {}
    assert (await hall.city.conversation(HERE)).language == "ja"
    assert len(hall.line.shown) == 1


async def test_a_tap_on_another_procedure_leaves_the_one_under_way(hall: Hall) -> None:
    for name in ("sodaigomi", "shomei"):
        await hall.hears(hall.line.event("postback", at=hall.now, postback={"data": f"dialogue:{name}"}))

    dialogue = (await hall.city.conversation(HERE)).dialogue
    assert dialogue is not None
    assert dialogue.dialogue == "shomei"
    said = [entry.text for entry in await hall.entries() if entry.author is Author.RESIDENT]
    assert said == ["粗大ごみ", "住民票"], "staff read the buttons' words"


async def test_two_accounts_never_mix_even_for_the_same_resident(hall: Hall) -> None:
    await hall.hears(hall.line.says("職員と話したい", at=hall.now))
    body = hall.line.says(CERTIFICATE, at=hall.now)
    assert await hall.delivers(body, account=OTHER) == 200
    await hall.works()
    await hall.mouth.settled()

    theirs = HERE._replace(account=OTHER)
    said = {
        account: [entry.text for entry in await hall.city.entries(address) if entry.author is Author.RESIDENT]
        for account, address in ((ACCOUNT, HERE), (OTHER, theirs))
    }
    assert said == {ACCOUNT: ["職員と話したい"], OTHER: [CERTIFICATE]}
    assert [sent.account for sent in hall.line.sent if "市民課" in str(sent.messages)] == [OTHER]
    assert (await hall.city.conversation(theirs)).ticket_id is None


async def test_one_accounts_signature_opens_no_other_accounts_door(hall: Hall) -> None:
    body, _ = hall.line.webhook(hall.line.says(CERTIFICATE, at=hall.now), account=OTHER)
    forged = {"x-line-signature": hall.line.sign(body, ACCOUNT)}

    assert (await hall.city.client.post("/webhooks/line", data=body, headers=forged)).status == 401
