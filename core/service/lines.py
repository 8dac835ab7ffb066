"""The customer-side lines of all tenants, opened: which connector serves which account."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from core.ids import LineId, TenantId
from core.people import Line, LineHabits
from core.ports import Connector
from core.store import desks
from core.store.scope import TenantScope
from core.store.store import Store
from core.vault import Vault, VaultError

BuildConnector = Callable[[Line], Connector]


@dataclass(frozen=True, slots=True)
class OpenLine:
    line: Line
    connector: Connector


@dataclass(frozen=True, slots=True)
class NewLine:
    kind: str
    external_id: str
    label: str
    secrets: dict[str, str]
    settings: dict[str, str]


class Lines:
    """Kept in memory; `load` brings it up to date after lines changed."""

    def __init__(self, store: Store, vault: Vault, build: BuildConnector) -> None:
        self._store = store
        self._vault = vault
        self._build = build
        self._open: dict[LineId, OpenLine] = {}

    async def load(self) -> None:
        async with self._store.read_across_tenants() as scope:
            rows = await desks.all_lines(scope)
        fresh = {LineId(row.id): desks.as_line(row, self._unseal(row.tenant_id, row.id, row.secrets)) for row in rows}
        await self._seal_anew(
            [fresh[LineId(row.id)] for row in rows if row.secrets and self._vault.is_stale(row.secrets)]
        )
        for line_id in [known for known in self._open if fresh.get(known) != self._open[known].line]:
            await self._open.pop(line_id).connector.close()
        for line_id, line in fresh.items():
            if line_id not in self._open:
                self._open[line_id] = OpenLine(line, self._build(line))

    async def _seal_anew(self, lines: list[Line]) -> None:
        """Key rotation: what an older master key sealed is sealed with the newest, so the old one may go."""
        for line in lines:
            sealed = self._seal(line.tenant_id, line.id, line.secrets)
            async with self._store.write(line.tenant_id) as scope:
                await desks.set_line(scope, line.id, secrets=sealed)

    def get(self, line_id: LineId) -> OpenLine:
        return self._open[line_id]

    def all(self) -> list[OpenLine]:
        return list(self._open.values())

    def of_tenant(self, tenant_id: TenantId) -> list[OpenLine]:
        return [opened for opened in self._open.values() if opened.line.tenant_id == tenant_id]

    def find(self, external_id: str) -> OpenLine | None:
        """The line with this account id (a webhook names it)."""
        return next((opened for opened in self._open.values() if opened.line.external_id == external_id), None)

    def at_business_account(self, account_id: str) -> OpenLine | None:
        """A line of this WhatsApp Business Account: for news that name the account only."""
        matches = (line for line in self._open.values() if line.line.settings.get("business_account_id") == account_id)
        return next(matches, None)

    async def close(self) -> None:
        for opened in self._open.values():
            await opened.connector.close()

    async def keep(
        self, scope: TenantScope, line: NewLine, habits: LineHabits
    ) -> LineId | None:  # fmt: skip
        """Add the line, or bring its secrets and settings up to date. None: the account is another tenant's."""
        line_id = await desks.add_line(scope, line.kind, line.external_id, line.label, habits)
        if line_id is None:
            rows = await desks.lines(scope)
            line_id = next((LineId(row.id) for row in rows if row.external_id == line.external_id), None)
        if line_id is not None:
            sealed = self._seal(scope.tenant_id, line_id, line.secrets)
            await desks.set_line(scope, line_id, secrets=sealed, settings=line.settings, habits=asdict(habits))
        return line_id

    def _seal(self, tenant_id: int, line_id: int, secrets: dict[str, str]) -> str:
        return self._vault.seal(tenant_id, _field(line_id), json.dumps(secrets))

    def _unseal(self, tenant_id: int, line_id: int, sealed: str) -> dict[str, str]:
        return json.loads(self._vault.open(tenant_id, _field(line_id), sealed)) if sealed else {}


def _field(line_id: int) -> str:
    return f"line.secrets|{line_id}"


async def unreadable(store: Store, vault: Vault) -> list[str]:
    """Labels of the lines whose stored secrets this master key cannot open."""
    async with store.read_across_tenants() as scope:
        rows = await desks.all_lines(scope)
    return [row.label for row in rows if row.secrets and not _opens(vault, row.tenant_id, row.id, row.secrets)]


def _opens(vault: Vault, tenant_id: int, line_id: int, sealed: str) -> bool:
    try:
        vault.open(tenant_id, _field(line_id), sealed)
    except VaultError:
        return False
    return True
