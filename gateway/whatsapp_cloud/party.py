"""Who a payload is about: addresses and names, from messages, statuses and the `contacts` block. Pure.

A customer may have a phone, a business-scoped user id (BSUID), the id of its parent portfolio, a username,
or only some of these (Meta: business-scoped user ids, 2026). A wrong match would show one person's words in
another's topic, so a contact is matched by its ids and never by its place in the list.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.people import Address, AddressKind
from core.ports import Party
from gateway.whatsapp_cloud.loose import Json, items, mapping, pick, text

_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{2,30}")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")
_LONGEST_ID = 200
_ORDER = (AddressKind.PHONE, AddressKind.BSUID, AddressKind.PARENT_BSUID, AddressKind.USERNAME)


def address(value: object) -> Address | None:
    """What kind of address this is, by its looks: some senders put a BSUID where a phone is documented."""
    written = text(value).strip()
    if _PHONE.fullmatch(written):
        return Address(AddressKind.PHONE, re.sub(r"[^0-9]", "", written))
    if not written or len(written) > _LONGEST_ID:
        return None
    found = _USER_ID.fullmatch(written)
    kind = AddressKind.PARENT_BSUID if found and found[1] else AddressKind.BSUID
    return Address(kind, written)


def addresses(*values: object) -> tuple[Address, ...]:
    """The addresses among these values: each once, one of each kind, phones first."""
    return _in_order(found for value in values if (found := address(value)))


def _in_order(found: Iterable[Address]) -> tuple[Address, ...]:
    by_kind: dict[AddressKind, Address] = {}
    for each in found:
        by_kind.setdefault(each.kind, each)
    return tuple(by_kind[kind] for kind in _ORDER if kind in by_kind)


def parent(value: object) -> Address | None:
    written = text(value).strip()
    return Address(AddressKind.PARENT_BSUID, written) if 0 < len(written) <= _LONGEST_ID else None


def username(value: object) -> Address | None:
    written = text(value).strip().removeprefix("@")
    return Address(AddressKind.USERNAME, written) if 0 < len(written) <= _LONGEST_ID else None


@dataclass(frozen=True, slots=True)
class Contacts:
    """The `contacts` block of a change."""

    parties: tuple[Party, ...]
    by_address: Mapping[Address, Party]

    def find(self, ids: Sequence[Address], *, alone: bool) -> Party | None:
        """By id; the only contact of a payload about one person may also come without a matching one."""
        known = next((self.by_address[each] for each in ids if each in self.by_address), None)
        if known or not alone or len(self.parties) != 1 or _conflict(ids, self.parties[0].addresses):
            return known
        return self.parties[0]


def contacts_of(value: Json) -> Contacts:
    """Entries may hold a profile only, or a wa_id only."""
    parties = tuple(_contact(mapping(contact)) for contact in items(value.get("contacts")))
    by_address = {address: each for each in reversed(parties) for address in each.addresses}
    return Contacts(parties, by_address)


def _contact(contact: Json) -> Party:
    profile = mapping(contact.get("profile"))
    found = (
        *addresses(contact.get("wa_id"), contact.get("user_id")),
        parent(contact.get("parent_user_id")),
        username(profile.get("username") or contact.get("username")),
    )
    return Party(_in_order(each for each in found if each), pick(profile, "name", "formatted_name"))


def party(ids: Sequence[Address], contacts: Contacts, *, alone: bool = True) -> Party:
    """The party with these ids, completed by its contact. `alone`: it is the only one the payload is about."""
    contact = contacts.find(ids, alone=alone)
    if contact is None:
        return Party(_in_order(ids))
    return Party(_in_order((*ids, *contact.addresses)), contact.name)


def _conflict(one: Iterable[Address], other: Iterable[Address]) -> bool:
    """Do both name the same kind of address, and not the same one?"""
    known = {each.kind: each.value for each in one}
    return any(known.get(each.kind, each.value) != each.value for each in other)


def sender(message: Json, contacts: Contacts, *, alone: bool) -> Party:
    """Who wrote a message: `from` (absent or empty for phone-less customers), `from_user_id`, its parent."""
    found = [*addresses(message.get("from"), message.get("from_user_id"))]
    above = parent(message.get("from_parent_user_id"))
    return party([*found, above] if above else found, contacts, alone=alone)
