"""Indexes of the job table by which a claim costs the same however many jobs wait in a lane."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TODO = sa.text("status = 'todo'")


def upgrade() -> None:
    op.drop_index("ix_job_due", table_name="job")
    op.create_index("ix_job_due", "job", ["run_at"], sqlite_where=_TODO, postgresql_where=_TODO)
    op.create_index("ix_job_free", "job", ["lane", "run_at"], sqlite_where=_TODO, postgresql_where=_TODO)


def downgrade() -> None:
    op.drop_index("ix_job_free", table_name="job")
    op.drop_index("ix_job_due", table_name="job")
    op.create_index("ix_job_due", "job", ["status", "run_at"])
