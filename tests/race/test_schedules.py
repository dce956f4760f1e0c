from math import factorial

from tests.race.schedules import Gate, every_schedule, run


async def test_every_order_is_tried_exactly_once() -> None:
    orders = []
    async for schedule in every_schedule():
        order: list[str] = []

        def actor(name: str, order: list[str] = order) -> object:
            async def two_steps(gate: Gate) -> None:
                order.append(name)
                await gate.step()
                order.append(name)

            return two_steps

        await run({name: actor(name) for name in "abc"}, schedule)  # type: ignore[misc]
        orders.append("".join(order))

    assert len(orders) == len(set(orders)) == factorial(6) // 2**3
