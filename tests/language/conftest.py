"""An endpoint on loopback, and who asks it."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import FrozenClock
from tests.fakes.embeddings import FakeEmbeddings, an_endpoint
from tests.support.embeddings_client import Client, client


@pytest.fixture
async def endpoint() -> AsyncIterator[FakeEmbeddings]:
    async with an_endpoint() as fake:
        yield fake


@pytest.fixture
def asker(endpoint: FakeEmbeddings, clock: FrozenClock) -> Client:
    return client(endpoint.url, clock)
