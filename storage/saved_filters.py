"""Lists of tickets that a section looks at again and again, each under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import OperatorRow, SavedFilterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    id: UUID
    name: str
    owner_id: UUID
    owner_name: str = ""
    section: str
    wanted: Mapping[str, str] = field(default_factory=dict)
    """as in the page's address"""
    saved_at: datetime


def values(new: SavedFilter) -> dict[str, Any]:
    """As its row has them."""
    return {
        "id": new.id,
        "name": new.name,
        "owner_id": new.owner_id,
        "section": new.section,
        "wanted": dict(new.wanted),
        "saved_at": new.saved_at,
    }


async def of_section(session: AsyncSession, section: str) -> Sequence[SavedFilter]:
    """By name."""
    query = select(SavedFilterRow, OperatorRow.name).join(OperatorRow, OperatorRow.id == SavedFilterRow.owner_id)
    rows = await session.execute(query.where(SavedFilterRow.section == section).order_by(SavedFilterRow.name))
    return [_filter_of(row, owner_name) for row, owner_name in rows]


async def delete_one(session: AsyncSession, filter_id: UUID) -> bool:
    deleted = delete(SavedFilterRow).where(SavedFilterRow.id == filter_id).returning(SavedFilterRow.id)
    return await session.scalar(deleted) is not None


def _filter_of(row: SavedFilterRow, owner_name: str) -> SavedFilter:
    return SavedFilter(
        id=row.id,
        name=row.name,
        owner_id=row.owner_id,
        owner_name=owner_name,
        section=row.section,
        wanted={str(name): str(value) for name, value in row.wanted.items()},
        saved_at=row.saved_at,
    )
