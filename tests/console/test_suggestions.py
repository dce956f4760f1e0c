"""The best entries for what the resident said last: shown, put in by hand, and refused for the good of the FAQ."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from conversations.message import Address, IncomingMessage
from storage.tables import FaqFeedbackRow
from tests.console.test_collision import a_conversation
from tests.support.served import Served, served
from tickets.operators import Role

HTMX = {"HX-Request": "true"}
INSERTED = re.compile(r'data-insert="([^"]*)" data-key="(\d)"')
FORM = re.compile(r'name="entry" value="([^"]+)"><input type="hidden" name="version" value="([^"]+)"')


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as made:
        await made.make_staff("sato", Role.OPERATOR)
        await made.make_staff("mori", Role.EDITOR)
        await made.sign_in("sato")
        yield made


async def shown(hall: Served, about: UUID) -> str:
    status, piece = await hall.get(f"/console/conversations/{about}/suggestions", **HTMX)
    assert status == 200
    return piece


def an_entry(hall: Served, **wanted: str) -> tuple[str, str]:
    """Question and answer of an entry that has a translation into the language wanted."""
    for version in hall.parts.knowing.mind().articles.values():
        if wanted.get("language", "ja") in {"ja", *version.content.answers}:
            return version.content.question, version.content.answer_in(wanted.get("language", "ja"))[0]
    raise AssertionError("the demo city has no such entry")


async def test_the_three_best_stand_beside_with_their_probability_in_words(hall: Served) -> None:
    question, answer = an_entry(hall)

    piece = await shown(hall, await a_conversation(hall, question))

    inserted = INSERTED.findall(piece)
    assert [key for _, key in inserted] == [str(n + 1) for n in range(len(inserted))]
    assert 1 <= len(inserted) <= 3
    assert "ほぼ確か" in piece
    assert question in html.unescape(piece)
    assert "**" not in inserted[0][0], "no Markdown: a person's words are plain"
    assert answer.split("。")[0].replace("**", "")[:10] in html.unescape(inserted[0][0])


async def test_the_text_is_in_the_conversations_language(hall: Served) -> None:
    version = next(v for v in hall.parts.knowing.mind().articles.values() if "en" in v.content.answers)
    about = await a_conversation(hall, version.content.questions["en"])
    assert (await hall.parts.views.conversation(about)).language == "en"

    piece = await shown(hall, about)

    texts = [html.unescape(text) for text, _ in INSERTED.findall(piece)]
    assert version.content.answers["en"].replace("**", "")[:12] in texts[0]


async def test_after_a_wish_for_a_person_the_question_before_counts(hall: Served) -> None:
    question, _ = an_entry(hall)
    about = await a_conversation(hall, question)
    found = await hall.parts.views.conversation(about)
    await more(hall, found.address.account, "職員と話したいです")

    piece = await shown(hall, about)

    assert question[:20] in html.unescape(piece.split("</q>")[0])
    assert "ほぼ確か" in piece


async def test_a_question_beside_the_wish_for_a_person_is_looked_up(hall: Served) -> None:
    question, _ = an_entry(hall)

    piece = await shown(hall, await a_conversation(hall, f"{question}担当の人と話したいです。"))

    assert question in html.unescape(piece)


async def test_nothing_near_and_nothing_said_are_said(hall: Served) -> None:
    assert "近いFAQは見つかりませんでした。" in await shown(hall, await a_conversation(hall, "ぬぬぬぬぬ"))


async def test_a_refusal_is_kept_with_its_version_and_the_next_best_comes(hall: Served) -> None:
    question, _ = an_entry(hall)
    about = await a_conversation(hall, question)
    path = f"/console/conversations/{about}"
    entry, version = FORM.findall(await shown(hall, about))[0]
    form = {"entry": entry, "version": version, "reason": "outdated"}

    status, piece = await hall.post(f"{path}/suggestions/refuse", form, page=path)
    again = await hall.post(f"{path}/suggestions/refuse", {**form, "reason": "wrong"}, page=path)

    assert (status, again[0]) == (200, 200)
    assert version not in piece
    async with hall.parts.database.read() as session:
        [row] = (await session.scalars(select(FaqFeedbackRow))).all()
    assert (row.conversation_id, str(row.entry_id), str(row.version_id)) == (about, entry, version)
    assert (row.reason, row.who, row.at) == ("outdated", "sato", row.at), "the first reason stays"
    await hall.sign_in("mori")
    page = (await hall.get(f"/console/faq/{row.article_id}"))[1]
    assert "古い" in page.split("職員からの指摘")[1]
    assert question in html.unescape(page.split("職員からの指摘")[1]), "the resident's words"


async def test_only_what_was_suggested_for_this_conversation_can_be_refused(hall: Served) -> None:
    question, _ = an_entry(hall)
    about, other = await a_conversation(hall, question), await a_conversation(hall, question)
    path = f"/console/conversations/{about}"
    entry, version = FORM.findall(await shown(hall, other))[0]
    form = {"entry": entry, "version": version, "reason": "wrong"}

    assert (await hall.post(f"{path}/suggestions/refuse", form, page=path))[0] == 404
    assert (await hall.post(f"{path}/suggestions/refuse", {**form, "reason": "boring"}, page=path))[0] == 400


async def more(hall: Served, account: str, text: str) -> None:
    """The same resident goes on."""
    now = hall.parts.clock.now()
    message = IncomingMessage(
        id=uuid4(), external_id=str(uuid4()), sender=Address("web", account), text=text, sent_at=now, received_at=now
    )
    about = (await hall.parts.engine.accept(message)).conversation_id
    while await hall.parts.engine.handle_next(about):
        pass
