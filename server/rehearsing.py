"""``madoguchi simulate``: a whole city hall, and the world around it on this machine, for trying things out."""

import argparse
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.line.rich_menu import RichMenus
from channels.web.assets import Assets
from console.passwords import first, hashed
from server.app import NODE_MODULES
from server.line_menus import menus_of
from server.logs import configure_logs
from server.mail.doors import receiving_mail
from server.running import PortTaken, serving, told_to_stop, working
from server.seeding import DEMO_STAFF, demo_staff, seed
from server.settings import Settings
from server.wiring import Parts, assembled
from simulator.rehearsal import CityHall, SignIn
from simulator.running import Networks, networks, stage

HOST = "127.0.0.1"
DESK = "desk@city.example"
SHARED_STYLES = ("tokens.css", "base.css", "city.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsing:
    page: str
    """its address"""
    hall: CityHall
    parts: Parts


async def simulate(settings: Settings, given: argparse.Namespace) -> int:
    """The command."""
    configure_logs(settings.log)
    stop = told_to_stop()
    print("  … リハーサルの市役所を準備しています (preparing)", flush=True)
    async with rehearsing(settings, port=given.port) as made:
        print(f"\n  リハーサルの画面 (page)      {made.page}/")
        print(f"  職員の画面 (console)         {made.hall.url}/console")
        print("\n  職員のサインインはリハーサルの画面にあります (sign-ins stand on the page)")
        print("  実際のLINE・メールには何も送られません (nothing leaves this machine)")
        print("\n  終了は Ctrl+C (Ctrl+C ends)\n", flush=True)
        await stop.wait()
    return 0


@asynccontextmanager
async def rehearsing(settings: Settings, *, port: int) -> AsyncIterator[Rehearsing]:
    """Everything runs inside the block: the page on ``port``, the city hall on the next one; 0 takes free ones.

    Real data, and what the settings say about real networks, are left alone. Raises PortTaken.
    """
    async with AsyncExitStack() as stack:
        around = await stack.enter_async_context(networks())
        hall_port = port + 1 if port else _free_port()
        parts = await stack.enter_async_context(assembled(rehearsal_settings(settings, around, port=hall_port)))
        await seed(parts)
        sign_ins = await _sign_ins(parts)
        await stack.enter_async_context(serving(parts))
        await stack.enter_async_context(working(parts))
        door = await stack.enter_async_context(receiving_mail(parts))
        await _set_up_menus(settings.city, around)
        # By name: over plain HTTP browsers keep the console's Secure cookie for localhost only.
        hall = CityHall(name=parts.folder.city.name_in("ja"), url=f"http://localhost:{hall_port}", sign_ins=sign_ins)
        mail = (DESK, door) if door else None
        page = stage(around, hall, mail=mail, now=parts.clock.now, look=_look(parts), port=port)
        try:
            taken = await stack.enter_async_context(page)
        except OSError as trouble:
            if trouble.errno == errno.EADDRINUSE:
                raise PortTaken(HOST, port) from None
            raise
        yield Rehearsing(page=f"http://{HOST}:{taken}", hall=hall, parts=parts)


def rehearsal_settings(settings: Settings, around: Networks, *, port: int) -> Settings:
    """The city and the encoder of the settings; everything else is the rehearsal's own."""
    return Settings(
        host=HOST,
        port=port,
        public_url=f"http://localhost:{port}",
        data=settings.data / "rehearsal",
        city=settings.city,
        encoder=settings.encoder,
        encoder_key=settings.encoder_key,
        encoder_model=settings.encoder_model,
        encoder_dimensions=settings.encoder_dimensions,
        line_accounts=(around.line_account,),
        line_secrets=(around.line_secret,),
        line_tokens=(around.line_token,),
        line_host=around.line.url,
        mail_address=DESK,
        mail_door=f"lmtp://{HOST}:0",
        mail_relay=f"smtp://{HOST}:{around.relay_port}",
        mail_trusts=around.mail_server,
        log=settings.log,
    )


async def _set_up_menus(city: Path, around: Networks) -> None:
    """What ``madoguchi line-setup`` does at LINE. Nothing, when the city defines no menus."""
    if menus := menus_of(city):
        setting_up = RichMenus(around.line_token, host=around.line.url)
        try:
            await setting_up.set_up(menus)
        finally:
            await setting_up.close()


async def _sign_ins(parts: Parts) -> list[SignIn]:
    """The demo's accounts; those of an earlier rehearsal get a new password, too."""
    made = [SignIn(login=each.login, password=each.password, roles=each.roles) for each in await demo_staff(parts)]
    there = {each.login for each in made}
    for operator in await parts.accounts.operators():
        if operator.login in {login for login, *_ in DEMO_STAFF} - there:
            password = first()
            await parts.accounts.set_password(operator.id, await hashed(password), must_change=True)
            roles = "・".join(sorted(role.value for role in operator.roles))
            made.append(SignIn(login=operator.login, password=password, roles=roles))
    return made


def _look(parts: Parts) -> bytes:
    assets = Assets(NODE_MODULES, primary=parts.folder.city.colours.get("primary", "#0017c1"))
    return b"\n".join(found.content for name in SHARED_STYLES if (found := assets.named(name)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
