"""A database with the demo city in it, to copy: a copy takes a hundredth of the time that seeding takes."""

import shutil
import tempfile
from pathlib import Path

from server.seeding import seed
from server.settings import Settings
from server.wiring import assembled
from tests.support.city import DEMO

_MADE: dict[str, tempfile.TemporaryDirectory[str]] = {}
FILE = "madoguchi.db"


async def with_the_demo_city(settings: Settings) -> None:
    """Put a seeded database where ``settings`` look for an embedded one, unless they mean another or have one."""
    target = settings.data / FILE
    if settings.database or settings.city != DEMO or target.exists():
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(await _template(), target)


async def _template() -> Path:
    if FILE not in _MADE:
        folder = tempfile.TemporaryDirectory(prefix="madoguchi-seeded-")
        async with assembled(Settings(data=Path(folder.name), city=DEMO, encoder="none")) as parts:
            await seed(parts)
        _MADE[FILE] = folder
    return Path(_MADE[FILE].name) / FILE
