"""`GET /files/{token}`: a kept file for whoever has the link, as a download, with ranges.

A wrong token is 404, one whose time is over or whose file is gone is 410; neither says more.
"""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import structlog
from aiohttp import web

from core.errors import RemoteTrouble
from core.ports import LinkOver, SharedFile

log = structlog.get_logger(__name__)

OpenLink = Callable[[str], Awaitable[SharedFile | None]]
"""Token → file; None for a token that is not ours. Raises LinkOver, or RemoteTrouble when the store is down."""

_PRIVATE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Cache-Control": "private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_RETRY_SECONDS = 30
_ODD = re.compile(r"[^A-Za-z0-9 ._()-]")


async def answer(token: str, open_link: OpenLink | None) -> web.StreamResponse:
    try:
        shared = await open_link(token) if open_link else None
    except LinkOver:
        return web.Response(status=410, text="gone\n", headers=_PRIVATE)
    except RemoteTrouble as trouble:
        log.warning("download.no_store", code=trouble.code)
        later = {**_PRIVATE, "Retry-After": str(_RETRY_SECONDS)}
        return web.Response(status=503, text="please try again soon\n", headers=later)
    if shared is None:
        return web.Response(status=404, text="not found\n", headers=_PRIVATE)
    return web.FileResponse(shared.path, headers={**_PRIVATE, **_as_download(shared.name)})


def _as_download(name: str) -> dict[str, str]:
    """Never a page in our name, whatever the file is. The name twice: plain, and as RFC 5987 writes it."""
    written = quote(name, safe="", errors="replace")
    plain = _ODD.sub("_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{written}"
    return {"Content-Type": "application/octet-stream", "Content-Disposition": disposition}
