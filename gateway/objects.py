"""An S3-compatible object store for files, through obstore. Needs the extra `s3`."""

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.errors import Down

_SECONDS = "60s"
_RETRY: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}
"""The job's own patience does the rest."""


class Bucket:
    """`core.blobs.ObjectStore`. Address and keys are AWS's own variables: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …"""

    def __init__(self, url: str) -> None:
        """`s3://bucket/prefix`. Raises ImportError without the extra, ValueError for a URL that is none."""
        import obstore
        from obstore.store import S3Store

        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        options: Any = {"timeout": _SECONDS, "allow_http": endpoint.startswith("http://")}
        self._obstore: Any = obstore
        try:
            self._store: Any = S3Store.from_url(url, client_options=options, retry_config=_RETRY)
        except obstore.exceptions.BaseError as error:
            raise ValueError(f"not a bucket: {error}") from error

    async def put(self, key: str, file: Path) -> None:
        """A file is stored once under its hash: what is there already is left."""
        try:
            if not await self._has(key):
                await self._obstore.put_async(self._store, _place(key), file)
        except (self._obstore.exceptions.BaseError, FileNotFoundError) as error:
            raise _down(error) from error  # a bucket that is not there counts as "not found", too

    async def get(self, key: str, target: Path) -> bool:
        try:
            found = await self._obstore.get_async(self._store, _place(key))
            with target.open("wb") as file:
                async for piece in found.stream():
                    file.write(piece)
        except FileNotFoundError:
            return False
        except self._obstore.exceptions.BaseError as error:
            raise _down(error) from error
        return True

    async def delete(self, keys: Iterable[str]) -> None:
        try:
            for key in keys:
                await self._obstore.delete_async(self._store, _place(key))
        except FileNotFoundError:
            return
        except self._obstore.exceptions.BaseError as error:
            raise _down(error) from error

    async def _has(self, key: str) -> bool:
        try:
            await self._obstore.head_async(self._store, _place(key))
        except FileNotFoundError:
            return False
        return True


def _place(key: str) -> str:
    return f"{key[:2]}/{key}"


def _down(error: Exception) -> Down:
    """Its text may name the bucket and the request, never a key."""
    return Down(f"{type(error).__name__}: {str(error).partition(chr(10))[0][:300]}", code="storage")
