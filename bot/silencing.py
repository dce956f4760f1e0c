"""When a robot may not write: what it had decided becomes silence, or a person's work."""

from dataclasses import replace
from typing import Final

from bot.deciding import without_a_word
from bot.decision import AskBack, Converse, HandOver, OfferChoices, Settled, StaySilent
from bot.turn import Turn
from conversations.conversation import Owner

WORTH_A_LETTER: Final = frozenset({"cannot_wait", "links_channels", "is_talked_about_elsewhere"})
"""rules whose words help, also who waits for a person already"""


def speaks(decision: Settled) -> bool:
    return not isinstance(decision, StaySilent) and not (isinstance(decision, HandOver) and decision.silent)


def is_only_a_receipt(decision: Settled, *, waits: bool) -> bool:
    """It says that the letter arrived, and nothing that helps: one such letter is enough.

    ``waits``: the resident waits for a person already, who reads everything they write.
    """
    match decision:
        case HandOver(before=before):
            return not before
        case Converse(why=why):
            return waits and why.rule not in WORTH_A_LETTER
        case AskBack() | OfferChoices():
            return waits
        case _:
            return False


def silenced(decision: Settled, turn: Turn, why: str) -> Settled:
    """Nothing is said. Who waits for a person already goes on waiting; everybody else begins to."""
    if isinstance(decision, HandOver):
        return replace(decision, silent=why)
    if turn.conversation.owner is Owner.WAITING:
        return StaySilent(reason=why, why=decision.why)
    return without_a_word(turn, why)
