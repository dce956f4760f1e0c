"""The page that a link sent on LINE leads to: opened by a press, once, with the question asked there already."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.confidential import PRIVATE
from bot.ports import OneTimeCode
from conversations.message import Address
from tests.browser.conftest import barriers, local
from tests.support.served import Served

pytestmark = pytest.mark.browser

QUESTION = "生活保護を申請するには、どうすればよいですか。"
CODE = "ab" * 24


async def test_the_link_leads_into_a_talk_where_the_question_is_asked(
    hall: Served, page: Page, browser: Browser, tmp_path: Path
) -> None:
    data = {"text": QUESTION, "choice": "", "language": "ja"}
    until = datetime.now(UTC) + timedelta(minutes=30)
    given = OneTimeCode(purpose=PRIVATE, address=Address("line", "U1", "Usato"), data=data, expires_at=until)
    async with hall.parts.store.transaction() as records:
        await records.keep_code(CODE, given)
    address = f"{local(hall)}/private/{CODE}"

    await page.goto(address)
    assert await barriers(page) == []
    await page.screenshot(path=tmp_path / "private.png", full_page=True)
    await page.get_by_role("button", name="専用ページで話す").click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text(QUESTION)
    await expect(log).to_contain_text("生活支援課")

    other = await (await browser.new_context(locale="ja-JP")).new_page()
    answer = await other.goto(address)
    assert answer is not None
    assert answer.status == 410
    await expect(other.get_by_text("このリンクは、もう使えません")).to_be_visible()
    assert await barriers(other) == []


async def test_a_link_used_meanwhile_says_so_where_it_was_pressed(hall: Served, page: Page) -> None:
    data = {"text": QUESTION, "choice": "", "language": "en"}
    until = datetime.now(UTC) + timedelta(minutes=30)
    given = OneTimeCode(purpose=PRIVATE, address=Address("line", "U1", "Usato"), data=data, expires_at=until)
    async with hall.parts.store.transaction() as records:
        await records.keep_code(CODE, given)
    await page.goto(f"{local(hall)}/private/{CODE}")
    async with hall.parts.store.transaction() as records:
        assert await records.claim_code(CODE, PRIVATE) is not None

    await page.get_by_role("button", name="Talk here").click()

    await expect(page.get_by_role("alert")).to_contain_text("no longer works")
