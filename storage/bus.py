"""What may vanish: wake-ups, who is typing, rate limits. In this process, or in Redis for several."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

QUEUE = 100
"""notices a slow listener may be behind before it is only told that there is something"""
WAIT_FOR_REDIS = 1.0
"""seconds"""
LONGEST_STAY = 600
"""seconds: nobody is anywhere for longer without saying so again"""


@dataclass(frozen=True, slots=True)
class Heard:
    topic: str
    payload: str


class Bus(Protocol):
    async def publish(self, topic: str, payload: str = "") -> None:
        """Tell whoever listens. May get lost."""

    def listen(self, topics: Sequence[str]) -> AbstractAsyncContextManager["Inlet"]:
        """Hear these topics until the block ends."""

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:
        """Count one use; False when there were too many in the present window."""

    async def hold(self, key: str, value: str, *, seconds: int) -> None:
        """Remember a value for some seconds."""

    async def held(self, key: str) -> str:
        """The value held, or an empty string."""

    async def be_at(self, place: str, who: str, *, seconds: int) -> None:
        """Be there for some seconds, unless renewed."""

    async def leave(self, place: str, who: str) -> None:
        """Be there no more."""

    async def at(self, place: str) -> frozenset[str]:
        """Who is there now."""

    async def close(self) -> None: ...


class Inlet:
    """One listener's queue; when it runs full the oldest notice goes: a wake-up is a wake-up."""

    def __init__(self) -> None:
        self._queue: deque[Heard] = deque(maxlen=QUEUE)
        self._filled = asyncio.Event()

    def put(self, heard: Heard) -> None:
        self._queue.append(heard)
        self._filled.set()

    def clear(self) -> None:
        """Forget what is waiting: for a listener to whom many notices are one."""
        self._queue.clear()

    async def next(self, seconds: float) -> Heard | None:
        """The next notice, or None after so many seconds."""
        if not self._queue:
            self._filled.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._filled.wait()
        return self._queue.popleft() if self._queue else None


@dataclass(slots=True)
class MemoryBus:
    """For one process."""

    _inlets: dict[str, set[Inlet]] = field(default_factory=lambda: defaultdict(set))
    _uses: dict[str, tuple[float, int]] = field(default_factory=dict)
    _held: dict[str, tuple[float, str]] = field(default_factory=dict)
    _places: dict[str, dict[str, float]] = field(default_factory=dict)

    async def publish(self, topic: str, payload: str = "") -> None:
        for inlet in tuple(self._inlets.get(topic, ())):
            inlet.put(Heard(topic, payload))

    @asynccontextmanager
    async def listen(self, topics: Sequence[str]) -> AsyncIterator[Inlet]:
        inlet = Inlet()
        for topic in topics:
            self._inlets[topic].add(inlet)
        try:
            yield inlet
        finally:
            for topic in topics:
                self._inlets[topic].discard(inlet)
                if not self._inlets[topic]:
                    del self._inlets[topic]

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:
        now = time.monotonic()
        if len(self._uses) > 100_000:
            self._uses = {name: use for name, use in self._uses.items() if use[0] > now}
        ends, count = self._uses.get(key, (0.0, 0))
        if ends <= now:
            ends, count = now + per_seconds, 0
        self._uses[key] = (ends, count + 1)
        return count < at_most

    async def hold(self, key: str, value: str, *, seconds: int) -> None:
        self._held[key] = (time.monotonic() + seconds, value)

    async def held(self, key: str) -> str:
        ends, value = self._held.get(key, (0.0, ""))
        if ends <= time.monotonic():
            self._held.pop(key, None)
            return ""
        return value

    async def be_at(self, place: str, who: str, *, seconds: int) -> None:
        self._places.setdefault(place, {})[who] = time.monotonic() + seconds

    async def leave(self, place: str, who: str) -> None:
        self._places.get(place, {}).pop(who, None)
        await self.at(place)

    async def at(self, place: str) -> frozenset[str]:
        now = time.monotonic()
        there = {who: until for who, until in self._places.pop(place, {}).items() if until > now}
        if there:
            self._places[place] = there
        return frozenset(there)

    async def close(self) -> None:
        self._inlets.clear()


class RedisBus:
    """For several processes.

    When Redis is away everything goes on: wake-ups are missed (loops look by themselves), limits let through,
    nobody seems to be typing. Each failure is logged.
    """

    def __init__(self, url: str, *, prefix: str = "madoguchi:") -> None:
        self._prefix = prefix
        # redis-py 8 retries ten times by default: on a resident's path one quick failure is better.
        self._redis = redis.Redis.from_url(
            url,
            decode_responses=True,
            protocol=3,
            retry=None,
            socket_timeout=WAIT_FOR_REDIS,
            socket_connect_timeout=WAIT_FOR_REDIS,
        )
        # A listener waits for minutes: no read time-out there.
        self._listening = redis.Redis.from_url(url, decode_responses=True, protocol=3, socket_timeout=None)

    async def publish(self, topic: str, payload: str = "") -> None:
        try:
            await self._redis.publish(self._prefix + topic, payload)
        except RedisError:
            log.warning("redis is away", doing="publish")

    @asynccontextmanager
    async def listen(self, topics: Sequence[str]) -> AsyncIterator[Inlet]:
        inlet = Inlet()
        subscribed = asyncio.Event()
        hearing = asyncio.ensure_future(self._hear([self._prefix + topic for topic in topics], inlet, subscribed))
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_FOR_REDIS):
                    await subscribed.wait()
            yield inlet
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing

    async def _hear(self, topics: Sequence[str], inlet: Inlet, subscribed: asyncio.Event) -> None:
        while True:
            try:
                async with self._listening.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(*topics)
                    subscribed.set()
                    async for message in pubsub.listen():
                        inlet.put(Heard(message["channel"].removeprefix(self._prefix), message["data"]))
            except RedisError:
                log.warning("redis is away", doing="listen")
                await asyncio.sleep(WAIT_FOR_REDIS)

    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool:
        name = f"{self._prefix}uses:{key}:{int(time.time()) // per_seconds}"
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                _ = pipeline.incr(name)
                _ = pipeline.expire(name, per_seconds)
                count, _ = await pipeline.execute()
        except RedisError:
            log.warning("redis is away", doing="allow")
            return True
        return int(count) <= at_most

    async def hold(self, key: str, value: str, *, seconds: int) -> None:
        try:
            await self._redis.set(f"{self._prefix}held:{key}", value, ex=seconds)
        except RedisError:
            log.warning("redis is away", doing="hold")

    async def held(self, key: str) -> str:
        try:
            return str(await self._redis.get(f"{self._prefix}held:{key}") or "")
        except RedisError:
            log.warning("redis is away", doing="held")
            return ""

    async def be_at(self, place: str, who: str, *, seconds: int) -> None:
        name, now = f"{self._prefix}at:{place}", time.time()
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                _ = pipeline.zremrangebyscore(name, 0, now)
                _ = pipeline.zadd(name, {who: now + seconds})
                # The place may be emptied only when the last one has gone, not when whoever came last has.
                _ = pipeline.expire(name, LONGEST_STAY)
                await pipeline.execute()
        except RedisError:
            log.warning("redis is away", doing="be_at")

    async def leave(self, place: str, who: str) -> None:
        try:
            await self._redis.zrem(f"{self._prefix}at:{place}", who)
        except RedisError:
            log.warning("redis is away", doing="leave")

    async def at(self, place: str) -> frozenset[str]:
        try:
            there = await self._redis.zrangebyscore(f"{self._prefix}at:{place}", time.time(), "+inf")
        except RedisError:
            log.warning("redis is away", doing="at")
            return frozenset()
        return frozenset(str(who) for who in there)

    async def close(self) -> None:
        await self._redis.aclose()
        await self._listening.aclose()
