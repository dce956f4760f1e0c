"""When a person is there: several windows a day, Japanese holidays, closing days, and exceptions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday

JAPAN = ZoneInfo("Asia/Tokyo")
WEEKDAYS = "月火水木金土日"
ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LOOK_AHEAD_DAYS = 400
"""A calendar without one opening in that time never opens."""

Window = tuple[time, time]
Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCalendar:
    """Times of day are Japan's. The lunch break is the gap between two windows of a day."""

    weekdays: Windows = ()
    saturday: Windows = ()
    sunday: Windows = ()
    closed: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    """((month, day), (month, day)) every year, both included; may run over the new year"""
    exceptions: Mapping[date, Windows] = field(default_factory=dict)
    """what holds on that day instead of everything else: extra openings and closures"""

    def windows_on(self, day: date) -> Windows:
        """The opening windows of a day; a holiday (with its 振替) and a closing day have none."""
        if day in self.exceptions:
            return self.exceptions[day]
        if jpholiday.is_holiday(day) or any(_within(day, span) for span in self.closed):
            return ()
        return {5: self.saturday, 6: self.sunday}.get(day.weekday(), self.weekdays)

    def is_open(self, moment: datetime) -> bool:
        here = moment.astimezone(JAPAN)
        return any(begins <= here.time() < ends for begins, ends in self.windows_on(here.date()))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first opening after ``moment`` (UTC); None when there is none within the next year."""
        for begins, _ in self._openings(moment.astimezone(JAPAN).date()):
            if begins > moment:
                return begins
        return None

    def end_of_working_day(self, moment: datetime, days: int) -> datetime | None:
        """When the last window closes on the ``days``-th working day after the day of ``moment`` (UTC)."""
        here = moment.astimezone(JAPAN).date()
        left = days
        for ahead in range(1, LOOK_AHEAD_DAYS):
            day = here + timedelta(days=ahead)
            windows = self.windows_on(day)
            left -= bool(windows)
            if windows and left <= 0:
                return _at(day, windows[-1][1])
        return None

    def _openings(self, first: date) -> Iterator[tuple[datetime, datetime]]:
        for ahead in range(LOOK_AHEAD_DAYS):
            day = first + timedelta(days=ahead)
            for begins, ends in self.windows_on(day):
                yield _at(day, begins), _at(day, ends)


def in_words(moment: datetime, language: str) -> str:
    """A day and time as people say it: 11月25日（水）午前8時45分, Wed 25 Nov, 8:45."""
    here = moment.astimezone(JAPAN)
    if language == "en":
        return f"{ENGLISH_WEEKDAYS[here.weekday()]} {here.day} {here:%b}, {here.hour}:{here:%M}"
    half, hour = ("午前", here.hour) if here.hour < 12 else ("午後", here.hour - 12)
    minutes = f"{here.minute}分" if here.minute else ""
    return f"{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）{half}{hour}時{minutes}"


def day_in_words(moment: datetime, language: str) -> str:
    here = moment.astimezone(JAPAN)
    if language == "en":
        return f"{ENGLISH_WEEKDAYS[here.weekday()]} {here.day} {here:%b}"
    return f"{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）"


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, JAPAN).astimezone(UTC)


def _within(day: date, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    first, last = span
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last
