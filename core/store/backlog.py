"""How much of one kind of work waits for a tenant."""

from sqlalchemy import func, select

from core.jobs import JobKind
from core.store.engine_tables import job
from core.store.queue_sql import TODO
from core.store.scope import TenantScope


async def waiting(scope: TenantScope, kind: JobKind) -> int:
    """Jobs that could run but for a budget: what is put for later does not count."""
    mine = (job.c.tenant_id == scope.tenant_id, job.c.kind == kind.value, job.c.status == TODO)
    row = await scope.first(select(func.count().label("many")).where(*mine, job.c.run_at <= scope.now))
    return row.many if row else 0
