from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from conversations.errors import TicketAlreadyClosed


class TicketStatus(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    WAITING_FOR_RESIDENT = "waiting_for_resident"
    """answered with a question: the resident's turn"""
    CLOSED = "closed"


class HandOverReason(StrEnum):
    """Why a person must look."""

    ASKED_FOR_PERSON = "asked_for_person"
    NOT_UNDERSTOOD = "not_understood"
    NO_ANSWER = "no_answer"
    EMERGENCY = "emergency"
    DIALOGUE = "dialogue"
    REFUSED_DELIVERY = "refused_delivery"
    SET_ASIDE = "set_aside"
    CONTACT_FORM = "contact_form"
    TAKEN_OVER = "taken_over"
    NO_ROBOT = "no_robot"
    """no robot may answer this letter: its sender asks for none, or too many were sent there"""
    EXPIRED = "expired"
    BELOW_ITS_BAR = "below_its_bar"
    """a category's direct answers were wrong too often: its section must look at the entries"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    at: datetime
    who: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(slots=True, kw_only=True)
class Ticket:
    """Work that a person must finish. Changes only by its verbs, each of which leaves an event."""

    id: UUID
    number: str
    conversation_id: UUID
    subject: str
    section: str
    reason: HandOverReason
    language: str = "ja"
    status: TicketStatus = TicketStatus.OPEN
    assignee_id: UUID | None = None
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    events: list[TicketEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A ticket is never due before it was opened, and its history begins with its opening."""
        self.due_at = max(self.due_at, self.opened_at)
        if not self.events:
            self._left(self.opened_at, "bot", "opened", "", self.reason)

    def assign_to(self, assignee_id: UUID, *, by: str, at: datetime) -> None:
        self._must_be_open()
        before = str(self.assignee_id or "")
        self.status, self.assignee_id = TicketStatus.ASSIGNED, assignee_id
        self._left(at, by, "assigned", before, str(assignee_id))

    def release(self, *, by: str, at: datetime) -> None:
        """Nobody in particular has it any more; it stays open."""
        self._must_be_open()
        before = str(self.assignee_id or "")
        self.status, self.assignee_id = TicketStatus.OPEN, None
        self._left(at, by, "released", before, "")

    def move_to(self, section: str, *, reason: str, by: str, at: datetime) -> None:
        """Another section's work."""
        self._must_be_open()
        before, self.section = self.section, section
        self._left(at, by, "moved", before, f"{section}: {reason}" if reason else section)

    def note_reply(self, *, by: str, at: datetime) -> None:
        """Staff answered: now it is the resident's turn."""
        self._must_be_open()
        before, self.status = self.status, TicketStatus.WAITING_FOR_RESIDENT
        self._left(at, by, "replied", before, self.status)

    def note_answer(self, *, at: datetime) -> None:
        """The resident wrote again: staff's turn, whoever had it. Harmless when nobody waited for that."""
        if self.status is not TicketStatus.WAITING_FOR_RESIDENT:
            return
        before = self.status
        self.status = TicketStatus.ASSIGNED if self.assignee_id else TicketStatus.OPEN
        self._left(at, "resident", "answered", before, self.status)

    def note(self, *, what: str, by: str, at: datetime) -> None:
        """Something happened that changes nothing on the ticket itself."""
        self._left(at, by, what, "", "")

    def close(self, *, by: str, at: datetime) -> None:
        self._must_be_open()
        before, self.status = self.status, TicketStatus.CLOSED
        self.closed_at = self._left(at, by, "closed", before, TicketStatus.CLOSED)

    def reopen(self, *, by: str, at: datetime) -> None:
        """Open again, with nobody; harmless when it is open."""
        if self.status is not TicketStatus.CLOSED:
            return
        self.status, self.assignee_id, self.closed_at = TicketStatus.OPEN, None, None
        self._left(at, by, "reopened", TicketStatus.CLOSED, TicketStatus.OPEN)

    def _must_be_open(self) -> None:
        if self.status is TicketStatus.CLOSED:
            raise TicketAlreadyClosed(self.number)

    def _left(self, at: datetime, who: str, what: str, before: str, after: str) -> datetime:
        # Clocks of two machines may differ by a moment: a history still never runs backwards.
        when = max(at, self.events[-1].at) if self.events else at
        self.events.append(TicketEvent(at=when, who=who, what=what, before=str(before), after=str(after)))
        return when
