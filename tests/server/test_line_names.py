"""A resident's name on LINE is asked for only where a section works with names."""

from pathlib import Path

import pytest

from tests.conftest import FrozenClock
from tests.fakes.line import RESIDENT
from tests.support.city import DEMO
from tests.support.line_hall import CERTIFICATE, HERE, Hall, line_hall
from tickets.city_file import read_city

WISH = "職員と話したい"
ASKED = ("GET", f"/v2/bot/profile/{RESIDENT}")


SECTIONS = tuple(read_city(DEMO / "city.yml").sections)


async def name_of(hall: Hall) -> str:
    contact = await hall.parts.visits.contact((await hall.city.conversation(HERE)).id)
    return contact.name if contact else ""


async def test_only_who_waits_for_such_a_section_is_asked_for_and_once(tmp_path: Path, clock: FrozenClock) -> None:
    async with line_hall(tmp_path, clock, line_profile_sections=SECTIONS) as hall:
        hall.line.profiles[RESIDENT] = {"userId": RESIDENT, "displayName": "はなこ🌸"}
        await hall.hears(hall.line.says(CERTIFICATE, at=hall.now))
        assert ASKED not in hall.line.calls, "a question that the FAQ answers needs no name"

        await hall.hears(hall.line.says(WISH, at=hall.now))
        await hall.hears(hall.line.says("まだですか", at=hall.now))

        assert await name_of(hall) == "はなこ🌸"
        assert hall.line.calls.count(ASKED) == 1


@pytest.mark.parametrize("sections", [(), ("nobodys",)])
async def test_who_waits_for_another_section_keeps_their_name(
    sections: tuple[str, ...], tmp_path: Path, clock: FrozenClock
) -> None:
    async with line_hall(tmp_path, clock, line_profile_sections=sections) as hall:
        hall.line.profiles[RESIDENT] = {"userId": RESIDENT, "displayName": "はなこ"}
        await hall.hears(hall.line.says(WISH, at=hall.now))

        assert await name_of(hall) == ""
        assert ASKED not in hall.line.calls


@pytest.mark.parametrize("answer", [None, {"userId": RESIDENT, "displayName": ""}])
async def test_who_shows_no_name_is_answered_all_the_same(
    answer: dict[str, str] | None, tmp_path: Path, clock: FrozenClock
) -> None:
    async with line_hall(tmp_path, clock, line_profile_sections=SECTIONS) as hall:
        if answer:
            hall.line.profiles[RESIDENT] = answer
        await hall.hears(hall.line.says(WISH, at=hall.now))

        assert hall.line.shown
