"""Who works on this database: one process on SQLite, many on PostgreSQL, each waking the others."""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from core.store import queue
from core.store.living import LOCK_MYSELF, new_number
from core.store.store import JOBS_CHANNEL, Store

log = structlog.get_logger(__name__)

_AGAIN_SECONDS = 1.0


class AlreadyRunning(Exception):
    """Another process works on this SQLite file."""


@asynccontextmanager
async def at_work(store: Store) -> AsyncGenerator[None, None]:
    """While inside, this process may claim jobs. Raises AlreadyRunning."""
    if store.database.is_sqlite:
        with _Lock(Path(f"{store.database.url.database}.lock")):
            async with store.write_across_tenants() as scope:  # we are alone: whatever is held, a dead process held
                await queue.recover(scope.connection, scope.now, everything=True)
            yield
    else:
        store.me = new_number()
        present = asyncio.Event()
        presence = asyncio.create_task(_be_present(store, present))
        try:
            await present.wait()
            async with store.write_across_tenants() as scope:
                await queue.recover(scope.connection, scope.now)
            yield
        finally:
            presence.cancel()
            await asyncio.gather(presence, return_exceptions=True)


async def _be_present(store: Store, present: asyncio.Event) -> None:
    """Show that we live, and wake up when any process puts a job.

    While the connection is lost others may take our jobs back: what we hold is fenced by its claim.
    """
    while True:
        try:
            async with store.database.listener() as connection:
                lost = asyncio.Event()
                connection.add_termination_listener(_setting(lost))
                await connection.execute(LOCK_MYSELF, store.me)
                await connection.add_listener(JOBS_CHANNEL, _setting(store.wake))
                store.wake.set()
                present.set()
                await lost.wait()
        except OSError as error:
            log.warning("presence.lost", error=type(error).__name__)
        await asyncio.sleep(_AGAIN_SECONDS)


def _setting(flag: asyncio.Event) -> Callable[..., None]:
    def set_it(*_: object) -> None:
        flag.set()

    return set_it


class _Lock:
    """An advisory lock on a file beside the database; the system frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._handle)
            raise AlreadyRunning(f"another process holds {self._path}") from error

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)
