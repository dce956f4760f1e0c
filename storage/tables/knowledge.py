"""What the city answers: articles, their immutable versions, and the vectors of their texts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class ArticleRow(Base):
    __tablename__ = "articles"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str]
    category: Mapped[str] = mapped_column(index=True)
    section: Mapped[str] = mapped_column(index=True)
    review_by: Mapped[date | None]
    working: Mapped[dict[str, Any]]
    revision: Mapped[int]
    published_id: Mapped[UUID | None]
    archived: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class ArticleVersionRow(Base):
    """Written once. The database refuses to change or delete it."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    author: Mapped[str]
    reason: Mapped[str]
    published_at: Mapped[datetime]


class CategoryBarRow(Base):
    """What staff set for a category, and whether it was stopped; a category without a row has the everyday bar."""

    __tablename__ = "category_bars"
    category: Mapped[str] = mapped_column(primary_key=True)
    answer_at: Mapped[int]
    """percent"""
    precision: Mapped[int]
    """percent: the share of direct answers that must be right"""
    stopped_at: Mapped[datetime | None]
    stopped_right: Mapped[int]
    stopped_judged: Mapped[int]
    lifted_at: Mapped[datetime | None]
    """when a person let it answer again: what was judged before counts no more"""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class VectorRow(Base):
    __tablename__ = "vectors"
    key: Mapped[str] = mapped_column(primary_key=True)
    """of encoder and text, so that one edited entry costs only what changed"""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """float32, little-endian"""
