"""The bar of each category in the console; and a category that was wrong too often, from stop to resumption."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from conversations.message import Address, IncomingMessage
from conversations.timeline import Entry
from knowledge_base.article import ArticleVersion
from server.watching import watch_categories
from storage.ticket_lists import TicketFilter
from tests.console.test_languages import ours
from tests.support.served import Served, served
from tickets.operators import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")
BARS = "/console/faq/bars"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One server for all: each test has a category of its own."""
    async with served(tmp_path_factory.mktemp("bars")) as made:
        await made.make_staff("sato", *Role)
        await made.make_staff("mori", Role.OPERATOR)
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def hall(city: Served) -> Served:
    await city.sign_in("sato")
    return city


def entry_of(hall: Served, category: str) -> ArticleVersion:
    articles = hall.parts.knowing.mind().articles.values()
    return next(version for version in articles if version.content.category == category)


def categories(hall: Served) -> list[str]:
    return sorted({version.content.category for version in hall.parts.knowing.mind().articles.values()})


async def answered(hall: Served, question: str) -> tuple[str, Entry]:
    """A new resident asks: who that was, and what the bot replied."""
    now, account = hall.parts.clock.now(), str(uuid4())
    message = IncomingMessage(
        id=uuid4(),
        external_id=str(uuid4()),
        sender=Address("web", account),
        text=question,
        sent_at=now,
        received_at=now,
    )
    conversation_id = (await hall.parts.engine.accept(message)).conversation_id
    while await hall.parts.engine.handle_next(conversation_id):
        pass
    return account, (await hall.parts.views.entries(conversation_id, after=0, at_most=9, with_notes=False))[-1]


async def test_a_raised_bar_is_used_from_the_next_question_on(hall: Served) -> None:
    category = categories(hall)[0]
    form = {"category": category, "answer_at": "98", "precision": "90", "reason": "制度が変わったため"}

    assert (await hall.post(f"{BARS}/set", form, page=f"{BARS}/of?category={category}"))[0] == 303

    assert hall.parts.knowing.mind().bars.of(category).answer_at == 0.98
    row = (await hall.get(BARS))[1].split(f'lang="ja">{category}</a>')[1].split("</tr>")[0]
    assert "98%" in row
    assert "90%" in row
    assert "制度が変わったため" in (await hall.get("/console/audit"))[1]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"answer_at": "79"}, "80より低くはできません"),
        ({"answer_at": "99"}, "80から98までの整数"),
        ({"answer_at": "八十"}, "80から98までの整数"),
        ({"answer_at": "9" * 5000}, "80から98までの整数"),
        ({"precision": "100"}, "80から99までの整数"),
        ({"reason": " "}, "理由を入力してください"),
    ],
)
async def test_a_bar_that_may_not_be_is_refused_and_what_was_typed_stays(
    hall: Served, typed: dict[str, str], told: str
) -> None:
    category = categories(hall)[1]
    form = {"category": category, "answer_at": "80", "precision": "95", "reason": "理由です", **typed}

    status, page = await hall.post(f"{BARS}/set", form, page=f"{BARS}/of?category={category}")

    assert status == 422
    assert told in page
    assert 'aria-invalid="true"' in page
    assert f'value="{form["answer_at"]}"' in page
    assert await hall.parts.bars.all() == {
        name: bar for name, bar in (await hall.parts.bars.all()).items() if name != category
    }


async def test_only_who_publishes_may_change_a_bar(hall: Served) -> None:
    category = categories(hall)[1]
    form = {"category": category, "answer_at": "80", "precision": "95", "reason": "理由です"}

    await hall.sign_in("mori")
    assert (await hall.get(BARS))[0] == 403
    for verb in ("set", "lift"):
        assert (await hall.post(f"{BARS}/{verb}", form, page="/console"))[0] == 403
    await hall.sign_in("sato")
    assert (await hall.post(f"{BARS}/set", form, page=f"{BARS}/of?category={category}"))[0] == 303
    assert (await hall.get(f"{BARS}/of?category=ない"))[0] == 404
    await hall.parts.bars.set(category, answer_at=80, precision=95, by="sato", reason="")


async def test_a_category_that_is_wrong_too_often_stops_and_tells_its_section(hall: Served) -> None:
    version = entry_of(hall, categories(hall)[2])
    category, question = version.content.category, version.content.question
    for number in range(20):
        account, reply = await answered(hall, question)
        assert reply.why["rule"] == "faq_answer", "stopped too early"
        await hall.parts.visits.rate(account, reply.id, helpful=False)
        if number == 18:
            assert await watch_categories(hall.parts) == [], "too few judged it"

    assert await watch_categories(hall.parts) == [category]
    assert await watch_categories(hall.parts) == [], "stopped once"

    _, reply = await answered(hall, question)
    assert reply.why["rule"] == "faq_offer"
    assert reply.choices[0].label == question
    tickets, count = await hall.parts.views.tickets(TicketFilter(words=category), page=0, per_page=9)
    assert count == 1
    assert (tickets[0].reason, tickets[0].status) == ("below_its_bar", "open")
    assert tickets[0].section == hall.parts.folder.city.section(version.content.section).id
    told = (await hall.get(f"/console/conversations/{tickets[0].conversation_id}"))[1]
    assert "20 件中 0 件" in told
    overview = (await hall.get("/console/overview"))[1]
    assert "直接の回答を止めているカテゴリ" in overview
    assert f">{category}</span>" in overview
    assert "候補の提示だけ" in (await hall.get(BARS))[1]
    said = (await hall.get(f"/console/conversations/{reply.conversation_id}"))[1]
    assert "直接の回答は止めていました" in said

    page = f"{BARS}/of?category={category}"
    refused = await hall.post(f"{BARS}/lift", {"category": category, "reason": ""}, page=page)
    assert refused[0] == 422
    assert "何を見直したか" in refused[1]
    assert (await hall.post(f"{BARS}/lift", {"category": category, "reason": "直しました"}, page=page))[0] == 303
    assert (await answered(hall, question))[1].why["rule"] == "faq_answer"
    assert await watch_categories(hall.parts) == [], "what was judged before the lift counts no more"
    assert "直接の回答を止めている" not in (await hall.get("/console/overview"))[1]


async def test_a_second_stop_opens_the_same_ticket_again(hall: Served) -> None:
    version = entry_of(hall, categories(hall)[3])
    category = version.content.category

    async def fall_short() -> None:
        for _ in range(20):
            account, reply = await answered(hall, version.content.question)
            await hall.parts.visits.rate(account, reply.id, helpful=False)
        assert await watch_categories(hall.parts) == [category]

    await fall_short()
    [first], _ = await hall.parts.views.tickets(TicketFilter(words=category), page=0, per_page=9)
    [operator] = [each for each in await hall.parts.accounts.operators() if each.login == "sato"]
    await hall.parts.desk.take_over(first.conversation_id, operator)
    await hall.parts.desk.close(first.conversation_id, operator)
    await hall.parts.bars.lift(category, by="sato", reason="直した")
    await hall.parts.publish()
    await fall_short()

    [again], count = await hall.parts.views.tickets(TicketFilter(words=category), page=0, per_page=9)
    assert (again.id, again.status, count) == (first.id, "open", 1)
    assert (await hall.parts.views.conversation(first.conversation_id)).owner == "waiting"
    figures = await hall.parts.views.figures()
    assert (figures["outbox_queued"], figures["outbox_refused"]) == (0, 0), "nothing is sent to nobody"


async def untranslated(hall: Served, page: str) -> list[str]:
    """The Japanese of a page that is ours; what names a category is the city's, or was written down in Japanese."""
    return [text for text in await ours(hall, page) if not any(each in text for each in categories(hall))]


async def test_who_reads_english_reads_the_bars_in_english(hall: Served) -> None:
    category = categories(hall)[4]
    hall.cookie += "; language=en"

    for path in (BARS, f"{BARS}/of?category={category}", "/console/overview", "/console/faq"):
        status, page = await hall.get(path)
        assert status == 200
        assert await untranslated(hall, page) == [], path
    form = {"category": category, "answer_at": "1", "precision": "1", "reason": ""}
    status, page = await hall.post(f"{BARS}/set", form, page=f"{BARS}/of?category={category}")
    assert status == 422
    assert await untranslated(hall, page) == []
    assert "from 80 to 98" in page
