"""Jobs that wait for a budget name it, and are not claimed before it is open."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("gate", sa.String(100)))
    op.add_column("budget", sa.Column("open_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("budget", "open_at")
    op.drop_column("job", "gate")
