"""What is said: conversations, inbox, timeline, outbox, and the web residents' visits and files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class ConversationRow(Base):
    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "account", "thread"),
        Index("ix_conversations_owner_last", "owner", "last_message_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    account: Mapped[str]
    thread: Mapped[str]
    owner: Mapped[str] = mapped_column(default="bot")
    operator_id: Mapped[UUID | None]
    epoch: Mapped[int] = mapped_column(default=0)
    closed: Mapped[bool] = mapped_column(default=False)
    dialogue: Mapped[dict[str, Any] | None]
    language: Mapped[str] = mapped_column(default="ja")
    misunderstood: Mapped[int] = mapped_column(default=0)
    topic: Mapped[UUID | None]
    focus: Mapped[dict[str, Any] | None]
    """earlier topics and the last question; none in rows of before revision 0004"""
    offered: Mapped[list[Any]] = mapped_column(default=list)
    ticket_id: Mapped[UUID | None]
    last_seq: Mapped[int] = mapped_column(default=0)
    last_words: Mapped[str] = mapped_column(default="")
    """the resident's last words, for lists"""
    waiting_since: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    last_message_at: Mapped[datetime]


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbox_work", "state", "next_try_at", "arrival"),
        Index("ix_inbox_conversation", "conversation_id", "state"),
    )
    arrival: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    """order of arrival"""
    id: Mapped[UUID] = mapped_column(unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[str]
    external_id: Mapped[str]
    message: Mapped[dict[str, Any]]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default="new")
    """new, handled, set_aside"""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(default="")
    silence: Mapped[str] = mapped_column(default="")


class EntryRow(Base):
    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), Index("ix_entries_at", "at"))
    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    author: Mapped[str]
    author_name: Mapped[str]
    text: Mapped[str]
    choices: Mapped[list[Any]]
    attachments: Mapped[list[Any]]
    card: Mapped[dict[str, Any] | None]
    version_id: Mapped[UUID | None] = mapped_column(index=True)
    """which published version was said"""
    language: Mapped[str]
    external_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    epoch: Mapped[int]
    why: Mapped[dict[str, Any]]
    silence: Mapped[str] = mapped_column(default="")


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_work", "state", "next_try_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """the entry's id, and the retry key"""
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    channel: Mapped[str]
    account: Mapped[str]
    thread: Mapped[str]
    reply: Mapped[dict[str, Any]]
    reply_handle: Mapped[str | None]
    epoch: Mapped[int | None]
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(default="queued")
    """queued, sending, accepted, refused, withdrawn"""
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    """also the end of the lease while it is being sent"""
    outcome: Mapped[str] = mapped_column(default="")


class VisitRow(Base):
    __tablename__ = "visits"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(unique=True)
    began_at: Mapped[datetime]


class FileRow(Base):
    __tablename__ = "files"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime]


class RatingRow(Base):
    __tablename__ = "ratings"
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    version_id: Mapped[UUID] = mapped_column(index=True)
    helpful: Mapped[bool]
    at: Mapped[datetime]
