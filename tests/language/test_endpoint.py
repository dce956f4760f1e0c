"""The embeddings endpoint under trouble: residents never wait long, the background is patient, nothing leaks."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from language.breaker import FAILURES, PAUSE, Away, Breaker, LeftAlone
from language.encoder import EncoderError, Vectors
from language.endpoint import (
    LONGEST,
    LONGEST_WAIT,
    MOST_LETTERS,
    MOST_TEXTS,
    RESIDENTS_AT_ONCE,
    HttpEncoder,
    Timing,
    batches,
)
from tests.conftest import FrozenClock
from tests.fakes.embeddings import (
    Answer,
    FakeEmbeddings,
    an_endpoint,
    busy,
    drips,
    echoing,
    hangs,
    hangs_up,
    well,
    with_body,
)

KEY = "sk-secret-1234"


@dataclass(slots=True)
class Client:
    """An encoder with a clock that only moves by what it waits for, and everything it told."""

    encoder: HttpEncoder
    clock: FrozenClock
    waited: list[float] = field(default_factory=list)
    told: list[Away | None] = field(default_factory=list)

    async def queries(self, *texts: str) -> Vectors:
        return await asyncio.to_thread(self.encoder.queries, texts)

    async def passages(self, *texts: str) -> Vectors:
        return await asyncio.to_thread(self.encoder.passages, texts)

    async def fails(self, *texts: str) -> str:
        with pytest.raises(EncoderError) as caught:
            await self.queries(*texts)
        return str(caught.value)


def client(url: str, clock: FrozenClock, *, seconds: float = 20.0, model: str = "bge", dimensions: int = 4) -> Client:
    waited: list[float] = []
    told: list[Away | None] = []

    def wait(event: threading.Event, pause: float) -> bool:
        waited.append(pause)
        clock.turn(timedelta(seconds=pause))
        return event.is_set()

    timing = Timing(resident_waits=seconds, background_waits=seconds, now=clock.now, wait=wait)
    encoder = HttpEncoder(url, model=model, dimensions=dimensions, api_key=KEY, changed=told.append, timing=timing)
    return Client(encoder, clock, waited, told)


@pytest.fixture
async def endpoint() -> AsyncIterator[FakeEmbeddings]:
    async with an_endpoint() as fake:
        yield fake


@pytest.fixture
def asker(endpoint: FakeEmbeddings, clock: FrozenClock) -> Client:
    return client(endpoint.url, clock)


# --- requests


async def test_rows_come_in_the_order_asked_for_over_several_requests(endpoint: FakeEmbeddings, asker: Client) -> None:
    texts = [f"{'あ' * n}" for n in range(1, MOST_TEXTS + 9)]

    rows = await asker.passages(*texts)

    assert [len(each) for each in endpoint.heard] == [MOST_TEXTS, 8]
    assert rows.shape == (len(texts), 4)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert all(np.diff(rows[:, 0]) > 0), "the longer the text, the larger the fake's first number"


@given(st.lists(st.integers(0, MOST_LETTERS + 5), max_size=80))
def test_batches_keep_every_text_in_order_and_both_limits(lengths: list[int]) -> None:
    texts = ["a" * length for length in lengths]

    made = list(batches(texts))

    assert [text for batch in made for text in batch] == texts
    for batch in made:
        assert 1 <= len(batch) <= MOST_TEXTS
        assert sum(map(len, batch)) <= MOST_LETTERS or len(batch) == 1
    for one, after in pairwise(made):
        assert len(one) == MOST_TEXTS or sum(map(len, one)) + len(after[0]) > MOST_LETTERS, "no batch is cut too early"


async def test_a_very_long_text_is_cut_and_half_a_letter_replaced(endpoint: FakeEmbeddings, asker: Client) -> None:
    await asker.passages("あ" * (LONGEST + 1), "\ud800\0")

    assert endpoint.heard == [["あ" * LONGEST, "? "]]


async def test_an_e5_model_is_told_which_texts_are_questions(endpoint: FakeEmbeddings, clock: FrozenClock) -> None:
    e5 = client(endpoint.url, clock, model="multilingual-E5-large")

    await e5.queries("ごみ")
    await e5.passages("ごみ")

    assert endpoint.heard == [["query: ごみ"], ["passage: ごみ"]]


def test_vectors_of_two_endpoints_models_or_lengths_never_share_a_name(clock: FrozenClock) -> None:
    names = {
        client(url, clock, model=model, dimensions=dimensions).encoder.name
        for url in ("http://one.example/v1", "http://two.example/v1")
        for model in ("a", "b")
        for dimensions in (3, 4)
    }

    assert len(names) == 8


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


# --- answers that cannot be used


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>", "no list of embeddings"),
        ("[" * 100_000, "no list of embeddings"),
        ("{}", "no list of embeddings"),
        ('{"data": [{"index": 0, "embedding": "AAAA"}]}', "no list of embeddings"),
        ('{"data": [{"index": 0, "embedding": [1' + "0" * 400 + "]}]}", "no list of embeddings"),
        ('{"data": [{"index": 0, "embedding": [1, 2]}]}', r"shape \(1, 2\), expected \(1, 4\)"),
        ('{"data": []}', "encoder_dimensions"),
        ('{"data": [{"index": 3, "embedding": [1, 2, 3, 4]}]}', "right model"),
        ('{"data": [{"index": 0, "embedding": [0, 0, 0, 0]}]}', "no direction"),
        ('{"data": [{"index": 0, "embedding": [NaN, 0, 0, 0]}]}', "no direction"),
        ('{"data": [{"index": 0, "embedding": [1e300, 1e300, 0, 0]}]}', "no direction"),
        (" " * 1_000_000, "more than"),
    ],
)
async def test_an_answer_that_is_no_vectors_is_told_as_such(
    endpoint: FakeEmbeddings, asker: Client, body: str, said: str
) -> None:
    endpoint.then(with_body(body))

    with pytest.raises(EncoderError, match=said):
        await asker.queries("ごみ")


async def test_an_endpoint_that_is_down_is_named_with_the_remedy(clock: FrozenClock) -> None:
    async with an_endpoint() as gone:
        down = client(gone.url, clock)

    said = await down.fails("ごみ")

    assert gone.url in said
    assert "is the server running?" in said


async def test_something_that_speaks_no_http_is_an_encoder_error(clock: FrozenClock) -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    async with await asyncio.start_server(garbage, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "spoke no HTTP" in await client(f"http://127.0.0.1:{port}/v1/embeddings", clock).fails("ごみ")


# --- what is never given away


async def test_neither_the_key_nor_a_residents_words_come_back_in_an_error(
    endpoint: FakeEmbeddings, asker: Client
) -> None:
    for _ in range(FAILURES + 1):
        endpoint.then(echoing)
        said = await asker.fails("わたしの秘密")
        assert (KEY in said, "わたしの秘密" in said) == (False, False)

    assert endpoint.keys[0] == f"Bearer {KEY}", "the key is sent"
    assert KEY not in repr(asker.encoder)
    assert KEY not in repr(asker.told)
    assert "秘密" not in repr(asker.told)


async def test_a_redirect_is_not_followed_with_key_and_words(endpoint: FakeEmbeddings, asker: Client) -> None:
    async with an_endpoint() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            endpoint.then(with_body("", status, Location=elsewhere.url))
            assert str(status) in await asker.fails("ごみ")
            asker.clock.turn(PAUSE)

        assert elsewhere.heard == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "bundle", "http://", "http://host:port/", "http://[", "http://ユーザー.example",
        "http://name:hush@host.example/", "http://host.example/a b", "http://host.example/\n",
    ],
)  # fmt: skip
def test_only_plain_web_addresses_are_endpoints(url: str) -> None:
    with pytest.raises(EncoderError, match="endpoint") as caught:
        HttpEncoder(url, model="bge", dimensions=4)

    assert "hush" not in str(caught.value)


def test_a_key_that_cannot_be_sent_is_refused_without_telling_it() -> None:
    for key in (f"{KEY}\n", "鍵"):
        with pytest.raises(EncoderError, match="encoder_key") as caught:
            HttpEncoder("http://host.example/v1", model="bge", dimensions=4, api_key=key)
        assert key.strip() not in str(caught.value)


async def test_a_key_in_the_address_is_sent_but_never_told(endpoint: FakeEmbeddings, clock: FrozenClock) -> None:
    asker = client(f"{endpoint.url}?code={KEY}", clock)
    endpoint.then(with_body("", 403))

    assert KEY not in await asker.fails("ごみ")
    assert KEY not in asker.encoder.name


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
