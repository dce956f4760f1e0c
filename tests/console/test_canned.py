"""Texts to use again: a section's and everybody's, filled in, and red when the entry behind them moved on."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.canned import CannedReplies
from tests.console.test_collision import a_conversation, signed_in
from tests.support.served import Served, served
from tickets.operators import Role

PAGE = "/console/canned"
OFFERED = re.compile(r'role="option"[^>]*data-name="([^"]*)" data-text="([^"]*)"( class="outdated")?')
GREETING = {
    "section": "shimin",
    "name": "はじめに",
    "text": "担当の{name}です。受付番号は{number}です。{other}",
    "entry": "",
}


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.make_staff("suzuki", Role.SUPERVISOR, name="統括 鈴木")
        yield made


async def offered(who: Served, path: str) -> list[tuple[str, str, str]]:
    """Name, text, and whether it is marked, of each text beside the composer."""
    return [(name, html.unescape(text), mark.strip()) for name, text, mark in OFFERED.findall((await who.get(path))[1])]


async def test_a_text_is_filled_in_for_who_writes_and_about_what(hall: Served) -> None:
    sato = await signed_in(hall, "sato")
    path = f"/console/conversations/{await a_conversation(hall)}"

    assert (await sato.post(PAGE, GREETING))[0] == 303

    [(name, text, _)] = await offered(sato, path)
    assert name == "はじめに"
    assert re.fullmatch(r"担当の市民課 佐藤です。受付番号はM-[0-9A-Z-]+です。\{other\}", text), text


async def test_it_turns_red_when_its_entry_was_published_anew(hall: Served) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    path = f"/console/conversations/{await a_conversation(hall)}"
    article = next(iter(hall.parts.knowing.mind().articles.values()))
    bound = {**GREETING, "entry": article.external_id}
    await sato.post(PAGE, bound)
    assert [mark for *_, mark in await offered(sato, path)] == [""]
    assert "FAQが更新されています" not in (await sato.get(PAGE))[1]

    await hall.parts.articles.publish(article.article_id, by="mori", reason="料金の改定")

    assert [mark for *_, mark in await offered(sato, path)] == ['class="outdated"']
    page = (await suzuki.get(PAGE))[1]
    assert "FAQが更新されています" in page
    chosen = re.search(r"/console/canned\?edit=([0-9a-f-]+)", page)
    assert chosen is not None
    assert article.external_id in (await suzuki.get(f"{PAGE}?edit={chosen[1]}"))[1]
    assert (await sato.post(PAGE, {**bound, "id": chosen[1], "text": "直しました"}))[0] == 303
    assert await offered(sato, path) == [("はじめに", "直しました", "")], "looked at and kept: it follows the new one"


async def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(hall: Served) -> None:
    sato = await signed_in(hall, "sato")
    await sato.post(PAGE, GREETING)

    for wrong, told in (
        ({"name": "二 語"}, "空白と「/」を含まない"),
        ({"name": ""}, "空白と「/」を含まない"),
        ({"text": " ", "name": "別"}, "内容を入力してください"),
        ({"entry": "ない-1", "name": "別"}, "公開中のFAQがありません"),
        ({}, "同じ名前の定型文がすでにあります"),
    ):
        status, page = await sato.post(PAGE, {**GREETING, **wrong})
        assert (status, told in page) == (422, True), wrong
        if wrong.get("text") != " ":
            assert "受付番号は{number}です" in page.split('id="text"')[1]
    assert await names(hall) == ["はじめに"]


async def names(hall: Served) -> list[str]:
    return [each.name for each in await CannedReplies(hall.parts.database, hall.parts.clock).for_section(None)]


async def test_who_may_keep_what(hall: Served) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    everybodys, others = {**GREETING, "section": ""}, {**GREETING, "section": "gomi"}

    assert (await sato.post(PAGE, everybodys))[0] == 403
    assert (await sato.post(PAGE, others))[0] == 403
    assert (await sato.post(PAGE, {**GREETING, "section": "nowhere"}))[0] == 400
    assert (await suzuki.post(PAGE, everybodys))[0] == 303
    assert (await suzuki.post(PAGE, others))[0] == 303

    page = (await sato.get(PAGE))[1]
    assert page.count("<kbd lang") == 1, "everybody's is there for all, another section's is not"
    assert "edit=" not in page
    chosen = re.search(r"edit=([0-9a-f-]+)", (await suzuki.get(PAGE))[1])
    assert chosen is not None
    assert (await sato.post(f"{PAGE}/remove", {"id": chosen[1]}, page=PAGE))[0] == 403
    assert (await sato.post(PAGE, {**GREETING, "id": chosen[1]}))[0] == 403
    assert (await suzuki.post(f"{PAGE}/remove", {"id": chosen[1]}, page=PAGE))[0] == 303
    assert (await suzuki.get(PAGE))[1].count("<kbd lang") == 1
