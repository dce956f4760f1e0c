"""A front-end made for Rasa's REST channel, in front of this engine."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from conversations.errors import SettingsError
from server.app import make_app
from server.seeding import seed
from server.settings import Settings, read_settings
from server.wiring import assembled
from tests.conftest import FrozenClock
from tests.support.city import DEMO

DOOR = "/webhooks/rest/webhook"
CERTIFICATE = "住民票の写しを窓口で取るには、どうすればよいですか。"
Client = TestClient[Any, Any]


@pytest.fixture
async def front_end(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Client]:
    async with assembled(Settings(data=tmp_path, city=DEMO, encoder="none", doors=("rasa",)), clock=clock) as parts:
        await seed(parts)
        await parts.publish()
        async with TestClient(TestServer(make_app(parts))) as client:
            yield client


async def asks(client: Client, message: str, sender: str = "u1") -> list[dict[str, Any]]:
    answer = await client.post(DOOR, json={"sender": sender, "message": message})
    assert answer.status == 200
    told: list[dict[str, Any]] = await answer.json()
    return told


async def test_the_answer_is_the_response(front_end: Client) -> None:
    (told,) = await asks(front_end, CERTIFICATE)

    assert told["recipient_id"] == "u1"
    assert "市民課" in told["text"]


async def test_a_button_gives_the_entry_it_names(front_end: Client) -> None:
    *_, offered = await asks(front_end, "住民票")
    button = offered["buttons"][0]

    (told,) = await asks(front_end, button["payload"])

    assert button["payload"].startswith("/choice{")
    assert len(told["text"]) > 40


async def test_senders_have_conversations_of_their_own(front_end: Client) -> None:
    await asks(front_end, "住民票", sender="u1")

    assert await asks(front_end, "1", sender="u2") != await asks(front_end, "1", sender="u1")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"message": ""}', b'{"message": 1}', b"\xff"])
async def test_what_is_no_message_is_told_in_rasas_words(front_end: Client, body: bytes) -> None:
    answer = await front_end.post(DOOR, data=body)

    assert answer.status == 400
    assert (await answer.json())["description"] == "Bad Request"


async def test_the_door_is_shut_unless_it_is_named(tmp_path: Path) -> None:
    async with (
        assembled(Settings(data=tmp_path, city=DEMO, encoder="none")) as parts,
        TestClient(TestServer(make_app(parts))) as client,
    ):
        assert (await client.post(DOOR, json={"message": "x"})).status == 404
    with pytest.raises(SettingsError, match="使える入口: rasa"):
        read_settings(environment={"MADOGUCHI_DOORS": "back", "MADOGUCHI_SETTINGS": "none.toml"})
