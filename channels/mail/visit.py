"""One connection through the mail door: aiosmtpd talks; the envelope, the mail's bytes and the answer are ours."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

log = structlog.get_logger(__name__)

LARGEST: Final = 32 * 1024 * 1024
"""bytes of a mail"""
GREETS_AS: Final = "madoguchi"

_MOST_RECIPIENTS: Final = 100
"""RFC 5321, 4.5.3.1.8: at least so many"""
_MOST_COMMANDS: Final = 1000
"""of one kind in a session; then the other side connects anew"""
_CHUNK: Final = 65_536
_PATH: Final = re.compile(r'\s*<\s*(?:@[^<>:"]*:)?("(?:[^"\\]|\\.)*"[^<>]*|[^<>]*?)\s*>\s*(.*)', re.DOTALL)
_QUOTED: Final = re.compile(r'"((?:[^"\\\s@]|\\.)*)"(@[^"]*)')


@dataclass(frozen=True, slots=True)
class Envelope:
    sender: str
    """``""`` is the null sender"""
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)


Keep = Callable[[Envelope], Awaitable[None]]
"""Returns when the mail is committed; raises when it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    size: int = LARGEST
    connections: int = 10
    """at a time; each may hold a mail in memory"""
    patience: float = 300.0
    """seconds for a command, or for a whole mail to come in and be kept"""
    grace: float = 8.0
    """seconds for what is under way when the door closes"""


@dataclass(slots=True, kw_only=True)
class Room:
    """Behind the door: what all visits share."""

    keep: Keep
    ours: Callable[[str], bool]
    limits: Limits
    closing: bool = False
    visits: "set[Visit]" = field(default_factory=set)


class Visit(SMTP):
    """By SMTP."""

    line_length_limit = _CHUNK
    """How much is read at once. Mails with longer lines than RFC 5321 allows are taken, too: they are common."""

    def __init__(self, room: Room) -> None:
        super().__init__(
            self,
            data_size_limit=room.limits.size,
            enable_SMTPUTF8=True,
            hostname=GREETS_AS,
            ident="ready",
            timeout=room.limits.patience,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=_MOST_COMMANDS,
            loop=asyncio.get_running_loop(),
        )
        self._room = room
        self.at_rest = asyncio.Event()
        self.at_rest.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._room.visits.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._room.visits.discard(self)
        super().connection_lost(error)

    def leave(self) -> asyncio.Task[None] | None:
        """Hang up; the task that talked, which is ending."""
        if self.transport is not None:
            if self.at_rest.is_set():
                self._writer.write(b"421 4.3.2 Closing, try again later\r\n")
            self.transport.close()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
        return self._handler_coroutine

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: object, envelope: object, address: str, _options: list[str]
    ) -> str:
        assert self.envelope is envelope
        assert self.envelope is not None
        if not self._room.ours(address):
            return "550 5.1.1 No such address here"
        if len(self.envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        self.envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail session failed", error=type(error).__name__)
        return "451 4.3.0 Local error, try again later"

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd's name
        """In place of aiosmtpd's, which refuses long lines, and answers once where LMTP wants an answer for each."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if self._room.closing:
            await self.push("421 4.3.2 Closing, try again later")
            return
        self.at_rest.clear()
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._take(self.envelope.mail_from or "", tuple(self.envelope.rcpt_tos))
        finally:
            self.at_rest.set()

    async def _take(self, sender: str, recipients: tuple[str, ...]) -> None:
        content = await self._content()
        if content is None:
            status = "552 5.3.4 Message too big"
        else:
            status = await self._kept(
                Envelope("" if sender == "<>" else sender, tuple(dict.fromkeys(recipients)), content)
            )
        self.envelope = self._create_envelope()
        await self._answer(status, recipients)

    async def _kept(self, envelope: Envelope) -> str:
        try:
            await self._room.keep(envelope)
        except Exception as error:  # noqa: BLE001 -- whatever it was, the mail is not ours yet
            # Only its name: a database's error quotes the statement, and the mail is in it.
            log.error("mail not kept", error=type(error).__name__, size=len(envelope.content))  # noqa: TRY400
            return "451 4.3.0 Not kept, try again later"
        return "250 2.0.0 Kept"

    async def _answer(self, status: str, _recipients: tuple[str, ...]) -> None:
        await self.push(status)

    async def _content(self) -> bytes | None:
        """The mail's bytes up to the lone dot, leading dots undone (RFC 5321, 4.5.2); None when it is too large."""
        content = bytearray()
        size, at_line_start = 0, True
        while True:
            chunk = await self._chunk()
            if at_line_start and chunk == b".\r\n":
                return None if size > self._room.limits.size else bytes(content)
            if at_line_start and chunk.startswith(b"."):
                chunk = chunk[1:]
            at_line_start = chunk.endswith(b"\r\n")
            size += len(chunk)
            if size > self._room.limits.size:
                content.clear()
            else:
                content += chunk

    async def _chunk(self) -> bytes:
        """A line, or a piece of one that is longer than we like to hold back."""
        try:
            return await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError as overrun:
            return await self._reader.read(overrun.consumed)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """The address as it stands between the brackets, and what follows.

        aiosmtpd reads by RFC 5322 and refuses what phones of the 2000s still send. It is not for us to judge.
        """
        path = _PATH.fullmatch(arg)
        if path is None:
            address, _, rest = arg.strip().partition(" ")
            return (address, rest.strip()) if address and "<" not in arg else (None, None)
        address, rest = path.groups()
        quoted = _QUOTED.fullmatch(address)
        if quoted is not None:
            address = re.sub(r"\\(.)", r"\1", quoted.group(1)) + quoted.group(2)
        return address or "<>", rest


class LmtpVisit(Visit, LMTP):
    async def _answer(self, status: str, recipients: tuple[str, ...]) -> None:
        """RFC 2033, 4.2: one answer for each recipient that was accepted, in their order."""
        for _ in recipients:
            await self.push(status)
