"""What stands before the page, and how it learns what is new."""

import asyncio

import pytest

from simulator.rehearsal import Changes
from simulator.residents import new_residents
from tests.simulator.hall import ListeningHall


@pytest.mark.parametrize(
    "headers", [{"Host": "rebound.example:8090"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}]
)
async def test_other_pages_and_names_may_not_play(hall: ListeningHall, headers: dict[str, str]) -> None:
    assert await hall.post("/line/yamada/follow", **headers) == 403
    assert hall.events == []
    assert await hall.post("/line/yamada/follow", Origin=hall.page) == 204


async def test_the_page_says_what_it_is_and_runs_no_script_within(hall: ListeningHall) -> None:
    async with hall.session.get(f"{hall.page}/") as response:
        page, policy = await response.text(), response.headers["Content-Security-Policy"]

    assert "リハーサル用の画面です。実際のLINE・メールには送られません" in page
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_without_script_a_form_comes_back_to_the_page(hall: ListeningHall) -> None:
    async with hall.session.post(f"{hall.page}/line/sato/follow", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/?resident=sato#talk")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?resident=nobody", 404),
        ("/static/../page.py", 404),
        ("/static/simulator.js", 200),
        ("/static/look.css", 200),
        ("/line/yamada/content/1", 404),
        ("/mail/yamada/1/html", 404),
        ("/mail/yamada/x/files/1", 404),
    ],
)
async def test_what_is_not_there_is_not_found(hall: ListeningHall, path: str, status: int) -> None:
    assert (await hall.get(path))[0] == status


async def test_who_waits_for_a_change_hears_of_the_next_one() -> None:
    changes = Changes()
    waiting = asyncio.ensure_future(changes.after(0))
    await asyncio.sleep(0)
    assert not waiting.done()

    changes.note(new_residents()[0])

    assert await waiting == 1
    assert await changes.after(0) == 1
