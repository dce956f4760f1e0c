"""Telephone and counter in a real browser: ten calls with keys alone, input methods, nothing that jumps."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser.conftest import barriers, local
from tests.support.served import Served

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Call:
    """What the operator types while listening, the keys that follow, and what is to be logged."""

    words: str
    keys: tuple[str, ...]
    topic: str
    section: str
    outcome: str
    note: str = ""


CALLS = (
    Call("住民票 郵送", ("Enter", "F2"), "住民票の写しを郵送で取り寄せる", "市民課", "回答した"),
    Call("粗大ごみ タンス", ("F2",), "粗大ごみ", "ごみ減量課", "回答した"),
    Call("印鑑 なくした", ("ArrowDown", "F2"), "印鑑登録証（カード）", "市民課", "回答した"),
    Call("保育園 申込", ("Shift+F2",), "保育所", "保育課", "転送した"),
    Call("犬 登録", ("F2",), "犬を飼い始めた", "環境保全課", "回答した"),
    Call("街灯 消えている", ("F8",), "街路灯", "道路管理課", "受付にした"),
    Call("じゅうみんひょう", ("F2",), "住民票", "市民課", "回答した"),
    Call("ぬるぽ宇宙船の操縦席", ("Shift+F2",), "ぬるぽ宇宙船の操縦席", "市民課", "転送した"),
    Call("住民票", ("ArrowDown", "ArrowDown", "ArrowDown", "F2"), "住民票", "市民課", "回答した"),
    Call("転入 持ち物", ("Enter", "F2"), "転入届", "市民課", "回答した"),
)


@dataclass(slots=True)
class Hands:
    """Every key that is pressed, counted: characters as they come out of the input method, and commands."""

    page: Page
    characters: int = 0
    commands: list[int] = field(default_factory=list)

    async def answer(self, call: Call) -> None:
        await self.page.keyboard.type(call.words)
        self.characters += len(call.words)
        for key in call.keys:
            await self.page.keyboard.press(key)
        self.commands.append(len(call.keys))


@pytest.fixture
async def desk(hall: Served, staff: Page) -> Page:
    await staff.goto(f"{local(hall)}/console/phone")
    await expect(staff.get_by_label("聞いた言葉")).to_be_focused()
    return staff


async def test_ten_calls_are_answered_and_logged_with_keys_alone(desk: Page) -> None:
    hands = Hands(desk)
    logged = desk.get_by_role("region", name="今日の自分の記録").get_by_role("listitem")

    for number, call in enumerate(CALLS, start=1):
        await hands.answer(call)
        await expect(logged).to_have_count(number)
        newest = logged.first
        for text in (call.topic, call.section, call.outcome):
            await expect(newest).to_contain_text(text)
        await expect(desk.get_by_label("聞いた言葉")).to_be_focused()
        await expect(desk.get_by_label("聞いた言葉")).to_have_value("")

    await expect(logged.filter(has_text="FAQに答えがない")).to_have_count(2)
    assert sum(hands.commands) == 16
    assert max(hands.commands) == 4
    print(f"\n{len(CALLS)} calls: {hands.characters} characters typed, commands {hands.commands}")  # noqa: T201
    await desk.keyboard.press("Shift+F8")
    await expect(logged).to_have_count(len(CALLS) - 1)


async def test_a_ticket_gets_a_number_to_read_out_and_waits_in_the_inbox(desk: Page, hall: Served) -> None:
    await desk.keyboard.type("公園の木が倒れそう")
    await desk.get_by_label("メモ").fill("東公園の入口")
    await desk.keyboard.press("F8")

    await expect(desk.get_by_role("status").first).to_contain_text("受付番号は M-")
    await desk.goto(f"{local(hall)}/console")
    await desk.get_by_text("公園の木が倒れそう").click()
    await expect(desk.get_by_role("log")).to_contain_text("東公園の入口")


async def test_nothing_is_sent_while_an_input_method_composes(desk: Page) -> None:
    asked: list[Request] = []
    desk.on("request", lambda request: asked.append(request) if request.url.endswith("/hits") else None)
    box = desk.get_by_label("聞いた言葉")
    keys = await desk.context.new_cdp_session(desk)

    await keys.send("Input.imeSetComposition", {"text": "じゅうみんひょう", "selectionStart": 8, "selectionEnd": 8})
    for key in ("Enter", "F2", "ArrowDown"):
        composing = "{key, keyCode: 229, isComposing: true, bubbles: true, cancelable: true}"
        await box.evaluate(f"(box, key) => box.dispatchEvent(new KeyboardEvent('keydown', {composing}))", key)
    await expect(box).to_have_value("じゅうみんひょう")
    await desk.evaluate("new Promise(done => setTimeout(done, 300))")  # five times the pause after a keystroke
    assert asked == []
    assert await desk.get_by_role("listitem").filter(has_text="回答の全文").count() == 0
    await keys.send("Input.insertText", {"text": "住民票"})

    await expect(desk.get_by_role("radio", name="住民票").first).to_be_checked()
    assert len(asked) == 1


async def test_nothing_jumps_while_somebody_types(desk: Page) -> None:
    places = """() => ['#words', '#hits', '#section', '#today', '[value=ticket]'].map(
        each => document.querySelector(each).getBoundingClientRect().top
    ).concat(document.documentElement.scrollHeight)"""
    for width in (1280, 390):
        await desk.set_viewport_size({"width": width, "height": 800})
        before = await desk.evaluate(places)
        for words in ("住", "住民票", "住民票 郵送", "ぬるぽ宇宙船の操縦席"):
            await desk.get_by_label("聞いた言葉").fill(words)
            await expect(desk.locator("#told")).not_to_be_empty()
            await desk.wait_for_function("document.querySelector('#hits input[name=version]') !== null")
            assert await desk.evaluate(places) == before, words
        await desk.get_by_label("聞いた言葉").fill("")
        await expect(desk.get_by_text("聞いた言葉を入れると")).to_be_visible()


async def test_who_chose_an_entry_or_a_section_keeps_it_while_typing_on(desk: Page) -> None:
    box = desk.get_by_label("聞いた言葉")
    await box.fill("住民票")
    await expect(desk.get_by_role("radio", name="住民票").first).to_be_checked()
    await box.press("ArrowDown")
    second = await desk.locator("input[name=version]:checked").input_value()
    await box.fill("住民票 写し")
    await expect(desk.locator("#told")).to_contain_text("3件")
    assert await desk.locator("input[name=version]:checked").input_value() == second

    await desk.get_by_label("担当課").select_option("gomi")
    await box.fill("粗大ごみ 料金")
    await expect(desk.get_by_role("radio", name="粗大ごみ").first).to_be_checked()
    await box.fill("住民票 郵送")
    await expect(desk.get_by_role("radio", name="郵送").first).to_be_checked()
    await expect(desk.get_by_label("担当課")).to_have_value("gomi")


async def test_a_lost_network_is_told_and_the_words_stay(desk: Page) -> None:
    await desk.context.set_offline(offline=True)
    await desk.keyboard.type("住民票")

    await expect(desk.locator("#told")).to_contain_text("検索できません")
    await expect(desk.get_by_label("聞いた言葉")).to_have_value("住民票")
    await desk.context.set_offline(offline=False)
    await desk.keyboard.type(" 郵送")
    await expect(desk.get_by_role("radio", name="郵送").first).to_be_checked()


async def test_the_desk_has_no_barriers_in_any_state_and_fits_a_phone(desk: Page, tmp_path: Path) -> None:
    assert await barriers(desk) == []
    await desk.keyboard.type("住民票 郵送")
    await expect(desk.get_by_role("radio", name="郵送").first).to_be_checked()
    assert await barriers(desk) == []
    await desk.keyboard.press("Enter")
    await expect(desk.locator("details[open]")).to_have_count(1)
    assert await barriers(desk) == []
    await desk.keyboard.press("F2")
    await expect(desk.get_by_role("button", name="取り消す")).to_be_visible()
    await desk.keyboard.type("粗大ごみ タンス")
    await expect(desk.get_by_role("radio", name="粗大ごみ").first).to_be_checked()
    await desk.keyboard.press("ArrowDown")
    await desk.screenshot(path=tmp_path / "phone-desk.png", full_page=True)
    assert await barriers(desk) == []
    await desk.set_viewport_size({"width": 320, "height": 640})
    assert await desk.evaluate("document.documentElement.scrollWidth <= 320")
    assert await barriers(desk) == []
