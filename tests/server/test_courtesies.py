import asyncio
from functools import partial

import structlog

from server.courtesies import Courtesies


async def nothing_comes() -> None:
    await asyncio.Event().wait()


async def fails() -> None:
    raise ConnectionError("the secret in this message stays here")


async def test_what_fails_or_takes_too_long_ends_by_itself_and_is_one_line_of_the_log() -> None:
    courtesies = Courtesies(at_most=0.01)
    with structlog.testing.capture_logs() as lines:
        courtesies.begin("dots", nothing_comes)
        courtesies.begin("marks", fails)
        await courtesies.settled()

    assert {(line["what"], line["error"]) for line in lines} == {("dots", "TimeoutError"), ("marks", "ConnectionError")}
    assert "secret" not in str(lines)


async def test_what_comes_too_late_is_stopped_and_the_rest_goes_on() -> None:
    courtesies, done = Courtesies(), []

    async def write(word: str) -> None:
        await asyncio.sleep(0)
        done.append(word)

    courtesies.begin("dots", partial(write, "too late"), about="sato")
    courtesies.begin("dots", partial(write, "in time"), about="tanaka")
    courtesies.stop("sato")
    courtesies.stop("nobody")
    await courtesies.settled()

    assert done == ["in time"]
