"""A city hall with LINE accounts, and LINE."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conversations.message import Address
from conversations.timeline import Entry, Kind
from server.line import LineMouth
from server.seeding import demo_staff
from server.settings import Settings
from server.wiring import Parts
from tests.conftest import FrozenClock
from tests.fakes.line import ACCOUNT, RESIDENT, SECRET, TOKEN, FakeLine
from tests.support.city import DEMO
from tests.support.networked import NetworkedHall, networked
from tickets.operators import Operator, Role

HERE = Address("line", ACCOUNT, RESIDENT)
CERTIFICATE = "住民票の写しを窓口で取るには、どうすればよいですか。"
OTHER, OTHER_TOKEN, OTHER_SECRET = "U" + "b" * 32, "another-access-token", "another-secret"
"""a section's own account"""


@dataclass
class Hall:
    """A running city hall, and LINE."""

    city: NetworkedHall
    line: FakeLine
    clock: FrozenClock

    @property
    def parts(self) -> Parts:
        return self.city.parts

    @property
    def mouth(self) -> LineMouth:
        mouth = self.parts.channels["line"]
        assert isinstance(mouth, LineMouth)
        return mouth

    @property
    def now(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    async def delivers(self, *events: dict[str, Any], account: str = ACCOUNT) -> int:
        """LINE delivers; the status it is answered with."""
        body, headers = self.line.webhook(*events, account=account)
        return (await self.city.client.post("/webhooks/line", data=body, headers=headers)).status

    async def works(self) -> None:
        await self.city.works()

    async def hears(self, *events: dict[str, Any]) -> None:
        """Delivered, and worked on to the end; what goes on beside, too."""
        assert await self.delivers(*events) == 200
        await self.works()
        await self.mouth.settled()

    async def entries(self) -> list[Entry]:
        return await self.city.entries(HERE)

    async def notes(self) -> list[str]:
        return [entry.text for entry in await self.entries() if entry.kind is Kind.NOTE]

    async def operator(self) -> Operator:
        await demo_staff(self.parts)
        return next(each for each in await self.parts.accounts.operators() if Role.OPERATOR in each.roles)


@asynccontextmanager
async def line_hall(data: Path, clock: FrozenClock, **more: Any) -> AsyncIterator[Hall]:
    """With the account of the city and one of a section."""
    async with FakeLine() as line:
        line.add_account(OTHER, token=OTHER_TOKEN, secret=OTHER_SECRET)
        settings = Settings(
            data=data,
            city=DEMO,
            encoder="none",
            line_accounts=(ACCOUNT, OTHER),
            line_secrets=(SECRET, OTHER_SECRET),
            line_tokens=(TOKEN, OTHER_TOKEN),
            line_host=line.url,
            **more,
        )
        async with networked(settings, clock) as city:
            yield Hall(city, line, clock)
