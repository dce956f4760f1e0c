"""How long a resident waits, and what a thousand conversations weigh.

    .venv/bin/python -m benchmarks.web_chat [--conversations 1000]

Starts the real server (demo city, embedded database, bundled encoder), waits for its vectors, and prints from POST to
the reply's arrival by long poll, one resident at a time; then its resident memory before and after the conversations.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.support.resident import Resident
from tests.support.server_process import ServerProcess

QUESTIONS = [
    "住民票を郵送で取りたい",
    "粗大ごみの料金は",
    "印鑑登録証をなくした",
    "保育所の締め切りはいつ",
    "水道を止めたい",
]
TALKS = 40
PER_ADDRESS = 50


async def main(conversations: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder))
        await server.start()
        try:
            async with aiohttp.ClientSession() as session:
                await vectors_ready(session, server.url)
                waits = sorted(await waits_of(session, server.url))
                print(f"POST to reply, {len(waits)} messages, ms: {in_ms(waits)}")
                print(f"memory at rest: {memory(server.pid)} MB")
                await many(server.url, conversations)
                print(f"memory after {conversations} conversations: {memory(server.pid)} MB")
        finally:
            await server.end()


async def vectors_ready(session: aiohttp.ClientSession, url: str) -> None:
    """Until every published text has its vector."""
    while True:
        async with session.get(f"{url}/readyz") as response:
            vectors = (await response.json())["vectors"]
        if vectors["wanted"] and vectors["done"] >= vectors["wanted"]:
            return
        await asyncio.sleep(1)


async def waits_of(session: aiohttp.ClientSession, url: str) -> list[float]:
    waits = []
    for _ in range(TALKS):
        resident = await Resident(session, url).arrive()
        await resident.listen_for("reply")
        for count, question in enumerate(QUESTIONS, start=2):
            began = time.perf_counter()
            await resident.say(question)
            await resident.listen_for("reply", count=count)
            waits.append(time.perf_counter() - began)
    return waits


async def many(url: str, conversations: int) -> None:
    """From many addresses of the loopback network: one address alone would meet the limit on visits."""
    for first in range(0, conversations, PER_ADDRESS):
        here = aiohttp.TCPConnector(local_addr=(f"127.0.1.{first // PER_ADDRESS + 1}", 0))
        async with aiohttp.ClientSession(connector=here) as session:
            await asyncio.gather(*(talk(session, url) for _ in range(min(PER_ADDRESS, conversations - first))))


async def talk(session: aiohttp.ClientSession, url: str) -> None:
    resident = await Resident(session, url).arrive()
    await resident.say(QUESTIONS[0])
    await resident.listen_for("reply", count=2)


def in_ms(waits: list[float]) -> str:
    cuts = statistics.quantiles(waits, n=100)
    return f"p50 {cuts[49] * 1000:.0f}, p95 {cuts[94] * 1000:.0f}, worst {waits[-1] * 1000:.0f}"


def memory(pid: int) -> int:
    """Resident set, megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


if __name__ == "__main__":
    parsing = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsing.add_argument("--conversations", type=int, default=1000)
    asyncio.run(main(parsing.parse_args().conversations))
