"""Texts in the form in which they are found, and the filters that sections keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from storage.search_filling import fill

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "searched_texts",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("spoken", sa.String(), nullable=False),
        sa.Column("grams", sa.JSON().with_variant(ARRAY(sa.BigInteger()), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_searched_texts")),
        sa.UniqueConstraint("id", name=op.f("uq_searched_texts_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_searched_texts_conversation_id_conversations")
        ),
    )
    op.create_index(op.f("ix_searched_texts_conversation_id"), "searched_texts", ["conversation_id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE search_index "
            "USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii')"
        )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("section", "name", name=op.f("uq_saved_filters_section")),
        sa.ForeignKeyConstraint(["owner_id"], ["operators.id"], name=op.f("fk_saved_filters_owner_id_operators")),
    )
    fill(op.get_bind())
    if not on_sqlite:
        op.create_index("ix_searched_texts_grams", "searched_texts", ["grams"], postgresql_using="gin")
