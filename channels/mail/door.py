"""The mail door: the city's mail server hands mail over to us, by LMTP (RFC 2033) or SMTP (RFC 5321)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

import structlog

from channels.mail.visit import Envelope, Keep, Limits, LmtpVisit, Room, Visit
from conversations.errors import SettingsError

__all__ = ["Envelope", "Keep", "Limits", "Listen", "mail_door"]

log = structlog.get_logger(__name__)

Protocol = Literal["lmtp", "smtp"]


@dataclass(frozen=True, slots=True)
class Listen:
    protocol: Protocol
    host: str
    port: int
    """0: any that is free"""

    @classmethod
    def parse(cls, url: str) -> Self:
        """``lmtp://127.0.0.1:2424`` or ``smtp://0.0.0.0:25``. Raises SettingsError."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise _wrong("読み取れません", "cannot be read") from None
        if parts.scheme not in {"lmtp", "smtp"}:
            raise _wrong("lmtp:// か smtp:// で始めてください", "must begin with lmtp:// or smtp://")
        if not parts.hostname or port is None:
            raise _wrong("アドレスとポートを書いてください", "needs an address and a port")
        if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None:
            raise _wrong("アドレスとポートのほかには何も書けません", "holds more than address and port")
        return cls("lmtp" if parts.scheme == "lmtp" else "smtp", parts.hostname, port)


@asynccontextmanager
async def mail_door(
    listen: Listen, keep: Keep, ours: Callable[[str], bool], *, limits: Limits | None = None
) -> AsyncIterator[int]:
    """Open inside the block, in this loop; yields the port.

    250 only after ``keep`` returned, 451 when it raised: the sender tries again. Mail for an address that is not
    ``ours`` is refused (550): we are no relay. On leaving, mail under way is waited for; nothing new is let in.
    """
    _silence_library()
    room = Room(keep=keep, ours=ours, limits=limits or Limits())
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: _enter(room, listen.protocol), listen.host, listen.port)
    except OSError as trouble:
        raise SettingsError(
            f"mail_door: {listen.host}:{listen.port} で待ち受けられません (cannot listen there): {trouble.strerror}"
        ) from None
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await _emptied(room)
        await server.wait_closed()


def _enter(room: Room, protocol: Protocol) -> asyncio.BaseProtocol:
    if room.closing or len(room.visits) >= room.limits.connections:
        log.warning("mail connection put off", connections=len(room.visits))
        return _Busy()
    return LmtpVisit(room) if protocol == "lmtp" else Visit(room)


async def _emptied(room: Room) -> None:
    """What is under way is answered; then everybody has left."""
    room.closing = True
    with suppress(TimeoutError):
        async with asyncio.timeout(room.limits.grace):
            for visit in tuple(room.visits):
                await visit.at_rest.wait()
    talks = [talk for visit in tuple(room.visits) if (talk := visit.leave()) is not None]
    if talks:
        await asyncio.wait(talks, timeout=room.limits.grace)


class _Busy(asyncio.Protocol):
    """There is no room: come again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


def _silence_library() -> None:
    """It would log addresses and, at debug, every line of every mail. What goes wrong we say ourselves."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)


def _wrong(what: str, in_english: str) -> SettingsError:
    return SettingsError(
        f"mail_door: {what}。例 (it {in_english}; write it like): lmtp://127.0.0.1:2424, smtp://0.0.0.0:25"
    )
