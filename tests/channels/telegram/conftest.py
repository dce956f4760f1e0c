from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from channels.telegram.channel import TelegramChannel
from conversations.message import Attachment
from tests.fakes.telegram import TOKEN, FakeTelegram, a_telegram


@dataclass
class Storage:
    """The stored files."""

    contents: dict[UUID, bytes] = field(default_factory=dict)

    def keep(self, name: str, content: bytes, content_type: str = "application/pdf") -> Attachment:
        kept = Attachment(id=uuid4(), name=name, content_type=content_type, size=len(content))
        self.contents[kept.id] = content
        return kept

    async def open(self, attachment: Attachment) -> bytes | None:
        return self.contents.get(attachment.id)


@pytest.fixture
async def network() -> AsyncIterator[FakeTelegram]:
    async with a_telegram() as fake:
        yield fake


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
async def channel(network: FakeTelegram, storage: Storage) -> AsyncIterator[TelegramChannel]:
    opened = TelegramChannel(TOKEN, open_file=storage.open, api_url=network.url)
    yield opened
    network.closing.set()
    await opened.close()


@pytest.fixture
async def impatient(network: FakeTelegram, storage: Storage) -> AsyncIterator[TelegramChannel]:
    """For servers that do not answer: waits a tenth of a second."""
    opened = TelegramChannel(TOKEN, open_file=storage.open, api_url=network.url, patience=0.1)
    yield opened
    network.closing.set()
    await opened.close()
