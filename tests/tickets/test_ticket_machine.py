"""A ticket's history alone tells what the ticket is now, whatever was tried with it and by whom."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conversations.errors import TicketAlreadyClosed
from tickets.ticket import HandOverReason, Ticket, TicketEvent, TicketStatus

OPENED = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SECTIONS = ("gomi", "shimin", "kodomo")
LEADS_TO = {
    "replied": {TicketStatus.WAITING_FOR_RESIDENT},
    "answered": {TicketStatus.ASSIGNED, TicketStatus.OPEN},
    "closed": {TicketStatus.CLOSED},
    "reopened": {TicketStatus.OPEN},
}
minutes = st.integers(-90, 600).map(lambda number: timedelta(minutes=number))
people = st.sampled_from(["佐藤", "鈴木", "bot"])
operators = st.integers(1, 3).map(lambda number: UUID(int=number))


@dataclass(slots=True)
class Told:
    """What a reader of the history believes, who knows nothing but it."""

    section: str
    status: TicketStatus = TicketStatus.OPEN
    assignee: str = ""
    closed_at: datetime | None = None

    def hear(self, event: TicketEvent) -> None:
        match event.what:
            case "assigned" | "released":
                assert event.before == self.assignee
                self.assignee = event.after
                self.status = TicketStatus.ASSIGNED if event.after else TicketStatus.OPEN
            case "moved":
                assert event.before == self.section
                self.section = event.after.partition(":")[0]
            case "replied" | "answered" | "closed" | "reopened":
                assert event.before == self.status
                self.status = TicketStatus(event.after)
                assert self.status in LEADS_TO[event.what]
                self.closed_at = event.at if event.what == "closed" else None
                self.assignee = "" if event.what == "reopened" else self.assignee
            case _:
                assert event.before == event.after == ""


def told(first_section: str, events: Sequence[TicketEvent]) -> Told:
    reader = Told(first_section)
    for event in events:
        reader.hear(event)
    return reader


class HistoryTellsAll(RuleBasedStateMachine):
    @initialize(due=minutes, section=st.sampled_from(SECTIONS))
    def open(self, due: timedelta, section: str) -> None:
        self.now, self.first_section = OPENED, section
        self.ticket = Ticket(
            id=UUID(int=9),
            number="M-2611-000001-0",
            conversation_id=UUID(int=8),
            subject="粗大ごみ",
            section=section,
            reason=HandOverReason.DIALOGUE,
            opened_at=OPENED,
            due_at=OPENED + due,
        )
        assert self.ticket.due_at == OPENED + max(due, timedelta())

    @rule(who=people, later=minutes, to=operators)
    def assign(self, who: str, later: timedelta, to: UUID) -> None:
        self.unless_closed(lambda at: self.ticket.assign_to(to, by=who, at=at), "assigned", who, later)

    @rule(who=people, later=minutes)
    def release(self, who: str, later: timedelta) -> None:
        self.unless_closed(lambda at: self.ticket.release(by=who, at=at), "released", who, later)

    @rule(who=people, later=minutes, to=st.sampled_from(SECTIONS), reason=st.sampled_from(["", "担当違い: ごみ"]))
    def move(self, who: str, later: timedelta, to: str, reason: str) -> None:
        self.unless_closed(lambda at: self.ticket.move_to(to, reason=reason, by=who, at=at), "moved", who, later)
        assert self.ticket.events[-1].what != "moved" or reason in self.ticket.events[-1].after

    @rule(who=people, later=minutes)
    def reply(self, who: str, later: timedelta) -> None:
        self.unless_closed(lambda at: self.ticket.note_reply(by=who, at=at), "replied", who, later)

    @rule(who=people, later=minutes)
    def close(self, who: str, later: timedelta) -> None:
        self.unless_closed(lambda at: self.ticket.close(by=who, at=at), "closed", who, later)

    @rule(later=minutes)
    def the_resident_answers(self, later: timedelta) -> None:
        waits = self.ticket.status is TicketStatus.WAITING_FOR_RESIDENT
        self.left_by(lambda at: self.ticket.note_answer(at=at), ["answered"] * waits, "resident", later)

    @rule(who=people, later=minutes)
    def reopen(self, who: str, later: timedelta) -> None:
        closed = self.ticket.status is TicketStatus.CLOSED
        self.left_by(lambda at: self.ticket.reopen(by=who, at=at), ["reopened"] * closed, who, later)

    @rule(who=people, later=minutes)
    def note(self, who: str, later: timedelta) -> None:
        self.left_by(lambda at: self.ticket.note(what="urgent", by=who, at=at), ["urgent"], who, later)

    def unless_closed(self, verb: Callable[[datetime], None], name: str, who: str, later: timedelta) -> None:
        if self.ticket.status is not TicketStatus.CLOSED:
            self.left_by(verb, [name], who, later)
            return
        before = copy.deepcopy(self.ticket)
        with pytest.raises(TicketAlreadyClosed, match=self.ticket.number):
            verb(self.now)
        assert self.ticket == before

    def left_by(self, verb: Callable[[datetime], None], names: list[str], who: str, later: timedelta) -> None:
        """The verb leaves these events and changes no older one; its clock may be behind."""
        at, older = self.now + later, list(self.ticket.events)
        self.now = max(self.now, at)
        verb(at)
        new = self.ticket.events[len(older) :]
        assert self.ticket.events[: len(older)] == older
        assert [(event.what, event.who, event.at) for event in new] == [(name, who, self.now) for name in names]
        self.now = new[-1].at if new else older[-1].at

    @invariant()
    def the_history_tells_what_is(self) -> None:
        reader, ticket = told(self.first_section, self.ticket.events[1:]), self.ticket
        assert (reader.status, reader.section) == (ticket.status, ticket.section)
        assert reader.assignee == str(ticket.assignee_id or "")
        assert reader.closed_at == ticket.closed_at
        assert (ticket.closed_at is None) is (ticket.status is not TicketStatus.CLOSED)

    @invariant()
    def it_begins_with_the_opening_and_never_runs_backwards(self) -> None:
        first = self.ticket.events[0]
        assert (first.what, first.who, first.at, first.after) == ("opened", "bot", OPENED, HandOverReason.DIALOGUE)
        assert all(one.at <= other.at for one, other in pairwise(self.ticket.events))
        assert self.ticket.due_at >= self.ticket.opened_at


TestHistoryTellsAll = HistoryTellsAll.TestCase
