"""Files too big for one side: a link that opens them from outside, until its time is over."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from core.service.keeping import Keeping
from core.store.store import Store, utc_now
from sandbox.graph.people import Customer
from sandbox.telegram import defaults as people
from tests import samples
from tests.scenario.house import World, world_of
from tests.scenario.test_media import post_file, say_file, start
from tests.waiting import until

PUBLIC = "https://desk.example"
NAME = "angebot \u202e«neu» 报价.pdf"
FILE = b"%PDF-1.4 " + bytes(range(256)) * 40


@pytest.fixture
async def public(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A desk that is reached from outside."""
    world = world_of(database_url, tmp_path / "data", human_read=False, public_url=f"{PUBLIC}/")
    async with world as public, public.open():
        yield public


def too_big_for_telegram(desk: World) -> None:
    words = "Bad Request: file is too big"
    desk.tg.faults(method="sendDocument", chat=people.GROUP_ID, code=400, description=words)


async def token_in_topic(desk: World) -> tuple[Customer, int, str]:
    """The customer, the topic, and the token of the link under which the topic offers what they sent."""
    ann, thread = await start(desk)
    too_big_for_telegram(desk)
    say_file(desk, ann, "document", FILE, "application/pdf", filename=NAME, caption="our offer")
    post = await desk.see(thread, "too big for Telegram")
    assert "10 KB" in post["text"]
    assert post["text"].endswith("our offer")
    (url,) = [each["url"] for each in post["entities"] if each["type"] == "text_link"]
    return ann, thread, token_of(url)


def token_of(url: str) -> str:
    assert url.startswith(f"{PUBLIC}/files/")
    return url.removeprefix(f"{PUBLIC}/files/")


async def ask(desk: World, token: str, method: str = "GET", **headers: str) -> httpx.Response:
    assert desk.process is not None
    async with httpx.AsyncClient() as http:
        return await http.request(method, f"{desk.process.address}/files/{token}", headers=headers)


async def test_the_link_in_the_topic_opens_the_file(public: World) -> None:
    _, _, token = await token_in_topic(public)
    whole = await ask(public, token)
    assert (whole.status_code, whole.content) == (200, FILE)
    told = whole.headers
    assert told["Content-Disposition"].startswith('attachment; filename="angebot ')
    assert told["Content-Disposition"].endswith("%E6%8A%A5%E4%BB%B7.pdf")
    assert "%E2%80%AE" not in told["Content-Disposition"]
    assert (told["X-Content-Type-Options"], told["Content-Security-Policy"]) == ("nosniff", "sandbox")
    assert told["Cache-Control"] == "private"
    part = await ask(public, token, Range="bytes=9-18")
    assert (part.status_code, part.content) == (206, FILE[9:19])
    assert part.headers["Content-Range"] == f"bytes 9-18/{len(FILE)}"
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    head = await ask(public, token, "HEAD")
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(len(FILE)), b"")


async def test_a_changed_link_opens_nothing(public: World) -> None:
    _, _, token = await token_in_topic(public)
    for place in range(len(token)):
        other = "a" if token[place] != "a" else "b"
        answer = await ask(public, token[:place] + other + token[place + 1 :])
        assert (answer.status_code, answer.text) == (404, "not found\n")
    for wrong in (
        "",
        "x",
        token + "a",
        token.upper(),
        token[:-1],
        token + "=",
        f"%2e%2e%2f{token}",
        "..%2f..%2fmaster.key",
    ):
        assert (await ask(public, wrong)).status_code == 404
    assert (await ask(public, token, "POST")).status_code == 405


async def test_a_link_ends_with_its_time(database_url: str, tmp_path: Path) -> None:
    a_second = 1 / (24 * 3600)
    brief = world_of(database_url, tmp_path / "data", human_read=False, public_url=PUBLIC, link_days=a_second)
    async with brief as world, world.open():
        _, _, token = await token_in_topic(world)

        async def late() -> httpx.Response | None:
            answer = await ask(world, token)
            return answer if answer.status_code != 200 else None

        answer = await until(late)
        assert answer is not None
        assert (answer.status_code, answer.text) == (410, "gone\n")


async def test_a_link_to_what_is_no_longer_kept(public: World) -> None:
    _, _, token = await token_in_topic(public)
    assert public.process is not None
    app = public.process.app
    later = Store(app.store.database, lambda: utc_now() + timedelta(days=31))
    keeping = Keeping(later, app.keeping.blobs, 30)

    async def gone() -> httpx.Response | None:
        """What still counts as waiting to be shown keeps its file: the post is seen before its row says so."""
        await keeping.tidy()
        answer = await ask(public, token)
        return answer if answer.status_code != 200 else None

    answer = await until(gone)
    assert answer is not None
    assert (answer.status_code, answer.text) == (410, "gone\n")


async def test_without_a_public_address_the_topic_says_that_the_file_is_kept(desk: World) -> None:
    ann, thread = await start(desk)
    too_big_for_telegram(desk)
    say_file(desk, ann, "document", FILE, "application/pdf", filename="offer.pdf")
    post = await desk.see(thread, "too big for Telegram")
    assert "“offer.pdf” (10 KB)" in post["text"]
    assert "The file is kept" in post["text"]
    assert "/files/" not in post["text"]


async def test_what_whatsapp_does_not_take_from_staff_is_offered_as_a_link_to_send(public: World) -> None:
    ann, thread = await start(public)
    public.graph.fault("error", op="media_upload", code=131053, times=1)
    post_file(public, thread, "photo", samples.picture("JPEG"))
    told = await public.see(thread, "/files/")
    (url,) = re.findall(r"https://\S+", told["text"])
    assert (await ask(public, token_of(url))).content == samples.picture("JPEG")
    assert not set(url) & set("_*~`")  # what would be formatting at the customer's side
    public.tg.message(text=url, thread=thread)
    out = await until(lambda: [m for m in public.graph.messages(ann.id) if m.direction == "out"])
    assert out[-1].content["body"] == url
