"""The store contract, on SQLite and PostgreSQL: what the promises of the design rest on."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.ports import QueuedReply
from conversations.conversation import DialogueState, Owner
from conversations.errors import StaleEpoch
from conversations.message import Address, Choice, IncomingMessage
from conversations.reply import Reply
from conversations.timeline import Author, Entry, Kind
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.store import SqlStore
from tests.conftest import FrozenClock
from tickets.ticket import HandOverReason, Ticket

HERE = Address("line", "U1")
LEASE = timedelta(minutes=2)


@pytest.fixture
def store(database: Database, clock: FrozenClock) -> SqlStore:
    return SqlStore(database, clock)


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> SqlOutbox:
    return SqlOutbox(database, clock)


def a_message(clock: FrozenClock, external_id: str = "m1", text: str = "こんにちは") -> IncomingMessage:
    return IncomingMessage(
        id=uuid4(), external_id=external_id, sender=HERE, text=text, sent_at=clock.now(), received_at=clock.now()
    )


def an_entry(conversation_id: UUID, clock: FrozenClock, text: str = "はい") -> Entry:
    return Entry(
        id=uuid4(), conversation_id=conversation_id, kind=Kind.REPLY, author=Author.BOT, text=text, at=clock.now()
    )


async def a_conversation(store: SqlStore, clock: FrozenClock) -> UUID:
    async with store.transaction() as records:
        return (await records.conversation_with(HERE, clock.now())).id


async def queue(store: SqlStore, conversation_id: UUID, clock: FrozenClock, epoch: int | None) -> UUID:
    async with store.transaction() as records:
        entry = await records.add_entry(an_entry(conversation_id, clock))
        await records.queue(
            QueuedReply(
                id=entry.id, conversation_id=conversation_id, address=HERE, reply=Reply(text="はい"), epoch=epoch
            )
        )
    return entry.id


async def test_the_same_event_is_remembered_once_however_many_arrive_at_once(
    store: SqlStore, clock: FrozenClock
) -> None:
    conversation_id = await a_conversation(store, clock)

    async def arrive() -> bool:
        async with store.transaction() as records:
            return await records.remember(a_message(clock), conversation_id, None)

    assert sorted(await asyncio.gather(*(arrive() for _ in range(8)))) == [False] * 7 + [True]


async def test_one_address_is_one_conversation_however_many_meet(store: SqlStore, clock: FrozenClock) -> None:
    assert len(set(await asyncio.gather(*(a_conversation(store, clock) for _ in range(8))))) == 1


async def test_two_changes_at_once_both_count(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)

    async def misunderstand() -> None:
        async with store.transaction() as records:
            conversation = await records.conversation(conversation_id)
            await asyncio.sleep(0)
            conversation.misunderstood += 1
            await records.save_conversation(conversation, read_at_epoch=conversation.epoch)

    await asyncio.gather(*(misunderstand() for _ in range(10)))

    async with store.transaction() as records:
        assert (await records.conversation(conversation_id)).misunderstood == 10


async def test_lines_of_a_conversation_are_numbered_without_a_gap(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)

    async def add() -> int:
        async with store.transaction() as records:
            return (await records.add_entry(an_entry(conversation_id, clock))).seq

    assert sorted(await asyncio.gather(*(add() for _ in range(10)))) == list(range(1, 11))


async def test_a_transaction_that_fails_leaves_nothing(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)

    async def fail() -> None:
        async with store.transaction() as records:
            await records.remember(a_message(clock), conversation_id, None)
            await records.add_entry(an_entry(conversation_id, clock))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()

    assert await store.peek(conversation_id) is None
    async with store.transaction() as records:
        assert await records.said_before(conversation_id, 10) == []


async def test_what_was_decided_in_an_older_epoch_is_not_saved(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    async with store.transaction() as records:
        conversation = await records.conversation(conversation_id)
        conversation.take_over(uuid4())
        await records.save_conversation(conversation, read_at_epoch=0)

    async def save_late() -> None:
        async with store.transaction() as records:
            await records.save_conversation(conversation, read_at_epoch=0)

    with pytest.raises(StaleEpoch):
        await save_late()


async def test_a_conversation_comes_back_as_it_was(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    async with store.transaction() as records:
        conversation = await records.conversation(conversation_id)
        conversation.dialogue = DialogueState(
            dialogue="sodaigomi", step="ward", answers={"品": "𠮷"}, since=clock.now()
        )
        conversation.offered = (Choice("はい", "yes"),)
        conversation.topic = uuid4()
        conversation.language = "en"
        conversation.misunderstood = 1
        await records.save_conversation(conversation, read_at_epoch=0)

    async with store.transaction() as records:
        assert await records.conversation(conversation_id) == conversation


async def test_a_message_comes_back_as_it_was(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    message = a_message(clock, text=" 👨‍👩‍👧 𠮷野家か゛ ")
    async with store.transaction() as records:
        await records.remember(message, conversation_id, b"\x00raw")

    assert await store.peek(conversation_id) == message


async def test_messages_of_a_conversation_are_handled_in_order(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    messages = [a_message(clock, external_id=name) for name in ("first", "second")]
    for message in messages:
        async with store.transaction() as records:
            await records.remember(message, conversation_id, None)

    await store.message_failed(messages[0].id, "broken")

    assert await store.peek(conversation_id) is None, "a later message overtook one that was put off"
    clock.turn(timedelta(seconds=1))
    assert await store.peek(conversation_id) == messages[0]


async def test_a_message_that_fails_again_and_again_is_set_aside(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    message = a_message(clock)
    async with store.transaction() as records:
        await records.remember(message, conversation_id, None)

    assert [await store.message_failed(message.id, "broken") for _ in range(5)] == [False] * 4 + [True]
    assert await store.peek(conversation_id) is None
    await store.retry(message.id)
    assert await store.peek(conversation_id) == message


async def test_a_queued_reply_is_claimed_by_one_sender_only(
    store: SqlStore, outbox: SqlOutbox, clock: FrozenClock
) -> None:
    await queue(store, await a_conversation(store, clock), clock, epoch=0)

    claims = await asyncio.gather(*(outbox.claim_due(at_most=5, lease=LEASE) for _ in range(6)))

    assert sorted(len(claim) for claim in claims) == [0, 0, 0, 0, 0, 1]


async def test_a_bots_reply_of_an_older_epoch_is_withdrawn_when_it_would_be_sent(
    store: SqlStore, outbox: SqlOutbox, clock: FrozenClock
) -> None:
    conversation_id = await a_conversation(store, clock)
    await queue(store, conversation_id, clock, epoch=0)
    persons = await queue(store, conversation_id, clock, epoch=None)
    async with store.transaction() as records:
        conversation = await records.conversation(conversation_id)
        conversation.take_over(uuid4())
        await records.save_conversation(conversation, read_at_epoch=0)

    await outbox.claim_due(at_most=5, lease=LEASE)
    claimed = await outbox.claim_due(at_most=5, lease=LEASE)

    assert [row.id for row in claimed] == [persons]
    assert await outbox.counts() == {"withdrawn": 1, "sending": 1}


async def test_a_reply_whose_sender_died_is_claimed_again_after_its_lease(
    store: SqlStore, outbox: SqlOutbox, clock: FrozenClock
) -> None:
    reply_id = await queue(store, await a_conversation(store, clock), clock, epoch=0)
    await outbox.claim_due(at_most=5, lease=LEASE)

    clock.turn(LEASE - timedelta(seconds=1))
    assert await outbox.claim_due(at_most=5, lease=LEASE) == []
    clock.turn(timedelta(seconds=1))
    assert [row.id for row in await outbox.claim_due(at_most=5, lease=LEASE)] == [reply_id]


async def test_ticket_numbers_are_never_given_twice(store: SqlStore) -> None:
    async def take() -> int:
        async with store.transaction() as records:
            return await records.next_ticket_count()

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == list(range(1, 9))


async def test_a_ticket_comes_back_with_its_history(store: SqlStore, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    ticket = Ticket(
        id=uuid4(),
        number="M-2611-000001-3",
        conversation_id=conversation_id,
        subject="件名",
        section="shimin",
        reason=HandOverReason.ASKED_FOR_PERSON,
        opened_at=clock.now(),
        due_at=clock.now() + timedelta(days=3),
    )
    async with store.transaction() as records:
        await records.add_ticket(ticket)
    async with store.transaction() as records:
        same = await records.ticket(ticket.id)
        same.close(by="sato", at=clock.now())
        await records.save_ticket(same)

    async with store.transaction() as records:
        stored = await records.ticket(ticket.id)
    assert stored == same
    assert [event.what for event in stored.events] == ["opened", "closed"]


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET who = 'nobody'", "DELETE FROM audit_log"])
async def test_the_audit_log_is_never_changed(store: SqlStore, database: Database, statement: str) -> None:
    async with store.transaction() as records:
        await records.audit(who="sato", what="signed_in", on="session")

    async def change() -> None:
        async with database.write() as session:
            await session.execute(text(statement))

    with pytest.raises(DBAPIError, match="never changed"):
        await change()


async def test_waiting_since_keeps_the_first_moment(store: SqlStore, database: Database, clock: FrozenClock) -> None:
    conversation_id = await a_conversation(store, clock)
    for _ in range(2):
        async with store.transaction() as records:
            conversation = await records.conversation(conversation_id)
            epoch = conversation.epoch
            conversation.wait_for_person(uuid4())
            await records.save_conversation(conversation, read_at_epoch=epoch)
        assert conversation.owner is Owner.WAITING
        clock.turn(timedelta(hours=1))

    async with database.read() as session:
        since = await session.scalar(text("SELECT waiting_since FROM conversations"))
    assert "01:00" in str(since)
