"""Every order in which several actors can take their steps, each order tried once.

An actor is a coroutine that awaits ``gate.step()`` between its atomic steps. One actor runs at a time; at every
gate the schedule says who goes on. Schedules are enumerated depth first: a run records how many actors could have
gone on at each gate, and the next run takes the next branch, until there is none.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

Actor = Callable[["Gate"], Awaitable[None]]


class Gate:
    """Where one actor waits for its turn."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.waits = asyncio.Event()
        self._go = asyncio.Event()

    async def step(self) -> None:
        self.waits.set()
        await self._go.wait()
        self._go.clear()

    def go(self) -> None:
        self.waits.clear()
        self._go.set()


@dataclass(slots=True)
class Schedule:
    """The choices of one run: which of the runnable actors went on at each gate."""

    choices: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def choose(self, runnable: Sequence[Gate]) -> Gate:
        at = len(self.widths)
        if at == len(self.choices):
            self.choices.append(0)
        self.widths.append(len(runnable))
        chosen = runnable[self.choices[at]]
        self.names.append(chosen.name)
        return chosen

    def next(self) -> "Schedule | None":
        """The next branch, depth first; None after the last."""
        choices = self.choices[: len(self.widths)]
        for at in reversed(range(len(choices))):
            if choices[at] + 1 < self.widths[at]:
                return Schedule([*choices[:at], choices[at] + 1])
        return None


async def run(actors: dict[str, Actor], schedule: Schedule) -> None:
    """One run of all actors in the schedule's order. An actor's error ends the run."""
    gates = {name: Gate(name) for name in actors}
    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(_from_gate(actor, gates[name])) for name, actor in actors.items()}
        while True:
            for name, task in tasks.items():
                await _settled(task, gates[name])
            runnable = [gates[name] for name, task in tasks.items() if not task.done()]
            if not runnable:
                return
            schedule.choose(runnable).go()


async def every_schedule(at_most: int = 100_000) -> AsyncIterator[Schedule]:
    """Hand out schedules until each order has been run; the caller runs each before asking for the next."""
    schedule: Schedule | None = Schedule()
    for _ in range(at_most):
        if schedule is None:
            return
        yield schedule
        schedule = schedule.next()
    raise AssertionError(f"more than {at_most} orders: make the steps fewer")


async def _from_gate(actor: Actor, gate: Gate) -> None:
    await gate.step()
    await actor(gate)


async def _settled(task: "asyncio.Task[None]", gate: Gate) -> None:
    """Until the actor stands at its gate again, or has ended."""
    waits = asyncio.ensure_future(gate.waits.wait())
    try:
        await asyncio.wait({task, waits}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waits.cancel()
