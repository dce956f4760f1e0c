"""When a robot may not write: what it had decided becomes silence, or a person's work."""

from dataclasses import replace

from bot.deciding import without_a_word
from bot.decision import AskBack, Converse, Decision, HandOver, OfferChoices, StaySilent
from bot.turn import Turn
from conversations.conversation import Owner


def speaks(decision: Decision) -> bool:
    return not isinstance(decision, StaySilent) and not (isinstance(decision, HandOver) and decision.silent)


def is_only_a_receipt(decision: Decision, *, waits: bool) -> bool:
    """It says that the letter arrived, and nothing that helps: one such letter is enough.

    ``waits``: the resident waits for a person already, who reads everything they write.
    """
    match decision:
        case HandOver(before=before):
            return not before
        case Converse(why=why):
            return waits and why.rule != "cannot_wait"
        case AskBack() | OfferChoices():
            return waits
        case _:
            return False


def silenced(decision: Decision, turn: Turn, why: str) -> Decision:
    """Nothing is said. Who waits for a person already goes on waiting; everybody else begins to."""
    if isinstance(decision, HandOver):
        return replace(decision, silent=why)
    if turn.conversation.owner is Owner.WAITING:
        return StaySilent(reason=why, why=decision.why)
    return without_a_word(turn, why)
