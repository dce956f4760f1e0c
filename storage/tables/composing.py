"""Beside the composer: what is being written, what staff say about suggested entries, and texts to use again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class DraftRow(Base):
    """What a member of staff has written in a conversation and not sent."""

    __tablename__ = "drafts"
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operators.id"), primary_key=True)
    text: Mapped[str]
    """with the numbers masked that must not be stored"""
    saved_at: Mapped[datetime]


class FaqFeedbackRow(Base):
    """An entry that was suggested for a resident's words and refused by staff, for those who keep the FAQ."""

    __tablename__ = "faq_feedback"
    __table_args__ = (UniqueConstraint("entry_id", "version_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"))
    """the resident's words: kept there alone, so that words taken back are gone here, too"""
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("article_versions.id"))
    reason: Mapped[str]
    """does_not_fit, outdated, wrong"""
    who: Mapped[str]
    at: Mapped[datetime]


class CannedReplyRow(Base):
    """A text that staff use again and again."""

    __tablename__ = "canned_replies"
    __table_args__ = (UniqueConstraint("section", "name"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    section: Mapped[str]
    """empty: everybody's"""
    name: Mapped[str]
    """typed after a slash"""
    text: Mapped[str]
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("article_versions.id"))
    """the published entry that it follows; when there is a newer one, the text must be looked at"""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
