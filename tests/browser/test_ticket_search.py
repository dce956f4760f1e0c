"""Staff look for a name, see where it was said, and keep the search for their section."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import barriers, local
from tests.support.resident import Resident
from tests.support.served import Served

pytestmark = pytest.mark.browser


async def test_a_name_is_looked_for_marked_and_kept(hall: Served, staff: Page) -> None:
    resident = await Resident(hall.session, hall.url).arrive()
    await resident.say("職員と話したいです")
    await resident.listen_for("reply", count=2)
    await resident.say("齋藤と申します。")
    await resident.listen_for("said", count=2)
    await staff.goto(f"{local(hall)}/console/tickets")

    await staff.get_by_label("番号・件名・内容").fill("さいとう")
    await staff.get_by_label("探す範囲").select_option(label="すべての会話")
    await staff.keyboard.press("Tab")
    await staff.get_by_role("button", name="絞り込む").click()
    await expect(staff.locator("mark").first).to_have_text("齋藤")
    assert await barriers(staff) == []

    await staff.get_by_text("課の絞り込み").click()
    await staff.get_by_label("今の絞り込みを保存する名前").fill("齋藤さんの件")
    await staff.get_by_role("button", name="保存する").click()
    await staff.goto(f"{local(hall)}/console/tickets")
    await staff.get_by_text("課の絞り込み").click()
    assert await barriers(staff) == []
    await staff.get_by_role("link", name="齋藤さんの件").click()
    await expect(staff.get_by_label("番号・件名・内容")).to_have_value("さいとう")
    await expect(staff.locator("mark").first).to_have_text("齋藤")

    await staff.set_viewport_size({"width": 320, "height": 640})
    assert await staff.evaluate("document.documentElement.scrollWidth <= 320")
    await staff.get_by_text("課の絞り込み").click()
    await staff.get_by_role("button", name="「齋藤さんの件」を削除").click()
    await expect(staff.get_by_role("status")).to_have_text("絞り込みを削除しました。")
