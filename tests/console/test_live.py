"""Open pages of the console hear of a change when it is committed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp
import pytest

from conversations.message import Address, IncomingMessage
from server.running import SHUTDOWN_SECONDS
from tests.conftest import FrozenClock
from tests.support.served import Served, served
from tickets.operators import Role

PATIENCE = 5.0
"""seconds, far below the page's own look every 30"""


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.sign_in("sato")
        yield made


async def opened(hall: Served, conversation: UUID | str = "") -> aiohttp.ClientResponse:
    """The stream, after its first word: what is committed from now on must be heard."""
    about = f"?conversation={conversation}" if conversation else ""
    response = await hall.session.get(f"{hall.url}/console/live{about}", headers=hall._headers())
    if response.status == 200:
        await heard(response)
    return response


async def heard(response: aiohttp.ClientResponse) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await response.content.readuntil(b"event: changed\ndata:\n\n")


async def say(hall: Served, account: str, text: str) -> UUID:
    now = hall.parts.clock.now()
    message = IncomingMessage(
        id=uuid4(), external_id=str(uuid4()), sender=Address("web", account), text=text, sent_at=now, received_at=now
    )
    return (await hall.parts.engine.accept(message)).conversation_id


async def test_the_inbox_hears_of_every_conversation(hall: Served) -> None:
    inbox = await opened(hall)

    await say(hall, "someone", "住民票について")

    assert await heard(inbox)


async def test_a_conversation_hears_its_own_changes_and_no_others(hall: Served) -> None:
    mine = await say(hall, "mine", "住民票について")
    await hall.parts.engine.handle_next(mine)
    page = await opened(hall, mine)

    await say(hall, "another", "ごみについて")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await page.content.readuntil(b"\n\n")
    await say(hall, "mine", "もう一つ")

    assert await heard(page)


async def test_a_conversation_hears_that_the_resident_is_typing(hall: Served) -> None:
    visit = await hall.parts.web.open_visit("ja")
    conversation = await hall.parts.web._conversation(visit.account)
    page = await opened(hall, conversation.id)

    await hall.parts.web.is_typing(visit.account)

    assert await heard(page)
    assert "相手が入力しています" in (await hall.get(f"/console/conversations/{conversation.id}"))[1]


async def test_only_signed_in_staff_may_listen(hall: Served) -> None:
    assert (await opened(hall)).status == 200

    hall.cookie = ""
    stranger = await hall.session.get(
        f"{hall.url}/console/live", headers={"Sec-Fetch-Mode": "cors"}, allow_redirects=False
    )

    assert stranger.status == 401


async def test_open_pages_do_not_hold_up_the_end(tmp_path: Path) -> None:
    now = asyncio.get_running_loop().time
    async with aiohttp.ClientSession() as browser, AsyncExitStack() as running:
        hall = await running.enter_async_context(served(tmp_path))
        await hall.make_staff("sato", Role.OPERATOR)
        await hall.sign_in("sato")
        async with browser.get(f"{hall.url}/console/live", headers=hall._headers()) as page:
            await heard(page)
            ending = now()
            await running.aclose()

    assert now() - ending < SHUTDOWN_SECONDS / 2


async def test_an_open_page_does_not_keep_its_session_alive(tmp_path: Path, clock: FrozenClock) -> None:
    """Whoever left the desk is signed out after an hour, though the page goes on looking; whoever works is not."""
    refresh = {"X-Refresh": "1"}
    async with served(tmp_path, clock=clock) as hall:
        await hall.make_staff("sato", Role.OPERATOR)
        for asks, still_in in (({}, True), (refresh, False)):
            await hall.sign_in("sato")
            for _ in range(3):
                clock.turn(timedelta(minutes=25))
                await hall.get("/console", **asks)

            assert ("受信箱" in (await hall.get("/console"))[1]) is still_in
