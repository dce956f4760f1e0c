"""Two of staff at one conversation, with keys alone: suggestions, texts to use again, drafts, collision."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from conversations.message import Address, IncomingMessage
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


async def test_a_reply_by_line_is_taken_back_before_it_is_sent(hall: Served, staff: Page, colleague: Page) -> None:
    now = hall.parts.clock.now()
    message = IncomingMessage(
        id=uuid4(), external_id="m1", sender=Address("line", "U1"), text="職員と話したい", sent_at=now, received_at=now
    )
    about = (await hall.parts.engine.accept(message)).conversation_id
    await staff.goto(f"{local(hall)}/console/conversations/{about}")
    await colleague.goto(staff.url)
    await staff.get_by_role("button", name="引き継ぐ").click()
    await staff.get_by_label(FIELD).fill("まちがえた返事")
    await staff.get_by_label(FIELD).press("Control+Enter")
    await expect(colleague.get_by_role("log")).to_contain_text("まちがえた返事")
    await expect(colleague.get_by_text("取り消しました", exact=True)).to_be_hidden()

    await staff.get_by_role("button", name="今の返信を取り消す").click()

    await expect(staff.get_by_role("status").first).to_contain_text("相手の方には送っていません")
    await expect(staff.get_by_text("取り消しました", exact=True)).to_be_visible()
    await expect(colleague.get_by_text("取り消しました", exact=True)).to_be_visible()
    assert "withdrawn" in await hall.parts.outbox.counts()
    assert await barriers(staff) == []


async def test_words_survive_a_send_that_the_network_swallowed(hall: Served, page: Page, staff: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    await ask(page, "職員と話したいです")
    await staff.get_by_text("職員と話したいです").click()
    await staff.get_by_role("button", name="引き継ぐ").click()
    await staff.get_by_label(FIELD).wait_for()
    conversation = staff.url
    await staff.context.set_offline(offline=True)
    await staff.get_by_label(FIELD).fill("大事な返事")
    await staff.get_by_label(FIELD).press("Control+Enter")
    await staff.context.set_offline(offline=False)

    await staff.goto(conversation)

    await expect(staff.get_by_label(FIELD)).to_have_value("大事な返事")
    await staff.get_by_label(FIELD).press("Control+Enter")
    await expect(page.get_by_role("log")).to_contain_text("大事な返事")
    await expect(staff.get_by_label(FIELD)).to_have_value("")
