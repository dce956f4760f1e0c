"""What happened between a page being shown and a form being sent from it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from bot.ports import NOT_AT_ALL, Records
from conversations.errors import ColleagueAnswered
from conversations.timeline import Author, Entry, Kind

LOOK_BACK: Final = 200
"""entries that a page may be behind and still be told of each answer it missed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What whoever writes from a page wants to be kept from."""

    seen: int | None = None
    """the last entry that the page had shown: answering over a colleague's answer"""
    wait: timedelta = NOT_AT_ALL
    """how long a reply that is pushed can be taken back: regretting it"""


WITHOUT_CARE: Final = Care()


async def must_have_seen_answers(records: Records, conversation_id: UUID, *, seen: int) -> None:
    """Raises ColleagueAnswered, of the newest, when a person answered after the entry number ``seen``."""
    said = await records.said_before(conversation_id, LOOK_BACK)
    unseen = [each for each in said if each.seq > seen and _reached_the_resident(each)]
    if unseen:
        raise ColleagueAnswered(unseen[-1].author_name, unseen[-1].text, unseen[-1].at)


def _reached_the_resident(entry: Entry) -> bool:
    """A person's answer that was not taken back."""
    return entry.kind is Kind.REPLY and entry.author is Author.OPERATOR and not entry.silence
