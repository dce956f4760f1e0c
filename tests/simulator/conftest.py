from collections.abc import AsyncIterator

import pytest

from tests.conftest import FrozenClock
from tests.simulator.hall import ListeningHall, listening


@pytest.fixture
async def hall(clock: FrozenClock) -> AsyncIterator[ListeningHall]:
    async with listening(clock) as made:
        yield made
