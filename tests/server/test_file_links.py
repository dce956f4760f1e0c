"""A link gives one file, for a while, to whoever has it; nothing about it can be guessed or changed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer

from conversations.message import Attachment
from server.app import make_app
from server.file_links import LIFE
from server.settings import Settings
from server.wiring import Parts, assembled
from tests.conftest import FrozenClock
from tests.support.city import DEMO

Client = TestClient[Any, Any]


@pytest.fixture
async def parts(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Parts]:
    async with assembled(Settings(data=tmp_path, city=DEMO, encoder="none"), clock=clock) as made:
        yield made


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(parts))) as made:
        yield made


async def kept(parts: Parts, name: str = "案内.pdf") -> Attachment:
    return await parts.visits.keep_file("somebody", name=name, content_type="application/pdf", content=b"%PDF-1.4")


def path_of(parts: Parts, attachment: Attachment) -> str:
    link = urlsplit(parts.file_links.of(attachment))
    return f"{link.path}?{link.query}"


async def test_a_link_gives_its_file_to_be_saved(parts: Parts, client: Client) -> None:
    answer = await client.get(path_of(parts, await kept(parts)))

    assert (answer.status, await answer.read()) == (200, b"%PDF-1.4")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_link_ends(parts: Parts, client: Client, clock: FrozenClock) -> None:
    path = path_of(parts, await kept(parts))

    clock.turn(LIFE - timedelta(seconds=1))
    assert (await client.get(path)).status == 200
    clock.turn(timedelta(seconds=2))
    assert (await client.get(path)).status == 404


@pytest.mark.parametrize("change", ["until=9999999999", "seal=AAAA", "until=x", "seal=é", "until=1e9"])
async def test_a_changed_link_gives_nothing(parts: Parts, client: Client, change: str) -> None:
    path = path_of(parts, await kept(parts))
    name = change.partition("=")[0]
    parts_of_query = [change if each.startswith(f"{name}=") else each for each in path.partition("?")[2].split("&")]

    assert (await client.get(f"{path.partition('?')[0]}?{'&'.join(parts_of_query)}")).status == 404


async def test_a_seal_fits_one_file_alone(parts: Parts, client: Client) -> None:
    one, other = await kept(parts), await kept(parts, "別の人の書類.pdf")

    path = path_of(parts, one).replace(str(one.id), str(other.id))

    assert (await client.get(path)).status == 404
    assert (await client.get("/files/none?until=1&seal=x")).status == 404


async def test_the_secret_is_the_installations_and_outlives_a_start(tmp_path: Path, clock: FrozenClock) -> None:
    settings = Settings(data=tmp_path, city=DEMO, encoder="none")
    async with assembled(settings, clock=clock) as first:
        attachment = await kept(first)
        path = path_of(first, attachment)
        assert str(first.file_links.secret) not in repr(first.file_links)
    async with assembled(settings, clock=clock) as second, TestClient(TestServer(make_app(second))) as client:
        assert (await client.get(path)).status == 200
