"""The networks around the city hall, and then the page, from start to stop."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
from aiohttp import web

from simulator.line_phone import Phones
from simulator.line_platform import LinePlatform
from simulator.line_talk import Talk
from simulator.mail_network import MX, Posted, relay
from simulator.mailboxes import PostOffice, new_boxes
from simulator.page import make_page
from simulator.rehearsal import Changes, CityHall, Rehearsal
from simulator.residents import new_line_id, new_residents

_SHUTDOWN_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Networks:
    """What a city hall's settings name, every secret made now."""

    line: LinePlatform
    line_account: str = field(default_factory=new_line_id)
    line_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    line_token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    relay_port: int = 0
    mail_server: str = MX
    take_mail: Callable[[Posted], None] = lambda _: None
    """set once there are residents"""


@asynccontextmanager
async def networks() -> AsyncIterator[Networks]:
    """LINE's platform and a mail relay, on free ports of this machine."""
    async with LinePlatform(event_ids=f"01{secrets.token_hex(7).upper()}") as line:
        made = Networks(line=line)
        line.add_account(made.line_account, token=made.line_token, secret=made.line_secret)

        def take(posted: Posted) -> None:
            made.take_mail(posted)

        async with relay(take) as port:
            made.relay_port = port
            yield made


@asynccontextmanager
async def stage(
    around: Networks,
    hall: CityHall,
    *,
    mail: tuple[str, int] | None,
    now: Callable[[], datetime],
    look: bytes,
    port: int,
) -> AsyncIterator[int]:
    """The page is open inside the block; its port. ``mail``: the counter's address, and the port of its LMTP door.

    Raises OSError when the port is taken.
    """
    async with aiohttp.ClientSession() as session:
        rehearsal = _rehearsal(around, hall, mail=mail, now=now, session=session)
        runner = web.AppRunner(make_page(rehearsal, look=look), shutdown_timeout=_SHUTDOWN_SECONDS, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()


def _rehearsal(
    around: Networks,
    hall: CityHall,
    *,
    mail: tuple[str, int] | None,
    now: Callable[[], datetime],
    session: aiohttp.ClientSession,
) -> Rehearsal:
    residents, changes = new_residents(), Changes()
    desk, door = mail or ("", None)
    post = PostOffice(desk=desk, door=door, boxes=new_boxes(residents), now=now, changed=changes.note)
    around.take_mail = post.take
    phones = Phones(
        platform=around.line,
        account=around.line_account,
        door=f"{hall.url}/webhooks/line",
        session=session,
        now=now,
        changed=changes.note,
        talks={each.key: Talk(resident=each) for each in residents},
    )
    return Rehearsal(
        hall=hall, residents={each.key: each for each in residents}, phones=phones, post=post, changes=changes
    )
