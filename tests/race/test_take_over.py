"""Promise 3, explored: every order in which a resident, the bot, an operator and the delivery can take their steps.

The steps are the transactions of the real engine, desk and outbox on a real database, and the moments between them:
after understanding a message, after claiming a reply, after sending it.
"""

from dataclasses import dataclass, field

import pytest

from bot.understood import Understood
from channels.channel import DeliveryOutcome
from channels.delivering import deliver_due
from conversations.conversation import NO_FOCUS, Focus, Owner
from conversations.message import Address, IncomingMessage
from conversations.reply import Reply
from conversations.timeline import Author, Entry, Kind
from storage.database import Database
from tests.conftest import FrozenClock
from tests.race.schedules import Gate, Schedule, every_schedule, run
from tests.support.city import KNOWN, Counter, HeardChannel, Undisturbed, a_counter


class GatedUnderstanding(Undisturbed):
    """Between understanding a message and deciding about it, everybody else may act."""

    gate: Gate | None = None

    async def understand(self, message: IncomingMessage, focus: Focus = NO_FOCUS) -> Understood:
        understood = await super().understand(message, focus)
        if self.gate is not None:
            await self.gate.step()
        return understood


@dataclass(slots=True)
class GatedChannel(HeardChannel):
    """Between claiming a reply and sending it, everybody else may act."""

    gate: Gate | None = None
    log: list[str] = field(default_factory=list)

    async def send(self, address: Address, reply: Reply, *, key: str, handle: str | None) -> DeliveryOutcome:
        self.log.append(f"claimed {key}")
        if self.gate is not None:
            await self.gate.step()
        return await HeardChannel.send(self, address, reply, key=key, handle=handle)


async def one_order(
    counter: Counter,
    by: Address,
    understanding: GatedUnderstanding,
    channel: GatedChannel,
    schedule: Schedule,
    *,
    rounds: int,
) -> None:
    """A resident asks, an operator takes over and hands back, replies are delivered: in this schedule's order."""

    async def resident(gate: Gate) -> None:
        understanding.gate = gate
        await counter.engine.accept(counter.message("住民票 料金", by=by))
        await gate.step()
        while await counter.engine.handle_next((await counter.conversation(by)).id):
            pass

    async def operator(gate: Gate) -> None:
        conversation_id = (await counter.conversation(by)).id
        await counter.desk.take_over(conversation_id, counter.operator)
        channel.log.append("taken")
        await gate.step()
        await counter.desk.hand_back(conversation_id, counter.operator)
        channel.log.append("handed back")

    async def delivery(gate: Gate) -> None:
        channel.gate = gate
        for _ in range(rounds):
            await gate.step()
            await deliver_due(counter.outbox, {"line": channel})

    await run({"resident": resident, "operator": operator, "delivery": delivery}, schedule)
    channel.gate = understanding.gate = None
    while await deliver_due(counter.outbox, {"line": channel}):
        pass


@pytest.mark.parametrize(("rounds", "orders_at_least"), [(1, 100), pytest.param(2, 1000, marks=pytest.mark.slow)])
async def test_the_bot_never_speaks_over_a_person_in_any_order(
    sqlite: Database, clock: FrozenClock, rounds: int, orders_at_least: int
) -> None:
    answered = silent = withdrawn = orders = 0
    understanding = GatedUnderstanding(KNOWN, clock)
    async with a_counter(sqlite, clock, understanding, pulled=frozenset()) as counter:
        async for schedule in every_schedule():
            by, channel = Address("line", f"U{orders}"), GatedChannel()
            await counter.engine.greet(by, "ja")
            await deliver_due(counter.outbox, {"line": channel})
            await one_order(counter, by, understanding, channel, schedule, rounds=rounds)
            timeline = await counter.timeline(by, with_notes=True)
            outbox = await counter.outbox.counts()

            orders += 1
            assert_silent_while_a_person_has_it(timeline, schedule)
            assert_nothing_claimed_while_a_person_has_it(timeline, channel, schedule)
            assert_message_ended_once(timeline, schedule)
            assert len({key for key, _ in channel.heard}) == len(channel.heard), f"said twice: {schedule.names}"
            assert set(outbox) <= {"accepted", "withdrawn"}, f"left in the outbox: {outbox} {schedule.names}"
            assert (await counter.conversation(by)).owner is Owner.BOT
            withdrawn = outbox.get("withdrawn", 0)
            said = next(entry for entry in timeline if entry.kind is Kind.SAID)
            silent += bool(said.silence)
            answered += not said.silence

    # The exploration saw each of the outcomes it is about, or it proves nothing.
    assert orders > orders_at_least
    assert min(answered, silent, withdrawn) > 10, (answered, silent, withdrawn)


def assert_silent_while_a_person_has_it(timeline: list[Entry], schedule: Schedule) -> None:
    """Told by the timeline alone: between "joined" and "left" there is no word of the bot."""
    notices = [entry.seq for entry in timeline if entry.kind is Kind.NOTICE]
    joined, left = notices
    late = [e for e in timeline if joined < e.seq < left and e.author is Author.BOT]
    assert not late, f"{[entry.text for entry in late]} in {schedule.names}"


def assert_nothing_claimed_while_a_person_has_it(
    timeline: list[Entry], channel: GatedChannel, schedule: Schedule
) -> None:
    """A bot's reply is on its way before the person took over, or after they handed back, or never."""
    bots = {str(entry.id) for entry in timeline if entry.author is Author.BOT}
    held = channel.log[channel.log.index("taken") : channel.log.index("handed back")]
    late = [line for line in held if line.removeprefix("claimed ") in bots]
    assert not late, f"{late} in {schedule.names}"


def assert_message_ended_once(timeline: list[Entry], schedule: Schedule) -> None:
    said = [entry for entry in timeline if entry.kind is Kind.SAID]
    answers = [entry for entry in timeline if entry.why.get("message") == str(said[0].id)]
    assert len(said) == 1, schedule.names
    assert len(answers) + bool(said[0].silence) == 1, f"{schedule.names}"
