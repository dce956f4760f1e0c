"""The city's mail server that misbehaves when told to: a real one (aiosmtpd) on a free port, in the test's own loop."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""self-made, for ``localhost`` and 127.0.0.1, for a hundred years, with its key"""


class Point(StrEnum):
    """Where in a session a verb acts."""

    CONNECT = "connect"
    LOGIN = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA, when the letter is there"
    QUIT = "QUIT"


class Deed(StrEnum):
    SAYS = "says"
    HANGS = "hangs"
    HANGS_UP = "hangs up"
    IS_SLOW = "is slow"
    STOPS_READING = "stops reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What the server does in one session, in place of the usual."""

    at: Point
    deed: Deed
    answer: str = ""
    takes: bool = False
    """the letter is kept all the same"""


def says(at: Point, answer: str) -> Verb:
    return Verb(at=at, deed=Deed.SAYS, answer=answer)


def hangs(at: Point, *, takes: bool = False) -> Verb:
    """Neither answers nor hangs up."""
    return Verb(at=at, deed=Deed.HANGS, takes=takes)


def hangs_up(at: Point, *, takes: bool = False) -> Verb:
    """The connection ends without a word."""
    return Verb(at=at, deed=Deed.HANGS_UP, takes=takes)


def is_slow() -> Verb:
    """Takes the letter, and says so when ``answers`` is set."""
    return Verb(at=Point.DATA, deed=Deed.IS_SLOW, takes=True)


def stops_reading() -> Verb:
    """Says that it will take the letter, and reads none of it before ``reads_on``."""
    return Verb(at=Point.DATA, deed=Deed.STOPS_READING, takes=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A letter, with its envelope and how it came."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    hello: str
    user: str
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """As Python's own library reads it."""
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


@dataclass(slots=True)
class FakeSmtp:
    """Answers well unless a verb was queued with ``then``; one verb serves one session.

    ``letters`` holds what it has, also when the sender was never told.
    """

    host: str = ""
    port: int = 0
    letters: list[Taken] = field(default_factory=list)
    sessions: list["_Talk"] = field(default_factory=list, repr=False)
    verbs: deque[Verb] = field(default_factory=deque)
    strangers: set[str] = field(default_factory=set)
    """addresses that nobody has"""
    login: tuple[str, str] | None = None
    """who may send; None: anybody"""
    largest: int = 1 << 25
    """octets"""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """set when a letter is there that is not answered yet"""
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *verbs: Verb) -> None:
        self.verbs.extend(verbs)

    async def reads_on(self) -> None:
        """To the end of what was sent to it, in all sessions that stopped."""
        for talk in self.sessions:
            if isinstance(talk.transport, asyncio.ReadTransport):
                talk.transport.resume_reading()
            await talk.over()


class _Talk(SMTP):
    """One session."""

    def __init__(self, fake: FakeSmtp, **options: Any) -> None:
        self.fake = fake
        self.verb: Verb | None = None
        self.user = ""
        super().__init__(
            _Handler(),
            data_size_limit=fake.largest,
            hostname="relay.city.example",
            auth_require_tls=False,
            authenticator=_authenticated,
            **options,
        )

    async def _handle_client(self) -> None:
        self.verb = self.fake.verbs.popleft() if self.fake.verbs else None
        if answer := await self.does(Point.CONNECT):
            await self.push(answer)
            assert self.transport is not None
            self.transport.close()
            return
        await super()._handle_client()

    async def does(self, at: Point) -> str:
        """What the verb lays down for this point: the answer, or empty for the usual one."""
        if self.verb is None or self.verb.at is not at:
            return ""
        self.fake.reached.set()
        match self.verb.deed:
            case Deed.SAYS:
                return self.verb.answer
            case Deed.STOPS_READING:
                return ""
            case Deed.IS_SLOW:
                await self.fake.answers.wait()
                return "250 OK, at last"
            case Deed.HANGS_UP:
                self.hang_up()
            case Deed.HANGS:
                pass
        # Ended by aiosmtpd itself when the connection is lost.
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def push(self, status: Any) -> None:
        # As old servers in Japan write; what is ASCII is the same.
        said = status.encode("cp932") if isinstance(status, str) else status
        await super().push(said)
        stops = self.verb is not None and self.verb.deed is Deed.STOPS_READING
        if stops and said.startswith(b"354") and isinstance(self.transport, asyncio.ReadTransport):
            self.transport.pause_reading()

    def hang_up(self) -> None:
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def over(self) -> None:
        if self._handler_coroutine is not None:
            await asyncio.gather(self._handler_coroutine, return_exceptions=True)


class _Handler:
    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: _Talk, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        if answer := await server.does(Point.MAIL):
            return answer
        if server.fake.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: _Talk, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        del session, rcpt_options
        if answer := await server.does(Point.RCPT):
            return answer
        if address in server.fake.strangers:
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: _Talk, session: Session, envelope: Envelope) -> str:  # noqa: N802
        acts = server.verb is not None and server.verb.at is Point.DATA
        if not acts or (server.verb is not None and server.verb.takes):
            server.fake.letters.append(_taken(session, envelope, server.user))
        return await server.does(Point.DATA) or "250 2.0.0 Ok: queued as 4bXyZ1"

    async def handle_QUIT(self, server: _Talk, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del session, envelope
        return await server.does(Point.QUIT) or "221 2.0.0 Bye"


def _taken(session: Session, envelope: Envelope, user: str) -> Taken:
    assert isinstance(envelope.content, bytes)
    return Taken(
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        content=envelope.content,
        hello=session.host_name or "",
        user=user,
        encrypted=session.ssl is not None,
    )


def _authenticated(server: SMTP, _: Session, __: Envelope, ___: str, said: LoginPassword) -> AuthResult:
    assert isinstance(server, _Talk)
    if server.verb is not None and server.verb.at is Point.LOGIN:
        return AuthResult(success=False, handled=False, message=server.verb.answer)
    user, password = said.login.decode(), said.password.decode()
    right = (user, password) == server.fake.login
    server.user = user if right else ""
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def an_smtp(*, starttls: bool = False, implicit_tls: bool = False) -> AsyncIterator[FakeSmtp]:
    """On 127.0.0.1, which is ``localhost`` where encryption asks for the name."""
    fake = FakeSmtp()
    loop = asyncio.get_running_loop()

    def talk() -> _Talk:
        fake.sessions.append(_Talk(fake, loop=loop, tls_context=_context() if starttls else None))
        return fake.sessions[-1]

    server = await loop.create_server(talk, "127.0.0.1", 0, ssl=_context() if implicit_tls else None)
    fake.host, fake.port = server.sockets[0].getsockname()
    try:
        yield fake
    finally:
        server.close()
        for each in fake.sessions:
            each.hang_up()
            await each.over()
        await server.wait_closed()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context
