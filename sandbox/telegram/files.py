"""Bytes the sandbox holds: what bots upload and what people send. A file_id belongs to one bot, as in Telegram."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sandbox.telegram.errors import bad_request

LARGEST_UPLOAD = 50 * 1024 * 1024
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOWNLOAD = 20 * 1024 * 1024

FOLDERS = {"photo": "photos", "voice": "voice", "audio": "music", "video": "videos", "sticker": "stickers"}
DEFAULT_SUFFIX = {"photo": ".jpg", "voice": ".oga", "video": ".mp4", "video_note": ".mp4", "sticker": ".webp"}


@dataclass(slots=True)
class Upload:
    """A file as it came over the wire."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class StoredFile:
    number: int
    kind: str
    name: str
    mime: str
    data: bytes
    meta: dict[str, object] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def unique_id(self) -> str:
        return f"AQAD{_token(f'{self.kind}/{self.number}')}"

    def id_for(self, bot_id: int) -> str:
        """The file_id this bot must use; another bot's is refused."""
        digest = hashlib.sha256(f"{bot_id}/{self.number}".encode()).hexdigest()[:16]
        return f"BQACAgIAAx{_token(f'{self.number}.{bot_id}.{digest}')}"

    @property
    def path(self) -> str:
        """The file_path of getFile."""
        folder = FOLDERS.get(self.kind, f"{self.kind}s")
        suffix = PurePosixPath(self.name).suffix or DEFAULT_SUFFIX.get(self.kind, "")
        return f"{folder}/file_{self.number}{suffix.lower()}"


def _token(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class FileStore:
    """All files of the world, by number."""

    def __init__(self) -> None:
        self._files: dict[int, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._by_unique: dict[str, StoredFile] = {}
        self._by_id: dict[tuple[int, str], StoredFile] = {}

    def add(self, kind: str, upload: Upload, meta: dict[str, object] | None = None) -> StoredFile:
        number = len(self._files) + 1
        stored = StoredFile(number, kind, upload.name, upload.mime, upload.data, meta or {})
        self._files[number] = stored
        self._by_path[stored.path] = stored
        self._by_unique[stored.unique_id] = stored
        return stored

    def register(self, stored: StoredFile, bot_id: int) -> str:
        """The file_id of a file for a bot, which from now on may be used by it."""
        file_id = stored.id_for(bot_id)
        self._by_id[(bot_id, file_id)] = stored
        return file_id

    def by_id(self, bot_id: int, file_id: str) -> StoredFile:
        stored = self._by_id.get((bot_id, file_id))
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return stored

    def by_unique_id(self, unique_id: str) -> StoredFile | None:
        return self._by_unique.get(unique_id)

    def by_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def by_number(self, number: int) -> StoredFile | None:
        return self._files.get(number)
