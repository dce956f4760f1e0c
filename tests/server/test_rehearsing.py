"""``madoguchi simulate``: a whole city hall beside the real one."""

import re
from asyncio import timeout
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from server.rehearsing import Rehearsing, rehearsal_settings, rehearsing
from server.running import PortTaken
from server.settings import Settings
from simulator.running import networks
from tests.support.city import DEMO

pytestmark = pytest.mark.slow  # each starts a whole city hall

QUESTION = "自分の住民票の写しを市役所の窓口で取るには、何を持って行けばよいですか。"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, city=DEMO, encoder="none", log="error")


@pytest.fixture
async def page() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def shown(page: aiohttp.ClientSession, made: Rehearsing, words: str, *, at: str = "/talk") -> str:
    """The page, once it shows these words."""
    version = -1
    async with timeout(30):
        while True:
            async with page.get(f"{made.page}/changes", params={"after": version}) as response:
                version = (await response.json())["version"]
            async with page.get(f"{made.page}{at}") as response:
                if words in (text := await response.text()):
                    return text


async def signed_in(page: aiohttp.ClientSession, made: Rehearsing, password: str) -> int:
    """The status: 303 leads into the console."""
    form, headers = {"login": "shimin", "password": password, "next": ""}, {"Origin": made.hall.url}
    url = f"{made.hall.url}/console/sign-in"
    async with page.post(url, data=form, headers=headers, allow_redirects=False) as response:
        return response.status


async def test_a_resident_asks_on_the_page_and_the_real_hall_answers(
    settings: Settings, page: aiohttp.ClientSession
) -> None:
    async with rehearsing(settings, port=0) as made:
        await page.post(f"{made.page}/line/yamada/follow")
        await shown(page, made, "みらいさん")
        await page.post(f"{made.page}/line/yamada/say", data={"words": QUESTION})

        assert "0000-20-1201" in await shown(page, made, "本庁舎1階")


async def test_a_resident_writes_a_mail_and_the_real_hall_writes_back(
    settings: Settings, page: aiohttp.ClientSession
) -> None:
    async with rehearsing(settings, port=0) as made:
        await page.post(
            f"{made.page}/mail/sato/write", data={"subject": "住民票", "words": QUESTION, "program": "phone"}
        )

        text = await shown(page, made, "0000-20-1201", at="/mail?resident=sato")

    assert "受け取りました（250）" in text
    assert "Auto-Submitted: auto-replied" in text


async def test_the_next_rehearsal_has_new_sign_ins_and_hears_its_residents(
    settings: Settings, page: aiohttp.ClientSession
) -> None:
    sign_ins = []
    for _ in range(2):
        async with rehearsing(settings, port=0) as made:
            sign_ins.append({each.login: each.password for each in made.hall.sign_ins})
            await page.post(f"{made.page}/line/yamada/follow")
            await shown(page, made, "みらいさん")
            assert await signed_in(page, made, sign_ins[-1]["shimin"]) == 303

    first, second = sign_ins
    assert first.keys() == second.keys()
    assert not first.items() & second.items()


async def test_a_sign_in_of_the_page_opens_the_console(settings: Settings, page: aiohttp.ClientSession) -> None:
    async with rehearsing(settings, port=0) as made:
        sign_in = next(each for each in made.hall.sign_ins if each.login == "shimin")
        wrong = await signed_in(page, made, "wrong-password-of-nobody")
        right = await signed_in(page, made, sign_in.password)
        async with page.get(f"{made.page}/") as response:
            text = await response.text()

    assert (wrong == 303, right) == (False, 303)
    assert re.search(rf"{sign_in.login}.*{sign_in.password}", text)
    assert sign_in.password not in repr(made.hall)


async def test_nothing_of_the_real_hall_is_touched(settings: Settings, tmp_path: Path) -> None:
    real = replace(
        settings,
        database="postgresql+asyncpg://real/real",
        redis="redis://real",
        telegram_token="real",
        telegram_secret="real",
        line_accounts=("real",),
        line_secrets=("real",),
        line_tokens=("real",),
        line_host="https://real.example",
        public_url="https://real.example",
        trusted_proxies=("10.0.0.0/8",),
        doors=("rasa",),
        mail_address="real@real.example",
        mail_imap="imaps://real",
        mail_relay="smtp://real.example",
        mail_dkim_key="real.pem",
    )
    async with networks() as around:
        rehearsed = rehearsal_settings(real, around, port=8091)

    told = {name: str(getattr(rehearsed, name)) for name in Settings.__slots__}
    assert [name for name, value in told.items() if "real" in value and name not in {"city", "data"}] == []
    assert rehearsed.database_url == f"sqlite+aiosqlite:///{tmp_path}/rehearsal/madoguchi.db"
    assert (rehearsed.trusted_proxies, rehearsed.doors) == ((), ())


async def test_a_taken_port_is_named(settings: Settings) -> None:
    async with rehearsing(settings, port=0) as made:
        taken = int(made.page.rpartition(":")[2])
        with pytest.raises(PortTaken, match=str(taken)):
            async with rehearsing(replace(settings, data=settings.data / "other"), port=taken):
                pass
