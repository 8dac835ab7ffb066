"""Files in an object store: a real conversation in S3's protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.blobs import Blobs
from core.errors import Down
from gateway.objects import Bucket
from tests.object_store import s3_server

SHA = "ab" * 32


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with s3_server(monkeypatch) as url:
        yield Bucket(url)


async def test_what_one_process_keeps_another_one_has(bucket: Bucket, tmp_path: Path) -> None:
    mine, theirs = Blobs(tmp_path / "mine", bucket), Blobs(tmp_path / "theirs", bucket)
    data = bytes(range(256)) * 40_000
    with mine.scratch() as scratch:
        scratch.write_bytes(data)
        await mine.store(scratch, SHA)
    found = await theirs.have(SHA)
    assert found is not None
    assert found.read_bytes() == data
    assert theirs.find(SHA) == found


async def test_what_is_not_there_is_none_and_leaves_nothing_behind(bucket: Bucket, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs", bucket)
    assert await blobs.have(SHA) is None
    assert list((tmp_path / "blobs").iterdir()) == []
    await bucket.delete([SHA, "cd" * 32])


async def test_a_store_that_refuses_is_down_and_names_no_key(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Bucket("s3://no-such-bucket/desk")
    file = tmp_path / "file"
    file.write_bytes(b"x")
    with pytest.raises(Down) as down:
        await elsewhere.put(SHA, file)
    assert down.value.code == "storage"
    assert "test" not in down.value.detail


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="not a bucket"):
        Bucket("s3://")
