"""Which connector serves which kind of line."""

from collections.abc import Callable, Mapping
from typing import Any

from core.ports import Connector
from gateway.whatsapp_cloud.connector import CloudConnector

Build = Callable[[str, Mapping[str, str], Mapping[str, Any]], Connector]
"""(account id, secrets, settings) → an open connector."""

CONNECTORS: dict[str, Build] = {"whatsapp_cloud": CloudConnector.build}


def build(kind: str, external_id: str, secrets: Mapping[str, str], settings: Mapping[str, Any]) -> Connector:
    """Raises KeyError for a kind nobody registered."""
    return CONNECTORS[kind](external_id, secrets, settings)
