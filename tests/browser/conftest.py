"""Debian's Chromium, and the real server for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.served import PASSWORD, Served, served
from tickets.operators import Role

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR, Role.EDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        await opened.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 720})
    yield opened
    await opened.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
async def staff(browser: Browser, hall: Served) -> AsyncIterator[Page]:
    """A console that is signed in. ``localhost``: a Secure cookie needs a trustworthy name."""
    opened = await browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 720})
    page = await opened.new_page()
    await page.goto(f"{local(hall)}/console")
    await page.get_by_label("利用者名").fill("sato")
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_role("button", name="サインイン").click()
    await page.get_by_role("heading", name="受信箱").wait_for()
    yield page
    await opened.close()


def local(hall: Served) -> str:
    return hall.url.replace("127.0.0.1", "localhost")


async def barriers(page: Page) -> list[str]:
    """What axe finds on the page as it is, in every frame: rule and element."""
    found = []
    source = AXE.read_text(encoding="utf-8")
    for frame in page.frames:
        await frame.evaluate(source)
        # What is fading in has no contrast yet.
        await frame.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")
        result = await frame.evaluate(f"axe.run(document, {{runOnly: {{type: 'tag', values: {RULES}}}}})")
        found += [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in result["violations"]]
    return found
