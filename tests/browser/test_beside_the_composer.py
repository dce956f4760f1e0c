"""Two of staff at one conversation, with keys alone: suggestions, texts to use again, drafts, collision."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from storage.canned import CannedReplies, Typed
from tests.browser.conftest import barriers, local
from tests.browser.test_journeys import QUESTION, ask
from tests.support.served import PASSWORD, Served
from tickets.operators import Role

pytestmark = pytest.mark.browser
FIELD = "返信・内部メモ"
BOTH = re.compile("^担当の市民課 佐藤です。\n.*本庁舎1階", re.DOTALL)


@pytest.fixture
async def colleague(browser: Browser, hall: Served) -> AsyncIterator[Page]:
    await hall.make_staff("suzuki", Role.SUPERVISOR, name="市民課 鈴木")
    opened = await browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 720})
    page = await opened.new_page()
    await page.goto(f"{local(hall)}/console")
    await page.get_by_label("利用者名").fill("suzuki")
    await page.get_by_label("パスワード").fill(PASSWORD)
    await page.get_by_role("button", name="サインイン").click()
    await page.get_by_role("heading", name="受信箱").wait_for()
    yield page
    await opened.close()


async def test_two_of_staff_answer_one_resident_without_stumbling_over_each_other(
    hall: Served, page: Page, staff: Page, colleague: Page
) -> None:
    canned = CannedReplies(hall.parts.database, hall.parts.clock)
    await canned.keep(Typed(section="", name="はじめに", text="担当の{name}です。"), by="suzuki")
    await page.goto(f"{local(hall)}/chat")
    await ask(page, QUESTION)
    await expect(page.get_by_role("log")).to_contain_text("本庁舎1階")
    await ask(page, "職員と話したいです")
    await expect(page.get_by_role("log")).to_contain_text("M-")

    await staff.goto(f"{local(hall)}/console")
    await staff.get_by_text("職員と話したいです").click()
    await colleague.goto(staff.url)
    await expect(staff.get_by_text("市民課 鈴木さんも見ています")).to_be_visible()
    await staff.get_by_role("button", name="引き継ぐ").click()

    # With keys alone: a text to use again, then the best suggestion. Nothing is sent by itself.
    field = staff.get_by_label(FIELD)
    await expect(staff.get_by_role("button", name="返信に入れる").first).to_be_visible()
    await field.focus()
    await field.press_sequentially("/はじ")
    await expect(staff.get_by_role("option", name="/はじめに")).to_be_visible()
    assert await barriers(staff) == []
    await field.press("Enter")
    await expect(field).to_have_value("担当の市民課 佐藤です。")
    await expect(colleague.get_by_text("市民課 佐藤さんが入力しています…")).to_be_visible()
    await field.press("Enter")
    await field.press("Alt+1")
    await expect(field).to_have_value(BOTH)
    await expect(staff.get_by_text("下書きを保存しました")).to_be_visible()
    await expect(page.get_by_role("log")).not_to_contain_text("担当の市民課")

    # Another tab of the same person has the draft; the colleague sees it when she takes over.
    await staff.reload()
    await expect(field).to_have_value(BOTH)
    await colleague.reload()
    await colleague.get_by_role("button", name="市民課 佐藤さんから引き継ぐ").click()
    await expect(colleague.get_by_text("市民課 佐藤さんの書きかけ").first).to_be_visible()
    await colleague.get_by_role("button", name="自分の下書きに加える").click()
    await expect(colleague.get_by_label(FIELD)).to_have_value(BOTH)
    await colleague.get_by_label(FIELD).press("Control+Enter")
    await expect(page.get_by_role("log")).to_contain_text("担当の市民課 佐藤です。")
    await expect(staff.get_by_role("log")).to_contain_text("担当の市民課 佐藤です。")
    await expect(colleague.get_by_label(FIELD)).to_have_value("")
    await colleague.reload()
    await expect(colleague.get_by_label(FIELD)).to_have_value("")

    # "?" shows the keys, Escape closes them.
    await staff.locator("h1").click()
    await staff.keyboard.press("?")
    await expect(staff.get_by_role("dialog", name="キーの一覧")).to_be_visible()
    assert await barriers(staff) == []
    await staff.keyboard.press("Escape")
    await expect(staff.get_by_role("dialog", name="キーの一覧")).to_be_hidden()
    await staff.goto(f"{local(hall)}/console/canned")
    assert await barriers(staff) == []
