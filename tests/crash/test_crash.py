"""Promises 1, 2 and 6: ``kill -9`` at any instant loses nothing, doubles nothing, leaves nobody waiting for nothing."""

import asyncio
import random
import sqlite3
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.support.resident import Resident
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.slow

RESIDENTS = 24
KILLS = 8
WORDS = [
    "住民票の写しを取りたいです",
    "粗大ごみの申し込み方法を教えてください",
    "ありがとう",
    "ぬるぽ宇宙船の操縦席はどこですか",
    "国民健康保険の加入手続き",
    "保育園の申し込みはいつまでですか",
]


async def a_day(resident: Resident, dice: random.Random) -> None:
    """One resident's visit: some questions, and in the end half of them ask for a person."""
    await resident.arrive()
    for text in dice.sample(WORDS, k=3):
        await resident.say(text)
        await resident.listen()
        await asyncio.sleep(dice.random() * 0.4)
    if dice.random() < 0.5:
        await resident.say("担当者と話したいです")


async def test_killed_at_random_instants_nothing_is_lost_doubled_or_stuck(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    server = ServerProcess(tmp_path, encoder="none")
    await server.start()
    residents: list[Resident] = []
    async with aiohttp.ClientSession() as session:
        residents = [Resident(session, server.url) for _ in range(RESIDENTS)]
        visits = [
            asyncio.ensure_future(a_day(resident, random.Random(number))) for number, resident in enumerate(residents)
        ]
        for _ in range(KILLS):
            await asyncio.sleep(0.2 + dice.random() * 1.2)
            await server.kill()
            await server.start()
        await asyncio.gather(*visits)
        await everything_handled(tmp_path)
        for resident in residents:
            while await resident.listen():
                pass
    assert await server.end() == 0

    assert_every_message_stored_once_and_in_order(residents)
    assert_every_message_answered_once(tmp_path, expected=sum(len(each.said) for each in residents))
    assert_no_ticket_doubled_and_nobody_waits_for_nobody(tmp_path)


async def everything_handled(data: Path) -> None:
    async with asyncio.timeout(60):
        while query(data, "SELECT count(*) FROM inbox WHERE state = 'new'")[0][0]:
            await asyncio.sleep(0.1)


def query(data: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{data / 'madoguchi.db'}?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


def assert_every_message_stored_once_and_in_order(residents: list[Resident]) -> None:
    for resident in residents:
        mine = [entry for entry in resident.heard if entry["kind"] == "said"]
        assert [entry["client_id"] for entry in mine] == resident.said
        numbers = [entry["seq"] for entry in resident.heard]
        assert numbers == sorted(set(numbers))


def assert_every_message_answered_once(data: Path, *, expected: int) -> None:
    states = Counter(state for (state,) in query(data, "SELECT state FROM inbox"))
    assert states == {"handled": expected}
    # A receipt may follow emergency numbers or a dialogue's last words; here each message has exactly one reply.
    replies = Counter(
        message
        for (message,) in query(data, "SELECT json_extract(why, '$.message') FROM entries WHERE kind = 'reply'")
        if message
    )
    assert len(replies) == expected
    assert set(replies.values()) == {1}


def assert_no_ticket_doubled_and_nobody_waits_for_nobody(data: Path) -> None:
    tickets = query(data, "SELECT conversation_id, count(*) FROM tickets GROUP BY conversation_id")
    assert tickets
    assert {count for _, count in tickets} == {1}
    stuck = query(data, "SELECT id FROM conversations WHERE owner = 'waiting' AND ticket_id IS NULL")
    assert stuck == []
