"""People's side: tickets, staff, sessions, the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class TicketRow(Base):
    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_list", "status", "due_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    subject: Mapped[str]
    section: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str]
    language: Mapped[str]
    status: Mapped[str]
    assignee_id: Mapped[UUID | None] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class TicketEventRow(Base):
    __tablename__ = "ticket_events"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]


class ContactRow(Base):
    """What the plain form asked for besides the words."""

    __tablename__ = "contacts"
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]


class CounterRow(Base):
    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class OperatorRow(Base):
    __tablename__ = "operators"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[Any]]
    section: Mapped[str]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool]
    disabled: Mapped[bool] = mapped_column(default=False)


class SessionRow(Base):
    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the token"""
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("operators.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    address: Mapped[str]
    user_agent: Mapped[str]
    ended_at: Mapped[datetime | None]


class AuditRow(Base):
    """Appended to, never changed: the database refuses."""

    __tablename__ = "audit_log"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    object: Mapped[str]
    details: Mapped[str]


class FactRow(Base):
    """What this installation knows about itself."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
