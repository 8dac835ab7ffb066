"""Files of messages on disk, each stored once under its SHA-256."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class Blobs:
    """`root/ab/abcd…`; only complete files get their name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def find(self, sha256: str | None) -> Path | None:
        if not sha256:
            return None
        path = self._path(sha256)
        return path if path.exists() else None

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
        return scratch.replace(path)

    def derived(self, file: Path, name: str) -> Path:
        """Where something made of a kept file belongs; it goes when the file goes."""
        return file.with_name(f"{file.name}.{name}")

    def keep_derived(self, scratch: Path, target: Path) -> Path:
        return scratch.replace(target)

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256
