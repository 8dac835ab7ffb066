"""Which bot posted a copy: only that bot may change it. Empty for what staff posted, and for older posts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("copy", sa.Column("bot_id", number, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.drop_column("bot_id")
