"""The journeys of residents and staff, in a real browser."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import barriers, local
from tests.support.served import Served

pytestmark = pytest.mark.browser

QUESTION = "自分の住民票の写しを市役所の窓口で取るには、何を持って行けばよいですか。"


async def ask(page: Page, words: str) -> None:
    box = page.get_by_role("textbox").first
    await box.fill(words)
    await box.press("Enter")


async def test_a_resident_asks_and_is_answered_with_section_and_telephone(hall: Served, page: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    await ask(page, QUESTION)

    log = page.get_by_role("log")
    await expect(log).to_contain_text("本庁舎1階")
    await expect(log).to_contain_text("市民課")
    await expect(page.get_by_role("link", name="0000-20-1201").last).to_be_visible()
    assert await barriers(page) == []


async def test_nothing_is_lost_or_doubled_by_reload_and_a_second_tab(
    hall: Served, page: Page, context: BrowserContext
) -> None:
    await page.goto(f"{local(hall)}/chat")
    await ask(page, QUESTION)
    await expect(page.get_by_role("log")).to_contain_text("本庁舎1階")
    other = await context.new_page()
    await other.goto(f"{local(hall)}/chat")
    await ask(other, "印鑑登録証をなくしました")
    await expect(page.get_by_role("log")).to_contain_text("印鑑登録証をなくしました")
    await page.reload()

    for tab in (page, other):
        log = tab.get_by_role("log")
        await expect(log.get_by_text(QUESTION, exact=True)).to_have_count(1)
        await expect(log.get_by_text("印鑑登録証をなくしました", exact=True)).to_have_count(1)


async def test_enter_while_composing_japanese_does_not_send(hall: Served, page: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    box = page.get_by_role("textbox").first
    await box.fill("じゅうみんひょう")
    await box.evaluate(
        """box => {
            box.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
            const enter = {key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true};
            box.dispatchEvent(new KeyboardEvent('keydown', enter));
        }"""
    )
    await expect(box).to_have_value("じゅうみんひょう")
    await box.evaluate("box => box.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}))")
    await box.press("Enter")

    await expect(box).to_have_value("")
    await expect(page.get_by_role("log").get_by_text("じゅうみんひょう", exact=True)).to_have_count(1)


async def test_a_markup_in_a_residents_words_stays_text(hall: Served, page: Page, staff: Page) -> None:
    words = "<img src=x onerror=document.title='hacked'>職員と話したい"
    await page.goto(f"{local(hall)}/chat")
    await ask(page, words)
    await expect(page.get_by_role("log")).to_contain_text(words)
    await staff.goto(f"{local(hall)}/console?show=all")
    await staff.locator("a.item").first.click()

    await expect(staff.get_by_role("log")).to_contain_text(words)
    assert "hacked" not in await page.title() + await staff.title()


async def test_the_words_wait_while_the_network_is_away(hall: Served, page: Page, context: BrowserContext) -> None:
    await page.goto(f"{local(hall)}/chat")
    await expect(page.get_by_role("log")).to_contain_text("こんにちは")
    await context.set_offline(offline=True)
    await ask(page, QUESTION)
    await context.set_offline(offline=False)

    await expect(page.get_by_role("log")).to_contain_text("本庁舎1階", timeout=20_000)
    await expect(page.get_by_role("log").get_by_text(QUESTION, exact=True)).to_have_count(1)


async def test_a_person_takes_over_answers_and_closes(hall: Served, page: Page, staff: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    await ask(page, "職員と話したいです")
    await expect(page.get_by_role("log")).to_contain_text("M-")

    await staff.goto(f"{local(hall)}/console")
    await staff.get_by_text("職員と話したいです").click()
    await staff.get_by_role("button", name="引き継ぐ").click()
    await expect(page.get_by_role("log")).to_contain_text("佐藤")
    await staff.get_by_label("返信・内部メモ").fill("お待たせしました。")
    await staff.get_by_label("返信・内部メモ").press("Control+Enter")
    await expect(page.get_by_role("log")).to_contain_text("お待たせしました。")
    await ask(page, QUESTION)
    await expect(staff.get_by_role("log")).to_contain_text(QUESTION)
    await expect(page.get_by_role("log")).not_to_contain_text("本庁舎1階")
    assert await barriers(staff) == []
    await staff.get_by_role("button", name="対応を終了").click()

    await expect(page.get_by_role("log")).to_contain_text("終了しました")
    assert await barriers(page) == []


async def test_each_side_sees_that_the_other_is_typing(hall: Served, page: Page, staff: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    await ask(page, "職員と話したいです")
    await staff.get_by_text("職員と話したいです").click()
    await staff.get_by_role("button", name="引き継ぐ").click()
    await expect(page.get_by_text("職員の市民課 佐藤がお答えします").first).to_be_visible()

    await page.get_by_role("textbox").first.press_sequentially("まだ送らない")
    await expect(staff.get_by_text("相手が入力しています…")).to_be_visible(timeout=3_000)
    await expect(staff.get_by_text("まだ送らない")).to_have_count(0)
    await staff.get_by_label("返信・内部メモ").press_sequentially("はい")
    await expect(page.get_by_text("佐藤が入力しています…")).to_be_visible(timeout=3_000)


async def test_a_corrected_answer_is_what_the_next_resident_hears(hall: Served, page: Page, staff: Page) -> None:
    await staff.goto(f"{local(hall)}/console/faq?words=A-001")
    await staff.locator("tbody a").first.click()
    await staff.get_by_label("回答", exact=True).first.fill("直した回答です。")
    await staff.get_by_role("button", name="下書きを保存").click()
    await expect(staff.locator("ins").first).to_contain_text("直した回答")
    await staff.get_by_role("button", name="公開する").click()
    await expect(staff.get_by_role("status")).to_contain_text("公開しました")

    await page.goto(f"{local(hall)}/chat")
    await ask(page, QUESTION)
    await expect(page.get_by_role("log")).to_contain_text("直した回答です。")


async def test_the_widget_opens_by_keyboard_and_closes_with_escape(hall: Served, page: Page) -> None:
    await page.goto(local(hall))
    launcher = page.get_by_role("button", name="チャット").last
    await launcher.focus()
    await page.keyboard.press("Enter")
    await expect(launcher).to_have_attribute("aria-expanded", "true")
    chat = page.frame_locator("iframe")
    await expect(chat.get_by_role("log")).to_contain_text("こんにちは")
    assert await barriers(page) == []
    await chat.get_by_role("textbox").press("Escape")

    await expect(launcher).to_have_attribute("aria-expanded", "false")
    await expect(launcher).to_be_focused()


async def test_the_plain_form_opens_a_ticket_without_any_script(hall: Served, context: BrowserContext) -> None:
    assert context.browser is not None
    plain = await context.browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = await plain.new_page()
    await page.goto(f"{local(hall)}/contact")
    await page.get_by_label("お名前").fill("山田")
    await page.get_by_label("電話番号").fill("0000-00-0000")
    await page.get_by_role("textbox").last.fill("街灯が消えています。")
    await page.get_by_role("button").last.click()

    await expect(page.get_by_text("M-").first).to_be_visible()
    await plain.close()


@pytest.mark.parametrize("path", ["/", "/chat", "/contact", "/chat?language=en", "/contact?language=en"])
async def test_a_small_screen_needs_no_sideways_scrolling_and_has_no_barriers(
    hall: Served, page: Page, path: str
) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(local(hall) + path)

    assert await page.evaluate("document.documentElement.scrollWidth <= 320")
    assert await barriers(page) == []


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?show=all",
        "/tickets",
        "/faq",
        "/faq/new",
        "/faq/import",
        "/overview",
        "/operators",
        "/audit",
        "/me",
        "/password",
        "/nothing",
    ],
)
async def test_console_pages_have_no_barriers_and_fit_a_phone(hall: Served, staff: Page, path: str) -> None:
    await staff.goto(f"{local(hall)}/console{path}")
    assert await barriers(staff) == []
    await staff.set_viewport_size({"width": 390, "height": 800})
    assert await staff.evaluate("document.documentElement.scrollWidth <= 390")
