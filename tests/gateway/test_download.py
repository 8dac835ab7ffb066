"""Files from hosts that misbehave: foreign addresses, redirects, endless bytes. The token stays at home."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from core.errors import DeskError, Down, LineTrouble, MediaRefused
from core.message import Media
from gateway.whatsapp_cloud.connector import CloudConnector
from gateway.whatsapp_cloud.download import checked_url

FILE = b"0123456789" * 1000


@dataclass
class Host:
    """Names `url` as the address of every file, and serves `/file` as told."""

    base: str = ""
    url: str = ""
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    endless: bool = False
    asked: list[str] = field(default_factory=list[str])
    tokens: list[str] = field(default_factory=list[str])

    async def look_up(self, request: web.Request) -> web.Response:
        return web.json_response({"url": self.url, **self.facts})

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.tokens.append(request.headers.get("Authorization", ""))
        if not self.endless:
            return web.Response(status=self.status, headers=self.headers, body=FILE)
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            while True:
                await response.write(FILE)
        except ConnectionError:
            return response


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    made, app = Host(), web.Application()
    app.add_routes([web.get("/file", made.file), web.get("/elsewhere", made.file), web.get("/v24.0/1", made.look_up)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    made.url = f"{made.base}/file"
    yield made
    await runner.cleanup()


@pytest.fixture
async def line(host: Host) -> AsyncIterator[CloudConnector]:
    opened = CloudConnector.build("100", {"access_token": "the-token"}, {"api_base": host.base})
    yield opened
    await opened.close()


async def refused(line: CloudConnector, target: Path, media: Media | None = None, most: int = 10**6) -> Any:
    with pytest.raises(DeskError) as caught:
        await line.fetch(media or Media("1"), target, most)
    return type(caught.value), caught.value.code


async def test_a_file_comes_with_the_token_and_no_hash_named(host: Host, line: CloudConnector, tmp_path: Path) -> None:
    fetched = await line.fetch(Media("1", name="a.bin"), tmp_path / "f", len(FILE))
    assert (tmp_path / "f").read_bytes() == FILE
    assert (fetched.size, fetched.name, fetched.mime) == (len(FILE), "a.bin", "application/octet-stream")
    assert host.tokens == ["Bearer the-token"]


async def test_an_address_in_the_webhook_serves_when_there_is_no_id(
    host: Host, line: CloudConnector, tmp_path: Path
) -> None:
    assert (await line.fetch(Media(host.url), tmp_path / "f", len(FILE))).size == len(FILE)


async def test_no_redirect_is_followed(host: Host, line: CloudConnector, tmp_path: Path) -> None:
    host.status, host.headers = 302, {"Location": "/elsewhere"}
    assert await refused(line, tmp_path / "f") == (MediaRefused, "media")
    assert host.asked == ["/file"]


@pytest.mark.parametrize(
    "where", ["http://localhost:{port}/file", "https://127.0.0.1:{port}/file", "http://127.0.0.1/file"]
)
async def test_the_token_goes_to_no_other_host(host: Host, line: CloudConnector, tmp_path: Path, where: str) -> None:
    host.url = where.format(port=host.base.rpartition(":")[2])
    assert await refused(line, tmp_path / "f") == (MediaRefused, "media")
    assert host.asked == []


@pytest.mark.parametrize("endless", [True, False])
async def test_more_bytes_than_allowed_are_not_taken(
    host: Host, line: CloudConnector, tmp_path: Path, endless: bool
) -> None:
    host.endless = endless
    assert await refused(line, tmp_path / "f", most=len(FILE) - 1) == (MediaRefused, "too_big")
    assert not (tmp_path / "f").exists() or (tmp_path / "f").stat().st_size < len(FILE)


async def test_a_size_named_too_large_is_not_even_asked_for(host: Host, line: CloudConnector, tmp_path: Path) -> None:
    host.facts = {"file_size": str(10**6 + 1)}
    assert await refused(line, tmp_path / "f") == (MediaRefused, "too_big")
    assert host.asked == []


@pytest.mark.parametrize(
    ("status", "expected", "asked"),
    [
        (404, (MediaRefused, "media_missing"), 2),
        (410, (MediaRefused, "media_missing"), 2),
        (401, (LineTrouble, "auth"), 1),
        (500, (Down, "down"), 1),
        (206, (Down, "down"), 1),
    ],
)
async def test_statuses(
    host: Host, line: CloudConnector, tmp_path: Path, status: int, expected: Any, asked: int
) -> None:
    host.status = status
    assert await refused(line, tmp_path / "f") == expected
    assert len(host.asked) == asked


@pytest.mark.parametrize("named", ["x" * 64, "AAAA", "not base64!", ""])
async def test_a_hash_nobody_can_read_proves_nothing(
    host: Host, line: CloudConnector, tmp_path: Path, named: str
) -> None:
    host.facts = {"sha256": named}
    assert (await line.fetch(Media("1"), tmp_path / "f", len(FILE))).size == len(FILE)


@pytest.mark.parametrize("named", ["00" * 32, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])
async def test_a_wrong_hash_in_hex_or_base64(host: Host, line: CloudConnector, tmp_path: Path, named: str) -> None:
    host.facts = {"sha256": named}
    assert await refused(line, tmp_path / "f") == (Down, "down")


async def test_a_file_that_is_not_the_one_the_webhook_told_of(host: Host, line: CloudConnector, tmp_path: Path) -> None:
    digest = hashlib.sha256(FILE).digest()
    told = Media("1", checksum=base64.b64encode(digest).decode())
    assert (await line.fetch(told, tmp_path / "f", len(FILE))).sha256 == digest.hex()
    with pytest.raises(Down):
        await line.fetch(Media("1", checksum=base64.b64encode(bytes(32)).decode()), tmp_path / "f", len(FILE))


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://graph.facebook.com/v24.0/x", True),
        ("http://lookaside.fbsbx.com/x", False),
        ("https://lookaside.fbsbx.com:8443/x", False),
        ("https://lookaside.fbsbx.com.evil.example/x", False),
        ("https://lookaside.fbsbx.com@evil.example/x", False),
        ("https://evil.example/lookaside.fbsbx.com", False),
        ("file:///etc/passwd", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_addresses(url: str, allowed: bool) -> None:
    if allowed:
        assert str(checked_url(url, "https://graph.facebook.com")) == url
        return
    with pytest.raises(MediaRefused):
        checked_url(url, "https://graph.facebook.com")
