"""Staff accounts, their sessions, and the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Update, select, update

from bot.ports import Clock
from conversations.errors import EditConflict
from storage.database import Database
from storage.shapes import operator_of
from storage.tables import AuditRow, OperatorRow, SessionRow
from tickets.operators import Operator, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser."""

    id: str
    operator: Operator
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    number: int
    at: datetime
    who: str
    what: str
    object: str
    details: str


class Accounts:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def password_of(self, login: str) -> tuple[Operator, str] | None:
        async with self._database.read() as session:
            row = (await session.scalars(select(OperatorRow).filter_by(login=login, disabled=False))).one_or_none()
            return (operator_of(row), row.password_hash) if row else None

    async def begin_session(
        self, operator_id: UUID, *, token_hash: str, csrf: str, at: datetime, address: str, user_agent: str
    ) -> None:
        async with self._database.write() as session:
            session.add(
                SessionRow(
                    id=token_hash,
                    operator_id=operator_id,
                    csrf=csrf,
                    created_at=at,
                    last_seen_at=at,
                    address=address,
                    user_agent=user_agent,
                )
            )

    async def session(
        self, token_hash: str, *, at: datetime, idle: timedelta, life: timedelta, by_itself: bool = False
    ) -> Session | None:
        """The session, unless it ended, was idle or lived too long. ``by_itself``: a page asked, not a person."""
        query = select(SessionRow, OperatorRow).join(OperatorRow).filter(SessionRow.id == token_hash)
        async with self._database.read() as session:
            found = (await session.execute(query)).one_or_none()
        if found is None:
            return None
        row, operator = found
        if row.ended_at or operator.disabled or at - row.last_seen_at > idle or at - row.created_at > life:
            return None
        if not by_itself and at - row.last_seen_at > timedelta(minutes=1):
            async with self._database.write() as session:
                await session.execute(update(SessionRow).where(SessionRow.id == row.id).values(last_seen_at=at))
        return _session(row, operator)

    async def sessions_of(self, operator_id: UUID) -> Sequence[Session]:
        query = select(SessionRow, OperatorRow).join(OperatorRow)
        query = query.where(SessionRow.operator_id == operator_id, SessionRow.ended_at.is_(None))
        async with self._database.read() as session:
            rows = (await session.execute(query.order_by(SessionRow.last_seen_at.desc()))).all()
        return [_session(row, operator) for row, operator in rows]

    async def end_session(self, session_id: str, *, at: datetime) -> None:
        async with self._database.write() as session:
            await session.execute(update(SessionRow).where(SessionRow.id == session_id).values(ended_at=at))

    async def end_sessions_of(self, operator_id: UUID, *, at: datetime, but: str = "") -> None:
        async with self._database.write() as session:
            await session.execute(_end_all(operator_id, at, but=but))

    async def set_password(self, operator_id: UUID, password_hash: str, *, must_change: bool) -> None:
        async with self._database.write() as session:
            await session.execute(
                update(OperatorRow)
                .where(OperatorRow.id == operator_id)
                .values(password_hash=password_hash, must_change_password=must_change)
            )

    async def operators(self) -> Sequence[Operator]:
        async with self._database.read() as session:
            rows = (await session.scalars(select(OperatorRow).order_by(OperatorRow.login))).all()
        return [operator_of(row) for row in rows]

    async def create(
        self, *, login: str, name: str, roles: frozenset[Role], section: str, password_hash: str
    ) -> Operator:
        """Raises EditConflict when the login is taken."""
        made = self._database.insert(OperatorRow).values(
            id=uuid4(),
            login=login,
            name=name,
            roles=sorted(role.value for role in roles),
            section=section,
            password_hash=password_hash,
            must_change_password=True,
            disabled=False,
        )
        once = made.on_conflict_do_nothing(index_elements=["login"]).returning(OperatorRow)
        async with self._database.write() as session:
            row = (await session.scalars(once)).one_or_none()
        if row is None:
            raise EditConflict("login", login)
        return operator_of(row)

    async def set_disabled(self, operator_id: UUID, *, disabled: bool) -> None:
        """A disabled operator's sessions are over: enabled again, they sign in anew."""
        async with self._database.write() as session:
            await session.execute(update(OperatorRow).where(OperatorRow.id == operator_id).values(disabled=disabled))
            if disabled:
                await session.execute(_end_all(operator_id, self._clock.now()))

    async def audit(self, *, who: str, what: str, on: str, details: str = "") -> None:
        async with self._database.write() as session:
            session.add(AuditRow(at=self._clock.now(), who=who, what=what, object=on, details=details))

    async def audit_lines(self, *, page: int, per_page: int) -> Sequence[AuditLine]:
        """Newest first."""
        query = select(AuditRow).order_by(AuditRow.number.desc()).offset(page * per_page).limit(per_page)
        async with self._database.read() as session:
            rows = (await session.scalars(query)).all()
        return [
            AuditLine(number=row.number, at=row.at, who=row.who, what=row.what, object=row.object, details=row.details)
            for row in rows
        ]


def _end_all(operator_id: UUID, at: datetime, *, but: str = "") -> Update:
    alive = (SessionRow.operator_id == operator_id, SessionRow.ended_at.is_(None), SessionRow.id != but)
    return update(SessionRow).where(*alive).values(ended_at=at)


def _session(row: SessionRow, operator: OperatorRow) -> Session:
    return Session(
        id=row.id,
        operator=operator_of(operator),
        csrf=row.csrf,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        address=row.address,
        user_agent=row.user_agent,
    )
