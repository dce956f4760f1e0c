"""Somebody who asks an embeddings endpoint, on a clock that only moves by what is waited for."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from language.breaker import Away
from language.encoder import EncoderError, Vectors
from language.endpoint import (
    HttpEncoder,
    Timing,
)
from tests.conftest import FrozenClock

KEY = "sk-secret-1234"


@dataclass(slots=True)
class Client:
    """An encoder with a clock that only moves by what it waits for, and everything it told."""

    encoder: HttpEncoder
    clock: FrozenClock
    waited: list[float] = field(default_factory=list)
    told: list[Away | None] = field(default_factory=list)

    async def queries(self, *texts: str) -> Vectors:
        return await asyncio.to_thread(self.encoder.queries, texts)

    async def passages(self, *texts: str) -> Vectors:
        return await asyncio.to_thread(self.encoder.passages, texts)

    async def fails(self, *texts: str) -> str:
        with pytest.raises(EncoderError) as caught:
            await self.queries(*texts)
        return str(caught.value)


def client(url: str, clock: FrozenClock, *, seconds: float = 20.0, model: str = "bge", dimensions: int = 4) -> Client:
    waited: list[float] = []
    told: list[Away | None] = []

    def wait(event: threading.Event, pause: float) -> bool:
        waited.append(pause)
        clock.turn(timedelta(seconds=pause))
        return event.is_set()

    timing = Timing(resident_waits=seconds, background_waits=seconds, now=clock.now, wait=wait)
    encoder = HttpEncoder(url, model=model, dimensions=dimensions, api_key=KEY, changed=told.append, timing=timing)
    return Client(encoder, clock, waited, told)
