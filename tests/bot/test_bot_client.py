"""Answers as they come in life: lost, cut off, from another server, from a newer one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiogram.methods import GetMe, GetUpdates, SendMessage
from aiohttp import web

from bot import posting
from bot.client import TelegramClient, open_client
from bot.desk import TelegramDesk
from core.errors import Busy, DeskError, Down, LineTrouble, MediaRefused, Uncertain
from core.ids import ChatId
from core.message import Content, Kind, Media
from core.ports import Post, Spot, Standing
from core.text import plain
from sandbox.telegram import TelegramSandbox, telegram_app
from sandbox.telegram.state import TelegramState
from tests.bot.conftest import settings_for

TOKEN = "7000000001:AAE-another-servers-token-that-is-secret"
HELLO = SendMessage(chat_id=-100, text="hello")
Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def server(answer: Answerer) -> AsyncIterator[TelegramClient]:
    """A server that answers everything one way, and a client of it."""
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = open_client(settings_for(f"http://127.0.0.1:{runner.addresses[0][1]}", TOKEN))
    try:
        yield client
    finally:
        await client.close()
        await runner.cleanup()


def says(text: str, status: int = 200) -> Answerer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, status=status)

    return answer


async def test_an_answer_nobody_can_decode_was_still_sent() -> None:
    """A newer server, a field of another type: aiogram's models would refuse all of this."""
    body = '{"ok": true, "result": {"message_id": 77, "chat": "new shape", "date": {"at": 1}}}'
    async with server(says(body)) as client:
        assert await TelegramDesk(client).post(Spot(-100), Post(text=plain("x"))) == 77


async def test_a_server_that_says_true_to_everything_breaks_nothing(tmp_path: Path) -> None:
    async with server(says('{"ok": true, "result": true}')) as client:
        desk = TelegramDesk(client)
        assert await desk.icons() == {}
        assert await desk.standing(-100, 5) is Standing.OUTSIDE
        assert await client.get_updates(0, 0, []) == []
        with pytest.raises(MediaRefused):
            await desk.fetch(Media("f"), tmp_path / "copy", 100)


async def test_done_without_an_id_is_uncertain() -> None:
    async with server(says('{"ok": true, "result": {}}')) as client:
        with pytest.raises(Uncertain):
            await TelegramDesk(client).post(Spot(-100), Post(text=plain("x")))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (502, "<html>Bad Gateway</html>", Uncertain),
        (200, "<html>captive portal</html>", Uncertain),
        (200, "[]", Uncertain),
        (200, "", Uncertain),
        (404, "nothing here", Down),
        (301, "moved", Down),
        (413, "<html>too large</html>", MediaRefused),
        (429, '{"ok": false}', Busy),
        (500, '{"ok": false, "error_code": 500, "description": "Internal Server Error"}', Uncertain),
        (401, '{"ok": false, "error_code": 401, "description": "Unauthorized"}', LineTrouble),
    ],
)
async def test_answers_that_are_none(status: int, body: str, kind: type[DeskError]) -> None:
    async with server(says(body, status)) as client:
        with pytest.raises(kind):
            await client.call(HELLO)


async def test_a_server_that_is_not_there_did_nothing() -> None:
    client = open_client(settings_for("http://127.0.0.1:9", TOKEN))
    with pytest.raises(Down):
        await client.call(HELLO)
    await client.close()


async def test_silence_is_uncertain() -> None:
    async def silent(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async with server(silent) as client:
        with pytest.raises(Uncertain):
            await client.call(HELLO, 0.2)


async def test_a_lost_answer_is_uncertain_and_the_post_stands(client: TelegramClient, tg: TelegramSandbox) -> None:
    tg.faults(method="sendMessage", drop_response=True)
    with pytest.raises(Uncertain):
        await client.call(SendMessage(chat_id=tg.group_id, text="was I sent?"))
    assert [each["text"] for each in tg.view()["chats"][0]["messages"] if each["text"]] == ["was I sent?"]


async def test_errors_never_show_the_token() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"http://127.0.0.1:9{request.path}"})

    async with server(broken) as client:
        with pytest.raises(DeskError) as seen:
            await client.call(HELLO)
    assert TOKEN not in seen.value.detail


async def test_the_base_may_have_a_path() -> None:
    outer = web.Application()
    state = TelegramState()
    outer.add_subapp("/telegram/api", telegram_app(state))
    runner = web.AppRunner(outer, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/api/"
    client = open_client(settings_for(base, TelegramSandbox.token))
    assert (await client.call(GetMe()))["id"] == TelegramSandbox.bot_id
    await client.close()
    await runner.cleanup()


async def test_typed_calls_of_aiograms_bot_raise_our_errors(client: TelegramClient, tg: TelegramSandbox) -> None:
    assert (await client.bot.get_me()).id == tg.bot_id
    tg.faults(method="sendMessage", code=429, retry_after=3)
    with pytest.raises(Busy):
        await client.bot.send_message(tg.group_id, "x")


async def test_a_typed_answer_of_an_unknown_shape_was_still_done() -> None:
    async with server(says('{"ok": true, "result": {"id": "not a number"}}')) as client:
        with pytest.raises(Uncertain):
            await client.bot.get_me()


async def test_no_redirect_ever_sees_the_token() -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": f"http://{request.host}/stolen{request.path}"})

    async with server(elsewhere) as client:
        with pytest.raises(Down):
            await client.call(HELLO)
    assert len(asked) == 1


async def test_updates_come_as_plain_json(client: TelegramClient, tg: TelegramSandbox) -> None:
    odd = {"update_id": 5, "message": {"content": "of a future server"}, "never_seen": [1]}
    tg.update(body=odd)
    (update,) = await client.get_updates(0, 0, ["message"])
    assert update["message"] == odd["message"]
    assert update["never_seen"] == [1]


async def test_updates_that_are_no_list_are_none() -> None:
    async with server(says('{"ok": true, "result": null}')) as client:
        assert await client.get_updates(0, 0, []) == []
        assert await client.call(GetUpdates()) is None


async def test_a_download_that_grows_past_its_limit_stops(tmp_path: Path) -> None:
    async def liar(request: web.Request) -> web.Response:
        if request.path.startswith("/file/"):
            return web.Response(body=bytes(5000))
        return web.json_response({"ok": True, "result": {"file_id": "f", "file_size": 10, "file_path": "a b/ü.bin"}})

    async with server(liar) as client:
        with pytest.raises(MediaRefused) as refused:
            await TelegramDesk(client).fetch(Media("f"), tmp_path / "copy", 4999)
        assert refused.value.code == "too_big"
        assert (await TelegramDesk(client).fetch(Media("f"), tmp_path / "copy", 5000)).size == 5000


async def test_a_download_cut_off_is_down(tmp_path: Path) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        if not request.path.startswith("/file/"):
            return web.json_response({"ok": True, "result": {"file_path": "x"}})
        response = web.StreamResponse(headers={"Content-Length": "9000"})
        await response.prepare(request)
        await response.write(bytes(10))
        request.transport.abort()
        return response

    async with server(cut) as client:
        with pytest.raises(Down):
            await TelegramDesk(client).fetch(Media("f"), tmp_path / "copy", 10_000)


def test_a_malformed_token_is_the_operators_business() -> None:
    with pytest.raises(LineTrouble) as trouble:
        open_client(settings_for("http://127.0.0.1:9", "not a token"))
    assert trouble.value.code == "telegram_token"


async def test_a_server_of_our_own_lays_files_down_on_this_disk(tmp_path: Path) -> None:
    """A Bot API server with --local names an absolute path, and takes uploads far beyond 50 MB."""
    laid, target = tmp_path / "laid", tmp_path / "target"
    laid.write_bytes(b"x" * 3000)

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": {"file_id": "f", "file_path": str(laid)}})

    async with server(answer) as client:
        client.local_files = True
        fetched = await TelegramDesk(client).fetch(Media("f"), target, 3000)
        assert (fetched.size, target.read_bytes()) == (3000, laid.read_bytes())
        codes = []
        for most in (2999, 3000):
            with pytest.raises(MediaRefused) as refused:
                await TelegramDesk(client).fetch(Media("f"), target, most)
            codes.append(refused.value.code)
            laid.unlink(missing_ok=True)
        assert codes == ["too_big", "media_missing"]


def test_uploads_through_a_server_of_our_own_may_be_larger(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(posting.LARGEST_UPLOAD + 1)
    post = Post(content=Content(Kind.DOCUMENT, media=Media("d")), file=huge)
    assert posting.method_of(Spot(ChatId(-1)), post, posting.LARGEST_LOCAL_UPLOAD)
    with pytest.raises(MediaRefused):
        posting.method_of(Spot(ChatId(-1)), post)
