"""The whole server inside the test, on a free port, with its workers; staff by its front door."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from bot.ports import Clock
from console.gate import COOKIE
from console.passwords import hashed
from server.running import serving, working
from server.seeding import seed
from server.settings import Settings
from server.wiring import Parts, assembled
from tests.support.city import DEMO
from tests.support.seeded import with_the_demo_city
from tickets.operators import Role

PASSWORD = "uma no mimi ni nenbutsu"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


@dataclass(slots=True)
class Served:
    parts: Parts
    url: str
    session: aiohttp.ClientSession
    cookie: str = field(default="", repr=False)

    async def make_staff(self, login: str, *roles: Role, name: str = "市民課 佐藤") -> None:
        """An account whose first password is changed already."""
        operator = await self.parts.accounts.create(
            login=login, name=name, roles=frozenset(roles), section="shimin", password_hash=await hashed(PASSWORD)
        )
        await self.parts.accounts.set_password(operator.id, await hashed(PASSWORD), must_change=False)

    async def sign_in(self, login: str, password: str = PASSWORD) -> aiohttp.ClientResponse:
        """Sign in as a browser would; its cookie is Secure, so the test carries it by hand over plain HTTP."""
        form = {"login": login, "password": password, "next": ""}
        response = await self.session.post(
            f"{self.url}/console/sign-in", data=form, headers={"Origin": self.url}, allow_redirects=False
        )
        if COOKIE in response.cookies:
            self.cookie = response.cookies[COOKIE].value
        return response

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        headers = {**self._headers(), **headers}
        async with self.session.get(URL(self.url + path), headers=headers, allow_redirects=True) as response:
            return response.status, await response.text()

    async def post(self, path: str, data: Any, *, page: str = "", origin: str = "") -> tuple[int, str]:
        """Send a form as the page ``page`` would: with its CSRF token (taken from the page) unless data has one."""
        _, html = await self.get(page or path)
        found = CSRF.search(html)
        if isinstance(data, dict) and found and "csrf" not in data:
            data = {**data, "csrf": found[1]}
        headers = {**self._headers(), "Origin": origin or self.url}
        async with self.session.post(self.url + path, data=data, headers=headers, allow_redirects=False) as response:
            return response.status, await response.text()

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}


@asynccontextmanager
async def served(data: Path, *, clock: Clock | None = None, **changed: Any) -> AsyncIterator[Served]:
    """The demo city, served; lexical search, so that nothing is computed."""
    settings = replace(Settings(data=data, city=DEMO, port=0, encoder="none"), **changed)
    await with_the_demo_city(settings)
    async with assembled(settings, clock=clock) as parts:
        await seed(parts)
        async with serving(parts) as port, working(parts), aiohttp.ClientSession() as session:
            yield Served(parts, f"http://127.0.0.1:{port}", session)
