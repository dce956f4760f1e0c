from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.city import DEMO
from tickets.city_file import CityFileError, read_city
from tickets.deadlines import due_at, expectation
from tickets.duty_calendar import DutyCalendar
from tickets.numbers import parse_number, ticket_number

JAPAN = ZoneInfo("Asia/Tokyo")
CALENDAR = DutyCalendar(
    weekdays=((time(8, 30), time(12, 0)), (time(13, 0), time(17, 15))),
    closed=(((12, 29), (1, 3)),),
    exceptions={date(2026, 12, 27): ((time(9, 0), time(12, 0)),), date(2026, 12, 24): ()},
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- made aware by timezones


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-25T08:29", False),
        ("2026-11-25T08:30", True),
        ("2026-11-25T12:30", False),  # lunch
        ("2026-11-25T17:15", False),
        ("2026-11-28T10:00", False),  # Saturday
        ("2026-05-06T10:00", False),  # 振替休日
        ("2026-12-30T10:00", False),  # 年末年始
        ("2027-01-02T10:00", False),
        ("2026-12-27T10:00", True),  # a Sunday that is open
        ("2026-12-24T10:00", False),  # a Thursday that is closed
    ],
)
def test_the_counter_is_open_when_it_says(moment: str, *, is_open: bool) -> None:
    assert CALENDAR.is_open(at(moment)) is is_open


@given(moments)
def test_the_next_opening_is_open_and_later_and_no_opening_is_left_out(moment: datetime) -> None:
    opening = CALENDAR.next_opening(moment)

    assert opening is not None
    assert opening > moment
    assert CALENDAR.is_open(opening)
    assert not CALENDAR.is_open(opening - timedelta(minutes=1))


@given(moments, st.integers(1, 20))
def test_a_due_day_is_a_working_day_after_the_opening(moment: datetime, days: int) -> None:
    due = due_at(moment, CALENDAR, days)
    day = due.astimezone(JAPAN).date()

    assert due > moment
    assert not jpholiday.is_holiday(day)
    assert (day - moment.astimezone(JAPAN).date()).days >= days


def test_a_counter_that_never_opens_still_owes_an_answer() -> None:
    assert DutyCalendar().next_opening(at("2026-11-25T10:00")) is None
    assert due_at(at("2026-11-25T10:00"), DutyCalendar(), 3) > at("2026-11-25T10:00")


def test_people_are_told_from_when_on_in_their_language() -> None:
    city = read_city(DEMO / "city.yml")
    night = at("2026-11-25T20:00")

    told = [expectation(night, city.section("gomi"), city, language) for language in ("ja", "ja-easy", "en")]

    assert "11月26日（木）午前8時30分" in told[0]
    assert "11月30日（月）" in told[1]
    assert "Thu 26 Nov, 8:30" in told[2]


@given(st.integers(1, 99_999_999))
def test_a_number_is_understood_however_it_is_typed(count: int) -> None:
    number = ticket_number(at("2026-11-25T10:00"), count)

    for typed in (number, number.lower(), number.replace("-", ""), number.replace("-", " "), f" {number} ", number[2:]):
        assert parse_number(typed) == number
    assert parse_number(number.translate(str.maketrans("0123456789M", "０１２３４５６７８９Ｍ"))) == number


@given(st.integers(1, 999_999), st.data())
def test_one_wrong_digit_or_two_swapped_ones_are_noticed(count: int, data: st.DataObject) -> None:
    digits = ticket_number(at("2026-11-25T10:00"), count).replace("-", "")[1:]
    place = data.draw(st.integers(0, len(digits) - 2))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))

    assert parse_number(digits[:place] + other + digits[place + 1 :]) is None
    if digits[place] != digits[place + 1]:
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        assert parse_number(swapped) is None


def test_every_mistake_of_a_city_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "city.yml"
    path.write_text(
        "name: {ja: 市}\noffice: {ja: 市役所}\nhours:\n  weekdays: [['17:00', '08:00']]\nsections:\n"
        "  - {id: a, name: 課}\n  - {id: a, name: 課, fax: 1}\ngeneral_section: b\n",
        encoding="utf-8",
    )

    with pytest.raises(CityFileError) as caught:
        read_city(path)

    told = "\n".join(caught.value.problems)
    for place in (":4: weekdays", ":7: 担当課の id「a」", ":7: 「fax」", ":8: general_section"):
        assert place in told
