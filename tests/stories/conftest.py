"""The counter of the small city, on a database of its own."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.conftest import FrozenClock
from tests.support.city import KNOWN, Counter, Undisturbed, a_counter


@pytest.fixture
async def counter(sqlite: Database, clock: FrozenClock) -> AsyncIterator[Counter]:
    async with a_counter(sqlite, clock, Undisturbed(KNOWN, clock)) as made:
        yield made
