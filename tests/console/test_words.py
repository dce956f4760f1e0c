"""Whatever the bot and the tickets may record has a name that staff read."""

from typing import get_args

from bot.decision import Rule
from console import words
from knowledge_base.speaking import Kind
from tickets.operators import Role
from tickets.ticket import HandOverReason, TicketStatus


def test_every_code_that_pages_show_has_a_name() -> None:
    assert list(words.RULES) == list(get_args(Rule))
    assert list(words.RULES_EXPLAINED) == list(get_args(Rule))
    assert words.SIGNALS.keys() == set(get_args(Kind))
    assert words.REASONS.keys() == set(HandOverReason)
    assert words.STATUSES.keys() == set(TicketStatus)
    assert words.ROLES.keys() == set(Role)
