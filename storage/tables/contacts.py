"""What was asked by telephone and at the counter, as staff logged it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class LoggedContactRow(Base):
    """One call or visit. Nothing in it says who called."""

    __tablename__ = "logged_contacts"
    __table_args__ = (Index("ix_logged_contacts_operator_at", "operator_id", "at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """made with the form: sent twice, it is logged once"""
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operators.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    channel: Mapped[str]
    words: Mapped[str]
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("article_versions.id"), index=True)
    """the entry it was about; none when the FAQ had none: asked, and unanswered"""
    section: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    """of the ticket that was opened"""
    undone_at: Mapped[datetime | None]
