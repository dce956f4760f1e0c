"""What networks delivered, kept raw before it is read; and whom they can reach no more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class DeliveryRow(Base):
    """One delivery of a network: a LINE webhook body, a mail. Acknowledged only once it is here."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_deliveries_work", "state", "next_try_at", "arrival"),
    )
    arrival: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    """order of arrival"""
    id: Mapped[UUID] = mapped_column(unique=True)
    channel: Mapped[str]
    key: Mapped[str]
    """the same for the same delivery, whenever the network repeats it"""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """with the numbers masked that must not be stored"""
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="new")
    """new, read, set_aside"""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    """staff looked at it and let it in as somebody's message"""
    outcome: Mapped[str] = mapped_column(default="")
    """what was ignored and why, or why it could not be read"""


class ClosedChannelRow(Base):
    """An address that hears nothing for now: the resident blocked us, or the mail box sends everything back."""

    __tablename__ = "closed_channels"
    channel: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    thread: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    reason: Mapped[str]
