"""Nothing that staff write is lost: by a reload, by a hand-over, by sending."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.console.test_collision import a_conversation, said, signed_in
from tests.support.served import KEY, Served, served
from tickets.operators import Role

WRITTEN = re.compile(r'<textarea id="text"[^>]*>(.*?)</textarea>', re.DOTALL)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.make_staff("suzuki", Role.SUPERVISOR, name="市民課 鈴木")
        yield made


def written(page: str) -> str:
    found = WRITTEN.search(page)
    assert found is not None
    return found[1]


async def save(who: Served, path: str, text: str) -> int:
    """As the page saves it by itself, with the key of its form."""
    key = KEY.search((await who.get(path))[1].split('id="composer"')[1])
    assert key is not None
    return (await who.post(f"{path}/draft", {"text": text, "key": key[1]}, page=path))[0]


async def test_a_draft_is_there_after_a_reload_and_only_for_its_writer(hall: Served) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    path = f"/console/conversations/{await a_conversation(hall)}"

    assert await save(sato, path, "書きかけの<返事> 1234-5678-9018") == 204

    mine, theirs = (await sato.get(path))[1], (await suzuki.get(path))[1]
    assert written(mine).startswith("書きかけの&lt;返事&gt;")
    assert "9018" not in mine, "a number that must not be stored is stored in no draft"
    assert written(theirs) == ""
    assert "書きかけの" not in theirs
    await save(sato, path, "  ")
    assert written((await sato.get(path))[1]) == ""


async def test_who_takes_over_sees_the_colleagues_draft_and_may_make_it_their_own(hall: Served) -> None:
    sato, suzuki = await signed_in(hall, "sato"), await signed_in(hall, "suzuki")
    path = f"/console/conversations/{await a_conversation(hall)}"
    await sato.post(f"{path}/take-over", {}, page=path)
    await save(sato, path, "手数料は300円")
    [him] = [each for each in await hall.parts.accounts.operators() if each.login == "sato"]
    adopt = {"from": str(him.id)}
    assert (await suzuki.post(f"{path}/adopt-draft", adopt, page=path))[0] == 409, "only who has the conversation"

    await suzuki.post(f"{path}/take-over", {"from": str(him.id)}, page=path)
    shown = (await suzuki.get(path))[1]
    assert "市民課 佐藤さんの書きかけ" in shown
    assert "手数料は300円" in shown
    await save(suzuki, path, "お待たせしました。")
    assert (await suzuki.post(f"{path}/adopt-draft", adopt, page=path))[0] == 303

    shown = (await suzuki.get(path))[1]
    assert written(shown) == "お待たせしました。\n手数料は300円"
    assert "さんの書きかけ" not in shown
    assert written((await sato.get(path))[1]) == ""


async def test_sending_discards_the_draft_and_a_refusal_keeps_it(hall: Served) -> None:
    sato = await signed_in(hall, "sato")
    about = await a_conversation(hall)
    path = f"/console/conversations/{about}"
    await save(sato, path, "300円です")
    refused = {"text": "300円です", "kind": "reply", "key": str(uuid4())}
    assert (await sato.post(f"{path}/say", refused, page=path))[0] == 409, "not taken over yet"
    assert written((await sato.get(path))[1]) == "300円です"

    await sato.post(f"{path}/take-over", {}, page=path)
    key = str(uuid4())
    assert (await sato.post(f"{path}/say", {**refused, "key": key}, page=path))[0] == 303
    late = await sato.post(f"{path}/draft", {"text": "300円です", "key": key}, page=path)

    assert late[0] == 204
    assert written((await sato.get(path))[1]) == "", "a save that comes after the form was sent brings nothing back"
    assert await said(hall, about) == ["300円です"]
    await save(sato, path, "メモ")
    await sato.post(f"{path}/say", {"text": "メモ", "kind": "note", "key": str(uuid4())}, page=path)
    assert written((await sato.get(path))[1]) == ""


async def test_a_draft_for_no_conversation_and_with_no_key_is_refused(hall: Served) -> None:
    sato = await signed_in(hall, "sato")
    path = f"/console/conversations/{await a_conversation(hall)}"
    form = {"text": "x", "key": str(uuid4())}

    assert (await sato.post(f"/console/conversations/{uuid4()}/draft", form, page=path))[0] == 404
    assert (await sato.post(f"{path}/draft", {**form, "key": "?"}, page=path))[0] == 400
    assert (await sato.post(f"{path}/draft", {**form, "csrf": "stolen"}, page=path))[0] == 403
