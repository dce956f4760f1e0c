"""What the way out looks up before it speaks, on both databases."""

from datetime import timedelta
from uuid import uuid4

from conversations.message import Address, IncomingMessage
from conversations.timeline import Author, Entry, Kind
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.reply_handles import LOOK_BACK, ReplyHandles
from storage.store import SqlStore
from tests.conftest import FrozenClock
from tests.storage.test_store import LEASE, a_conversation, queue


async def says(database: Database, clock: FrozenClock, number: int, handle: str | None, sender: Address) -> None:
    message = IncomingMessage(
        id=uuid4(),
        external_id=f"{sender.thread}{number}",
        sender=sender,
        text="はい",
        sent_at=clock.now(),
        received_at=clock.now(),
        reply_handle=handle,
    )
    async with SqlStore(database, clock).transaction() as records:
        conversation = await records.conversation_with(sender, clock.now())
        await records.remember(message, conversation.id, None)


async def test_the_handles_of_the_last_messages_newest_first_and_nobody_elses(
    database: Database, clock: FrozenClock
) -> None:
    sato, tanaka = Address("line", "U1", "sato"), Address("line", "U1", "tanaka")
    for number, handle in enumerate(("first", None, "third")):
        await says(database, clock, number, handle, sato)
    await says(database, clock, 0, "theirs", tanaka)
    handles = ReplyHandles(database)

    assert list(await handles.of_last_messages(sato)) == ["third", "first"]
    for number in range(LOOK_BACK):
        await says(database, clock, 10 + number, None, sato)
    assert list(await handles.of_last_messages(sato)) == []


async def test_the_first_try_stays_the_first(database: Database, clock: FrozenClock) -> None:
    store, outbox = SqlStore(database, clock), SqlOutbox(database, clock)
    reply_id = await queue(store, await a_conversation(store, clock), clock, None)
    assert await outbox.first_tried_at(reply_id) is None

    first = clock.now()
    for _ in range(2):
        await outbox.claim_due(at_most=9, lease=LEASE)
        await outbox.put_off(reply_id, timedelta(minutes=1))
        clock.turn(timedelta(hours=1))

    assert await outbox.first_tried_at(reply_id) == first


async def test_a_notice_is_owed_to_nobody(database: Database, clock: FrozenClock) -> None:
    store, outbox = SqlStore(database, clock), SqlOutbox(database, clock)
    conversation_id = await a_conversation(store, clock)
    said = {}
    async with store.transaction() as records:
        for kind in (Kind.REPLY, Kind.NOTICE):
            entry = Entry(
                id=uuid4(), conversation_id=conversation_id, kind=kind, author=Author.SYSTEM, text="", at=clock.now()
            )
            said[kind] = (await records.add_entry(entry)).id

    assert {kind: await outbox.is_owed(each) for kind, each in said.items()} == {Kind.REPLY: True, Kind.NOTICE: False}
