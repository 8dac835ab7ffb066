"""Tasks that were given up after their tries: told in General, and what a press on their buttons does."""

from core.blobs import NoRoom
from core.buttons import Action
from core.errors import UserMistake
from core.events import Event, EventKind
from core.i18n import Texts
from core.ids import JobId
from core.jobs import Job
from core.ports import Button
from core.store import queue
from core.store.scope import TenantScope
from core.store.store import Store

AGAIN, FORGET = "again", "forget"


async def announce(store: Store, job: Job, error: Exception) -> None:
    """Nothing dies silently. A job that is nobody's only counts in /status."""
    if job.tenant_id is None:
        return
    code = "parked_without_room" if isinstance(error, NoRoom) else "job_parked"
    data = {"code": code, "detail": f"{job.kind} #{job.id}", "job": job.id, "private": False}
    async with store.write(job.tenant_id) as scope:
        await scope.record(Event(EventKind.JOB_PARKED, job.tenant_id, "system", data=data))


def buttons(job_id: int, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    choices = ((AGAIN, "fail.retry"), (FORGET, "fail.discard"))
    return (tuple(Button(texts.t(key), Action(verb, (job_id,)).pack()) for verb, key in choices),)


async def decide(scope: TenantScope, verb: str, job_id: JobId) -> None:
    """Raises UserMistake("stale") when the job is not parked any more."""
    if verb == AGAIN:
        found = await queue.revive(scope.connection, scope.tenant_id, job_id, scope.now)
    else:
        found = await queue.forget(scope.connection, scope.tenant_id, job_id)
    if not found:
        raise UserMistake("stale")
