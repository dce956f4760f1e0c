"""What is in focus outlives the process; conversations of before the column was there have none."""

from uuid import uuid4

from sqlalchemy import text

from conversations.conversation import TOPICS_KEPT, Focus
from conversations.message import Address
from storage.database import Database
from storage.store import SqlStore
from tests.conftest import FrozenClock


async def test_what_is_in_focus_comes_back_as_it_was(database: Database, clock: FrozenClock) -> None:
    store = SqlStore(database, clock)
    topics = [uuid4() for _ in range(TOPICS_KEPT + 2)]
    async with store.transaction() as records:
        conversation = await records.conversation_with(Address("web", "v1"), clock.now())
        conversation.heard(clock.now(), "ja")
        for topic in topics:
            conversation.speaks_of(topic)
        conversation.was_asked("住民票𠮷 料金")
        await records.save_conversation(conversation, read_at_epoch=0)

    found = await store.as_it_stands(conversation.id)

    assert found == conversation
    assert found.focus == Focus(topics[-1], tuple(reversed(topics[1:-1])), "住民票𠮷 料金")


async def test_a_conversation_of_before_has_nothing_else_in_focus(database: Database, clock: FrozenClock) -> None:
    store = SqlStore(database, clock)
    async with store.transaction() as records:
        made = await records.conversation_with(Address("web", "v1"), clock.now())
    async with database.write() as session:
        await session.execute(text("UPDATE conversations SET focus = NULL"))

    found = await store.as_it_stands(made.id)

    assert (found.earlier, found.asked, found.heard_at) == ((), "", None)
