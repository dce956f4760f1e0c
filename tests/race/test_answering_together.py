"""Two who answer at once, a late save and a sent form, sending and second thoughts: one of each two wins, wholly."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.meanwhile import Care
from bot.taking_back import take_back
from channels.delivering import LEASE, deliver_due
from conversations.errors import AlreadySent, ColleagueAnswered
from conversations.message import Address
from conversations.timeline import Author
from storage.accounts import Accounts
from storage.database import Database
from storage.drafts import Drafts
from storage.outbox import SqlOutbox
from tests.conftest import FrozenClock
from tests.support.city import KNOWN, Counter, HeardChannel, Undisturbed, a_counter
from tickets.operators import Operator, Role

LINE = Address("line", "U1")
WAIT = timedelta(seconds=5)


async def taken_over(counter: Counter, operator: Operator) -> tuple[UUID, int]:
    """A conversation that the operator has, and the number of its last entry; all that was said is sent."""
    await counter.says("職員と話したい", by=LINE)
    conversation_id = (await counter.conversation(LINE)).id
    await counter.desk.take_over(conversation_id, operator)
    while await deliver_due(counter.outbox, {"line": HeardChannel()}):
        pass
    return conversation_id, (await counter.timeline(LINE, with_notes=True))[-1].seq


async def said(counter: Counter) -> list[str]:
    return [each.text for each in await counter.timeline(LINE) if each.author is Author.OPERATOR]


async def test_of_answers_given_at_once_from_the_same_view_one_is_said(database: Database, clock: FrozenClock) -> None:
    async with a_counter(database, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, seen = await taken_over(counter, counter.operator)

        async def answer(text: str) -> object:
            care = Care(seen=seen)
            return await counter.desk.reply(conversation_id, counter.operator, text, key=uuid4(), care=care)

        ended = await asyncio.gather(*(answer(f"返事{n}") for n in range(6)), return_exceptions=True)

        refused = [each for each in ended if isinstance(each, ColleagueAnswered)]
        assert len(refused) == 5
        [told] = await said(counter)
        assert {(each.name, each.words) for each in refused} == {(counter.operator.name, told)}


async def test_an_answer_unseen_is_asked_about_once_and_notes_and_the_resident_are_not(
    sqlite: Database, clock: FrozenClock
) -> None:
    async with a_counter(sqlite, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, seen = await taken_over(counter, counter.operator)
        await counter.says("まだですか", by=LINE)
        await counter.desk.note(conversation_id, counter.operator, "確認中", key=uuid4())
        key = uuid4()
        await counter.desk.reply(conversation_id, counter.operator, "300円です", key=key, care=Care(seen=seen))

        # The same form again is no collision with itself.
        await counter.desk.reply(conversation_id, counter.operator, "300円です", key=key, care=Care(seen=seen))
        with pytest.raises(ColleagueAnswered) as asked:
            await counter.desk.reply(conversation_id, counter.operator, "400円です", key=uuid4(), care=Care(seen=seen))
        now_seen = Care(seen=(await counter.timeline(LINE, with_notes=True))[-1].seq)
        await counter.desk.reply(conversation_id, counter.operator, "400円です", key=uuid4(), care=now_seen)

        assert (asked.value.words, asked.value.at) == ("300円です", clock.now())
        assert await said(counter) == ["300円です", "400円です"]


@pytest.mark.parametrize("taken_in_time", [True, False])
async def test_a_reply_waits_and_is_either_sent_or_taken_back(
    database: Database, clock: FrozenClock, *, taken_in_time: bool
) -> None:
    channel = HeardChannel()
    async with a_counter(database, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, _ = await taken_over(counter, counter.operator)
        care = Care(wait=WAIT)
        entry = await counter.desk.reply(conversation_id, counter.operator, "まちがい", key=uuid4(), care=care)
        assert await deliver_due(counter.outbox, {"line": channel}) == []
        assert entry.id in (await counter.outbox.second_thoughts(conversation_id)).until
        if taken_in_time:
            await take_back(counter.desk, conversation_id, counter.operator, entry.id)
        seen = Care(seen=entry.seq - 1)
        anew = counter.desk.reply(conversation_id, counter.operator, "正しい", key=uuid4(), care=seen)
        if taken_in_time:
            await anew  # what the resident never got is no answer that one must have seen
        else:
            with pytest.raises(ColleagueAnswered):
                await anew
        clock.turn(WAIT)
        await deliver_due(counter.outbox, {"line": channel})
        if not taken_in_time:
            with pytest.raises(AlreadySent):
                await take_back(counter.desk, conversation_id, counter.operator, entry.id)

        thoughts = await counter.outbox.second_thoughts(conversation_id)
        assert thoughts.until == {}
        assert thoughts.taken_back == ({entry.id} if taken_in_time else set())
        assert [text for _, text in channel.heard] == (["正しい"] if taken_in_time else ["まちがい"])


async def test_what_was_taken_back_is_not_told_again_by_the_bot(sqlite: Database, clock: FrozenClock) -> None:
    async with a_counter(sqlite, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, _ = await taken_over(counter, counter.operator)
        for text, regretted in (("正しい返事", False), ("まちがい", True)):
            care = Care(wait=WAIT)
            entry = await counter.desk.reply(conversation_id, counter.operator, text, key=uuid4(), care=care)
            if regretted:
                await take_back(counter.desk, conversation_id, counter.operator, entry.id)
        await counter.desk.hand_back(conversation_id, counter.operator)

        told = [each.text for each in await counter.says("もう一度言ってください", by=LINE)]

    assert "正しい返事" in "".join(told)
    assert "まちがい" not in "".join(told)


async def test_what_follows_a_waiting_reply_does_not_overtake_it(sqlite: Database, clock: FrozenClock) -> None:
    channel = HeardChannel()
    async with a_counter(sqlite, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, _ = await taken_over(counter, counter.operator)
        care = Care(wait=WAIT)
        await counter.desk.reply(conversation_id, counter.operator, "300円です", key=uuid4(), care=care)
        await counter.desk.close(conversation_id, counter.operator)

        assert await deliver_due(counter.outbox, {"line": channel}) == []
        clock.turn(WAIT)
        while await deliver_due(counter.outbox, {"line": channel}):
            pass
        assert channel.heard[0][1] == "300円です"
        assert len(channel.heard) == 2


async def test_sending_and_taking_back_at_once_never_both(database: Database, clock: FrozenClock) -> None:
    async with a_counter(database, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, _ = await taken_over(counter, counter.operator)
        for _ in range(5):
            care = Care(wait=WAIT)
            entry = await counter.desk.reply(conversation_id, counter.operator, "?", key=uuid4(), care=care)
            clock.turn(WAIT)
            outbox = SqlOutbox(database, clock)
            claimed, taken = await asyncio.gather(
                outbox.claim_due(at_most=5, lease=LEASE),
                take_back(counter.desk, conversation_id, counter.operator, entry.id),
                return_exceptions=True,
            )
            sent = not isinstance(claimed, BaseException) and entry.id in {each.id for each in claimed}
            assert sent is isinstance(taken, AlreadySent)
            if sent:
                await outbox.accepted(entry.id)


async def test_a_draft_saved_late_does_not_come_back(database: Database, clock: FrozenClock) -> None:
    drafts = Drafts(database, clock)
    accounts = Accounts(database, clock)
    operator = await accounts.create(
        login="sato", name="佐藤", roles=frozenset({Role.OPERATOR}), section="shimin", password_hash="x"
    )
    async with a_counter(database, clock, Undisturbed(KNOWN, clock)) as counter:
        conversation_id, _ = await taken_over(counter, operator)
        for _ in range(5):
            key = uuid4()
            await drafts.save(conversation_id, operator.id, "300円", key=key)
            await asyncio.gather(
                counter.desk.reply(conversation_id, operator, "300円です", key=key),
                drafts.save(conversation_id, operator.id, "300円です", key=key),
            )
            assert await drafts.of(conversation_id) == []
