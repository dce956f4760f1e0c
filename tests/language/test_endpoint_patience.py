"""The embeddings endpoint under trouble: residents never wait long, the background is patient."""

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import web

from language.breaker import FAILURES, PAUSE, Breaker, LeftAlone
from language.encoder import EncoderError
from language.endpoint import (
    LONGEST_WAIT,
    RESIDENTS_AT_ONCE,
)
from tests.conftest import FrozenClock
from tests.fakes.embeddings import (
    Answer,
    FakeEmbeddings,
    busy,
    drips,
    hangs,
    hangs_up,
    well,
    with_body,
)
from tests.support.embeddings_client import Client, client

# --- patience


async def test_passages_wait_as_long_as_a_busy_endpoint_asks(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.then(busy("7"), busy("Wed, 25 Nov 2026 01:00:12 GMT"))

    rows = await asker.passages("ごみ")

    assert rows.shape == (1, 4)
    assert asker.waited == [7.0, 5.0]
    assert asker.told == []


async def test_passages_are_tried_again_after_a_failure(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.then(with_body("oops", 500), hangs_up)

    await asker.passages("ごみ")

    assert asker.waited == [1.0, 2.0]


async def test_a_pause_longer_than_bearable_is_not_waited_for(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.then(busy(str(int(LONGEST_WAIT) + 1)))

    with pytest.raises(EncoderError, match="429"):
        await asker.passages("ごみ")

    assert asker.waited == []
    assert len(endpoint.heard) == 1


async def test_what_will_not_get_better_is_not_tried_again(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.then(with_body("no", 401))

    with pytest.raises(EncoderError, match="401: is the setting encoder_key right"):
        await asker.passages("ごみ")

    assert len(endpoint.heard) == 1


async def test_a_question_is_asked_once_because_a_resident_waits(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.then(busy("1"))

    assert "429" in await asker.fails("ごみ")

    assert len(endpoint.heard) == 1
    assert asker.waited == []


async def test_questions_of_the_background_are_as_patient_as_passages(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.then(busy("1"))
    many = [f"質問{n}" for n in range(RESIDENTS_AT_ONCE + 1)]
    assert (await asker.queries(*many)).shape == (len(many), 4)
    assert asker.waited == [1.0]

    endpoint.then(busy("1"))
    assert "429" in await asker.fails(*many[:RESIDENTS_AT_ONCE]), "so many may be residents who ask at the same moment"


@pytest.mark.parametrize("verb", [hangs, drips])
async def test_a_slow_or_silent_endpoint_is_given_up_in_time(
    endpoint: FakeEmbeddings, clock: FrozenClock, verb: Answer
) -> None:
    endpoint.always = verb
    hurried = client(endpoint.url, clock, seconds=0.2)

    async with asyncio.timeout(20):
        assert "timed out" in await hurried.fails("ごみ")


async def test_what_is_closed_waits_no_longer(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.always = busy("3")
    asker.encoder.close()

    with pytest.raises(EncoderError, match="429"):
        await asker.passages("ごみ")

    assert len(endpoint.heard) == 1


# --- the circuit breaker


async def test_after_failures_in_a_row_nothing_is_asked_until_the_pause_is_over(
    endpoint: FakeEmbeddings, asker: Client
) -> None:
    endpoint.always = with_body("oops", 500)
    for _ in range(FAILURES):
        await asker.fails("ごみ")

    said = await asker.fails("ごみ")

    assert len(endpoint.heard) == FAILURES
    assert endpoint.url in said
    assert "01:00:30" in said, "it says when it is tried again"
    away = asker.encoder.away
    assert away is not None
    assert asker.told == [away]

    endpoint.always = None
    asker.clock.turn(PAUSE)
    assert (await asker.queries("ごみ")).shape == (1, 4)
    assert asker.encoder.away is None
    assert asker.told == [away, None]


async def test_a_failed_trial_waits_again_and_still_knows_since_when(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.always = with_body("oops", 500)
    for _ in range(FAILURES):
        await asker.fails("ごみ")
    first = asker.encoder.away
    asker.clock.turn(PAUSE)

    await asker.fails("ごみ")
    await asker.fails("ごみ")

    again = asker.encoder.away
    assert first is not None
    assert again is not None
    assert len(endpoint.heard) == FAILURES + 1
    assert (again.since, again.tried_again_at) == (first.since, asker.clock.now() + PAUSE)
    assert len(asker.told) == 1, "told once, not for every failure"


async def test_a_success_in_between_starts_the_count_anew(endpoint: FakeEmbeddings, asker: Client) -> None:
    for _ in range(FAILURES):
        endpoint.then(with_body("oops", 500))
        await asker.fails("ごみ")
        await asker.queries("ごみ")

    assert asker.told == []


async def test_several_questions_at_once_while_it_is_away_ask_once(endpoint: FakeEmbeddings, asker: Client) -> None:
    endpoint.always = with_body("oops", 500)
    for _ in range(FAILURES):
        await asker.fails("ごみ")
    endpoint.always = None
    asker.clock.turn(PAUSE)
    release, trying = asyncio.Event(), asyncio.Event()

    async def held(fake: FakeEmbeddings, request: web.Request, texts: list[str]) -> web.StreamResponse:
        trying.set()
        await release.wait()
        return await well(fake, request, texts)

    endpoint.then(held)
    trial = asyncio.ensure_future(asker.queries("ためし"))
    await trying.wait()
    said = await asyncio.gather(*(asker.fails("ごみ") for _ in range(8)))
    release.set()

    assert (await trial).shape == (1, 4)
    assert endpoint.heard[FAILURES:] == [["ためし"]]
    assert all("left alone" in each for each in said)


async def test_passages_that_succeed_do_not_keep_residents_waiting_for_questions_that_fail(
    endpoint: FakeEmbeddings, asker: Client
) -> None:
    for _ in range(FAILURES):
        endpoint.then(with_body("too slow for a question", 504))
        await asker.fails("ごみ")
        if asker.encoder.away is None:
            await asker.passages("長い文章")

    before = len(endpoint.heard)
    assert "left alone" in await asker.fails("ごみ")
    assert len(endpoint.heard) == before
    assert (await asker.passages("長い文章")).shape == (1, 4)


def test_whatever_an_attempt_raises_ends_the_trial(clock: FrozenClock) -> None:
    breaker = Breaker(now=clock.now, changed=lambda _: None, failures=1)

    def attempt(work: Callable[[], object]) -> None:
        with breaker.attempt():
            work()

    def interrupted() -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            attempt(interrupted)
        with pytest.raises(LeftAlone):
            attempt(dict)
        clock.turn(PAUSE)
    attempt(dict)
    assert breaker.away is None
