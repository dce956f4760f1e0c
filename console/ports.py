"""What the console asks of the rest: implemented in ``storage/``, put together in ``server/``."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.desk import Desk
from bot.phrases.catalogue import Phrases
from bot.ports import Clock
from tickets.city import City
from tickets.operators import Operator, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. The token itself is only in the browser's cookie."""

    id: str
    """SHA-256 of the token"""
    operator: Operator
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str


class Accounts(Protocol):
    async def password_of(self, login: str) -> tuple[Operator, str] | None:
        """The account and its password hash; None for an unknown or disabled login."""

    async def begin_session(
        self, operator_id: UUID, *, token_hash: str, csrf: str, at: datetime, address: str, user_agent: str
    ) -> None: ...

    async def session(self, token_hash: str, *, at: datetime, idle: timedelta, life: timedelta) -> Session | None:
        """The session, touched; None when it ended, idled out, grew too old or its account was disabled."""

    async def sessions_of(self, operator_id: UUID) -> Sequence[Session]: ...

    async def end_session(self, session_id: str, *, at: datetime) -> None: ...

    async def end_sessions_of(self, operator_id: UUID, *, at: datetime, but: str = "") -> None: ...

    async def set_password(self, operator_id: UUID, password_hash: str, *, must_change: bool) -> None: ...

    async def operators(self) -> Sequence[Operator]: ...

    async def create(
        self, *, login: str, name: str, roles: frozenset[Role], section: str, password_hash: str
    ) -> Operator:
        """A new account that must change its password. Raises EditConflict when the login is taken."""

    async def set_disabled(self, operator_id: UUID, *, disabled: bool) -> None: ...

    async def audit(self, *, who: str, what: str, on: str, details: str = "") -> None: ...


class Limits(Protocol):
    async def allow(self, key: str, *, at_most: int, per_seconds: int) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    idle: timedelta = timedelta(minutes=60)
    life: timedelta = timedelta(hours=12)
    origin: str
    """of the public URL, e.g. https://chat.city.example"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every page of the console works with."""

    accounts: Accounts
    limits: Limits
    desk: Desk
    city: Callable[[], City]
    phrases: Phrases
    clock: Clock
    published: Callable[[], Awaitable[None]]
    """to be called after the FAQ changed: the index is rebuilt"""
    settings: ConsoleSettings
