"""Who is writing? One contact per person, by whatever addresses a payload names."""

from datetime import datetime

import phonenumbers
from babel.languages import get_official_languages

from core import phones
from core.events import Event, EventKind
from core.ids import ContactId, LineId
from core.people import Address, AddressKind
from core.ports import Party
from core.service import merging
from core.service.merging import Change
from core.store import contacts
from core.store.scope import TenantScope

_SCRIPTS = (("\u3040", "\u30ff", "ja"), ("\uac00", "\ud7a3", "ko"), ("\u4e00", "\u9fff", "zh"),
            ("\u0400", "\u04ff", "ru"), ("\u0600", "\u06ff", "ar"), ("\u0e00", "\u0e7f", "th"),
            ("\u0590", "\u05ff", "he"), ("\u0900", "\u097f", "hi"))  # fmt: skip
_SMALLEST_SHARE = 10
"""Official languages spoken by fewer per cent of a country say nothing about a caller."""


async def find_or_add(
    scope: TenantScope,
    line_id: LineId,
    party: Party,
    said: str,
    at: datetime | None = None,
    change: Change | None = None,
) -> tuple[ContactId, int | None]:
    """The contact a party is, and the row of the address they were heard from.

    New addresses are added to them, a profile name fills an empty name. When the party's addresses belong to two
    contacts, these are one person: see `merging`. `at`: when they were heard, None when somebody else names them.
    `change`: the payload says that the addresses changed.
    """
    known = await contacts.contacts_at(scope, line_id, party.addresses)
    contact_id = await merging.join(scope, known, change) if known else await _add(scope, party, said)
    await contacts.keep_addresses(scope, line_id, contact_id, party.addresses)
    fresh = change.new if change else party.addresses
    heard_from = await contacts.use_addresses(scope, line_id, fresh, at) if at else None
    if known and party.name:
        await _fill_name(scope, contact_id, party)
    return contact_id, heard_from


async def learn(scope: TenantScope, line_id: LineId, contact_id: ContactId, addresses: tuple[Address, ...]) -> None:
    """WhatsApp names a contact's addresses in its answers and reports, too."""
    mine = await contacts.addresses_of(scope, contact_id, line_id)
    if set(addresses) <= set(mine):
        return
    others = await contacts.contacts_at(scope, line_id, addresses)
    kept = await merging.join(scope, list(dict.fromkeys([contact_id, *others])), None)
    await contacts.keep_addresses(scope, line_id, kept, addresses)


async def _add(scope: TenantScope, party: Party, said: str) -> ContactId:
    contact_id = await contacts.add_contact(scope, display_name(party), guess_language(party.addresses, said))
    await scope.record(Event(EventKind.CONTACT_CREATED, scope.tenant_id, "customer", contact_id))
    return contact_id


async def _fill_name(scope: TenantScope, contact_id: ContactId, party: Party) -> None:
    contact = await contacts.get_contact(scope, contact_id)
    if contact.name in {"", *(show_address(address) for address in party.addresses)}:
        await contacts.set_contact(scope, contact_id, name=party.name)


_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that overrule the direction of the text after them (Unicode, annex 9): `0104 · live` for `evil · 0104`."""


def display_name(party: Party) -> str:
    name = party.name.translate(_TURNING).strip()
    if name:
        return name[:200]
    return show_address(party.addresses[0]) if party.addresses else ""


def show_address(address: Address) -> str:
    """An address as people write it: +49 151 2345 6789, @name."""
    if address.kind is AddressKind.PHONE:
        return phones.shown(address.value)
    if address.kind is AddressKind.USERNAME:
        return "@" + address.value.removeprefix("@")
    return address.value


def international(written: str) -> str | None:
    """The digits of a number that somebody wrote with its country; None for anything else."""
    bare = "".join(char for char in written if char.isdigit())
    is_whole = written.strip().startswith(("+", "00"))
    number = phones.parsed(bare.removeprefix("00")) if is_whole else None
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"


def guess_language(addresses: tuple[Address, ...], said: str) -> str | None:
    """The script of the first words decides, else the official language of the number's country."""
    for first, last, language in _SCRIPTS:
        if any(first <= char <= last for char in said):
            return language
    phone = next((item for item in addresses if item.kind is AddressKind.PHONE), None)
    return _country_language(phone.value) if phone else None


def _country_language(phone: str) -> str | None:
    number = phones.parsed(phone)
    region = _region(number) if number else None
    languages = get_official_languages(region, de_facto=True) if region else ()
    return languages[0].split("_")[0] if languages else None


def _region(number: phonenumbers.PhoneNumber) -> str:
    """The country of a number; of a calling code that several share, the one it is known for."""
    code = number.country_code or 0
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(code)
