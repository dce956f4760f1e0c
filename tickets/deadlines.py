"""When an answer is owed, and how that is honestly said."""

from datetime import datetime, timedelta

from tickets.city import City, Section
from tickets.duty_calendar import DutyCalendar, day_in_words, in_words

WITHOUT_CALENDAR = timedelta(days=14)
"""for a section that never opens: somebody must still look in the end"""


def due_at(opened_at: datetime, calendar: DutyCalendar, working_days: int) -> datetime:
    """The close of the ``working_days``-th working day after the opening (UTC)."""
    return calendar.end_of_working_day(opened_at, working_days) or opened_at + WITHOUT_CALENDAR


def expectation(now: datetime, section: Section, city: City, language: str) -> str:
    """What the resident may expect: people are there now, or from when on, and by when we answer at the latest."""
    by = day_in_words(due_at(now, section.calendar, city.answer_within_working_days), language)
    if section.calendar.is_open(now):
        return _OPEN[language if language in _OPEN else "ja"].format(by=by)
    opening = section.calendar.next_opening(now)
    begins = in_words(opening, language) if opening else by
    return _CLOSED[language if language in _CLOSED else "ja"].format(begins=begins, by=by)


_OPEN = {
    "ja": "ただいま受付時間内です。担当者が順番に対応し、遅くとも{by}までにお答えします。",
    "ja-easy": "いま、市役所（しやくしょ）は 開（あ）いています。{by}までに 答（こた）えます。",
    "en": "We are open now. Staff answer in turn, by {by} at the latest.",
}
_CLOSED = {
    "ja": "ただいま受付時間外です。{begins}から担当者が確認し、遅くとも{by}までにお答えします。",
    "ja-easy": "いま 市役所（しやくしょ）は 休（やす）みです。{begins}に 見（み）ます。{by}までに 答（こた）えます。",
    "en": "We are closed now. Staff will look at this from {begins} and answer by {by} at the latest.",
}
