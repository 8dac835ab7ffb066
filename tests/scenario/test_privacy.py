"""What must not leak: customers into logs, secrets into rows, one tenant into another."""

import logging

import pytest

from core.ids import ChatId, ContactId, LineId, MessageId, TenantId
from core.message import Content, Direction, Kind, Status
from core.people import Address, AddressKind, LineHabits, Role
from core.store import contacts, desks, inbox, messages, topics
from core.store.messages import NewMessage, Shown
from core.store.store import Store
from core.text import plain
from sandbox.graph import defaults as wa
from tests.scenario.house import World
from tests.tenant_probe import TenantLeak, check
from tests.waiting import until


async def test_logs_never_show_a_customer(desk: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ann = desk.graph.create_customer("Ann Unmistakable", wa_id="8613800138000")
    desk.graph.say(ann, "my secret wish")
    thread = await desk.topic("Ann Unmistakable")
    desk.graph.fault("error", op="messages", code=131047, times=1)
    desk.tg.message(text="my secret answer", thread=thread)
    await desk.see(thread, "Not sent")
    await desk.graph.raw({"note": "my secret wish"}, signature="")
    shown = await until(lambda: caplog.text)
    assert "door.refused" in shown
    for secret in ("Unmistakable", "8613800138000", "secret wish", "secret answer", wa.ACCESS_TOKEN):
        assert secret not in shown


async def test_secrets_are_sealed_in_the_database(desk: World) -> None:
    assert desk.process is not None
    async with desk.process.app.store.read_across_tenants() as scope:
        rows = await desks.all_lines(scope)
    assert wa.ACCESS_TOKEN not in str(rows)
    assert wa.APP_SECRET not in str(rows)


async def two_tenants(store: Store) -> tuple[TenantId, TenantId]:
    async with store.write_across_tenants() as scope:
        return (
            (await desks.add_tenant(scope, "A", "en", "UTC")).id,
            (await desks.add_tenant(scope, "B", "en", "UTC")).id,
        )


async def fill(store: Store, tenant: TenantId, account: str) -> tuple[LineId, ContactId, MessageId]:
    async with store.write(tenant) as scope:
        line = await desks.add_line(scope, "whatsapp_cloud", account, "L", LineHabits())
        assert line is not None
        contact = await contacts.add_contact(scope, "Same name", None)
        await contacts.keep_addresses(scope, line, contact, [Address(AddressKind.PHONE, "4915112345678")])
        conversation = await contacts.keep_conversation(scope, contact, line)
        new = NewMessage(
            conversation, contact, line, Direction.IN, "customer", Content(Kind.TEXT, plain("hi")), Status.RECEIVED,
            Shown.WAITING, scope.now, external_id=messages.ExternalId("wamid.SAME"),
        )  # fmt: skip
        message = await messages.add(scope, new)
        assert message is not None
        return line, contact, message


async def test_one_tenant_never_reaches_anothers_rows(store: Store) -> None:
    """Both tenants hold the very same numbers and message ids; each sees only its own."""
    first, second = await two_tenants(store)
    line_a, contact_a, message_a = await fill(store, first, "111")
    line_b, contact_b, message_b = await fill(store, second, "222")
    async with store.read(second) as scope:
        with pytest.raises(LookupError):
            await messages.get(scope, message_a)
        with pytest.raises(LookupError):
            await contacts.get_contact(scope, contact_a)
        assert await messages.waiting(scope, contact_a, 10) == []
        assert await contacts.contacts_at(scope, line_a, [Address(AddressKind.PHONE, "4915112345678")]) == []
        assert await contacts.contacts_at(scope, line_b, [Address(AddressKind.PHONE, "4915112345678")]) == [contact_b]
        found = await messages.by_external(scope, line_b, messages.ExternalId("wamid.SAME"))
        assert found is not None
        assert found.id == message_b
        assert await topics.topic_of(scope, contact_a) is None
    async with store.write(second) as scope:
        await messages.set_status(scope, message_a, Status.FAILED)
        await contacts.set_contact(scope, contact_a, name="stolen")
    async with store.read(first) as scope:
        assert (await messages.get(scope, message_a)).status is Status.RECEIVED
        assert (await contacts.get_contact(scope, contact_a)).name == "Same name"


async def test_a_link_across_tenants_fails_in_the_database(store: Store) -> None:
    first, second = await two_tenants(store)
    line_a, contact_a, _ = await fill(store, first, "111")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        async with store.write(second) as scope:
            await contacts.keep_conversation(scope, contact_a, line_a)


async def test_a_group_or_an_account_serves_one_tenant_only(store: Store) -> None:
    first, second = await two_tenants(store)
    async with store.write(first) as scope:
        assert await desks.add_group(scope, ChatId(-1001), "A")
        assert await desks.add_line(scope, "whatsapp_cloud", "111", "L", LineHabits())
    async with store.write(second) as scope:
        assert not await desks.add_group(scope, ChatId(-1001), "B")
        assert await desks.add_line(scope, "whatsapp_cloud", "111", "L", LineHabits()) is None
        await desks.keep_staff(scope, 5, "Ben", Role.AGENT)
        assert [staff.role for staff in await desks.owners(scope)] == []


@pytest.mark.parametrize(
    "statement",
    ["SELECT message.id FROM message", "UPDATE contact SET name='x' WHERE id = 1",
     "SELECT copy.tenant_id FROM copy WHERE copy.post_id = 3", "DELETE FROM note WHERE id = 1"],
)  # fmt: skip
def test_the_probe_catches_a_statement_without_its_tenant(statement: str) -> None:
    with pytest.raises(TenantLeak):
        check(statement)


async def test_raw_rows_are_kept_even_when_nobody_can_read_them(desk: World) -> None:
    """A field the connector does not model: shown in General, kept as it came."""
    desk.graph.field_update("weather_forecast", {"sunny": True})
    await until(lambda: any("weather_forecast" in words for words in desk.texts(None)))
    assert desk.process is not None
    async with desk.process.app.store.read_across_tenants() as scope:
        assert (await inbox.counts(scope)).get(inbox.DEAD, 0) == 0


async def test_a_message_without_a_sender_is_shown_but_opens_no_topic(desk: World) -> None:
    number = {"phone_number_id": wa.PHONE_NUMBER_ID}
    lost = {"id": "wamid.LOST", "type": "text", "text": {"body": "who am I?"}}
    change = {"field": "messages", "value": {"metadata": number, "messages": [lost]}}
    await desk.graph.raw({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]})
    await until(lambda: any("who am I?" in words for words in desk.texts(None)))
    assert desk.topics() == []
