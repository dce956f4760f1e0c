"""The console by its front door: who gets in, what they may, and the loop from waiting to closed."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.resident import Resident
from tests.support.served import KEY, PASSWORD, Served, served
from tickets.operators import Role


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR, Role.EDITOR)
        yield made


async def test_only_the_right_password_gets_in_and_unknown_logins_sound_the_same(hall: Served) -> None:
    wrong = await hall.sign_in("sato", "wrong password!")
    unknown = await hall.sign_in("nobody", PASSWORD)
    assert (wrong.status, unknown.status) == (403, 403)
    assert hall.cookie == ""

    right = await hall.sign_in("sato")

    assert right.status == 303
    cookie = right.headers["Set-Cookie"]
    for attribute in ("__Host-madoguchi=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_guessing_is_stopped(hall: Served) -> None:
    statuses = [(await hall.sign_in("sato", f"guess number {n}")).status for n in range(12)]

    assert statuses[-1] == 429
    assert (await hall.sign_in("sato")).status == 429, "even the right password has to wait"


async def test_a_form_counts_only_with_the_pages_own_token_and_origin(hall: Served) -> None:
    await hall.sign_in("sato")

    assert (await hall.post("/console/sign-out", {"csrf": "stolen"}, page="/console/me"))[0] == 403
    assert (await hall.post("/console/sign-out", {}, page="/console/me", origin="https://evil.example"))[0] == 403
    assert (await hall.post("/console/sign-out", {}, page="/console/me"))[0] == 303
    assert "サインイン" in (await hall.get("/console"))[1]


async def test_the_first_password_must_be_changed_before_anything_else(hall: Served) -> None:
    accounts = hall.parts.accounts
    [operator] = await accounts.operators()
    await accounts.set_password(
        operator.id, (await accounts.password_of("sato") or (operator, ""))[1], must_change=True
    )
    await hall.sign_in("sato")

    assert "パスワードの変更" in (await hall.get("/console"))[1]
    weak = await hall.post("/console/password", {"old": PASSWORD, "new": "sato sato sato"})
    assert weak[0] == 422
    changed = await hall.post("/console/password", {"old": PASSWORD, "new": "neko ni koban, buta ni shinju"})
    assert changed[0] == 303
    assert "受信箱" in (await hall.get("/console"))[1]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/console", Role.OPERATOR),
        ("/console/faq", Role.EDITOR),
        ("/console/overview", Role.SUPERVISOR),
        ("/console/operators", Role.ADMINISTRATOR),
        ("/console/audit", Role.ADMINISTRATOR),
    ],
)
async def test_a_page_opens_for_its_role_and_no_other(hall: Served, path: str, role: Role) -> None:
    stranger = Role.EDITOR if role is not Role.EDITOR else Role.OPERATOR
    await hall.make_staff("may", role)
    await hall.make_staff("maynot", stranger)

    await hall.sign_in("maynot")
    refused = await hall.get(path)
    await hall.sign_in("may")
    shown = await hall.get(path)

    assert refused[0] == 403
    assert "権限がありません" in refused[1]
    assert shown[0] == 200


async def test_a_waiting_resident_is_taken_over_answered_and_the_matter_closed(hall: Served) -> None:
    resident = await Resident(hall.session, hall.url).arrive()
    await resident.say("職員と話したいです")
    await resident.listen_for("reply", count=2)
    await hall.sign_in("sato")

    inbox = (await hall.get("/console"))[1]
    path = inbox.split('class="item" href="')[1].split('"')[0]
    assert "職員と話したいです" in inbox
    assert (await hall.post(f"{path}/take-over", {}, page=path))[0] == 303
    page = (await hall.get(path))[1]
    key = KEY.search(page)
    assert key is not None
    said = {"text": "<b>お待たせしました</b>", "kind": "reply", "key": key[1]}
    assert (await hall.post(f"{path}/say", said, page=path))[0] == 303
    assert (await hall.post(f"{path}/say", said, page=path))[0] == 303, "sent twice, said once"
    await resident.say("住民票の手数料はいくらですか")
    assert (await hall.post(f"{path}/close", {}, page=path))[0] == 303

    notices = await resident.listen_for("notice", count=2)
    words = [entry for entry in resident.heard if entry["author"] == "operator"]
    assert [entry["text"] for entry in words] == ["<b>お待たせしました</b>"]
    assert not words[0]["html"], "a person's words are plain text"
    assert "佐藤" in notices[0]["text"]
    assert resident.heard[-1]["kind"] == "notice", "the bot answered although a person had the conversation"
    assert "<b>お待たせ" not in (await hall.get(path))[1]


async def test_what_was_typed_is_kept_when_a_colleague_took_over(hall: Served) -> None:
    resident = await Resident(hall.session, hall.url).arrive()
    await resident.say("職員と話したいです")
    await resident.listen_for("reply", count=2)
    await hall.sign_in("sato")
    path = (await hall.get("/console"))[1].split('class="item" href="')[1].split('"')[0]

    status, page = await hall.post(
        f"{path}/say", {"text": "大事な返事", "kind": "reply", "key": str(uuid4())}, page=path
    )

    assert status == 409
    assert "大事な返事" in page
    assert "引き継ぐ" in page


async def test_the_next_resident_hears_the_corrected_answer(hall: Served) -> None:
    await hall.sign_in("sato")
    article = next(iter(hall.parts.knowing.mind().articles.values()))
    question, path = article.content.question, f"/console/faq/{article.article_id}"
    form = {
        "revision": "1",
        "question": question,
        "answer": "直した回答です。",
        "category": "住民票",
        "section": "shimin",
    }

    assert (await hall.post(path, form))[0] == 303
    before = await Resident(hall.session, hall.url).arrive()
    await before.say(question)
    assert "直した" not in (await before.listen_for("reply", count=2))[-1]["text"]

    draft = (await hall.get(path))[1]
    assert "<ins>" in draft
    assert (await hall.post(f"{path}/publish", {"reason": "誤り"}, page=path))[0] == 303
    after = await Resident(hall.session, hall.url).arrive()
    await after.say(question)
    assert (await after.listen_for("reply", count=2))[-1]["text"] == "直した回答です。"
    versions = (await hall.get(f"{path}/versions"))[1]
    assert "版2" in versions
    assert "版1" in versions


async def test_two_editors_at_once_do_not_overwrite_each_other(hall: Served) -> None:
    await hall.sign_in("sato")
    article = next(iter(hall.parts.knowing.mind().articles.values()))
    path = f"/console/faq/{article.article_id}"
    form = {"revision": "1", "question": "質問", "answer": "先の人", "category": "住民票", "section": "shimin"}
    assert (await hall.post(path, form))[0] == 303

    status, page = await hall.post(path, {**form, "answer": "後の人"})

    assert status == 409
    assert "後の人" in page
    assert "先の人" in page
    assert (await hall.parts.articles.get(article.article_id)).working.answer == "先の人"


async def test_an_import_shows_each_problem_first_and_changes_nothing_until_confirmed(hall: Served) -> None:
    import aiohttp  # noqa: PLC0415 -- only this test sends a file

    await hall.sign_in("sato")
    text = "ID,問い合わせ文,応答文,カテゴリ\nZ-1,新しい質問です,新しい答えです,試験\nZ-2,答えのない質問,,試験\n"
    before = len(await hall.parts.articles.all_published())

    async def send(confirm: str) -> tuple[int, str]:
        token = (await hall.get("/console/faq/import"))[1].split('name="csrf" value="')[1].split('"')[0]
        form = aiohttp.FormData({"csrf": token, "confirm": confirm})
        form.add_field("file", text.encode("cp932"), filename="faq.csv", content_type="text/csv")
        return await hall.post("/console/faq/import", form, page="/console/faq/import")

    status, page = await send("0")
    assert status == 200
    assert "応答文" in page
    assert len(await hall.parts.articles.all_published()) == before
    await send("1")
    await send("1")
    assert len(await hall.parts.articles.all_published()) == before + 1


async def test_a_session_that_was_ended_is_over(hall: Served) -> None:
    await hall.sign_in("sato")
    [operator] = await hall.parts.accounts.operators()

    await hall.parts.accounts.end_sessions_of(operator.id, at=hall.parts.clock.now())

    assert "利用者名" in (await hall.get("/console"))[1]


async def test_a_page_that_does_not_exist_says_so_in_japanese(hall: Served) -> None:
    await hall.sign_in("sato")

    for path in ("/console/nothing", "/console/conversations/odd", f"/console/tickets/{uuid4()}"):
        status, page = await hall.get(path)
        assert status == 404
        assert "見つかりません" in page


async def test_the_overview_says_how_far_the_search_is_prepared(hall: Served) -> None:
    await hall.make_staff("tanaka", Role.SUPERVISOR)
    await hall.sign_in("tanaka")
    progress = hall.parts.librarian.progress

    progress.done, progress.wanted = 120, 4435
    _, preparing = await hall.get("/console/overview")
    progress.done = 4435
    _, ready = await hall.get("/console/overview")

    assert "準備中 120 / 4435" in preparing
    assert "準備中" not in ready
