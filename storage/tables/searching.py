"""What is searched by staff: every text in the form in which it is found, and the filters a section keeps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class SearchedTextRow(Base):
    """Made from an entry's text or a ticket's subject, whenever that is stored or changed; can be made again."""

    __tablename__ = "searched_texts"
    __table_args__ = (
        Index("ix_searched_texts_grams", "grams", postgresql_using="gin", info={"only_on": "postgresql"}),
        {"info": {"made_again": True}},
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    """the entry's or the ticket's"""
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    folded: Mapped[str]
    spoken: Mapped[str]
    """in hiragana; empty when that says no more than ``folded``"""
    grams: Mapped[list[int] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(ARRAY(BigInteger), "postgresql")
    )
    """on PostgreSQL; SQLite keeps them in ``SEARCH_INDEX``"""


SEARCH_INDEX = Table("search_index", MetaData(), Column("rowid"), Column("grams"), Column("search_index"))
"""SQLite's full-text index (FTS5) over ``SearchedTextRow.number``; it has tables of its own, which are not ours"""


class SavedFilterRow(Base):
    """A list of tickets that a section looks at again and again."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("section", "name"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("operators.id"))
    section: Mapped[str]
    wanted: Mapped[dict[str, Any]]
    """as in the page's address"""
    saved_at: Mapped[datetime]
