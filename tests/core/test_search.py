"""The same questions to both databases: what is found, in which order, and what is not."""

from datetime import UTC, datetime, timedelta

import pytest

from core.ids import ContactId
from core.search import terms
from core.store import contacts, desks, search
from core.store.scope import TenantScope
from core.store.search import Entry, EntryKind, Wanted
from core.store.store import Store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SAID = (
    "我要退款，谢谢",
    "退货可以吗？要款",
    "Could I get a REFUND for the café table?",
    "Ｏrder ＡＢ-１２３ arrived",
    "net 30 days, not 30 net",
    "iPhone15手机壳有货吗",
    "هل يمكنني استرداد المال",
    "मुझे वापसी चाहिए",
    "100% _sure_ it's 'fine' \\ \"quoted\"",
)

FOUND = {
    "退款": [1],
    "要款": [2],
    "我要退款": [1],
    "款": [2, 1],
    "退": [2, 1],
    "退款 谢谢": [1],
    "要退货": [],
    "refund": [3],
    "REF cafe": [3],
    "CAFÉ": [3],
    "efund": [],
    "ab-123": [4],
    "order": [4],
    '"net 30"': [5],
    '"30 days, not"': [5],
    '"30 net 30"': [],
    "iphone15手机": [6],
    "手机壳": [6],
    "استرداد": [7],
    "वापसी": [8],
    '"100%"': [9],
    '"100_"': [],
    "it's": [9],
    "'fine'": [9],
    "nothing here": [],
}


@pytest.fixture
async def tenant(store: Store) -> int:
    async with store.write_across_tenants() as scope:
        return (await desks.add_tenant(scope, "Desk", "en", "UTC")).id


async def _keep(scope: TenantScope, *said: str, kind: EntryKind = EntryKind.MESSAGE, first: int = 1) -> ContactId:
    who = await contacts.add_contact(scope, "Ann", None)
    for ref, words in enumerate(said, first):
        await search.keep(scope, Entry(kind, ref, who, words, NOW + timedelta(hours=ref), by="contact"))
    return who


async def _found(scope: TenantScope, asked: str, **more: object) -> list[int]:
    hits = await search.find(scope, Wanted(terms(asked), **more), most=20)  # type: ignore[arg-type]
    return [hit.ref for hit in hits]


async def test_what_is_found(store: Store, tenant: int) -> None:
    async with store.write(tenant) as scope:
        await _keep(scope, *SAID)
    async with store.read(tenant) as scope:
        assert {asked: await _found(scope, asked) for asked in FOUND} == FOUND


async def test_a_number_is_found_by_its_last_digits(store: Store, tenant: int) -> None:
    async with store.write(tenant) as scope:
        await _keep(scope, "8613800138000", "4915112345678", kind=EntryKind.NUMBER)
    async with store.read(tenant) as scope:
        assert await _found(scope, "8000") == [1]
        assert await _found(scope, "5112345678") == [2]
        assert await _found(scope, "4915112345678") == [2]


async def test_filters_narrow_and_pages_follow_each_other(store: Store, tenant: int) -> None:
    async with store.write(tenant) as scope:
        ann = await _keep(scope, *(f"price {n}" for n in range(1, 6)))
        ben = await _keep(scope, "price", kind=EntryKind.NOTE, first=9)
    async with store.read(tenant) as scope:
        assert await _found(scope, "price", kinds=(EntryKind.NOTE,)) == [9]
        assert await _found(scope, "price", contacts=([ben],)) == [9]
        assert await _found(scope, "price", contacts=([ann],), until=NOW + timedelta(hours=3)) == [2, 1]
        assert await _found(scope, "price", contacts=([ann],), since=NOW + timedelta(hours=4)) == [5, 4]
        assert await _found(scope, "price", by="staff:") == []
        assert await _found(scope, "", kinds=(EntryKind.NOTE,), contacts=([ben],)) == [9]
        asked = Wanted(terms("price"), contacts=([ann],))
        page = await search.find(scope, asked, most=2)
        rest = await search.find(scope, asked, most=9, below=page[-1].id)
        assert [hit.ref for hit in page + rest] == [5, 4, 3, 2, 1]


async def test_what_was_changed_or_forgotten_is_found_no_more(store: Store, tenant: int) -> None:
    async with store.write(tenant) as scope:
        ann = await _keep(scope, "old words 旧的", "stays")
        await search.keep(scope, Entry(EntryKind.MESSAGE, 1, ann, "new words 新的", NOW))
    async with store.read(tenant) as scope:
        assert await _found(scope, "old") == await _found(scope, "旧的") == []
        assert await _found(scope, "new") == await _found(scope, "新的") == [1]
    async with store.write(tenant) as scope:
        await search.keep(scope, Entry(EntryKind.MESSAGE, 1, ann, "…", NOW))
        await search.forget_contact(scope, ann)
    async with store.read(tenant) as scope:
        assert await _found(scope, "words") == await _found(scope, "stays") == []


async def test_another_tenants_words_are_never_found(store: Store, tenant: int) -> None:
    async with store.write_across_tenants() as scope:
        other = (await desks.add_tenant(scope, "Other", "en", "UTC")).id
    async with store.write(other) as scope:
        await _keep(scope, "退款 secret")
    async with store.read(tenant) as scope:
        assert await _found(scope, "secret") == await _found(scope, "退款") == await _found(scope, "") == []
