from collections.abc import AsyncIterator

import pytest

from tests.fakes.line import FakeLine


@pytest.fixture
async def line() -> AsyncIterator[FakeLine]:
    async with FakeLine() as platform:
        yield platform
