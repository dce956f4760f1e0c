"""One person, several channels: linked by the resident, with a code that is told on one and typed on another.

Nothing is merged. A link only says that whoever holds one address holds the other (docs/decisions/0011).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bot.consequences import Consequences
from bot.decision import Converse, Decision, Linking, Settled
from bot.link_words import LENGTH, may_try, with_a_wrong_one
from bot.ports import Delivery, Link, OneTimeCode, Records, Unguessable
from bot.turn import MAIL, Turn
from bot.understood import Mind
from conversations.message import Address
from conversations.reply import Reply

LINK: Final = "link"
"""the purpose of the codes"""
LIFE: Final = timedelta(minutes=10)
HOLDS_BOTH: Final = "holds_both_channels"
RESIDENT: Final = "resident"


@dataclass(frozen=True, slots=True)
class Linkage:
    """Carries a wish out in the message's own transaction; what is left to do is to say it."""

    codes: Unguessable
    delivery: Delivery

    async def said(self, decision: Decision, turn: Turn, records: Records) -> tuple[Settled, Sequence[UUID]]:
        """What to say here; and the conversations in which something was said, too."""
        if not isinstance(decision, Linking):
            return decision, ()
        match decision.wish:
            case "code":
                return await self._code(decision, turn, records), ()
            case "claim":
                return await self._claim(decision, turn, records)
            case "end":
                return await self._end(decision, turn, records)

    async def _code(self, decision: Linking, turn: Turn, records: Records) -> Settled:
        code, here = self.codes.to_type(), turn.message.sender
        given = OneTimeCode(purpose=LINK, address=here, data={}, expires_at=turn.now + LIFE)
        await records.keep_code(code, given)
        shown = f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
        return _says(turn, decision, "code", code=shown, minutes=str(LIFE.seconds // 60))

    async def _claim(self, decision: Linking, turn: Turn, records: Records) -> tuple[Settled, Sequence[UUID]]:
        here = turn.message.sender
        if here.channel == MAIL:
            return _says(turn, decision, "not_by_mail"), ()
        name = f"codes:{':'.join(here)}"
        kept = (await records.budgets([name]))[name]
        wrong = [datetime.fromisoformat(each) for each in kept]
        if not may_try(wrong, turn.now):
            return _says(turn, decision, "wait"), ()
        given = await records.claim_code(decision.code, LINK, not_from=here.channel)
        if given is None:
            changed: Mapping[str, Any] = {name: [each.isoformat() for each in with_a_wrong_one(wrong, turn.now)]}
            await records.save_budgets(changed)
            return _says(turn, decision, "wrong"), ()
        there = given.address
        if any(each.far_from(here) == there for each in await records.links_of(here)):
            return _says(turn, decision, "already", channel=_name(turn, there)), ()
        link = Link(id=uuid4(), one=there, other=here, since=turn.now, proof=HOLDS_BOTH)
        await records.add_link(link)
        await records.audit(who=RESIDENT, what="linked", on=str(link.id), details=f"{there.channel} + {here.channel}")
        told = await tell_far_end("made", link, here, Telling(records, turn.mind, turn.now, self.delivery))
        return _says(turn, decision, "made", channel=_name(turn, there)), [told]

    async def _end(self, decision: Linking, turn: Turn, records: Records) -> tuple[Settled, Sequence[UUID]]:
        here, told, ended = turn.message.sender, [], []
        for link in await records.links_of(here):
            if await records.end_link(link.id, by=RESIDENT):
                there = link.far_from(here)
                await records.audit(who=RESIDENT, what="unlinked", on=str(link.id))
                telling = Telling(records, turn.mind, turn.now, self.delivery)
                told.append(await tell_far_end("ended", link, here, telling))
                ended.append(_name(turn, there))
        if not ended:
            return _says(turn, decision, "none"), ()
        return _says(turn, decision, "ended", channel=" / ".join(ended)), told


@dataclass(frozen=True, slots=True)
class Telling:
    """An open transaction, and what it takes to say something in it."""

    records: Records
    mind: Mind
    now: datetime
    delivery: Delivery


async def tell_far_end(what: str, link: Link, here: Address, telling: Telling) -> UUID:
    """Whoever is at the other end is told what happened here, in their language; the conversation they are told in."""
    conversation = await telling.records.conversation_with(link.far_from(here), telling.now)
    said = Consequences(telling.records, conversation, telling.mind, telling.now, delivery=telling.delivery)
    name = telling.mind.phrases.say(f"channel.{here.channel}", conversation.language)
    await said.notice(f"bot.link.{what}", channel=name)
    await said.post()
    return conversation.id


def _says(turn: Turn, decision: Linking, what: str, **values: str) -> Converse:
    reply = Reply(text=turn.say(f"bot.link.{what}", **values), language=turn.language)
    return Converse(reply=reply, state=turn.conversation.dialogue, why=decision.why)


def _name(turn: Turn, address: Address) -> str:
    return turn.say(f"channel.{address.channel}")
