"""The bus contract: in one process, and over a real Valkey."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from storage.bus import Bus, MemoryBus, RedisBus


@pytest.fixture(params=["memory", "valkey"])
async def bus(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Bus]:
    made: Bus = MemoryBus() if request.param == "memory" else RedisBus(valkey_url, prefix=f"{uuid4()}:")
    yield made
    await made.close()


async def test_a_listener_hears_its_topics_and_no_others(bus: Bus) -> None:
    async with bus.listen(["a", "b"]) as inlet:
        await bus.publish("other", "not for us")
        await bus.publish("b", "for us")
        heard = await inlet.next(5)

    assert heard is not None
    assert (heard.topic, heard.payload) == ("b", "for us")


async def test_every_listener_hears_and_none_hears_what_was_said_before(bus: Bus) -> None:
    await bus.publish("a", "too early")
    async with bus.listen(["a"]) as one, bus.listen(["a"]) as other:
        await bus.publish("a", "now")
        heard = await asyncio.gather(one.next(5), other.next(5))

    assert [each and each.payload for each in heard] == ["now", "now"]


async def test_waiting_for_nothing_ends(bus: Bus) -> None:
    async with bus.listen(["a"]) as inlet:
        assert await inlet.next(0.01) is None


async def test_uses_are_counted_by_key(bus: Bus) -> None:
    counted = [await bus.allow("sato", at_most=3, per_seconds=1000) for _ in range(4)]

    assert counted == [True, True, True, False]
    assert await bus.allow("suzuki", at_most=3, per_seconds=1000)


async def test_what_is_held_is_there_and_nothing_else(bus: Bus) -> None:
    await bus.hold("typing", "じゅう", seconds=60)

    assert await bus.held("typing") == "じゅう"
    assert await bus.held("other") == ""


async def test_who_is_at_a_place_is_there_until_they_leave_or_say_no_more(bus: Bus) -> None:
    await bus.be_at("desk", "sato:1", seconds=60)
    await bus.be_at("desk", "sato:2", seconds=60)
    await bus.be_at("desk", "mori:1", seconds=0)
    await bus.be_at("door", "mori:1", seconds=60)

    assert await bus.at("desk") == {"sato:1", "sato:2"}
    await bus.leave("desk", "sato:1")
    await bus.leave("desk", "nobody")
    assert await bus.at("desk") == {"sato:2"}
    await bus.be_at("desk", "sato:2", seconds=0)
    assert await bus.at("desk") == frozenset()
    assert await bus.at("door") == {"mori:1"}


async def test_without_redis_everything_goes_on() -> None:
    away = RedisBus("redis://127.0.0.1:1/0")

    await away.publish("a")
    await away.hold("a", "b", seconds=1)

    await away.be_at("a", "b", seconds=1)
    await away.leave("a", "b")

    assert await away.at("a") == frozenset()
    assert await away.held("a") == ""
    assert await away.allow("a", at_most=1, per_seconds=10)
    await away.close()
