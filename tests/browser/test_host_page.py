"""The widget on a city's own site, whose Content-Security-Policy lists our origin and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import ConsoleMessage, Page, expect

from tests.browser.conftest import barriers, local
from tests.browser.test_journeys import QUESTION
from tests.support.served import Served, served

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>市のサイト</title></head>
<body><main><h1>市のサイト</h1></main><script src="{engine}/widget.js" async></script></body></html>"""


@asynccontextmanager
async def host_site() -> AsyncIterator[tuple[str, dict[str, str]]]:
    """A site on another origin; its engine's address is filled in once that is known."""
    site: dict[str, str] = {}

    async def page(_: web.Request) -> web.Response:
        engine = site["engine"]
        policy = f"default-src 'none'; script-src {engine}; frame-src {engine}; base-uri 'none'"
        body = PAGE.format(engine=engine)
        return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", site
    finally:
        await runner.cleanup()


def refusals_of(page: Page) -> list[str]:
    """What the browser refuses because of a policy, as it happens."""
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Refused" in message.text:
            refused.append(message.text)

    page.on("console", note)
    return refused


async def test_the_widget_works_under_a_policy_that_lists_only_our_origin(tmp_path: Path, page: Page) -> None:
    async with host_site() as (url, site), served(tmp_path, frame_origins=(url,)) as hall:
        site["engine"] = local(hall)
        refused = refusals_of(page)
        await page.goto(url)
        await page.get_by_role("button", name="チャット").click()
        chat = page.frame_locator("iframe")
        await chat.get_by_role("textbox").first.fill(QUESTION)
        await chat.get_by_role("textbox").first.press("Enter")

        await expect(chat.get_by_role("log")).to_contain_text("本庁舎1階")
        assert refused == []
        await page.set_viewport_size({"width": 320, "height": 640})
        assert await barriers(page) == []


async def test_a_site_that_the_city_did_not_name_may_not_frame_the_chat(hall: Served, page: Page) -> None:
    async with host_site() as (url, site):
        site["engine"] = local(hall)
        refused = refusals_of(page)
        await page.goto(url)
        await page.get_by_role("button", name="チャット").click()

        await expect(page.frame_locator("iframe").get_by_role("log")).to_have_count(0)
        assert any("frame-ancestors" in each for each in refused)
