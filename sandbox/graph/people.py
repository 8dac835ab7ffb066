"""The customers and the business numbers."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.graph import defaults, ids
from sandbox.graph.orders import Types, expect


@dataclass
class Customer:
    """A person with a phone. `wa_id` is None for one who hides the number behind a username.

    `online` False: nothing is delivered until they come back. `auto_read` False: they read only on demand.
    `read_receipts` False: they read, but tell nobody. `on_whatsapp` False: sends fail with 131026.
    """

    id: str
    name: str
    wa_id: str | None
    user_id: str | None
    parent_user_id: str | None = None
    username: str | None = None
    online: bool = True
    auto_read: bool = True
    read_receipts: bool = True
    on_whatsapp: bool = True
    marketing_stopped: bool = False

    @property
    def address(self) -> str:
        return self.wa_id or self.user_id or self.id

    def view(self) -> dict[str, Any]:
        return dict(vars(self))


SWITCHES = ("online", "auto_read", "read_receipts", "on_whatsapp", "marketing_stopped")
NAMES = ("name", "wa_id", "user_id", "username", "parent_user_id")
FIELDS: Types = {**dict.fromkeys(NAMES, str), **dict.fromkeys(SWITCHES, bool)}


@dataclass
class Number:
    """One business phone number. `coexistence`: also used in the WhatsApp Business app (edits, revokes)."""

    id: str = defaults.PHONE_NUMBER_ID
    display_phone_number: str = defaults.DISPLAY_PHONE_NUMBER
    verified_name: str = defaults.VERIFIED_NAME
    waba_id: str = defaults.WABA_ID
    status: str = "CONNECTED"
    quality_rating: str = "GREEN"
    throughput: str = "STANDARD"
    coexistence: bool = False
    callback: str | None = None
    pin: str | None = None
    profile: dict[str, Any] = field(default_factory=lambda: {"vertical": "OTHER"})
    blocked: set[str] = field(default_factory=set)

    def view(self) -> dict[str, Any]:
        return {**vars(self), "profile": dict(self.profile), "blocked": sorted(self.blocked)}


class People:
    """All customers, found by any of their names."""

    def __init__(self) -> None:
        self.all: dict[str, Customer] = {}
        self.gone: set[str] = set()
        self._by_address: dict[str, str] = {}
        self._number = itertools.count(1)

    def create(self, name: str, **fields: Any) -> Customer:
        """`wa_id`: digits, absent = made up, None = phone-less. `user_id`: absent = made up."""
        expect({"name": name, **fields}, FIELDS)
        number = next(self._number)
        wa_id = fields.pop("wa_id", "") if "wa_id" in fields else _free_number(number)
        user_id = fields.pop("user_id", None) or ids.user_id()
        customer = Customer(f"c{number}", name, ids.digits(wa_id) if wa_id else None, user_id)
        taken = [a for a in (customer.wa_id, user_id) if a and self.find(a)]
        if taken:
            raise ValueError(f"already a customer: {taken[0]}")
        self._set(customer, fields)
        self.all[customer.id] = customer
        self._index(customer)
        return customer

    def change(self, customer: Customer, fields: dict[str, Any]) -> None:
        """A phone or BSUID that is given up leads nowhere afterwards: it is in `gone`."""
        before = {customer.wa_id, customer.user_id}
        self._set(customer, fields)
        for address in before - {customer.wa_id, customer.user_id, None}:
            self._by_address.pop(str(address), None)
            self.gone.add(str(address))
        self._index(customer)

    def _set(self, customer: Customer, fields: dict[str, Any]) -> None:
        expect(fields, FIELDS)
        for name, value in fields.items():
            setattr(customer, name, value)

    def _index(self, customer: Customer) -> None:
        for address in (customer.wa_id, customer.user_id, customer.parent_user_id, customer.username):
            if address:
                self._by_address[address] = customer.id

    def find(self, address: str) -> Customer | None:
        """By our id, phone in any notation, BSUID, parent BSUID or username."""
        if address in self.all:
            return self.all[address]
        known, phone = self._by_address, ids.digits(address)
        key = known.get(address) or known.get(phone) or known.get(ids.other_form(phone) or "")
        return self.all.get(key) if key else None

    def get(self, address: str) -> Customer:
        customer = self.find(address)
        if customer is None:
            raise ValueError(f"no such customer: {address}")
        return customer


_AREAS = (202, 206, 212, 303, 305, 312, 404, 415, 503, 512, 602, 612, 617, 619, 702, 713, 716, 718, 801, 808)
"""Area codes in use, so that whoever looks a number up finds its country."""


def _free_number(number: int) -> str:
    """A made-up number of the North American fiction range."""
    return f"1{random.choice(_AREAS)}555{(100 + number) % 10000:04d}"
