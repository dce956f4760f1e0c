"""Every state the pages can be in has no barriers: axe, in every frame."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import BrowserContext, FilePayload, Page, expect

from tests.browser.conftest import barriers, local
from tests.browser.test_journeys import QUESTION, ask
from tests.support.served import Served

pytestmark = pytest.mark.browser

State = Callable[[Page, BrowserContext], Awaitable[None]]


async def offered(page: Page, _: BrowserContext) -> None:
    await ask(page, "住民票")
    await expect(page.get_by_role("log")).to_contain_text("お選びください")


async def not_understood(page: Page, _: BrowserContext) -> None:
    await ask(page, "ぬるぽ宇宙船の操縦席")
    await expect(page.get_by_role("log")).to_contain_text("見つかりませんでした")


async def emergency(page: Page, _: BrowserContext) -> None:
    await ask(page, "家が火事です")
    await expect(page.get_by_role("log")).to_contain_text("119番")


async def masked(page: Page, _: BrowserContext) -> None:
    await ask(page, "私のマイナンバーは123456789018です")
    await expect(page.get_by_role("log")).to_contain_text("伏せました")


async def waiting(page: Page, _: BrowserContext) -> None:
    await ask(page, "職員と話したい")
    await expect(page.get_by_text("職員の返信をお待ちください")).to_be_visible()


async def in_a_procedure(page: Page, _: BrowserContext) -> None:
    await page.get_by_role("log").get_by_role("button").first.click()
    await expect(page.locator("#entries > li")).to_have_count(3)


async def too_long(page: Page, _: BrowserContext) -> None:
    await ask(page, "長" * 2001)
    await expect(page.get_by_role("alert").first).not_to_be_empty()


async def file_refused(page: Page, _: BrowserContext) -> None:
    memo = FilePayload(name="memo.txt", mimeType="text/plain", buffer=b"hello")
    await page.locator("input[type=file]").set_input_files(files=memo)
    await expect(page.get_by_role("alert").first).not_to_be_empty()


async def without_network(page: Page, context: BrowserContext) -> None:
    await context.set_offline(offline=True)
    await ask(page, QUESTION)
    await expect(page.locator("#network")).not_to_be_empty()


async def asked_whether_to_end(page: Page, _: BrowserContext) -> None:
    await page.get_by_role("button", name="チャットを終了する").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def ended(page: Page, _: BrowserContext) -> None:
    await page.get_by_role("button", name="チャットを終了する").click()
    await page.get_by_role("dialog").get_by_role("button", name="チャットを終了する").click()
    await expect(page.get_by_role("button", name="新しく始める")).to_be_visible()


async def in_easy_japanese(page: Page, _: BrowserContext) -> None:
    await page.get_by_role("combobox").select_option("ja-easy")
    await ask(page, QUESTION)
    await expect(page.get_by_role("log")).to_contain_text("市役所")


async def in_english(page: Page, _: BrowserContext) -> None:
    await page.get_by_role("combobox").select_option("en")
    await ask(page, "What do I need to get my own Certificate of Residence (juminhyo) at City Hall?")
    await expect(page.get_by_role("log")).to_contain_text("Main Building")


STATES: tuple[State, ...] = (
    *(offered, not_understood, emergency, masked, waiting, in_a_procedure, too_long, file_refused, without_network),
    *(asked_whether_to_end, ended, in_easy_japanese, in_english),
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_the_chat_has_no_barriers_when(hall: Served, page: Page, context: BrowserContext, state: State) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(f"{local(hall)}/chat")
    await expect(page.get_by_role("log")).to_contain_text("こんにちは")
    await state(page, context)

    assert await page.evaluate("document.documentElement.scrollWidth <= 320")
    assert await barriers(page) == []


async def test_the_contact_form_tells_its_mistakes_without_barriers(hall: Served, page: Page) -> None:
    await page.goto(f"{local(hall)}/contact")
    await page.get_by_role("button").last.click()
    await expect(page.get_by_role("alert")).to_contain_text("お名前を入力してください")
    assert await barriers(page) == []

    await page.get_by_label("お名前").fill("山田")
    await page.get_by_label("電話番号").fill("0000-00-0000")
    await page.get_by_role("textbox", name="お問い合わせの内容").fill("街灯が消えています。")
    await page.get_by_role("button").last.click()
    await expect(page.get_by_role("heading", name="受け付けました")).to_be_visible()
    assert await barriers(page) == []


async def test_the_consoles_working_pages_have_no_barriers(hall: Served, page: Page, staff: Page) -> None:
    await page.goto(f"{local(hall)}/chat")
    await ask(page, QUESTION)
    await expect(page.get_by_role("log")).to_contain_text("本庁舎1階")
    await ask(page, "職員と話したい")
    await expect(page.get_by_role("log")).to_contain_text("M-")

    await staff.goto(f"{local(hall)}/console")
    await staff.locator("a.item").first.click()
    await staff.get_by_text("理由: FAQで回答").click()
    await staff.get_by_role("link", name="今の索引で調べ直す").click()
    await expect(staff.get_by_role("heading", name="今の索引では")).to_be_visible()
    assert await barriers(staff) == []
    await staff.get_by_role("button", name="引き継ぐ").click()
    await staff.get_by_text("担当課を変える").click()
    assert await barriers(staff) == []
    await staff.get_by_role("link", name="履歴を見る").click()
    assert await barriers(staff) == []
    for path in (
        "/console/faq?words=A-001",
        "/console/faq/bars",
        "/console/overview",
        "/console/tickets",
        "/console/intents",
    ):
        await staff.goto(local(hall) + path)
        assert await barriers(staff) == []
    await staff.goto(f"{local(hall)}/console/faq?words=A-001")
    await staff.locator("tbody a").first.click()
    await staff.get_by_label("回答", exact=True).first.fill("直した回答です。")
    await staff.get_by_role("button", name="下書きを保存").click()
    await expect(staff.locator("ins").first).to_contain_text("直した回答")
    assert await barriers(staff) == []


async def test_the_intents_are_taught_anew_from_the_page(hall: Served, staff: Page) -> None:
    await staff.goto(f"{local(hall)}/console/intents")
    await expect(staff.get_by_text("起動したとき")).to_be_visible()

    await staff.get_by_role("button", name="意図の学習をやり直す").click()

    await expect(staff.get_by_text("正しく当てた割合")).to_be_visible(timeout=60_000)
    await expect(staff.get_by_text("起動したとき")).to_be_hidden()
    assert await barriers(staff) == []


async def test_the_sign_in_has_no_barriers(hall: Served, page: Page) -> None:
    await page.goto(f"{local(hall)}/console/sign-in")
    await page.get_by_label("利用者名").fill("nobody")
    await page.get_by_label("パスワード").fill("wrong")
    await page.get_by_role("button", name="サインイン").click()
    await expect(page.get_by_role("alert")).to_be_visible()

    assert await barriers(page) == []
