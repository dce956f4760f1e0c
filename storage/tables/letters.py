"""Mails: what threads them, and what a robot has spent on their senders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class LetterRow(Base):
    """A resident's mail beside its message: what an answer to it needs, and where it seems to belong."""

    __tablename__ = "letters"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """its message's"""
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id"), index=True)
    """the mail itself"""
    thread: Mapped[str] = mapped_column(index=True)
    """of the conversation's address"""
    message_id: Mapped[str] = mapped_column(index=True)
    """without ``<>``"""
    references: Mapped[list[Any]]
    subject: Mapped[str]
    sender: Mapped[str] = mapped_column(index=True)
    sender_name: Mapped[str]
    written_at: Mapped[datetime]
    proof: Mapped[str]
    """what our border says about the sender: pass, fail, none"""
    suggested: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    """the conversation that staff may join it to"""
    doubt: Mapped[str]
    """why it was not joined by itself"""
    joined_by: Mapped[str] = mapped_column(default="")


class CorrespondentRow(Base):
    """Whose mails belong to a thread."""

    __tablename__ = "correspondents"
    thread: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    """case-folded"""


class BudgetRow(Base):
    """What a robot has spent on a sender, a domain, or in the whole city."""

    __tablename__ = "budgets"
    name: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[list[Any]]
