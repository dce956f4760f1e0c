"""Teaching the intents while the bot talks: all or nothing, once for all processes, and only new examples cost."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.understanding.examples import WrongExamples
from bot.understanding.taught import AlreadyTeaching, CannotTeach
from server.settings import Settings
from server.wiring import Parts, assembled
from storage import topics
from tests.fakes.embeddings import FakeEmbeddings, an_endpoint, well, with_body
from tests.support.city import DEMO
from tests.support.served import Served, served
from tickets.operators import Role

FISH = ("魚を釣りたい", "鮭を焼きたい", "魚屋はどこですか", "生の魚を買いたい", "釣り堀はありますか", "魚の名前")
TAX = ("税金を払いたい", "納税の期限", "住民税の額", "市税の口座", "固定資産税", "税の証明")
ASKED = "魚を釣りたいです"
DIMENSIONS = 8


def write(city: Path, **intents: tuple[str, ...]) -> Path:
    lines = [
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in intents.items()
    ]
    (city / "intents.yml").write_text(f'version: "3.1"\nnlu:\n{"".join(lines)}', encoding="utf-8")
    return city


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    shutil.copytree(DEMO.parent / "template", folder)
    (folder / "faq.csv").write_text("ID,問い合わせ文,応答文,カテゴリ\n1,質問,答え,試験\n", encoding="utf-8")
    return write(folder, fishing=FISH, tax=TAX)


@pytest.fixture
def settings(tmp_path: Path, city: Path) -> Settings:
    return Settings(data=tmp_path / "var", city=city, encoder="none")


@pytest.fixture
async def endpoint() -> AsyncIterator[FakeEmbeddings]:
    async with an_endpoint(DIMENSIONS) as fake:
        yield fake


@pytest.fixture
def with_endpoint(tmp_path: Path, city: Path, endpoint: FakeEmbeddings) -> Settings:
    return Settings(data=tmp_path / "var", city=city, encoder=endpoint.url, encoder_dimensions=DIMENSIONS)


def meant(parts: Parts, text: str = ASKED) -> str:
    intent = parts.knowing.think(text).intent
    return intent.name if intent else ""


# --- in the console


@pytest.fixture
async def hall(tmp_path: Path, city: Path) -> AsyncIterator[Served]:
    async with served(tmp_path / "var", city=city) as made:
        await made.make_staff("kanri", Role.ADMINISTRATOR)
        await made.make_staff("sato", Role.OPERATOR, Role.EDITOR)
        yield made


async def test_staff_teach_what_the_file_says_now(hall: Served, city: Path) -> None:
    await hall.sign_in("kanri")
    assert meant(hall.parts) == "fishing"
    assert "起動したとき" in (await hall.get("/console/intents"))[1]
    write(city, angling=FISH, tax=TAX)
    assert "未学習" in (await hall.get("/console/intents"))[1]

    status, _ = await hall.post("/console/intents/teach", {}, page="/console/intents")

    page = (await hall.get("/console/intents?done=taught"))[1]
    assert status == 303
    assert meant(hall.parts) == "angling"
    assert "意図 2、例 12" in page
    assert "学習しました" in page
    assert "のうち" in page, "the accuracy on what was held back"
    assert "未学習" not in page
    line = (await hall.parts.accounts.audit_lines(page=0, per_page=1))[0]
    assert (line.who, line.what, line.object) == ("kanri", "intents_taught", str(city / "intents.yml"))
    assert "examples=12" in line.details


async def test_with_mistakes_nothing_changes_and_each_is_told_by_its_line(hall: Served, city: Path) -> None:
    await hall.sign_in("kanri")
    before = hall.parts.knowing.known().intents
    file = city / "intents.yml"
    file.write_text(
        file.read_text(encoding="utf-8") + "- intent: dog\n- intent: cat\n  examples: |\n    <b>猫\n", encoding="utf-8"
    )

    status, page = await hall.post("/console/intents/teach", {}, page="/console/intents")

    assert status == 422
    assert f"{file}:19: dog に examples: | がありません" in page
    assert f"{file}:22: 例の行は「- 」で始めてください: &lt;b&gt;猫" in page
    assert "前の学習のまま続けています" in page
    assert hall.parts.knowing.known().intents is before
    assert [line.what for line in await hall.parts.accounts.audit_lines(page=0, per_page=9)].count(
        "intents_taught"
    ) == 0


async def test_only_those_who_see_the_reports_may_teach(hall: Served) -> None:
    await hall.sign_in("sato")
    before = hall.parts.knowing.known().intents

    assert (await hall.get("/console/intents"))[0] == 403
    assert (await hall.post("/console/intents/teach", {}, page="/console/me"))[0] == 403

    assert hall.parts.knowing.known().intents is before


# --- all processes, and the next start


async def test_other_processes_and_the_next_start_use_what_was_taught(settings: Settings, city: Path) -> None:
    async with assembled(settings) as here, assembled(settings) as there:
        write(city, angling=FISH, tax=TAX)
        async with here.bus.listen([topics.KNOWLEDGE]) as inlet:
            await here.lessons.again()
            assert await inlet.next(10), "the others are woken"
        write(city, sport=FISH, tax=TAX)  # changed again, and taught to nobody
        assert (meant(here), meant(there)) == ("angling", "fishing")

        await there.librarian.refresh(there.knowing)
        learnt = there.knowing.known().intents
        await there.librarian.refresh(there.knowing)

        assert meant(there) == "angling"
        assert there.knowing.known().intents is learnt, "learnt once, not at every look"
    with capture_logs() as logs:
        async with assembled(settings) as later:
            assert meant(later) == "angling"
            assert await later.lessons.file_differs()
    assert [line["event"] for line in logs if "file differs" in line["event"]], "and the start says so"


async def test_a_file_of_a_start_that_was_never_taught_counts_at_the_next_start(settings: Settings, city: Path) -> None:
    async with assembled(settings) as parts:
        assert await parts.lessons.last() is None
    write(city, angling=FISH, tax=TAX)

    async with assembled(settings) as parts:
        assert meant(parts) == "angling"


async def test_messages_that_mean_none_of_the_intents_have_many_names(settings: Settings, city: Path) -> None:
    async with assembled(settings) as parts:
        write(city, fishing=FISH, tax=TAX, out_of_scope=("今日の天気", *"甲乙丙丁"))
        taught = await parts.lessons.again()

        assert taught.asked == 2, "every fifth of the two intents; strangers are taught, not asked"
        assert meant(parts, "今日の天気") == "none"


# --- vectors


async def test_only_new_examples_cost_the_encoder(
    with_endpoint: Settings, city: Path, endpoint: FakeEmbeddings
) -> None:
    async with assembled(with_endpoint) as parts:
        first = await parts.lessons.again()
        asked = [text for texts in endpoint.heard for text in texts]
        endpoint.heard.clear()
        again = await parts.lessons.again()
        write(city, fishing=(*FISH, "新しい例"), tax=TAX)
        third = await parts.lessons.again()

    assert (first.new_vectors, again.new_vectors, third.new_vectors) == (12, 0, 1)
    assert sorted(asked) == sorted([*FISH, *TAX])
    assert endpoint.heard == [["新しい例"]]

    endpoint.heard.clear()
    async with assembled(with_endpoint) as parts:
        await parts.librarian.refresh(parts.knowing)
    assert not {*FISH, *TAX} & {text for texts in endpoint.heard for text in texts}, "nor does the next start"


async def test_an_encoder_that_fails_leaves_everything_as_it_was(
    with_endpoint: Settings, city: Path, endpoint: FakeEmbeddings
) -> None:
    async with assembled(with_endpoint) as parts:
        await parts.lessons.again()
        before, last = parts.knowing.known().intents, await parts.lessons.last()
        write(city, fishing=(*FISH, "新しい例"), tax=TAX)
        endpoint.always = with_body("", 401)

        with pytest.raises(CannotTeach, match="encoder_key"):
            await parts.lessons.again()

        assert parts.knowing.known().intents is before
        assert await parts.lessons.last() == last
        endpoint.always = None
        assert (await parts.lessons.again()).new_vectors == 1, "and it can be taught again"


async def test_while_the_encoder_is_away_published_answers_still_come_and_it_is_told_once(
    with_endpoint: Settings, endpoint: FakeEmbeddings
) -> None:
    endpoint.always = with_body("", 401)
    with capture_logs() as logs:
        async with assembled(with_endpoint) as parts:
            before = parts.knowing.known()
            for _ in range(2):
                await parts.librarian.refresh(parts.knowing)
            assert parts.knowing.known() is not before
            assert meant(parts) == "fishing", "words tell most"
    assert len([line for line in logs if line["event"].startswith("no new vectors")]) == 1


async def test_the_bot_answers_while_it_learns_and_two_do_not_teach_at_once(
    with_endpoint: Settings, city: Path, endpoint: FakeEmbeddings
) -> None:
    release, learning = asyncio.Event(), asyncio.Event()

    async def held(fake: FakeEmbeddings, request: web.Request, texts: list[str]) -> web.StreamResponse:
        learning.set()
        await release.wait()
        return await well(fake, request, texts)

    async with assembled(with_endpoint) as parts:
        write(city, angling=FISH, tax=TAX)
        endpoint.then(held)
        teaching = asyncio.ensure_future(parts.lessons.again())
        await learning.wait()

        assert meant(parts) == "fishing"
        with pytest.raises(AlreadyTeaching):
            await parts.lessons.again()
        release.set()
        await teaching
        assert meant(parts) == "angling"


async def test_one_intent_is_not_enough_to_tell_apart(settings: Settings, city: Path) -> None:
    async with assembled(settings) as parts:
        write(city, fishing=FISH)
        with pytest.raises(CannotTeach, match="2つ以上"):
            await parts.lessons.again()
        (city / "intents.yml").unlink()
        with pytest.raises(WrongExamples, match="読めません"):
            await parts.lessons.again()

        assert meant(parts) == "fishing"
