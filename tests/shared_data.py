"""Reference data beside the repository (../shared/data), read in place and never copied into the project."""

import json
from pathlib import Path
from typing import Any

import pytest

WHATSAPP = Path(__file__).resolve().parents[2] / "shared" / "data" / "whatsapp"

needs_whatsapp_data = pytest.mark.skipif(
    not WHATSAPP.exists(), reason="WhatsApp's reference data is not beside the repository (../shared/data/whatsapp)"
)


def webhook_files() -> list[Any]:
    """One parameter per webhook sample; a single skipped one where the data is absent."""
    files = sorted([*(WHATSAPP / "samples").glob("*.json"), *(WHATSAPP / "meta-openapi" / "webhooks").glob("*.json")])
    if not files:
        return [pytest.param(WHATSAPP, marks=needs_whatsapp_data, id="absent")]
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in files]


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))
