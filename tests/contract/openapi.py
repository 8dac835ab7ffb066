"""Checks a body meant for `POST /{phone_number_id}/messages` against Meta's own OpenAPI file (v23).

    problems = openapi.problems(body)      # [] when Meta's schema takes the body

The file contradicts itself in places: read to the letter it refuses every one of its own 50 samples. What is mended
here, and why, is said beside each mend; everything else is Meta's schema as it is. The file is read in place from
../shared/data beside the repository and is not part of the project; tests skip where it is absent.
"""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.shared_data import WHATSAPP

FOLDER = WHATSAPP / "meta-openapi"
FILE = FOLDER / "business-messaging-api_v23.0.yaml"

Schema = dict[str, Any]

READ_SCHEMA: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["messaging_product", "status", "message_id"],
    "properties": {
        "messaging_product": {"const": "whatsapp"},
        "status": {"const": "read"},
        "message_id": {"type": "string", "minLength": 1},
        "typing_indicator": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {"type": {"const": "text"}},
        },
    },
}
"""Read marks share the route; the file has a sample of them but no schema. Made from the sample."""


def samples(folder: str, kind: str = "requests") -> dict[str, Any]:
    """Name -> JSON of the samples in one folder; empty where the data is absent."""
    found = sorted((FOLDER / kind / folder).glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in found}


def problems(body: Any) -> list[str]:
    """What Meta's schema has against a body, each with the place where it is."""
    if not isinstance(body, dict):
        return ["the body is not an object"]
    if "status" in body:
        return _errors(Draft202012Validator(READ_SCHEMA), body)
    kind = body.get("type")
    validator = _validators().get(kind) if isinstance(kind, str) else None
    return [f"unknown type: {kind!r}"] if validator is None else _errors(validator, body)


def _errors(validator: Draft202012Validator, body: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)]


@lru_cache(maxsize=1)
def _validators() -> dict[str, Draft202012Validator]:
    """Message type -> validator. The discriminator of `Message` chooses, so errors name the real fault."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    components = yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader)["components"]
    schemas = components["schemas"]
    _mend(schemas)
    types = schemas["Message"]["discriminator"]["mapping"]
    return {
        kind: Draft202012Validator({**_flat(schemas, ref.rpartition("/")[2]), "components": components})
        for kind, ref in types.items()
    }


def _flat(schemas: dict[str, Schema], name: str) -> Schema:
    """One object instead of `allOf` [base, own part that allows nothing else].

    As written the own part forbids the very keys that the base demands.
    """
    base, own = schemas["BaseMessageProperties"], schemas[name]["allOf"][1]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*base["required"], *own["required"]],
        "anyOf": [{"required": ["to"]}, {"required": ["recipient"]}],
        "properties": {**copy.deepcopy(base["properties"]), **own["properties"]},
    }


def _mend(schemas: dict[str, Schema]) -> None:
    base = schemas["BaseMessageProperties"]
    # Several samples leave recipient_type out; it means "individual" then. `recipient` may replace `to`.
    base["required"] = ["messaging_product", "type"]
    # Newer than v23, or only in the prose: callback data, sending to a BSUID (Meta: BSUID, 2026-02).
    base["properties"] |= {
        "biz_opaque_callback_data": {"type": "string", "maxLength": 512},
        "recipient": {"type": "string", "pattern": r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$"},
    }
    # Written as strings, with numbers as examples and in the samples.
    place = schemas["LocationMessage"]["allOf"][1]["properties"]["location"]["properties"]
    place["latitude"] = place["longitude"] = {"type": ["number", "string"]}
    _mend_interactive(schemas)
    _mend_template(schemas)


def _mend_interactive(schemas: dict[str, Schema]) -> None:
    # Samples of orders exist, and these kinds have pages of their own.
    kinds = schemas["InteractiveObject"]["properties"]["type"]["enum"]
    kinds += ["cta_url", "order_details", "order_status", "location_request_message", "address_message"]
    actions = {"type": "string", "enum": ["review_and_pay", "review_order", "cta_url", "send_location"]}
    schemas["ActionObject"]["oneOf"].append({"required": ["name"], "properties": {"name": actions}})
    # The page of list messages gives lists 4096 characters.
    schemas["BodyObject"]["properties"]["text"]["maxLength"] = 4096


def _mend_template(schemas: dict[str, Schema]) -> None:
    # Most samples have no policy; indexes are numbers or strings, and the pattern excludes "0" and "1".
    schemas["LanguageObject"]["required"] = ["code"]
    component = schemas["TemplateComponent"]["properties"]
    component["index"] = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d{1,2}$"}]}
    component["sub_type"] = {"type": "string", "pattern": r"(?i)^(quick_reply|url|catalog|flow|copy_code|mpm)$"}
