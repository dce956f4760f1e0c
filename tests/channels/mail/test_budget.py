from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.budget import Denied, Granted, Ledger, Limits, Rule, sender_key

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TARO = "taro@mail.example"
HOUR = timedelta(hours=1)


def granted(ledger: Ledger, sender: str, now: datetime, *, acknowledges: str | None = None) -> Ledger:
    ledger, decision = ledger.ask(sender, now, acknowledges=acknowledges)
    assert isinstance(decision, Granted)
    return ledger


def denied(ledger: Ledger, sender: str, now: datetime, *, acknowledges: str | None = None) -> Rule:
    after, decision = ledger.ask(sender, now, acknowledges=acknowledges)
    assert isinstance(decision, Denied)
    assert after == ledger
    return decision.rule


def test_arrival_of_a_ticket_is_acknowledged_once() -> None:
    ledger = granted(Ledger(), TARO, START, acknowledges="7")

    assert denied(ledger, TARO, START + 400 * HOUR, acknowledges="7") is Rule.ALREADY_ACKNOWLEDGED
    ledger = granted(ledger, TARO, START, acknowledges="8")
    granted(ledger, TARO, START)


def test_a_day_has_its_limit_and_the_next_day_a_new_one() -> None:
    ledger = Ledger(Limits(per_sender_a_day=2))
    for minute in range(2):
        ledger = granted(ledger, TARO, START + timedelta(minutes=minute))

    assert denied(ledger, TARO, START + 23 * HOUR) is Rule.SENDER_TODAY
    granted(ledger, "hanako@mail.example", START + 23 * HOUR)
    granted(ledger, TARO, START + 25 * HOUR)


def test_after_the_total_only_a_person_opens_the_budget_again() -> None:
    ledger = Ledger(Limits(per_sender=3))
    for day in range(3):
        ledger = granted(ledger, TARO, START + timedelta(days=day))
    years_later = START + timedelta(days=4000)

    assert denied(ledger, TARO, years_later) is Rule.SENDER
    granted(ledger.answered_by_a_person(TARO), TARO, years_later)


def test_the_whole_city_stops_when_too_much_goes_out_at_once_and_goes_on_later() -> None:
    ledger = Ledger(Limits(city_in_ten_minutes=5))
    for number in range(5):
        ledger = granted(ledger, f"r{number}@gmail.com", START)

    assert denied(ledger, TARO, START + timedelta(minutes=9)) is Rule.CITY
    granted(ledger, TARO, START + timedelta(minutes=11))


def test_a_resident_of_a_large_provider_does_not_pay_for_the_others() -> None:
    limits = Limits(per_domain=2)
    at_provider, at_company = Ledger(limits), Ledger(limits)
    for number in range(2):
        at_provider = granted(at_provider, f"r{number}@docomo.ne.jp", START)
        at_company = granted(at_company, f"r{number}@company.example", START)

    granted(at_provider, "r3@docomo.ne.jp", START)
    assert denied(at_company, "r3@company.example", START) is Rule.DOMAIN


@pytest.mark.parametrize(
    "address",
    ["taro@mail.example", "TARO@Mail.Example", " taro@mail.example", "taro+x@mail.example", "taro+@mail.example"],
)
def test_one_mailbox_is_one_sender(address: str) -> None:
    assert sender_key(address) == "taro@mail.example"


@pytest.mark.parametrize("address", ["taro..y.@docomo.ne.jp", ".abc@ezweb.ne.jp", "+x@mail.example"])
def test_odd_addresses_of_carriers_stay_apart(address: str) -> None:
    assert sender_key(address) == address


def test_staff_are_told_of_what_may_be_a_loop_but_not_of_a_busy_day() -> None:
    assert {rule for rule in Rule if Denied(rule).needs_a_person} == {Rule.SENDER, Rule.DOMAIN, Rule.CITY}
    assert all(rule.sentence.endswith("。") for rule in Rule)


# What a robot at the other end may change from mail to mail: its name, its tag, the ticket it lands in, how long it
# waits, whether we acknowledge or answer. No header is read at all, so that none can help it.
TURNS = st.lists(
    st.tuples(
        st.sampled_from(["noreply", "info", "a", "b", "c", "A", "a+1", "a+2"])
        | st.text("abcxyz", min_size=1, max_size=4),
        st.integers(0, 60 * 24 * 400).map(lambda minutes: timedelta(minutes=minutes)),
        st.none() | st.integers(0, 5).map(str),
    ),
    max_size=60,
)
SMALL = Limits(per_sender_a_day=3, per_sender=5, per_domain=12, city_in_ten_minutes=4)


def mails_we_write(turns: list[tuple[str, timedelta, str | None]], domain: str) -> list[tuple[str, datetime]]:
    """Two robots: each turn is the other one's answer to us, and our answer to it if the budget grants one."""
    ledger, now, ours = Ledger(SMALL), START, []
    for name, wait, ticket in turns:
        now += wait
        ledger, decision = ledger.ask(f"{name}@{domain}", now, acknowledges=ticket)
        if isinstance(decision, Granted):
            ours.append((name, now))
    return ours


@given(TURNS)
def test_two_robots_end_whatever_they_write_and_however_long_they_wait(
    turns: list[tuple[str, timedelta, str | None]],
) -> None:
    ours = mails_we_write(turns, "robot.example")

    assert len(ours) <= 12


@given(TURNS)
def test_one_mailbox_at_a_large_provider_ends_too(turns: list[tuple[str, timedelta, str | None]]) -> None:
    ours = mails_we_write([(f"a+{tag}", wait, ticket) for tag, wait, ticket in turns], "gmail.com")

    assert len(ours) <= 5


@given(TURNS)
def test_never_more_than_the_day_and_the_ten_minutes_allow(turns: list[tuple[str, timedelta, str | None]]) -> None:
    ours = mails_we_write(turns, "robot.example")

    for _, moment in ours:
        window = [at for _, at in ours if moment <= at < moment + timedelta(minutes=10)]
        assert len(window) <= 4
        same = [at for name, at in ours if name == "info" and moment <= at < moment + timedelta(days=1)]
        assert len(same) <= 3


@given(st.integers(0, 60 * 24 * 400))
def test_a_clock_set_back_does_not_open_the_budget(minutes: int) -> None:
    ledger = Ledger(SMALL)
    for number in range(4):
        ledger = granted(ledger, f"r{number}@gmail.com", START)

    assert denied(ledger, TARO, START - timedelta(minutes=minutes)) is Rule.CITY
