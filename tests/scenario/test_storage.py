"""Where files are kept: a full disk loses nothing, an object store serves every process, old files are told of."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.blobs import Blobs
from core.service.keeping import Keeping
from core.store.store import Store, utc_now
from tests import samples
from tests.object_store import s3_server
from tests.scenario.house import World, world_of
from tests.scenario.test_media import heard, post_file, say_file, sent, start
from tests.waiting import until


@contextmanager
def full_disk(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is written meanwhile meets a true ENOSPC."""

    @contextmanager
    def nowhere(_: Any) -> Iterator[Path]:
        yield Path("/dev/full")

    with patch.context() as now:
        now.setattr(Blobs, "scratch", nowhere)
        yield


async def test_a_full_disk_is_told_and_the_file_comes_when_there_is_room(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, thread = await start(desk)
    with full_disk(monkeypatch):
        say_file(desk, ann, "image", samples.picture(), "image/png", caption="worth waiting for")
        told = await desk.see(None, "disk is full")
    assert "worth waiting for" not in " ".join(desk.texts(thread))
    desk.tg.tap(button="🔁 Try again", message=told["id"])
    (post,) = await heard(desk, thread)
    assert post["text"] == "worth waiting for"


async def test_a_full_disk_fails_staffs_file_with_its_reason(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, thread = await start(desk)
    with full_disk(monkeypatch):
        post_file(desk, thread, "photo", samples.picture("JPEG"))
        told = await desk.see(thread, "disk is full")
    desk.tg.tap(button="🔁 Try again", message=told["id"])
    (out,) = await sent(desk, ann)
    assert out.type == "image"


async def test_files_go_through_an_object_store(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3_server(monkeypatch) as url:
        async with world_of(database_url, tmp_path / "data", human_read=False, media_url=url) as world, world.open():
            ann, thread = await start(world)
            say_file(world, ann, "image", samples.picture(), "image/png")
            post_file(world, thread, "document", b"%PDF-1.4 mine", name="a.pdf", mime="application/pdf")
            await heard(world, thread, 2)
            await sent(world, ann)
            process = world.process
            assert process is not None
            elsewhere = Blobs(tmp_path / "elsewhere", process.app.keeping.blobs.remote)
            hashes = [path.name for path in (tmp_path / "data/media").glob("??/*")]
            assert len(hashes) == 2
            assert all([await elsewhere.have(each) for each in hashes])


async def test_a_topic_made_anew_says_which_files_are_no_longer_kept(desk: World) -> None:
    ann, thread = await start(desk)
    say_file(desk, ann, "image", samples.picture(), "image/png", caption="an old one")
    await heard(desk, thread)
    process = desk.process
    assert process is not None
    next_month = Store(process.app.store.database, lambda: utc_now() + timedelta(days=31))
    await Keeping(next_month, process.app.keeping.blobs, 30).tidy()
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "hello again")
    again = await until(lambda: [t["id"] for t in desk.topics() if t["id"] != thread])
    await desk.see(again[-1], "no longer kept")
