"""The sandbox's media: urls that die, ranges, sizes, types, and files that fail only later."""

from __future__ import annotations

import time

import pytest
from aiohttp import web

from sandbox.graph import GraphSandbox, GraphState, graph_app
from sandbox.graph.media import MB
from tests.contract.graph_desk import Business, Desk, error, open_business, wamid

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


async def url_of(business: Business, media_id: str) -> str:
    return (await business.client.get(media_id)).json()["url"]


async def test_urls_live_five_minutes_and_files_a_week(graph: GraphSandbox, business: Business) -> None:
    media = graph.add_media(JPEG, "image/jpeg")
    url = await url_of(business, media)
    graph.state.clock.advance(298)
    assert (await business.client.get(url)).status_code == 200
    graph.state.clock.advance(3)
    assert (await business.client.get(url)).status_code == 404
    assert (await business.client.get(await url_of(business, media))).content == JPEG
    graph.state.clock.advance(7 * 86400)
    assert error(await business.client.get(media)) == (400, 100)


async def test_uploads_live_thirty_days_and_can_be_deleted(graph: GraphSandbox, business: Business) -> None:
    media = (await business.upload(JPEG, "image/jpeg")).json()["id"]
    graph.state.clock.advance(29 * 86400)
    url = await url_of(business, media)
    assert (await business.client.delete(media)).json() == {"success": True}
    assert (await business.client.get(url)).status_code == 404
    assert error(await business.client.delete(media)) == (400, 100)


async def test_forged_urls_find_nothing(graph: GraphSandbox, business: Business) -> None:
    url = await url_of(business, graph.add_media(JPEG, "image/jpeg"))
    assert (await business.client.get(url[:-1] + ("0" if url[-1] != "0" else "1"))).status_code == 404
    assert (await business.client.get(url.replace("ext=", "ext=9"))).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-3", 206, JPEG[:4]),
        ("bytes=1000-", 206, JPEG[1000:]),
        ("bytes=-5", 206, JPEG[-5:]),
        ("bytes=99999-", 416, None),
        ("lines=1-2", 416, None),
    ],
)
async def test_ranges(wanted: str, status: int, part: bytes | None, graph: GraphSandbox, business: Business) -> None:
    url = await url_of(business, graph.add_media(JPEG, "image/jpeg"))
    answer = await business.client.get(url, headers={"Range": wanted})
    assert answer.status_code == status
    if part is not None:
        assert answer.content == part
        assert answer.headers["Content-Range"].endswith(f"/{len(JPEG)}")


async def test_slow_bytes_arrive_whole(graph: GraphSandbox, business: Business) -> None:
    url = await url_of(business, graph.add_media(JPEG, "image/jpeg"))
    graph.fault("slow", op="media_bytes", seconds=0.2)
    started = time.monotonic()
    assert (await business.client.get(url)).content == JPEG
    assert time.monotonic() - started >= 0.2


async def test_faults_hit_one_step_of_media(graph: GraphSandbox, business: Business) -> None:
    media = graph.add_media(JPEG, "image/jpeg")
    graph.fault("error", op="media_url", code=131000)
    assert error(await business.client.get(media)) == (500, 131000)
    graph.fault("error", op="media_upload", code=131053)
    assert error(await business.upload(JPEG, "image/jpeg")) == (400, 131053)
    assert (await business.upload(JPEG, "image/jpeg")).status_code == 200


@pytest.mark.parametrize(
    ("mime", "size", "code"),
    [
        ("image/gif", 10, 100),
        ("application/zip", 10, 100),
        ("image/jpeg", 0, 100),
        ("image/jpeg", 5 * MB + 1, 131053),
        ("audio/ogg", 16 * MB + 1, 131053),
        ("image/webp", 500 * 1024 + 1, 131053),
    ],
)
async def test_uploads_that_are_refused(
    mime: str, size: int, code: int, graph: GraphSandbox, business: Business
) -> None:
    graph.knobs(strict_uploads=True)
    assert error(await business.upload(bytes(size), mime)) == (400, code)


async def test_strict_upload_at_the_limit(graph: GraphSandbox, business: Business) -> None:
    graph.knobs(strict_uploads=True)
    assert (await business.upload(JPEG + bytes(5 * MB - len(JPEG)), "image/jpeg")).status_code == 200


async def test_no_empty_uploads(business: Business) -> None:
    assert error(await business.upload(b"", "image/jpeg")) == (400, 100)


async def test_application_around_does_not_limit_uploads(desk: Desk) -> None:
    """The demo mounts the sandbox in an application that allows one megabyte."""
    state = GraphState(desk.url)
    outer = web.Application()
    outer.add_subapp("/graph", graph_app(state))
    runner = web.AppRunner(outer, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sandbox = GraphSandbox(state)
    sandbox.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/graph"
    big = JPEG + bytes(3 * MB)
    async with open_business(sandbox) as business:
        assert (await business.upload(big, "image/jpeg")).status_code == 200
        told = await business.client.post(f"{sandbox.base_url}/sim/wa/file", files={"file": ("a", big)})
        assert told.json()["ok"] is True
    await runner.cleanup()


async def test_upload_needs_its_fields(business: Business) -> None:
    path = f"{business.number}/media"
    assert error(await business.client.post(path, json={"messaging_product": "whatsapp"})) == (400, 100)
    files = {"file": ("a.jpg", JPEG, "image/jpeg")}
    assert error(await business.client.post(path, files=files)) == (400, 100)
    form = {"messaging_product": "whatsapp", "type": "image/jpeg"}
    assert error(await business.client.post(path, data=form, files={"other": b"x"})) == (400, 100)


@pytest.mark.parametrize(
    ("data", "mime", "kind"),
    [
        (b"%PDF-1.7", "image/jpeg", "image"),
        (JPEG, "image/jpeg", "audio"),
        (b"RIFF0000WEBP" + bytes(101 * 1024), "image/webp", "sticker"),
        (JPEG + bytes(5 * MB), "image/jpeg", "image"),
        (b"GIF89a", "image/gif", "image"),
    ],
)
async def test_files_that_fail_late(
    data: bytes, mime: str, kind: str, graph: GraphSandbox, desk: Desk, business: Business
) -> None:
    customer = graph.create_customer("Ann")
    graph.say(customer, "hi")
    media = (await business.upload(data, mime)).json()["id"]
    sent = wamid(await business.send(str(customer.wa_id), type=kind, **{kind: {"id": media}}))
    await graph.quiet()
    assert desk.names_of(sent) == ["failed"]
    assert desk.statuses[-1]["errors"][0]["code"] == 131053


async def test_any_upload_is_a_document(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    customer = graph.create_customer("Ann")
    graph.say(customer, "hi")
    media = (await business.upload(JPEG, "image/jpeg", "a.jpg")).json()["id"]
    document = {"id": media, "filename": "photo.jpg", "caption": "as a file"}
    sent = wamid(await business.send(str(customer.wa_id), type="document", document=document))
    await graph.quiet()
    assert desk.names_of(sent)[-1] == "read"
    shown = graph.view()["phones"][0]["chats"][0]["messages"][-1]
    assert (shown["text"], shown["media"]["kind"], shown["media"]["size"]) == ("as a file", "document", len(JPEG))
    picture = await business.client.get(graph.base_url + shown["media"]["url"], headers={"Authorization": ""})
    assert picture.content == JPEG
