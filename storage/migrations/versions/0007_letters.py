"""Mails have threads, and robots have budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("suggested", sa.Uuid(), nullable=True),
        sa.Column("doubt", sa.String(), nullable=False),
        sa.Column("joined_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_letters_delivery_id_deliveries")),
        sa.ForeignKeyConstraint(["suggested"], ["conversations.id"], name=op.f("fk_letters_suggested_conversations")),
    )
    for column in ("delivery_id", "thread", "message_id", "sender"):
        op.create_index(op.f(f"ix_letters_{column}"), "letters", [column])
    op.create_table(
        "correspondents",
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("thread", "address", name=op.f("pk_correspondents")),
    )
    op.create_table(
        "budgets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_budgets")),
    )
