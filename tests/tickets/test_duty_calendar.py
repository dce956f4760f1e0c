from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.duty_calendar import DutyCalendar, Windows

JAPAN = ZoneInfo("Asia/Tokyo")
YEAR_END = (((12, 29), (1, 3)),)
OFFICE = DutyCalendar(weekdays=((time(8, 45), time(12)), (time(13), time(17, 15))), closed=YEAR_END)
NEVER = DutyCalendar()
moments = st.datetimes(datetime(2025, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- made aware by timezones
clocks = st.times(time(0), time(23, 59)).map(lambda each: each.replace(second=0, microsecond=0))


@st.composite
def windows(draw: st.DrawFn) -> Windows:
    """No, one or two windows a day, in order, apart."""
    times = sorted(draw(st.sets(clocks, max_size=4)))
    return tuple(zip(times[0::2], times[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> DutyCalendar:
    days = st.dates(date(2025, 1, 1), date(2031, 1, 1))
    return DutyCalendar(
        weekdays=draw(windows()),
        saturday=draw(windows()),
        sunday=draw(windows()),
        closed=draw(st.sampled_from([(), YEAR_END, (((8, 13), (8, 15)),)])),
        exceptions=draw(st.dictionaries(days, windows(), max_size=3)),
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


@given(calendars(), moments)
def test_any_calendar_tells_an_opening_that_is_open_or_none(calendar: DutyCalendar, moment: datetime) -> None:
    opening = calendar.next_opening(moment)

    if opening is not None:
        assert opening > moment
        assert opening.tzinfo is UTC
        assert calendar.is_open(opening)


@given(calendars(), moments)
def test_open_means_that_it_closes_later_and_is_open_until_then(calendar: DutyCalendar, moment: datetime) -> None:
    closes = calendar.closing(moment)

    assert (closes is not None) is calendar.is_open(moment)
    if closes is not None:
        assert closes > moment
        assert calendar.is_open(closes - timedelta(microseconds=1))


@given(moments, st.integers(1, 15))
def test_between_now_and_the_nth_working_day_lie_exactly_n_of_them(moment: datetime, days: int) -> None:
    found = OFFICE.working_day_after(moment, days)
    today = moment.astimezone(JAPAN).date()

    assert found is not None
    between = [today + timedelta(days=n) for n in range(1, (found - today).days + 1)]
    working = [
        day for day in between if day.weekday() < 5 and not jpholiday.is_holiday(day) and f"{day:%m%d}" not in FREE
    ]
    assert (len(working), working[-1]) == (days, found)


FREE = {"1229", "1230", "1231", "0101", "0102", "0103"}


def test_many_working_days_are_counted_past_a_year() -> None:
    found = OFFICE.working_day_after(at("2026-11-25T10:00"), 300)

    assert found is not None
    assert found > date(2027, 12, 31)


def test_the_day_is_japans_whatever_the_hour_in_utc() -> None:
    # 23:30 UTC on Tuesday is 8:30 on Wednesday in Japan: the first working day after it is Thursday.
    assert OFFICE.working_day_after(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), 1) == date(2026, 11, 26)
    assert OFFICE.is_open(datetime(2026, 11, 24, 23, 45, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        ("2026-12-28T18:00", "2027-01-04T08:45"),  # 年末年始
        ("2026-05-01T18:00", "2026-05-07T08:45"),  # 憲法記念日の振替休日まで
        ("2026-09-18T18:00", "2026-09-24T08:45"),  # 敬老の日、国民の休日、秋分の日
        ("2026-11-25T12:00", "2026-11-25T13:00"),  # 昼休み
        ("2026-11-25T08:45", "2026-11-25T13:00"),  # after the moment, not at it
    ],
)
def test_the_counter_opens_again_after_holidays(moment: str, begins: str) -> None:
    assert OFFICE.next_opening(at(moment)) == at(begins)


def test_a_calendar_that_never_opens_says_so_and_ends() -> None:
    moment = at("2026-11-25T10:00")

    assert NEVER.next_opening(moment) is None
    assert NEVER.working_day_after(moment, 1) is None
    assert NEVER.end_of_working_day(moment, 1) is None
    assert "決まっていません" in NEVER.describe(moment, "ja")


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        ("2026-11-24T18:00", "ja", "ただいま受付時間外です。次は11月25日（水）午前8時45分から対応します。"),
        ("2026-11-25T10:00", "ja", "ただいま受付時間内です（午後0時まで）。"),
        ("2026-11-24T18:00", "en", "We are closed now. We open next on Wed 25 Nov, 8:45 (Japan time)."),
        ("2026-11-24T18:00", "ja-easy", "いま 休（やす）みです。つぎは 11月25日（水）午前8時45分に 開（あ）きます。"),
        ("2026-11-24T18:00", "pt", "ただいま受付時間外です。次は11月25日（水）午前8時45分から対応します。"),
    ],
)
def test_people_are_told_honestly_whether_somebody_is_there(moment: str, language: str, said: str) -> None:
    assert OFFICE.describe(at(moment), language) == said
