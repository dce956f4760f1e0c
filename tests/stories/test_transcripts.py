"""Whole conversations at the demo city: a resident's words are understood against what was said before."""

import pytest

from bot.knowing import Known
from server.city import read_folder
from storage.database import Database
from tests.conftest import FrozenClock
from tests.stories.transcripts import Player, Transcript, the_demo_city, transcripts
from tests.support.city import DEMO, Undisturbed, a_counter


@pytest.fixture(scope="module")
def mirai() -> Known:
    return the_demo_city(read_folder(DEMO))


@pytest.mark.parametrize("transcript", transcripts(), ids=lambda each: each.story)
async def test_transcript(transcript: Transcript, mirai: Known, sqlite: Database, clock: FrozenClock) -> None:
    assert transcript.turns[-1].expects_something, "a story that expects nothing at its end cannot fail there"
    understanding = Undisturbed(mirai, clock)
    async with a_counter(sqlite, clock, understanding) as counter:
        await Player(counter, understanding, mirai).play(transcript)
