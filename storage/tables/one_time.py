"""Codes that work once, and the addresses that residents joined with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class OneTimeCodeRow(Base):
    __tablename__ = "one_time_codes"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256; the code itself is nowhere in this table"""
    purpose: Mapped[str]
    channel: Mapped[str]
    account: Mapped[str]
    thread: Mapped[str]
    """of the address that it was made for"""
    data: Mapped[dict[str, Any]]
    """emptied when the code is used"""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class LinkRow(Base):
    """Two addresses of one person, because that person said so."""

    __tablename__ = "links"
    __table_args__ = (
        Index("ix_links_one", "one_channel", "one_account", "one_thread"),
        Index("ix_links_other", "other_channel", "other_account", "other_thread"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    one_channel: Mapped[str]
    one_account: Mapped[str]
    one_thread: Mapped[str]
    """the address that the code was told to"""
    other_channel: Mapped[str]
    other_account: Mapped[str]
    other_thread: Mapped[str]
    """the address that it was typed at"""
    since: Mapped[datetime]
    proof: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    """``resident``, or the operator's login"""
