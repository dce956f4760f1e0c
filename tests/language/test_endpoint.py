"""The embeddings endpoint: what is sent, what may come back, and nothing leaks."""

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.breaker import FAILURES, PAUSE
from language.encoder import EncoderError
from language.endpoint import (
    LONGEST,
    MOST_LETTERS,
    MOST_TEXTS,
    HttpEncoder,
    batches,
)
from tests.conftest import FrozenClock
from tests.fakes.embeddings import (
    FakeEmbeddings,
    an_endpoint,
    echoing,
    with_body,
)
from tests.support.embeddings_client import KEY, Client, client

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
