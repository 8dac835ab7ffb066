"""Files go when their time is over and nobody needs them; the messages stay."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.blobs import Blobs
from core.ids import MessageId, TenantId
from core.message import Content, Direction, Kind, Media, Status
from core.people import LineHabits
from core.service.keeping import Keeping
from core.store import contacts, desks, files, messages
from core.store.messages import NewMessage, Shown
from core.store.store import Store

YEARS_AGO = 1_000_000_000


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "media")


async def tenant_with_line(store: Store, name: str) -> tuple[TenantId, int]:
    async with store.write_across_tenants() as system:
        tenant = await desks.add_tenant(system, name, "en", "UTC")
    async with store.write(tenant.id) as scope:
        line_id = await desks.add_line(scope, "whatsapp_cloud", name, "W", LineHabits())
    assert line_id is not None
    return tenant.id, line_id


def kept(blobs: Blobs, letter: str, *, old: bool = True) -> str:
    sha256 = letter * 64
    with blobs.scratch() as scratch:
        scratch.write_bytes(letter.encode())
        path = blobs.keep(scratch, sha256)
    blobs.derived(path, "still.webp").write_bytes(b"made of it")
    if old:
        os.utime(path, (YEARS_AGO, YEARS_AGO))
    return sha256


async def message_with(
    store: Store, tenant: tuple[TenantId, int], sha256: str, days: int, shown: Shown = Shown.DONE
) -> MessageId:
    """A customer's photo, heard so many days ago."""
    tenant_id, line_id = tenant
    async with store.write(tenant_id) as scope:
        scope.now -= timedelta(days=days)
        contact_id = await contacts.add_contact(scope, "Ann", None)
        conversation_id = await contacts.keep_conversation(scope, contact_id, line_id)
        content = Content(Kind.PHOTO, media=Media("ref", sha256=sha256))
        new = NewMessage(
            conversation_id, contact_id, line_id, Direction.IN, "customer", content, Status.RECEIVED, shown, scope.now
        )
        message_id = await messages.add(scope, new)
        assert message_id is not None
        await files.keep_file(scope, message_id, sha256)
    return message_id


async def media_of(store: Store, tenant: tuple[TenantId, int], message_id: MessageId) -> Media:
    async with store.read(tenant[0]) as scope:
        media = (await messages.get(scope, message_id)).content.media
    assert media is not None
    return media


async def test_old_files_go_and_young_ones_stay(store: Store, blobs: Blobs) -> None:
    tenant = await tenant_with_line(store, "one")
    old = await message_with(store, tenant, kept(blobs, "a"), days=31)
    young = await message_with(store, tenant, kept(blobs, "b"), days=29)
    await Keeping(store, blobs, 30).tidy()
    assert blobs.find("a" * 64) is None
    assert blobs.find("b" * 64) is not None
    assert [file.name for file in sorted((blobs.find("b" * 64) or Path()).parents[1].rglob("*.webp"))] == [
        "b" * 64 + ".still.webp"
    ]
    gone, there = await media_of(store, tenant, old), await media_of(store, tenant, young)
    assert (gone.sha256, gone.expired) == (None, True)
    assert (there.sha256, there.expired) == ("b" * 64, False)


async def test_what_another_tenant_or_an_unshown_message_needs_stays(store: Store, blobs: Blobs) -> None:
    one, two = await tenant_with_line(store, "one"), await tenant_with_line(store, "two")
    await message_with(store, one, kept(blobs, "a"), days=99)
    await message_with(store, two, "a" * 64, days=1)
    waiting = await message_with(store, one, kept(blobs, "b"), days=99, shown=Shown.WAITING)
    await Keeping(store, blobs, 30).tidy()
    assert blobs.find("a" * 64) is not None
    assert blobs.find("b" * 64) is not None
    assert (await media_of(store, one, waiting)).expired is False


async def test_nought_days_mean_for_ever_and_a_tenant_may_have_a_number_of_its_own(store: Store, blobs: Blobs) -> None:
    tenant = await tenant_with_line(store, "one")
    await message_with(store, tenant, kept(blobs, "a"), days=999)
    await Keeping(store, blobs, 0).tidy()
    assert blobs.find("a" * 64) is not None
    async with store.write_across_tenants() as scope:
        await files.set_days(scope, tenant[0], 7)
    await Keeping(store, blobs, 0).tidy()
    assert blobs.find("a" * 64) is None


async def test_a_file_that_was_just_fetched_again_is_left_alone(store: Store, blobs: Blobs) -> None:
    tenant = await tenant_with_line(store, "one")
    await message_with(store, tenant, kept(blobs, "a", old=False), days=99)
    await Keeping(store, blobs, 30).tidy()
    assert blobs.find("a" * 64) is not None


async def test_what_interrupted_downloads_left_is_cleared_away(blobs: Blobs, store: Store, tmp_path: Path) -> None:
    left = tmp_path / "media" / "incoming-x"
    fresh = tmp_path / "media" / "incoming-y"
    for path in (left, fresh):
        path.write_bytes(b"half")
    os.utime(left, (YEARS_AGO, YEARS_AGO))
    await Keeping(store, blobs, 0).tidy()
    assert (left.exists(), fresh.exists()) == (False, True)
