"""Two at one conversation: each sees the other, and nobody answers over an answer unseen."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from console.presence import LOOKING_SECONDS, WRITING_SECONDS
from conversations.message import Address, IncomingMessage
from storage import topics
from tests.conftest import FrozenClock
from tests.console.test_live import heard, opened
from tests.support.served import Served, served
from tickets.operators import Role

SEEN = re.compile(r'name="seen" value="(\d+)"')


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Served]:
    async with served(tmp_path, clock=clock) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.make_staff("suzuki", Role.SUPERVISOR, name="市民課 鈴木")
        yield made


async def a_conversation(hall: Served, text: str = "職員と話したいです") -> UUID:
    now = hall.parts.clock.now()
    sender = Address("web", str(uuid4()))
    message = IncomingMessage(
        id=uuid4(), external_id=str(uuid4()), sender=sender, text=text, sent_at=now, received_at=now
    )
    about = (await hall.parts.engine.accept(message)).conversation_id
    while await hall.parts.engine.handle_next(about):
        pass
    return about


async def signed_in(hall: Served, login: str) -> Served:
    """The same server with another browser."""
    other = replace(hall, cookie="")
    assert (await other.sign_in(login)).status == 303
    return other


async def test_colleagues_see_who_looks_and_who_types_and_that_they_left(hall: Served) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    about = await a_conversation(hall)
    path = f"/console/conversations/{about}"
    mine = await opened(sato, about)
    assert "も見ています" not in (await sato.get(path))[1]

    theirs = await opened(suzuki, about)
    assert await heard(mine), "sato's page is told that somebody came"
    assert "市民課 鈴木さんも見ています" in (await sato.get(path))[1]
    assert "市民課 佐藤さんも見ています" in (await suzuki.get(path))[1]

    assert (await suzuki.post(f"{path}/typing", {}, page=path))[0] == 204
    assert await heard(mine)
    page = (await sato.get(path))[1]
    assert "市民課 鈴木さんが入力しています…" in page
    assert "も見ています" not in page, "who types is not named twice"

    theirs.close()
    async with asyncio.timeout(5):
        while len(await hall.parts.bus.at(topics.presence(about))) > 1:
            await heard(mine)


async def test_the_resident_sees_typing_only_of_who_has_the_conversation(hall: Served) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    about = await a_conversation(hall)
    path = f"/console/conversations/{about}"
    await sato.post(f"{path}/take-over", {}, page=path)

    async with hall.parts.bus.listen([topics.typing_to(about)]) as resident:
        await suzuki.post(f"{path}/typing", {}, page=path)
        assert await resident.next(0.05) is None
        await sato.post(f"{path}/typing", {}, page=path)
        told = await resident.next(5)

    assert told is not None
    assert told.payload == "市民課 佐藤"


async def test_an_answer_that_the_page_had_not_shown_is_asked_about(hall: Served, clock: FrozenClock) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    about = await a_conversation(hall)
    path = f"/console/conversations/{about}"
    await sato.post(f"{path}/take-over", {}, page=path)
    seen = SEEN.search((await sato.get(path))[1])
    assert seen is not None
    [him] = [each for each in await hall.parts.accounts.operators() if each.login == "sato"]
    await suzuki.post(f"{path}/take-over", {"from": str(him.id)}, page=path)
    await suzuki.post(f"{path}/say", {"text": "300円です。<b>", "kind": "reply", "key": str(uuid4())}, page=path)
    await suzuki.post(f"{path}/hand-back", {}, page=path)
    await sato.post(f"{path}/take-over", {}, page=path)
    clock.turn(timedelta(seconds=20))

    stale = {"text": "400円です。", "kind": "reply", "key": str(uuid4()), "seen": seen[1]}
    status, page = await sato.post(f"{path}/say", stale, page=path)

    assert status == 409
    assert "市民課 鈴木さんが20秒前に返信しました。それでも送りますか？" in page
    assert "300円です。&lt;b&gt;" in page.split("<h1>")[0].split("answered")[1], "the colleague's words are shown"
    assert ">400円です。</textarea>" in page, "the draft is kept"
    assert "それでも送る" in page
    assert await said(hall, about) == ["300円です。<b>"]

    now_seen = SEEN.search(page)
    assert now_seen is not None
    again = {**stale, "key": str(uuid4()), "seen": now_seen[1]}
    assert (await sato.post(f"{path}/say", again, page=path))[0] == 303
    assert await said(hall, about) == ["300円です。<b>", "400円です。"]


async def test_an_odd_number_seen_is_no_error(hall: Served) -> None:
    sato = await signed_in(hall, "sato")
    about = await a_conversation(hall)
    path = f"/console/conversations/{about}"
    await sato.post(f"{path}/take-over", {}, page=path)

    for odd in ("-1", "x", "９", "9" * 40, ""):
        form = {"text": "はい", "kind": "reply", "key": str(uuid4()), "seen": odd}
        assert (await sato.post(f"{path}/say", form, page=path))[0] == 303


def test_presence_outlasts_a_lost_heartbeat_and_typing_a_lost_word() -> None:
    from console.live import HEARTBEAT  # noqa: PLC0415 -- only this test compares them

    assert LOOKING_SECONDS > 2 * HEARTBEAT
    assert WRITING_SECONDS >= 2 * 3


async def said(hall: Served, about: UUID) -> list[str]:
    entries = await hall.parts.views.entries(about, after=0, at_most=100, with_notes=False)
    return [each.text for each in entries if each.author == "operator"]
