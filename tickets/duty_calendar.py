"""When a person is there: several windows a day, Japanese holidays, closing days, and exceptions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
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

    def working_day_after(self, moment: datetime, days: int) -> date | None:
        """The ``days``-th day with an opening after the day of ``moment``; None for a calendar that never opens."""
        day = moment.astimezone(JAPAN).date()
        left, idle = days, 0
        while idle < LOOK_AHEAD_DAYS:
            day += timedelta(days=1)
            if not self.windows_on(day):
                idle += 1
                continue
            left, idle = left - 1, 0
            if left <= 0:
                return day
        return None

    def end_of_working_day(self, moment: datetime, days: int) -> datetime | None:
        """When the last window closes on the ``days``-th working day after the day of ``moment`` (UTC)."""
        day = self.working_day_after(moment, days)
        return None if day is None else _at(day, max(ends for _, ends in self.windows_on(day)))

    def closing(self, moment: datetime) -> datetime | None:
        """When the window that is open at ``moment`` closes (UTC); None when none is open."""
        for begins, ends in self._openings(moment.astimezone(JAPAN).date()):
            if begins <= moment < ends:
                return ends
            if begins > moment:
                return None
        return None

    def describe(self, moment: datetime, language: str) -> str:
        """Whether people are there, said honestly: until when, or from when on, or that nobody can say."""
        said = _SAID.get(language, _SAID["ja"])
        if closes := self.closing(moment):
            return said["open"].format(until=time_in_words(closes, language))
        opening = self.next_opening(moment)
        return said["closed"].format(begins=in_words(opening, language)) if opening else said["never"]

    def _openings(self, first: date) -> Iterator[tuple[datetime, datetime]]:
        for ahead in range(LOOK_AHEAD_DAYS):
            day = first + timedelta(days=ahead)
            for begins, ends in self.windows_on(day):
                yield _at(day, begins), _at(day, ends)


def in_words(moment: datetime, language: str) -> str:
    """A day and time as people say it: 11月25日（水）午前8時45分, Wed 25 Nov, 8:45."""
    between = ", " if language == "en" else ""
    return f"{day_in_words(moment, language)}{between}{time_in_words(moment, language)}"


def day_in_words(moment: datetime, language: str) -> str:
    here = moment.astimezone(JAPAN)
    if language == "en":
        return f"{ENGLISH_WEEKDAYS[here.weekday()]} {here.day} {here:%b}"
    return f"{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）"


def time_in_words(moment: datetime, language: str) -> str:
    here = moment.astimezone(JAPAN)
    if language == "en":
        return f"{here.hour}:{here:%M}"
    half, hour = ("午前", here.hour) if here.hour < 12 else ("午後", here.hour - 12)
    minutes = f"{here.minute}分" if here.minute else ""
    return f"{half}{hour}時{minutes}"


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, JAPAN).astimezone(UTC)


def _within(day: date, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    first, last = span
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "ja": {
        "open": "ただいま受付時間内です（{until}まで）。",
        "closed": "ただいま受付時間外です。次は{begins}から対応します。",
        "never": "受付の日時は決まっていません。お電話でお確かめください。",
    },
    "ja-easy": {
        "open": "いま 開（あ）いています。{until}までです。",
        "closed": "いま 休（やす）みです。つぎは {begins}に 開（あ）きます。",
        "never": "いつ 開（あ）くか 決（き）まっていません。電話（でんわ）で 聞（き）いてください。",
    },
    "en": {
        "open": "We are open now, until {until}.",
        "closed": "We are closed now. We open next on {begins} (Japan time).",
        "never": "No opening hours are set. Please call to make sure.",
    },
}
