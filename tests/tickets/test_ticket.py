"""A ticket under any order of verbs, and clocks that disagree by a little."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conversations.errors import TicketAlreadyClosed
from tickets.ticket import HandOverReason, Ticket, TicketStatus

OPENED = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SATO, SUZUKI = UUID(int=1), UUID(int=2)
skews = st.integers(-30, 3600)


def a_ticket(due_at: datetime = OPENED + timedelta(days=3)) -> Ticket:
    return Ticket(
        id=UUID(int=9),
        number="M-2611-000001-0",
        conversation_id=UUID(int=8),
        subject="粗大ごみ",
        section="gomi",
        reason=HandOverReason.DIALOGUE,
        opened_at=OPENED,
        due_at=due_at,
    )


class AnyOrderOfVerbs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ticket = a_ticket()
        self.now = OPENED
        self.verbs = 1

    def later(self, seconds: int) -> datetime:
        """The next moment, on a clock that may be half a minute behind."""
        self.now = self.now + timedelta(seconds=max(seconds, 0))
        return self.now + timedelta(seconds=min(seconds, 0))

    @property
    def closed(self) -> bool:
        return self.ticket.status is TicketStatus.CLOSED

    @precondition(lambda self: not self.closed)
    @rule(skew=skews, who=st.sampled_from([SATO, SUZUKI]))
    def assign(self, skew: int, who: UUID) -> None:
        self.ticket.assign_to(who, by="佐藤", at=self.later(skew))
        self.verbs += 1
        assert (self.ticket.status, self.ticket.assignee_id) == (TicketStatus.ASSIGNED, who)

    @precondition(lambda self: not self.closed)
    @rule(skew=skews)
    def release(self, skew: int) -> None:
        self.ticket.release(by="佐藤", at=self.later(skew))
        self.verbs += 1
        assert (self.ticket.status, self.ticket.assignee_id) == (TicketStatus.OPEN, None)

    @precondition(lambda self: not self.closed)
    @rule(skew=skews, section=st.sampled_from(["gomi", "shimin"]))
    def move(self, skew: int, section: str) -> None:
        self.ticket.move_to(section, reason="担当違い", by="佐藤", at=self.later(skew))
        self.verbs += 1
        assert self.ticket.section == section

    @precondition(lambda self: not self.closed)
    @rule(skew=skews)
    def staff_reply(self, skew: int) -> None:
        had = self.ticket.assignee_id
        self.ticket.note_reply(by="佐藤", at=self.later(skew))
        self.verbs += 1
        assert (self.ticket.status, self.ticket.assignee_id) == (TicketStatus.WAITING_FOR_RESIDENT, had)

    @rule(skew=skews)
    def the_resident_writes(self, skew: int) -> None:
        before = self.ticket.status
        self.ticket.note_answer(at=self.later(skew))
        waited = before is TicketStatus.WAITING_FOR_RESIDENT
        self.verbs += waited
        expected = TicketStatus.ASSIGNED if self.ticket.assignee_id else TicketStatus.OPEN
        assert self.ticket.status is (expected if waited else before)

    @precondition(lambda self: not self.closed)
    @rule(skew=skews)
    def close(self, skew: int) -> None:
        self.ticket.close(by="佐藤", at=self.later(skew))
        self.verbs += 1
        assert self.closed

    @rule(skew=skews)
    def reopen(self, skew: int) -> None:
        self.verbs += self.closed
        self.ticket.reopen(by="佐藤", at=self.later(skew))
        assert not self.closed

    @precondition(lambda self: self.closed)
    @rule()
    def a_closed_ticket_refuses(self) -> None:
        ticket, at = self.ticket, self.now
        refused: tuple[Callable[[], None], ...] = (
            lambda: ticket.close(by="佐藤", at=at),
            lambda: ticket.assign_to(SATO, by="佐藤", at=at),
            lambda: ticket.release(by="佐藤", at=at),
            lambda: ticket.move_to("shimin", reason="", by="佐藤", at=at),
            lambda: ticket.note_reply(by="佐藤", at=at),
        )
        for verb in refused:
            with pytest.raises(TicketAlreadyClosed):
                verb()

    @invariant()
    def every_verb_left_one_event_in_order(self) -> None:
        events = self.ticket.events
        assert len(events) == self.verbs
        assert all(earlier.at <= later.at for earlier, later in pairwise(events))

    @invariant()
    def closed_means_a_closing_time_that_its_event_has_too(self) -> None:
        closed_at = self.ticket.closed_at
        assert (closed_at is not None) is self.closed
        if closed_at is not None:
            assert closed_at >= self.ticket.opened_at
            last = [event for event in self.ticket.events if event.what == "closed"][-1]
            assert last.at == closed_at

    @invariant()
    def never_due_before_it_was_opened(self) -> None:
        assert self.ticket.due_at >= self.ticket.opened_at


TestAnyOrderOfVerbs = AnyOrderOfVerbs.TestCase


def test_a_due_time_before_the_opening_becomes_the_opening() -> None:
    assert a_ticket(due_at=OPENED - timedelta(days=1)).due_at == OPENED


def test_a_ticket_read_back_does_not_open_twice() -> None:
    first = a_ticket()
    again = Ticket(
        id=first.id,
        number=first.number,
        conversation_id=first.conversation_id,
        subject=first.subject,
        section=first.section,
        reason=first.reason,
        opened_at=first.opened_at,
        due_at=first.due_at,
        events=list(first.events),
    )

    assert again == first
