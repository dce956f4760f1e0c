"""What a network delivers is kept once, read by one, tried again, and set aside for staff: on both databases."""

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database
from storage.deliveries import LEASE, PUT_OFF, Deliveries
from tests.conftest import FrozenClock


@pytest.fixture
def deliveries(database: Database, clock: FrozenClock) -> Deliveries:
    return Deliveries(database, clock)


async def test_a_delivery_is_kept_once_however_often_it_comes(deliveries: Deliveries) -> None:
    kept = await asyncio.gather(*(deliveries.keep("line", "key", b"{}") for _ in range(5)))

    assert sorted(kept) == [False, False, False, False, True]
    assert await deliveries.keep("mail", "key", b"{}"), "another network may use the same key"
    assert [each.body for each in await deliveries.claim(at_most=9)] == [b"{}", b"{}"]


async def test_the_oldest_is_read_first_and_by_one_worker_alone(deliveries: Deliveries) -> None:
    for number in range(4):
        await deliveries.keep("line", str(number), str(number).encode())

    first, second = await asyncio.gather(deliveries.claim(at_most=2), deliveries.claim(at_most=2))

    assert sorted(each.body for each in (*first, *second)) == [b"0", b"1", b"2", b"3"]
    assert not await deliveries.claim(at_most=2)


async def test_what_was_read_is_read_no_more(deliveries: Deliveries, clock: FrozenClock) -> None:
    await deliveries.keep("line", "key", b"{}")
    (claimed,) = await deliveries.claim(at_most=1)

    await deliveries.read(claimed.id, "ignored: standby")

    clock.turn(LEASE * 2)
    assert not await deliveries.claim(at_most=1)
    assert await deliveries.counts() == {("line", "read"): 1}


async def test_a_delivery_whose_reader_died_is_read_again_after_the_lease(
    deliveries: Deliveries, clock: FrozenClock
) -> None:
    await deliveries.keep("line", "key", b"{}")
    assert await deliveries.claim(at_most=1)

    clock.turn(LEASE - timedelta(seconds=1))
    assert not await deliveries.claim(at_most=1)
    clock.turn(timedelta(seconds=1))
    assert await deliveries.claim(at_most=1)


async def test_after_some_failures_staff_look_and_let_it_be_read_again(
    deliveries: Deliveries, clock: FrozenClock
) -> None:
    await deliveries.keep("line", "key", b"{}")
    for pause in PUT_OFF:
        (claimed,) = await deliveries.claim(at_most=1)
        assert not await deliveries.failed(claimed.id, "the disk is full")
        clock.turn(pause - timedelta(milliseconds=1))
        assert not await deliveries.claim(at_most=1)
        clock.turn(timedelta(milliseconds=1))
    (claimed,) = await deliveries.claim(at_most=1)

    assert await deliveries.failed(claimed.id, "the disk is full")

    clock.turn(timedelta(days=1))
    assert not await deliveries.claim(at_most=1)
    assert [(each.state, each.outcome) for each in await deliveries.aside(9)] == [("set_aside", "the disk is full")]
    await deliveries.again(claimed.id)
    assert [each.id for each in await deliveries.claim(at_most=1)] == [claimed.id]


async def test_what_cannot_be_read_is_set_aside_at_once(deliveries: Deliveries) -> None:
    await deliveries.keep("line", "key", b"\xff")
    (claimed,) = await deliveries.claim(at_most=1)

    await deliveries.set_aside(claimed.id, "no JSON")
    assert not await deliveries.failed(claimed.id, "too late"), "it is aside already"

    (aside,) = await deliveries.aside(9)
    assert (aside.body, aside.outcome) == (b"\xff", "no JSON")
    assert "xff" not in repr(aside)
