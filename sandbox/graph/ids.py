"""Identifiers in the shapes Meta uses, so that code which peeks into them fails here too."""

from __future__ import annotations

import base64
import os
import random
import re

BSUID = re.compile(r"^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$")
"""A business-scoped user id (Meta: BSUID page, 2026-02)."""

_INBOUND, _OUTBOUND = b"\x12", b"\x11"


def wamid(peer: str, *, inbound: bool) -> str:
    """A message id: base64 of a small record with the peer's number and 18-20 hex digits."""
    name = peer.encode()[:64]
    serial = ("3A" + os.urandom(9).hex() if inbound else os.urandom(9).hex()).upper().encode()
    record = b"\x1c\x18" + bytes([len(name)]) + name + b"\x15\x02\x00"
    record += (_INBOUND if inbound else _OUTBOUND) + b"\x18" + bytes([len(serial)]) + serial + b"\x00"
    return "wamid." + base64.b64encode(record).decode()


def numeric_id() -> str:
    """Ids of media, templates and numbers: digits only."""
    return str(random.randrange(10**14, 10**16))


def user_id(country: str = "US") -> str:
    return f"{country}.{random.randrange(10**19, 10**20)}"


def trace_id() -> str:
    """The `fbtrace_id` of an error."""
    return "A" + base64.urlsafe_b64encode(os.urandom(15)).decode().rstrip("=")


def digits(number: object) -> str:
    """A phone number as wa_id: its digits alone."""
    return re.sub(r"\D", "", str(number))


def other_form(wa_id: str) -> str | None:
    """The older notation of a Brazilian or Mexican mobile number, under which WhatsApp may know it.

    Brazil: without the ninth digit; Mexico: with a 1 after the country code (Meta: phone numbers).
    """
    if match := re.fullmatch(r"55(\d{2})9(\d{8})", wa_id):
        return f"55{match[1]}{match[2]}"
    if match := re.fullmatch(r"52(\d{10})", wa_id):
        return f"521{match[1]}"
    return None
