"""The chat when things break: a killed server, an impatient finger."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import local
from tests.browser.test_journeys import QUESTION, ask
from tests.support.served import Served
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.browser

LOST = "印鑑登録証（カード）をなくしてしまいました。どうすればよいですか。"


async def test_a_server_killed_in_the_middle_loses_and_doubles_nothing(tmp_path: Path, page: Page) -> None:
    server = ServerProcess(tmp_path, encoder="none")
    await server.start()
    await page.goto(f"http://localhost:{server.port}/chat")
    await ask(page, QUESTION)
    log = page.get_by_role("log")
    await expect(log).to_contain_text("本庁舎1階")

    await server.kill()
    await ask(page, LOST)
    await expect(log).to_contain_text(LOST)
    await server.start()

    await page.reload()
    await expect(log.get_by_text("悪用を防ぐため")).to_be_visible(timeout=30_000)
    for words in (QUESTION, LOST):
        await expect(log.locator(".words", has_text=words)).to_have_count(1)
    shown = await log.inner_text()
    assert shown.index(QUESTION) < shown.index("本庁舎1階") < shown.index(LOST)
    assert await server.end() == 0


async def test_a_double_click_sends_once(hall: Served, page: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    await page.get_by_role("textbox").first.fill("国民年金の手続き")
    await page.get_by_role("button", name="送信").dblclick()

    log = page.get_by_role("log")
    await expect(log.get_by_text("国民年金の手続き", exact=True)).to_have_count(1)
    await ask(page, QUESTION)
    await expect(log).to_contain_text("本庁舎1階")
    await expect(log.get_by_text("国民年金の手続き", exact=True)).to_have_count(1)
