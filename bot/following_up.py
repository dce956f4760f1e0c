"""Questions that lean on what was said before: 「もう一度」「それはどこですか」「返事はまだですか」."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.understood import Mind
from conversations.reply import Reply
from conversations.timeline import Author, Entry, Kind
from knowledge_base.article import ArticleVersion
from tickets.city import City, Section
from tickets.duty_calendar import day_in_words
from tickets.ticket import Ticket, TicketStatus

REPEAT: Final = "repeat"
TICKET_STATUS: Final = "ticket_status"
LEANS_ON_THE_PAST: Final = frozenset({REPEAT, TICKET_STATUS})
"""intents whose answer needs ``Remembered``"""
LOOK_BACK: Final = 10
"""entries among which the last reply is looked for"""

_OFFICE: Final = frozenset({"opening_hours", "where_is_counter", "contact_phone"})
_OF_THE_WHOLE_CITY: Final = frozenset({"opening_hours", "contact_phone"})
"""what the city as a whole has: it has no one counter"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was said and promised before, as far as the message asks for it."""

    last_reply: Reply | None = None
    ticket: Ticket | None = None


NOTHING: Final = Remembered()


def last_reply(entries: Sequence[Entry]) -> Reply | None:
    """The newest thing told to the resident that can be told again; ``entries`` oldest first."""
    for entry in reversed(entries):
        # A person's reply that was taken back never reached the resident, and must not now.
        if entry.kind is Kind.REPLY and entry.author in {Author.BOT, Author.OPERATOR} and not entry.silence:
            return Reply(text=entry.text, choices=entry.choices, card=entry.card, language=entry.language)
    return None


@dataclass(frozen=True, slots=True)
class FollowingUp:
    """Speaks to one resident, now."""

    mind: Mind
    language: str
    now: datetime

    def again(self, remembered: Remembered) -> Reply:
        """The last reply once more, its choices too."""
        last = remembered.last_reply
        if last is None:
            return self._reply(self._say("bot.nothing_to_repeat"))
        text = f"{self._say('bot.repeat')}\n\n{last.text}"
        return Reply(text=text, choices=last.choices, card=last.card, language=last.language)

    def office(self, intent: str, text: str, topic: ArticleVersion | None) -> Reply | None:
        """Counter, telephone, hours: of the section named in the words, else of the topic's, else of the city hall."""
        city = self.mind.city
        section = _named_in(text, city) or (city.section(topic.content.section) if topic else None)
        if intent not in _OFFICE or (section is None and intent not in _OF_THE_WHOLE_CITY):
            return None
        general = section or city.section("")
        name = section.name_in(self.language) if section else city.office.get(self.language) or city.office["ja"]
        place = section.counter if section else ""
        lines = [
            f"**{name}**",
            self._say("bot.office.place", place=place) if place else "",
            self._say("bot.office.phone", phone=section.phone if section else city.phone or general.phone),
            general.calendar.describe(self.now, self.language),
        ]
        return self._reply("\n\n".join(line for line in lines if line))

    def promise(self, remembered: Remembered) -> Reply:
        """Where the conversation's own request stands, and honestly when it is late."""
        ticket = remembered.ticket
        if ticket is None:
            return self._reply(self._say("bot.ticket.none"))
        is_late = ticket.due_at < self.now
        state = "closed" if ticket.status is TicketStatus.CLOSED else "late" if is_late else "open"
        section = self.mind.city.section(ticket.section).name_in(self.language)
        by = day_in_words(ticket.due_at, self.language)
        return self._reply(self._say(f"bot.ticket.{state}", number=ticket.number, section=section, by=by))

    def _say(self, key: str, **values: str) -> str:
        return self.mind.phrases.say(key, self.language, **values)

    def _reply(self, text: str) -> Reply:
        return Reply(text=text, language=self.language)


def _named_in(text: str, city: City) -> Section | None:
    """The section whose name the resident wrote; the longest, should one name stand within another."""
    named = [s for s in city.sections.values() if s.name in text or (s.name_en and s.name_en.lower() in text.lower())]
    return max(named, key=lambda section: len(section.name), default=None)
