"""Residents' mailboxes: what they wrote, what came, and what the city's mail door said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulator.letters import Letter, read
from simulator.mail_network import Answer, Posted, hand_over
from simulator.mail_programs import Draft, Failure, bounce, out_of_office, written
from simulator.residents import Resident


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    number: int
    at: datetime
    letter: Letter
    answer: Answer | None = None
    """of the door, to what was sent; None: it came"""


@dataclass(slots=True, kw_only=True)
class Mailbox:
    owner: Resident
    addresses: set[str]
    mails: list[Mail] = field(default_factory=list)

    def add(self, letter: Letter, *, at: datetime, answer: Answer | None = None) -> None:
        self.mails.append(Mail(number=len(self.mails) + 1, at=at, letter=letter, answer=answer))

    def mail(self, number: int) -> Mail | None:
        return self.mails[number - 1] if 0 < number <= len(self.mails) else None


@dataclass(slots=True, kw_only=True)
class PostOffice:
    """All mailboxes, and the way to the city's mail door."""

    desk: str
    """the counter's address"""
    door: int | None
    """the LMTP port; None: the city hall has no mail"""
    boxes: Mapping[str, Mailbox]
    """by the resident's key"""
    now: Callable[[], datetime]
    changed: Callable[[Resident], None]
    strays: list[Letter] = field(default_factory=list)
    """to nobody we know"""

    def take(self, posted: Posted) -> None:
        """A mail of the city hall, into its resident's box."""
        letter = read(posted)
        boxes = [box for box in self.boxes.values() if box.addresses & set(posted.recipients)]
        if not boxes:
            self.strays.append(letter)
        for box in boxes:
            box.add(letter, at=self.now())
            self.changed(box.owner)

    async def write(self, box: Mailbox, draft: Draft, *, honest: bool = True) -> Answer:
        box.addresses.add(draft.address)
        return await self._send(box, written(draft, at=self.now()), honest=honest)

    async def be_away(self, box: Mailbox, letter: Letter) -> Answer:
        """A program of theirs answers for them: the city's robot must not answer that."""
        note = out_of_office(letter, name=box.owner.name, address=letter.posted.recipients[0], at=self.now())
        return await self._send(box, note)

    async def bounce(self, box: Mailbox, letter: Letter, failure: Failure) -> Answer:
        return await self._send(box, bounce(letter, failure, at=self.now()))

    async def _send(self, box: Mailbox, posted: Posted, *, honest: bool = True) -> Answer:
        assert self.door is not None
        answer = await hand_over(self.door, posted, at=self.now(), honest=honest)
        box.add(read(posted), at=self.now(), answer=answer)
        self.changed(box.owner)
        return answer


def new_boxes(residents: Sequence[Resident]) -> dict[str, Mailbox]:
    return {each.key: Mailbox(owner=each, addresses={each.mail}) for each in residents}
