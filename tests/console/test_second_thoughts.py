"""A reply that goes over a network waits some seconds; taken back in that time, nothing of it is sent."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from console.composing import SECOND_THOUGHTS
from conversations.message import Address, IncomingMessage
from tests.conftest import FrozenClock
from tests.console.test_collision import a_conversation
from tests.support.served import Served, served
from tickets.operators import Role

UNDO = re.compile(r'<form class="undo".*?name="entry" value="([^"]+)"', re.DOTALL)


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Served]:
    async with served(tmp_path, clock=clock) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.sign_in("sato")
        yield made


async def by_line(hall: Served) -> UUID:
    now = hall.parts.clock.now()
    message = IncomingMessage(
        id=uuid4(), external_id="m1", sender=Address("line", "U1"), text="職員と話したい", sent_at=now, received_at=now
    )
    about = (await hall.parts.engine.accept(message)).conversation_id
    while await hall.parts.engine.handle_next(about):
        pass
    return about


async def replied(hall: Served, about: UUID) -> str:
    path = f"/console/conversations/{about}"
    await hall.post(f"{path}/take-over", {}, page=path)
    form = {"text": "まちがえた返事", "kind": "reply", "key": str(uuid4())}
    assert (await hall.post(f"{path}/say", form, page=path))[0] == 303
    return path


async def test_a_reply_by_line_can_be_taken_back_and_its_line_says_so(hall: Served, clock: FrozenClock) -> None:
    path = await replied(hall, await by_line(hall))
    page = (await hall.get(path))[1]
    entry = UNDO.search(page)
    assert entry is not None
    assert "5秒間は取り消せます" in page
    assert 'hidden><span class="badge bad">取り消しました' in page, "said only of what was taken back"

    assert (await hall.post(f"{path}/take-back", {"entry": entry[1]}, page=path))[0] == 303

    page = (await hall.get(path))[1]
    assert f'data-entry="{entry[1]}"><span class="badge bad">取り消しました' in page
    assert UNDO.search(page) is None
    async with hall.session.get(f"{hall.url}{path}/entries?after=9999", headers=hall._headers()) as open_page:
        assert (open_page.status, open_page.headers["X-Taken-Back"]) == (204, entry[1]), "open pages are told"
    clock.turn(SECOND_THOUGHTS)
    status, page = await hall.post(f"{path}/take-back", {"entry": entry[1]}, page=path)
    assert status == 409
    assert "すでに送信を始めたため" in page


async def test_after_the_time_there_is_nothing_to_take_back(hall: Served, clock: FrozenClock) -> None:
    path = await replied(hall, await by_line(hall))

    clock.turn(SECOND_THOUGHTS)

    assert UNDO.search((await hall.get(path))[1]) is None


async def test_on_the_web_the_resident_has_it_at_once(hall: Served) -> None:
    path = await replied(hall, await a_conversation(hall))

    assert UNDO.search((await hall.get(path))[1]) is None
    assert (await hall.post(f"{path}/take-back", {"entry": str(uuid4())}, page=path))[0] == 409
