"""Upload, look-up, deletion and bytes of media."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web

from sandbox.graph.errors import GraphError, invalid, no_object
from sandbox.graph.http import Answer, Call, error_response
from sandbox.graph.media import MB, Media, check_list

UPLOAD_LIMIT = 101 * MB
SLOW_STEPS = 20


async def upload(call: Call) -> Answer:
    """Multipart: messaging_product, file, and perhaps type."""
    number = call.number()
    fields, data, mime, filename = await _parts(call.request)
    if fields.get("messaging_product") != "whatsapp":
        raise invalid("The parameter messaging_product is required.")
    if data is None:
        raise invalid("The parameter file is required.")
    declared = fields.get("type") or mime
    if call.state.knobs.strict_uploads:
        check_list(data, declared)
    media = call.state.media.upload(data, declared, filename, number.id)
    call.record.body = {**fields, "filename": filename, "size": len(data), "mime": media.mime_type}
    call.record.accepted, call.record.message_id = True, media.id
    return {"id": media.id}


async def _parts(request: web.Request) -> tuple[dict[str, str], bytes | None, str, str | None]:
    if not request.content_type.startswith("multipart/"):
        raise invalid("The parameter file is required.")
    fields: dict[str, str] = {}
    data, mime, filename = None, "application/octet-stream", None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "file":
                data, filename = await read_part(part), part.filename
                mime = part.headers.get("Content-Type", mime)
            elif part.name:
                fields[part.name] = (await part.text())[:1000]
    except ValueError as broken:
        raise invalid("The body is not valid multipart") from broken
    return fields, data, mime, filename


async def read_part(part: BodyPartReader) -> bytes:
    """A file's bytes. Raises 131053 past the largest size Meta takes."""
    data = bytearray()
    while chunk := await part.read_chunk(256 * 1024):
        data += chunk
        if len(data) > UPLOAD_LIMIT:
            raise GraphError(131053, details="Media size is over the limit")
    return bytes(data)


async def look_up(call: Call) -> Answer:
    """GET /{media_id}: a fresh url for five minutes. With `phone_number_id` only to the file's own number."""
    media = call.state.media.find(call.node)
    asked_for = call.query.get("phone_number_id")
    owners = [media.number_id] if media and media.number_id else list(call.state.numbers)
    if media is None or (asked_for and asked_for not in owners):
        raise no_object("get", call.node)
    return {
        "messaging_product": "whatsapp",
        "url": call.state.media_url(media.id, call.base_url),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": str(len(media.data)) if call.state.knobs.has("numbers") else len(media.data),
        "id": media.id,
    }


async def delete(call: Call) -> Answer:
    if not call.state.media.delete(call.node):
        raise no_object("delete", call.node)
    return {"success": True}


async def download(call: Call) -> Answer:
    """The bytes behind a url. 404 once the url is five minutes old; never a redirect."""
    query = call.query
    media = call.state.media.opened(query.get("mid", ""), query.get("ext", ""), query.get("hash", ""))
    if media is None:
        return error_response(GraphError(100, "Media not found or url expired", http=404, subcode=33))
    slow = call.fault.seconds if call.fault and call.fault.kind == "slow" else 0.0
    return await send_bytes(call.request, media, slow)


async def send_bytes(request: web.Request, media: Media, slow: float = 0.0) -> web.StreamResponse:
    """The whole file or the range asked for; spread over `slow` seconds."""
    headers = {"Content-Type": media.mime_type, "Accept-Ranges": "bytes", "Cache-Control": "private"}
    size, data, status = len(media.data), media.data, 200
    try:
        wanted = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    if wanted.start is not None or wanted.stop is not None:
        start, stop, _ = wanted.indices(size)
        if start >= stop:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        data, status = data[start:stop], 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if not slow:
        return web.Response(body=data, status=status, headers=headers)
    return await _trickle(request, data, status, headers, slow)


async def _trickle(
    request: web.Request, data: bytes, status: int, headers: dict[str, str], slow: float
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = len(data)
    await response.prepare(request)
    step = max(1, -(-len(data) // SLOW_STEPS))
    for start in range(0, len(data), step):
        await asyncio.sleep(slow / SLOW_STEPS)
        await response.write(data[start : start + step])
    await response.write_eof()
    return response
