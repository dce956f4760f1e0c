"""The paper channel and its ear set up for the contract; ``bad`` is what a spoilt one puts in their place."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest

from channels.channel import Capabilities
from conversations.message import Address
from tests.contracts.channel import SpeakingContract
from tests.contracts.deliveries import Recorded, What
from tests.contracts.hearing import ListeningContract
from tests.contracts.living import Start
from tests.contracts.network import Heard
from tests.contracts.paper import TOKEN, PaperChannel, PaperEar, PaperNetwork, PaperSettings, PaperSigner, PaperWriter
from tests.contracts.stage import Tap


class SpeaksOnPaper(SpeakingContract):
    bad: ClassVar[type[PaperChannel]] = PaperChannel

    @pytest.fixture
    def network(self) -> PaperNetwork:
        return PaperNetwork()

    @pytest.fixture
    def channel(self, network: PaperNetwork) -> PaperChannel:
        return self.bad(network, PaperSettings(token=TOKEN))

    @pytest.fixture
    def address(self) -> Address:
        return self.bad.address

    @pytest.fixture
    def heard(self, network: PaperNetwork) -> Callable[[], Sequence[Heard]]:
        return lambda: network.heard

    @pytest.fixture
    def tap(self) -> Tap:
        return lambda button, _reply, _key: button.data

    @pytest.fixture
    def reply_handle(self) -> Callable[[], str | None]:
        return lambda: "handle"

    @pytest.fixture
    def settings_needed(self) -> Mapping[str, str]:
        return {"PAPER_TOKEN": TOKEN, "PAPER_ACCOUNT": "paper-account-1"}

    @pytest.fixture
    def start(self) -> Start:
        return self.bad.start

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (TOKEN,)

    @pytest.fixture
    def holders(self) -> Sequence[object]:
        return (PaperSettings(token=TOKEN),)


class HearsOnPaper(ListeningContract):
    bad: ClassVar[type[PaperEar]] = PaperEar

    @pytest.fixture
    def ear(self) -> PaperEar:
        return self.bad()

    @pytest.fixture
    def signer(self) -> PaperSigner:
        return PaperSigner()

    @pytest.fixture
    def writer(self) -> PaperWriter:
        return PaperWriter()

    @pytest.fixture
    def capabilities(self) -> Capabilities:
        return self.bad.capabilities

    @pytest.fixture
    def recorded(self) -> Sequence[Recorded]:
        return PAYLOADS


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise broken on purpose."""

    bad: type[PaperChannel] | type[PaperEar]
    test: str
    """that must turn red"""
    seen_as: str
    """a word of what it then says"""


def under_contract(breaches: Sequence[Breach], contract: type) -> Mapping[str, type]:
    """For each of the bad ones a test class, by the name under which pytest finds it."""
    names = {f"Test{each.bad.__name__}": each.bad for each in breaches}
    return {name: type(name, (contract,), {"bad": bad}) for name, bad in names.items()}


def _event(kind: str, *, text: str = "", id_: str = "") -> Mapping[str, object]:
    return {"id": id_ or f"the-{kind}", "from": "R1", "kind": kind, "text": text}


def _payload(name: str, what: What, *events: Mapping[str, object], same_as: str = "", **fields: object) -> Recorded:
    expected = [fields for _ in events]
    return Recorded(name=name, what=what, body=json.dumps(events).encode(), expected=expected, same_as=same_as)


PAYLOADS = (
    _payload("nothing", What.OTHER),
    _payload("words", What.WORDS, _event("words", text="はい"), event="Arrived", text="はい"),
    _payload("words again", What.WORDS, _event("words", text="はい"), same_as="words", event="Arrived", text="はい"),
    _payload("two", What.WORDS, _event("a", text="一"), _event("b", text="一"), event="Arrived", text="一"),
    _payload("sticker", What.STICKER, _event("sticker"), event="Arrived"),
    _payload("picture", What.PICTURE, _event("image"), event="Arrived"),
    _payload("voice", What.VOICE, _event("audio"), event="Arrived"),
    _payload("file", What.FILE, _event("file"), event="Arrived"),
    _payload("place", What.PLACE, _event("place"), event="Arrived", place=(35.6, 139.7)),
    _payload("auto-reply", What.NO_RESIDENT, _event("auto-reply"), event="Ignored"),
    _payload("edited", What.EDITED, _event("edited", text="いいえ"), event="Arrived", edits=True),
    _payload("withdrawn", What.WITHDRAWN, _event("withdrawn"), event="Withdrawn", message_id="the-withdrawn"),
    _payload("new kind", What.OTHER, {"kind": "hologram"}, event="Ignored"),
)
