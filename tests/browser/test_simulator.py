"""The journey of somebody who rehearses: a resident on LINE, and by mail."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.rehearsing import Rehearsing, rehearsing
from server.settings import Settings
from tests.browser.conftest import barriers
from tests.support.city import DEMO

pytestmark = pytest.mark.browser


@pytest.fixture
async def rehearsal(tmp_path: Path) -> AsyncIterator[Rehearsing]:
    async with rehearsing(Settings(data=tmp_path, city=DEMO, encoder="none", log="error"), port=0) as made:
        yield made


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_resident_asks_on_line_sees_the_answer_and_takes_a_quick_reply(
    rehearsal: Rehearsing, page: Page, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    await page.goto(rehearsal.page)
    await expect(page.get_by_text("リハーサル用の画面です。実際のLINE・メールには送られません")).to_be_visible()
    await page.get_by_role("button", name="友だちに追加").press("Enter")
    talk = page.get_by_role("log", name="LINEのトーク")
    await expect(talk).to_contain_text("みらいさん")

    assert await barriers(page) == []

    quick = page.get_by_role("list", name="クイックリプライ")
    await quick.get_by_role("button", name="粗大ごみの収集を申し込む").press("Enter")
    await expect(talk.locator("li.mine").last).to_contain_text("粗大ごみの収集を申し込む")
    await expect(talk).to_contain_text("何を出しますか")
    await expect(quick).to_have_count(0)

    box = page.get_by_label("LINEのメッセージ")
    await box.fill("やめます")
    await page.get_by_role("button", name="送信", exact=True).click()
    await expect(talk.locator("li").last).to_have_class("city")
    await box.fill("自分の住民票の写しを市役所の窓口で取るには、何を持って行けばよいですか。")
    await box.press("Enter")
    await expect(talk.get_by_text("手数料：1通300円").first).to_be_visible()
    await expect(talk.get_by_role("link", name="詳しく見る")).to_be_visible()
    assert await barriers(page) == []


async def test_a_resident_writes_a_mail_reads_the_letter_and_replies(rehearsal: Rehearsing, page: Page) -> None:
    await page.goto(rehearsal.page)
    await page.get_by_text("新しいメールを書く").click()
    await page.get_by_label("件名").fill("住民票について")
    await page.get_by_label("本文", exact=True).fill("住民票の写しを窓口で取るには、何を持って行けばよいですか。")
    await page.get_by_role("button", name="メールを送信").click()
    letters = page.get_by_role("log", name="届いたメールと送ったメール")
    answer = letters.get_by_role("listitem").filter(has_text="自動返信（不在通知）を返す")
    await expect(answer).to_contain_text("手数料：1通300円")
    assert await barriers(page) == []

    await answer.get_by_text("HTMLで見る").click()
    frame = answer.frame_locator("iframe")
    await expect(frame.get_by_text("本庁舎1階 1番窓口（市民課）で、その場でお渡しします。")).to_be_visible()
    await answer.get_by_text("返信する").click()
    await answer.get_by_label("返信の本文").fill("職員と話したいです。")
    await answer.get_by_role("button", name="返信を送信").click()
    await expect(letters.locator("li.sent")).to_have_count(2)
    await expect(letters.get_by_role("heading", name="M-")).not_to_have_count(0)


async def test_enter_that_ends_a_conversion_sends_nothing(rehearsal: Rehearsing, page: Page) -> None:
    await page.goto(rehearsal.page)
    await page.get_by_role("button", name="友だちに追加").click()
    box = page.get_by_label("LINEのメッセージ")
    await box.fill("じゅうみんひょう")

    await box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"
    )

    await expect(box).to_have_value("じゅうみんひょう")
    await box.press("Enter")
    await expect(page.get_by_role("log", name="LINEのトーク").get_by_text("じゅうみんひょう")).to_have_count(1)
