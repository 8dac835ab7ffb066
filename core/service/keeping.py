"""How long files are kept: old ones go when no message needs them; the messages stay and say so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from core.blobs import Blobs
from core.ids import TenantId
from core.store import files, messages
from core.store.store import Store

log = structlog.get_logger(__name__)

_AT_ONCE = 200


class Keeping:
    def __init__(self, store: Store, blobs: Blobs, days: int) -> None:
        """`days` for tenants without a number of their own; 0: for ever."""
        self._store = store
        self.blobs = blobs
        self._days = days

    async def tidy(self) -> None:
        """Every tenant's old files, and what was left on the disk by accidents."""
        async with self._store.read_across_tenants() as scope:
            wishes = await files.days(scope)
        for tenant_id, own in wishes:
            kept_for = self._days if own is None else own
            all_tenants = [each for each, _ in wishes]
            while kept_for and await self._some(tenant_id, timedelta(days=kept_for), all_tenants):
                pass
        self.blobs.tidy()

    async def _some(self, tenant_id: TenantId, age: timedelta, tenants: Sequence[TenantId]) -> bool:
        """Row first, file second: a crash in between leaves a file too many, never one too few. False: none left."""
        async with self._store.write(tenant_id) as scope:
            old = await files.outlived(scope, age, _AT_ONCE)
            for each in old:
                content = (await messages.get(scope, each.message_id)).content
                if content.media is not None:
                    gone = replace(content.media, sha256=None, expired=True)
                    await messages.set_media(scope, each.message_id, replace(content, media=gone))
            await files.forget(scope, [each.message_id for each in old])
        dropped = await self.blobs.drop(await self._unneeded({each.sha256 for each in old}, tenants))
        if old:
            log.info("files.outlived", tenant=tenant_id, messages=len(old), files=len(dropped))
        return len(old) == _AT_ONCE

    async def _unneeded(self, hashes: set[str], tenants: Sequence[TenantId]) -> set[str]:
        """The same file may have come to several tenants: it is stored once, and each is asked."""
        for tenant_id in tenants if hashes else ():
            async with self._store.read(tenant_id) as scope:
                hashes = hashes - await files.needed(scope, hashes)
        return hashes
