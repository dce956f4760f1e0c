"""The mail network around the city hall: a server that takes what it sends, and one that hands mail over to it."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

MX: Final = "mx.rehearsal.example"
"""the name by which the city's own mail server signs what it found out about a sender"""

_PATIENCE = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A mail with its envelope."""

    sender: str
    """``""`` is the null sender"""
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mail door said."""

    code: int
    words: str

    @property
    def taken(self) -> bool:
        return self.code == 250


class _Sink:
    """aiosmtpd's handler: everybody's mail is taken."""

    def __init__(self, took: Callable[[Posted], None]) -> None:
        self._took = took

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self._took(
            Posted(
                sender=(envelope.mail_from or "").strip("<>"),
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.content,
            )
        )
        return "250 OK"


@asynccontextmanager
async def relay(took: Callable[[Posted], None]) -> AsyncIterator[int]:
    """The server that the city hall sends by, within this loop; its port."""
    loop = asyncio.get_running_loop()
    sessions: set[SMTP] = set()

    def session() -> SMTP:
        made = SMTP(_Sink(took), hostname=MX, enable_SMTPUTF8=True, loop=loop)
        sessions.add(made)
        return made

    server = await loop.create_server(session, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in sessions:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()


async def hand_over(door: int, posted: Posted, *, at: datetime, honest: bool = True) -> Answer:
    """Give the mail to the door, an LMTP port of this machine, as the city's own mail server does.

    ``honest``: the sender is who the From line says, and that server has found it so.
    """
    try:
        return await asyncio.to_thread(_lmtp, door, posted, _trace(posted, at=at, honest=honest) + posted.content)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        return Answer(0, f"メールの入口につながりません（{type(error).__name__}）")


def _lmtp(door: int, posted: Posted, content: bytes) -> Answer:
    with smtplib.LMTP("127.0.0.1", door, local_hostname=MX) as connection:
        if connection.sock is not None:
            connection.sock.settimeout(_PATIENCE)
        try:
            connection.sendmail(posted.sender, posted.recipients, content)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            return Answer(code, words.decode("utf-8", "replace"))
        except smtplib.SMTPResponseException as refused:
            said = refused.smtp_error
            return Answer(refused.smtp_code, said if isinstance(said, str) else said.decode("utf-8", "replace"))
    return Answer(250, "OK")


def _trace(posted: Posted, *, at: datetime, honest: bool) -> bytes:
    domain = posted.sender.rpartition("@")[2] or "mail.example"
    found = "pass" if honest else "fail"
    lines = (
        f"Return-Path: <{posted.sender}>",
        f"Authentication-Results: {MX}; spf={found} smtp.mailfrom={domain}; dkim={found} header.d={domain};",
        f" dmarc={found} header.from={domain}",
        f"Received: from mail.{domain} by {MX} with ESMTPS; {format_datetime(at)}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")
