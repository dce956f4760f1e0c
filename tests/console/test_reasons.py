"""Beside each message of the bot staff read why it was said: the record of then, and apart from it today's index."""

import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from conversations.message import Address, IncomingMessage
from conversations.timeline import Author, Entry, Kind
from tests.console.test_languages import ours
from tests.support.served import Served, served
from tickets.operators import Role

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.asyncio(loop_scope="module")
AGAIN = re.compile(r'href="(/console/conversations/[^"]+/reason)"')


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One server for all: each test has residents of its own."""
    async with served(tmp_path_factory.mktemp("reasons")) as made:
        await made.make_staff("sato", *Role)
        await made.make_staff("mori", Role.EDITOR)
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def hall(city: Served) -> Served:
    """Signed in, reading Japanese."""
    await city.sign_in("sato")
    return city


async def asked(hall: Served, text: str) -> UUID:
    """A new resident asks and is answered; the conversation."""
    now, sender = hall.parts.clock.now(), Address("web", str(uuid4()))
    message = IncomingMessage(
        id=uuid4(), external_id=str(uuid4()), sender=sender, text=text, sent_at=now, received_at=now
    )
    conversation_id = (await hall.parts.engine.accept(message)).conversation_id
    while await hall.parts.engine.handle_next(conversation_id):
        pass
    return conversation_id


async def shown(hall: Served, conversation_id: UUID) -> str:
    return (await hall.get(f"/console/conversations/{conversation_id}"))[1]


async def test_the_reason_says_rule_entries_versions_and_the_bar_of_then(hall: Served) -> None:
    version = next(iter(hall.parts.knowing.mind().articles.values()))

    page = await shown(hall, await asked(hall, version.content.question))

    [reason] = re.findall(r'<details class="reason">.*?</details>', page, re.DOTALL)
    assert "理由: FAQで回答" in reason
    assert "基準以上だったため、そのまま回答しました" in reason
    assert "80%以上でそのまま回答" in reason
    assert "20%以上で候補を提示" in reason
    used = re.search(rf'<a href="/console/faq/versions/{version.id}">.*?</li>', reason)
    assert used is not None
    assert f"{version.external_id} 版1" in used[0]
    assert version.content.question in used[0]
    assert "<strong>98%</strong>" in used[0]
    assert "回答に使用" in used[0]
    assert reason.count("回答に使用") == 1


async def test_what_was_recorded_stays_when_the_entry_is_changed(hall: Served) -> None:
    *_, version = hall.parts.knowing.mind().articles.values()
    conversation_id = await asked(hall, version.content.question)
    path = f"/console/faq/{version.article_id}"
    form = {
        "revision": "1",
        "question": "変えた後の質問",
        "answer": "新しい回答",
        "category": "試験",
        "section": "shimin",
    }
    await hall.post(path, form)
    await hall.post(f"{path}/publish", {"reason": "改正"}, page=path)

    page = await shown(hall, conversation_id)
    again = (await hall.get(AGAIN.findall(page)[0]))[1]
    newer = await shown(hall, await asked(hall, "変えた後の質問"))

    assert f"{version.external_id} 版1</a> " in page
    assert "変えた後の質問" not in page
    assert f"{version.id}" not in again, "today's index does not know the old version"
    assert f'{version.external_id} 版2</a> <span lang="ja">変えた後の質問</span>' in newer


async def test_todays_index_is_asked_apart_and_says_so(hall: Served) -> None:
    page = await shown(hall, await asked(hall, "父が息を引き取りました、どうすれば"))
    [path] = AGAIN.findall(page)
    assert "今の索引では" not in page.replace("今の索引で調べ直す", "")

    piece, whole = (await hall.get(path, **HTMX))[1], (await hall.get(path))[1]

    assert "<html" not in piece
    assert "<html" in whole
    for text in (piece, whole):
        assert "記録ではなく" in text
        assert "死亡届" in text, "the hint that led there"
        assert "ヒント語の一致</dt><dd>" in text
        assert "言葉の一致</dt><dd>" in text


async def test_a_masked_number_stays_masked_in_the_reason(hall: Served) -> None:
    page = await shown(hall, await asked(hall, "マイナンバーは 123456789018 です。住民票の手数料はいくらですか"))

    [path] = AGAIN.findall(page)
    again = (await hall.get(path, **HTMX))[1]

    assert "住民票" in again
    assert "123456789018" not in page + again


async def test_only_who_reads_the_conversation_reads_its_reasons(hall: Served) -> None:
    conversation_id = await asked(hall, "住民票の手数料はいくらですか")
    other = await asked(hall, "乾電池の捨て方")
    [path] = AGAIN.findall(await shown(hall, conversation_id))
    said, _ = await hall.parts.views.entries(conversation_id, after=0, at_most=9, with_notes=True)

    assert (await hall.get(path))[0] == 200
    assert (await hall.get(path.replace(str(conversation_id), str(other))))[0] == 404
    assert (await hall.get(f"/console/conversations/{conversation_id}/entries/{said.id}/reason"))[0] == 404
    assert (await hall.get(f"/console/conversations/{conversation_id}/entries/odd/reason"))[0] == 404
    await hall.sign_in("mori")
    assert (await hall.get(path))[0] == 403


async def test_a_record_without_a_bar_is_shown_as_such(hall: Served) -> None:
    """Messages of an older version of the program recorded less."""
    version = next(iter(hall.parts.knowing.mind().articles.values()))
    conversation_id = await asked(hall, "こんにちは")
    older = {"rule": "faq_offer", "matches": [[version.external_id, 1, 0.5], ["gone", 3, 0.3]]}
    async with hall.parts.store.transaction() as records:
        await records.conversation(conversation_id)
        await records.add_entry(
            Entry(
                id=uuid4(),
                conversation_id=conversation_id,
                kind=Kind.REPLY,
                author=Author.BOT,
                text="どれですか",
                at=hall.parts.clock.now(),
                why=older,
            )
        )

    page = await shown(hall, conversation_id)

    assert "記録がありません" in page
    assert "gone 版3" in page
    assert "<strong>50%</strong>" in page


async def test_new_lines_of_an_open_page_carry_their_reason(hall: Served) -> None:
    conversation_id = await asked(hall, "住民票の手数料はいくらですか")

    status, lines = await hall.get(f"/console/conversations/{conversation_id}/entries?after=1")

    assert status == 200
    assert '<details class="reason">' in lines


async def test_who_reads_english_reads_the_reason_in_english(hall: Served) -> None:
    questions = ("住民票の手数料", "死亡届", "あqwrtzp", "職員と話したい")
    pages = [(text, await asked(hall, text)) for text in questions]
    hall.cookie += "; language=en"

    for question, conversation_id in pages:
        page = await shown(hall, conversation_id)
        summaries = re.findall(r"<summary>(.*?)</summary>\s*<p>(.*?)</p>", page)
        assert summaries
        assert all(part.isascii() or "’" in part for summary in summaries for part in summary), summaries
        for path in AGAIN.findall(page):
            assert await ours(hall, (await hall.get(path))[1]) <= {question}
