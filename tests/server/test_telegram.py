"""Telegram from the webhook to the resident's screen, through the real doors and a platform of our own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conversations.errors import SettingsError
from conversations.message import Address
from conversations.timeline import Author, Kind
from server.settings import Settings, read_settings
from server.wiring import Parts
from tests.conftest import FrozenClock
from tests.fakes.telegram import BOT_ID, RESIDENT, TOKEN, FakeTelegram, a_telegram
from tests.support.city import DEMO
from tests.support.networked import NetworkedHall, networked

CERTIFICATE = "住民票の写しを窓口で取るには、どうすればよいですか。"
SECRET = "a-webhook-secret"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Hall:
    city: NetworkedHall
    telegram: FakeTelegram

    @property
    def parts(self) -> Parts:
        return self.city.parts

    async def delivers(self, body: bytes, secret: str = SECRET) -> int:
        return (await self.city.client.post("/webhooks/telegram", data=body, headers={HEADER: secret})).status

    async def works(self) -> None:
        await self.city.works()

    async def hears(self, body: bytes) -> None:
        assert await self.delivers(body) == 200
        await self.works()

    async def said(self) -> list[str]:
        entries = await self.city.entries(Address("telegram", str(BOT_ID), str(RESIDENT)))
        return [entry.text for entry in entries if entry.author is Author.RESIDENT]


@pytest.fixture
async def hall(tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Hall]:
    async with a_telegram() as telegram:
        settings = Settings(
            data=tmp_path,
            city=DEMO,
            encoder="none",
            telegram_token=TOKEN,
            telegram_secret=SECRET,
            telegram_host=telegram.url,
        )
        async with networked(settings, clock) as city:
            yield Hall(city, telegram)


async def test_a_question_is_answered_once_however_often_it_is_delivered(hall: Hall) -> None:
    body = hall.telegram.writes(CERTIFICATE)
    for _ in range(3):
        await hall.hears(body)

    assert sum("市民課" in shown for shown in hall.telegram.shown) == 1
    assert await hall.said() == [CERTIFICATE]


async def test_without_the_secret_nothing_is_kept(hall: Hall) -> None:
    assert await hall.delivers(hall.telegram.writes(CERTIFICATE), secret="guessed") == 401

    assert await hall.parts.deliveries.counts() == {}


async def test_a_tap_is_the_choice_it_stands_for_and_ends_its_waiting(hall: Hall) -> None:
    await hall.hears(hall.telegram.writes("住民票"))
    label = hall.telegram.said[-1].buttons[0][0]
    before = len(hall.telegram.shown)

    await hall.hears(hall.telegram.taps(label))

    assert len(hall.telegram.shown) > before
    assert [text for _, text in hall.telegram.answered_taps] == [""]
    assert (await hall.said())[-1] == label


async def test_a_tap_under_an_old_question_is_told_so_and_answers_nothing(hall: Hall) -> None:
    await hall.hears(hall.telegram.writes("住民票"))
    old = hall.telegram.said[-1]
    await hall.hears(hall.telegram.writes("印鑑登録"))
    before = list(hall.telegram.shown)

    await hall.hears(hall.telegram.taps(old.buttons[0][0], old))

    assert hall.telegram.shown == before
    assert "いちばん新しいメッセージ" in hall.telegram.answered_taps[-1][1]


async def test_staff_see_a_block_and_its_end(hall: Hall) -> None:
    await hall.hears(hall.telegram.writes(CERTIFICATE))
    for update in (hall.telegram.block(), hall.telegram.unblock()):
        await hall.hears(update)

    entries = await hall.city.entries(Address("telegram", str(BOT_ID), str(RESIDENT)))
    blocked, opened = [entry.text for entry in entries if entry.kind is Kind.NOTE]
    assert "Telegramをブロックしています" in blocked
    assert "Telegramのブロックが解除されました" in opened


async def test_what_is_no_update_waits_for_staff(hall: Hall) -> None:
    assert await hall.delivers(b"\xff not json 1234 5678 9018") == 200
    await hall.works()

    (aside,) = await hall.parts.deliveries.aside(9)
    assert aside.outcome == "Telegram: the body is no JSON"


def test_a_token_without_a_secret_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="telegram_secret"):
        read_settings(environment={"MADOGUCHI_TELEGRAM_TOKEN": TOKEN, "MADOGUCHI_SETTINGS": "none.toml"})
