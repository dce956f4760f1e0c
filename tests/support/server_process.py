"""The real server as a child process: started, found, killed."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)/chat\b")
AT_WORK = re.compile(rb"\(working;")


class ServerProcess:
    """``madoguchi serve`` on a free port, or ``madoguchi work``. ``kill`` is SIGKILL: no goodbye, no flush."""

    def __init__(self, data: Path, **settings: str) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MADOGUCHI_")},  # noqa: TID251
            "MADOGUCHI_DATA": str(data),
            "MADOGUCHI_LOG": "warning",
            **{f"MADOGUCHI_{name.upper()}": value for name, value in settings.items()},
        }
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.port = 0
        self.said = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, *flags: str) -> None:
        """Start, and return when it has said where it listens. The port stays the same over restarts."""
        found = await self._start("serve", "--demo", "--port", str(self.port), *flags, until=ADDRESS)
        self.port = int(found[1])

    async def start_working(self) -> None:
        """``madoguchi work``: start, and return when it has said that it works."""
        await self._start("work", until=AT_WORK)

    async def _start(self, *words: str, until: re.Pattern[bytes]) -> re.Match[bytes]:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", *words),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=None,
        )
        assert self._process.stdout is not None
        self.said = b""
        async with asyncio.timeout(120):
            while (found := until.search(self.said)) is None:
                line = await self._process.stdout.readline()
                assert line, f"the server ended: {self.said.decode()}"
                self.said += line
        self._reading = asyncio.ensure_future(self._read(self._process.stdout))
        return found

    async def _read(self, stdout: asyncio.StreamReader) -> None:
        while line := await stdout.readline():
            self.said += line

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and wait for its exit code."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
        code = await self._process.wait()
        if self._reading is not None:
            await self._reading
        return code

    async def kill(self) -> None:
        await self.end(signal.SIGKILL)
