"""What a newcomer meets: the start, a second start, the end, and the sentences when something is missing."""

import asyncio
import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.server.test_command_line import madoguchi
from tests.support.resident import Resident
from tests.support.server_process import ServerProcess

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CHANGES_AT_EVERY_START = {"sessions", "sqlite_sequence"}


def setup_says(step: str, path: str = "") -> tuple[int, str]:
    """One step of ``make``'s set-up, alone, in a process of its own with the given PATH."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import setup; {step}"],
        env={**os.environ, "PATH": path or os.environ["PATH"]},  # noqa: TID251
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_an_old_python_is_told_so() -> None:
    code, said = setup_says("sys.version_info = (3, 9, 2); setup.check_python()")
    assert code == 1
    assert "Python 3.11 以上が必要です（今は 3.9）" in said


def test_a_missing_or_old_node_is_told_so(tmp_path: Path) -> None:
    code, said = setup_says("setup.check_node()", str(tmp_path))
    assert (code, "Node.js 20 以上と npm が必要です（今は 見つかりません" in said) == (1, True)
    for name, words in (("node", "#!/bin/sh\necho v18.2.0\n"), ("npm", "#!/bin/sh\n")):
        (tmp_path / name).write_text(words, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    code, said = setup_says("setup.check_node()", f"{tmp_path}:/bin:/usr/bin")
    assert (code, "（今は v18）" in said) == (1, True)


def test_too_little_disk_and_a_full_one_are_told_so() -> None:
    code, said = setup_says("setup.NEEDED_MB['run'] = 10**9; setup.check_disk('run')")
    assert (code, "ディスクの空きが足りません" in said) == (1, True)
    full = "[sys.executable, '-c', 'import sys; sys.exit(\"No space left on device\")']"
    code, said = setup_says(f"setup.call({full}, ('x', 'x'))")
    assert (code, "ディスクがいっぱいです" in said) == (1, True)


def test_an_unreachable_registry_is_told_so(tmp_path: Path) -> None:
    nowhere = "setup.VENV = __import__('pathlib').Path(sys.prefix); setup.is_made = lambda *_: False"
    closed = "__import__('os').environ.update(PIP_INDEX_URL='http://127.0.0.1:9/simple', PIP_RETRIES='0')"
    alone = "__import__('os').environ.update(PIP_NO_CACHE_DIR='1', PIP_CONFIG_FILE='/dev/null')"
    target = f"setup.ROOT = __import__('pathlib').Path({str(tmp_path)!r})"
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text(f"nothing-of-this-name==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    code, said = setup_says(f"{nowhere}; {closed}; {alone}; {target}; setup.make_python('run')")
    assert (code, "部品の取得に失敗しました" in said) == (1, True)


def contents(database: Path) -> dict[str, str]:
    """A fingerprint of every table."""
    with sqlite3.connect(database) as connection:
        # A virtual table (the search index) is read through its own tables only.
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [row[0] for row in connection.execute(tables)]
        rows = {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}  # noqa: S608
    return {
        name: hashlib.sha256("\n".join(found).encode()).hexdigest()
        for name, found in rows.items()
        if name not in CHANGES_AT_EVERY_START
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


async def test_it_stops_gracefully_and_the_next_start_changes_nothing(data: Path) -> None:
    server = ServerProcess(data, encoder="none")
    await server.start()
    async with aiohttp.ClientSession() as session:
        resident = Resident(session, server.url)
        await resident.arrive()
        await resident.say("住民票の写しを取りたいです")
        await resident.listen()
    assert await server.end() == 0
    assert "初回" in server.said.decode() or "パスワード" in server.said.decode()
    before = contents(data / "madoguchi.db")
    assert len(before) > 10

    await server.start()
    assert await server.end() == 0
    assert contents(data / "madoguchi.db") == before


async def test_a_taken_port_is_one_sentence(data: Path, tmp_path: Path) -> None:
    server = ServerProcess(data, encoder="none")
    await server.start()
    try:
        second = await asyncio.to_thread(madoguchi, tmp_path / "..", "serve", "--port", str(server.port))
    finally:
        await server.end()
    assert second.returncode == 1
    assert str(server.port) in second.stderr
    assert "Traceback" not in second.stderr
