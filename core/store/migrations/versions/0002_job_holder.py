"""Jobs name the process that holds them, so that they return the moment it dies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("holder", sa.Integer(), nullable=True))
