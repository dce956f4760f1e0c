"""The web under the contract. It is pulled: what is said stands in the timeline, and the page shows it from there.

A visitor's token is its seal; a delivery is the body of ``POST /chat/api/messages``, which only a server can parse.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import pytest
from aiohttp.test_utils import make_mocked_request

from channels.arriving import Arrived, Event, FileKind, Forged, RemoteFile
from channels.channel import BadDelivery, Capabilities
from channels.web.channel import WebChannel
from channels.web.entries import entry_json
from channels.web.guarding import visitor
from channels.web.refusing import Refusal
from conversations.message import Address, IncomingMessage
from conversations.reply import Reply
from tests.channels.web.browser import Browser, Client
from tests.channels.web.test_files import PDF, a_picture
from tests.contracts.channel import SpeakingContract
from tests.contracts.deliveries import Recorded, What
from tests.contracts.hearing import ListeningContract
from tests.contracts.network import Button, Heard, NoNetwork, read_html
from tests.contracts.stage import Tap
from tests.contracts.talking import Publish
from tests.fakes.web_service import FakeWebService, a_entry

CLIENT_IDS = UUID("6f1f3b9e-6c39-4e0d-9b0a-2f3f6f0c7a11")


class TestWebSpeaks(SpeakingContract):
    @pytest.fixture
    def channel(self) -> WebChannel:
        return WebChannel()

    @pytest.fixture
    def address(self, account: str) -> Address:
        return Address("web", account)

    @pytest.fixture
    def network(self) -> NoNetwork:
        return NoNetwork()

    @pytest.fixture
    def publish(self, service: FakeWebService) -> Publish:
        async def say(address: Address, reply: Reply) -> None:
            if not _storable(reply.text):
                return
            entry = a_entry(reply.text, choices=reply.choices, card=reply.card)
            service._append(address.account, replace(entry, attachments=reply.attachments))

        return say

    @pytest.fixture
    def heard(self, service: FakeWebService, account: str) -> Callable[[], Sequence[Heard]]:
        """The page's reading of the timeline: ``html`` is put into it as it is, all else as text."""
        shown: list[Heard] = []

        def read() -> Sequence[Heard]:
            # The first entry is the greeting.
            new = service.timeline(account).entries[1 + len(shown) :]
            shown.extend(_heard(entry_json(entry)) for entry in new)
            return shown

        return read

    @pytest.fixture
    def tap(self, resident: Browser, service: FakeWebService) -> Tap:
        async def tapped(button: Button, _: Reply, __: str) -> str | None:
            await resident.say(button.label, choice=button.data)
            return service.accepted[-1].choice

        return tapped


def _heard(entry: Mapping[str, Any]) -> Heard:
    text, obeyed = read_html(entry["html"])
    card = entry["card"] or {"title": "", "section": "", "phone": "", "url": ""}
    beside = [card["title"], card["section"], card["phone"], card["url"]]
    files = [file["name"] for file in entry["attachments"]]
    return Heard(
        text="\n".join([text, *beside, *files]),
        buttons=tuple(Button(choice["label"], choice["value"]) for choice in entry["choices"]),
        obeyed=obeyed,
    )


def _storable(text: str) -> bool:
    """No database takes half of a character: such words never reach the timeline."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


class PatientService(FakeWebService):
    """Minds no rate: the contract is quicker than any person."""

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:  # noqa: ARG002
        return True


class WebEar:
    def __init__(self, client: Client, resident: Browser, service: FakeWebService) -> None:
        self._client, self._resident, self._service = client, resident, service

    async def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        del body
        assert self._client.app is not None
        # The mock encodes strictly what comes from the wire in any bytes.
        sent = {name: value.encode("utf-8", "surrogateescape").decode("latin-1") for name, value in headers.items()}
        request = make_mocked_request("POST", "/chat/api/messages", headers=sent, app=self._client.app)
        try:
            await visitor(request)
        except Refusal as refusal:
            raise Forged from refusal

    async def parse(self, body: bytes) -> Sequence[Event]:
        answer = await self._client.post("/chat/api/messages", data=body, headers=self._resident.headers)
        if 400 <= answer.status < 500:
            raise BadDelivery((await answer.json())["code"])
        assert answer.status in {200, 201}
        account = self._service.account(self._resident.token)
        external_id = f"{account}/{(await answer.json())['client_id']}"
        return [_arrived(next(each for each in self._service.accepted if each.external_id == external_id))]


def _arrived(message: IncomingMessage) -> Arrived:
    files = tuple(
        RemoteFile(
            reference=str(file.id),
            kind=FileKind.IMAGE if file.content_type.startswith("image/") else FileKind.FILE,
            name=file.name,
            content_type=file.content_type,
        )
        for file in message.attachments
    )
    return Arrived(
        external_id=message.external_id,
        sender=message.sender,
        text=message.text,
        files=files,
        place=message.place,
        choice=message.choice,
        sent_at=message.sent_at,
    )


class Visitor:
    at_once = 1

    def says(self, *texts: str, nth: int = 0) -> bytes:
        (text,) = texts
        # The window makes a new id for each message; the same one twice would be the same message.
        return _body(f"{nth} {text}", text)


class Token:
    binds_body = False

    def __init__(self, resident: Browser) -> None:
        self._token = resident.token

    def headers(self, body: bytes) -> Mapping[str, str]:
        del body
        return {"Authorization": f"Bearer {self._token}"}

    def with_wrong_secret(self, body: bytes) -> Mapping[str, str]:
        del body
        return {"Authorization": f"Bearer {'a' * len(self._token)}"}


class TestWebHears(ListeningContract):
    @pytest.fixture
    def service(self) -> FakeWebService:
        return PatientService()

    @pytest.fixture
    def ear(self, client: Client, resident: Browser, service: FakeWebService) -> WebEar:
        return WebEar(client, resident, service)

    @pytest.fixture
    def signer(self, resident: Browser) -> Token:
        return Token(resident)

    @pytest.fixture
    def writer(self) -> Visitor:
        return Visitor()

    @pytest.fixture
    def capabilities(self) -> Capabilities:
        return WebChannel.capabilities

    @pytest.fixture
    async def recorded(self, resident: Browser) -> Sequence[Recorded]:
        picture = await (await resident.upload("庭.png", a_picture())).json()
        file = await (await resident.upload("申請書.pdf", PDF)).json()
        words = Recorded(
            name="words", what=What.WORDS, body=_body("1", "はい"), expected=[{"event": "Arrived", "text": "はい"}]
        )
        return [
            words,
            replace(words, name="words again", same_as="words"),
            Recorded(
                name="choice",
                body=_body("2", "料金", choice="article:1"),
                expected=[{"event": "Arrived", "choice": "article:1"}],
            ),
            Recorded(
                name="picture",
                what=What.PICTURE,
                body=_body("3", "", attachments=[picture["id"]]),
                expected=[{"event": "Arrived", "text": ""}],
            ),
            Recorded(
                name="file",
                what=What.FILE,
                body=_body("4", "これです", attachments=[file["id"]]),
                expected=[{"event": "Arrived", "text": "これです"}],
            ),
        ]


def _body(name: str, text: str, **more: object) -> bytes:
    return json.dumps({"client_id": str(uuid5(CLIENT_IDS, name)), "text": text, **more}).encode()
