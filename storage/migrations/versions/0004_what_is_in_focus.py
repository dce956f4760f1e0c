"""Earlier topics and the last question of a conversation. Rows of before have none; the code of before writes none."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conversations") as batch_op:
        batch_op.add_column(sa.Column("focus", sa.JSON(), nullable=True))
