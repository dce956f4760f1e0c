from pathlib import Path

import aiohttp
import pytest

from tests.support.resident import Resident
from tests.support.server_process import ServerProcess

SECRET = "カピバラ"


async def test_no_word_of_a_resident_is_logged_even_at_debug(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    server = ServerProcess(tmp_path, encoder="none", log="debug")
    await server.start()
    async with aiohttp.ClientSession() as session:
        resident = Resident(session, server.url)
        await resident.arrive()
        for words in (f"ひみつの{SECRET} 090-1234-5678", f"職員と話したい{SECRET}"):
            await resident.say(words)
            await resident.listen()
    assert await server.end() == 0
    logged = capfd.readouterr().err + server.said.decode()
    assert '"event"' in logged
    assert SECRET not in logged
    assert "1234-5678" not in logged


async def test_a_quiet_day_leaves_a_quiet_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """SQLAlchemy once wrote out every statement at info: the newcomer's first page of output was SQL."""
    server = ServerProcess(tmp_path, encoder="none", log="info")
    await server.start()
    async with aiohttp.ClientSession() as session:
        resident = await Resident(session, server.url).arrive()
        await resident.say("住民票の写しを取りたいです")
        await resident.listen()
    assert await server.end() == 0

    assert capfd.readouterr().err == ""
    assert 10 < server.said.count(b"\n") < 30
