"""Files of messages, each stored once under its SHA-256: on disk, or in an object store with the disk as its cache."""

import os
import tempfile
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from core.errors import DeskError

_YOUNG_SECONDS = 3600.0
"""A file touched within this time is not deleted: somebody may be about to write the row that needs it."""
_CACHED_SECONDS = 24 * 3600.0


class NoRoom(DeskError):
    """The disk is full. Nothing is lost: what was to be fetched is fetched when there is room."""

    code = "disk_full"


class ObjectStore(Protocol):
    """Where files are kept for all processes. Raises Down (`storage`) when it does not answer."""

    async def put(self, key: str, file: Path) -> None: ...

    async def get(self, key: str, target: Path) -> bool:
        """False: it is not there."""
        ...

    async def delete(self, keys: Iterable[str]) -> None: ...


class Blobs:
    """`root/ab/abcd…`; only complete files get their name. `remote` has all files, `root` then those of late."""

    def __init__(self, root: Path, remote: ObjectStore | None = None) -> None:
        self._root = root
        self.remote = remote
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def find(self, sha256: str | None) -> Path | None:
        """Our copy on this machine's disk."""
        if not sha256:
            return None
        path = self._path(sha256)
        return path if path.exists() else None

    async def have(self, sha256: str | None) -> Path | None:
        """Our copy, brought here from the object store where necessary."""
        found = self.find(sha256)
        if found is not None or not sha256 or self.remote is None:
            return found
        with self.scratch() as scratch:
            return self.keep(scratch, sha256) if await self.remote.get(sha256, scratch) else None

    @contextmanager
    def scratch(self) -> Generator[Path, None, None]:
        """A path to write to; the file is gone afterwards unless it was kept."""
        handle, name = tempfile.mkstemp(dir=self._root, prefix="incoming-")
        os.close(handle)
        path = Path(name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, scratch: Path, sha256: str) -> Path:
        path = self._path(sha256)
        path.parent.mkdir(exist_ok=True)
        os.utime(scratch)
        return scratch.replace(path)

    async def store(self, scratch: Path, sha256: str) -> Path:
        """Keep it for all processes."""
        if self.remote is not None:
            await self.remote.put(sha256, scratch)
        return self.keep(scratch, sha256)

    def derived(self, file: Path, name: str) -> Path:
        """Where something made of a kept file belongs; it goes when the file goes."""
        return file.with_name(f"{file.name}.{name}")

    def keep_derived(self, scratch: Path, target: Path) -> Path:
        return scratch.replace(target)

    async def drop(self, hashes: Iterable[str]) -> list[str]:
        """Delete files nobody needs any more; answers which: those of the last hour are left for another time."""
        old = [each for each in hashes if self._is_old(self._path(each), _YOUNG_SECONDS)]
        if self.remote is not None:
            await self.remote.delete(old)
        for each in old:
            self._forget(self._path(each))
        return old

    def tidy(self) -> int:
        """Delete what is left of interrupted downloads and, with an object store, what was not used of late."""
        leftovers = [path for path in self._root.glob("incoming-*") if self._is_old(path, _CACHED_SECONDS)]
        cached = self._root.glob("??/*") if self.remote is not None else ()
        unused = [path for path in cached if self._is_old(path, _CACHED_SECONDS)]
        for path in (*leftovers, *unused):
            path.unlink(missing_ok=True)
        return len(leftovers) + len(unused)

    def _forget(self, path: Path) -> None:
        for each in (path, *path.parent.glob(f"{path.name}.*")):
            each.unlink(missing_ok=True)

    @staticmethod
    def _is_old(path: Path, seconds: float) -> bool:
        """A file that is not there is as old as can be."""
        try:
            return time.time() - path.stat().st_mtime > seconds
        except FileNotFoundError:
            return True

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256
