"""The web residents' side: visits, files, ratings, and what the plain form asked for."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.ports import Clock
from conversations.message import Address, Attachment
from storage.database import Database
from storage.tables import ContactRow, ConversationRow, EntryRow, FactRow, FileRow, RatingRow, VisitRow


def owner_of(address: Address) -> str:
    """Under which account a resident's files are kept: on LINE ``account`` is the city's, ``thread`` the resident's."""
    return address.account if address.channel == "web" else ":".join(address)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    name: str
    email: str
    phone: str


class Visits:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self) -> tuple[str, str]:
        """A new account and its secret token; only the token's SHA-256 is stored."""
        account, token = str(uuid4()), secrets.token_urlsafe(32)
        async with self._database.write() as session:
            session.add(VisitRow(token_hash=_hash(token), account=account, began_at=self._clock.now()))
        return account, token

    async def account_of(self, token: str) -> str | None:
        async with self._database.read() as session:
            return await session.scalar(select(VisitRow.account).filter_by(token_hash=_hash(token)))

    async def keep_file(self, account: str, *, name: str, content_type: str, content: bytes) -> Attachment:
        row = FileRow(
            id=uuid4(),
            account=account,
            name=name,
            content_type=content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            kept_at=self._clock.now(),
        )
        async with self._database.write() as session:
            session.add(row)
        return Attachment(id=row.id, name=name, content_type=content_type, size=len(content))

    async def file(self, account: str, file_id: UUID) -> tuple[Attachment, bytes] | None:
        """A file of this account and no other's."""
        async with self._database.read() as session:
            row = await session.get(FileRow, file_id)
        if row is None or row.account != account:
            return None
        return Attachment(id=row.id, name=row.name, content_type=row.content_type, size=row.size), row.content

    async def linked_file(self, file_id: UUID) -> tuple[Attachment, bytes] | None:
        """A file whose link was checked."""
        async with self._database.read() as session:
            row = await session.get(FileRow, file_id)
        if row is None:
            return None
        return Attachment(id=row.id, name=row.name, content_type=row.content_type, size=row.size), row.content

    async def rate(self, account: str, entry_id: UUID, *, helpful: bool) -> bool:
        """Rate an answer of one's own conversation; a second rating replaces the first."""
        query = select(EntryRow).join(ConversationRow, ConversationRow.id == EntryRow.conversation_id)
        query = query.where(EntryRow.id == entry_id, ConversationRow.account == account)
        async with self._database.write() as session:
            row = (await session.scalars(query)).one_or_none()
            if row is None or row.version_id is None:
                return False
            rating = {"version_id": row.version_id, "helpful": helpful, "at": self._clock.now()}
            await session.execute(self._database.put(RatingRow, entry_id=entry_id, **rating))
        return True

    async def keep_contact(self, conversation_id: UUID, *, name: str, email: str, phone: str) -> None:
        details = self._database.put(ContactRow, conversation_id=conversation_id, name=name, email=email, phone=phone)
        async with self._database.write() as session:
            await session.execute(details)

    async def contact(self, conversation_id: UUID) -> ContactDetails | None:
        async with self._database.read() as session:
            row = await session.get(ContactRow, conversation_id)
        return ContactDetails(name=row.name, email=row.email, phone=row.phone) if row else None


class Facts:
    """What this installation knows about itself: which city was seeded, and the like."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        async with self._database.read() as session:
            return await session.scalar(select(FactRow.value).filter_by(name=name))

    async def set_once(self, name: str, value: str) -> None:
        """Set what was never set; of two at the same time, one wins and both see it."""
        row = self._database.insert(FactRow).values(name=name, value=value)
        async with self._database.write() as session:
            await session.execute(row.on_conflict_do_nothing(index_elements=["name"]))

    async def set(self, name: str, value: str) -> None:
        async with self._database.write() as session:
            await session.execute(self._database.put(FactRow, name=name, value=value))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
