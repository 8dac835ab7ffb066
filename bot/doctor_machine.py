"""The machine's part of the check-up: Python, tools, disk, data directory, master key, database."""

import ctypes.util
import os
import platform
import shutil
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from core.checkup import Finding, fail, ok, warn
from core.service.lines import unreadable
from core.settings import DeskSettings
from core.store.db import Database
from core.store.migrate import newest_revision, revision_of
from core.store.store import Store
from core.vault import VaultError, open_vault, parse_keys

_SQLITE = "sqlite+aiosqlite:///"
_OLDEST_SQLITE = (3, 35)
"""INSERT … RETURNING (SQLite release notes)."""
_OLDEST_POSTGRES = (14, 0)
"""Older ones are no longer mended by the PostgreSQL project."""
_LITTLE_MB, _TOO_LITTLE_MB = 1024, 200
_OTHERS = 0o007
_GROUP_AND_OTHERS = 0o077


class _TakeBack(Exception):
    """Ends a transaction without a trace."""


async def check_machine(settings: DeskSettings) -> list[Finding]:
    key, database = check_master_key(settings), await check_database(settings.database)
    both_fine = key.key == "doctor.key_ok" and database.key == "doctor.database_ok"
    return [
        ok("doctor.python", version=platform.python_version()),
        check_tool("ffmpeg", shutil.which("ffmpeg") is not None),
        check_tool("libmagic", ctypes.util.find_library("magic") is not None),
        check_timezone(settings.timezone),
        check_data_dir(settings.data_dir),
        check_disk(settings.data_dir),
        key,
        database,
        *([await check_sealed(settings)] if both_fine else []),
    ]


def check_tool(name: str, found: bool) -> Finding:
    """Without ffmpeg some files go as documents; libmagic is for later parts."""
    if name == "ffmpeg":
        return ok("doctor.ffmpeg") if found else warn("doctor.no_ffmpeg")
    return ok("doctor.libmagic") if found else ok("doctor.no_libmagic")


def check_timezone(name: str) -> Finding:
    """An unknown name would silently mean UTC."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return warn("doctor.timezone_unknown", name=name)
    return ok("doctor.timezone_ok", name=name)


def check_data_dir(folder: Path) -> Finding:
    place = str(folder.absolute())
    if not folder.exists():
        parent = nearest(folder)
        return ok("doctor.data_new", dir=place) if os.access(parent, os.W_OK) else fail("doctor.data_no", dir=place)
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return fail("doctor.data_no", dir=place)
    if folder.stat().st_mode & _OTHERS:
        return warn("doctor.data_open", dir=place)
    return ok("doctor.data_ok", dir=place)


def nearest(folder: Path) -> Path:
    """The folder itself, else its closest parent that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def check_disk(folder: Path) -> Finding:
    free = shutil.disk_usage(nearest(folder)).free // (1024 * 1024)
    if free < _TOO_LITTLE_MB:
        return fail("doctor.disk_full", free=free)
    return warn("doctor.disk_low", free=free) if free < _LITTLE_MB else ok("doctor.disk_ok", free=free)


def check_master_key(settings: DeskSettings) -> Finding:
    """The key itself is never shown, nor any part of it."""
    given = settings.master_key.get_secret_value()
    file = settings.data_dir / "master.key"
    if not given and not file.exists():
        return ok("doctor.key_new", file=str(file))
    try:
        keys = parse_keys(given or file.read_text())
    except (VaultError, OSError, ValueError):
        return fail("doctor.key_malformed")
    if any(len(key) != 32 for key in keys.values()):
        return fail("doctor.key_malformed")
    if not given and file.stat().st_mode & _GROUP_AND_OTHERS:
        return fail("doctor.key_open", file=str(file))
    return ok("doctor.key_ok")


async def check_sealed(settings: DeskSettings) -> Finding:
    """A database that was moved or restored without its key starts no more."""
    database = Database(settings.database)
    try:
        vault = open_vault(settings.master_key.get_secret_value(), settings.data_dir)
        closed = await unreadable(Store(database), vault)
    finally:
        await database.close()
    return fail("doctor.key_wrong", lines=", ".join(closed)) if closed else ok("doctor.key_opens")


async def check_database(url: str) -> Finding:
    if _is_unmade(url):
        return ok("doctor.database_new")
    try:
        database = Database(url)
    except Exception as error:  # noqa: BLE001 - a malformed URL, or a driver that is not installed
        return fail("doctor.database_url", why=f"{type(error).__name__}: {error}".splitlines()[0])
    try:
        return await _look(database)
    except Exception as error:  # noqa: BLE001 - every driver has its own errors; none of them names the password
        return fail("doctor.database_no", why=f"{type(error).__name__}: {error}".splitlines()[0])
    finally:
        await database.close()


def _is_unmade(url: str) -> bool:
    """A SQLite file that is not there yet: looking must not make it."""
    return url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).exists()


async def _look(database: Database) -> Finding:
    """Reachable, new enough, as far migrated as this program, and writable."""
    async with database.read() as connection:
        dialect = connection.dialect
        version = tuple(dialect.server_version_info or ())
    name = f"{'SQLite' if database.is_sqlite else 'PostgreSQL'} {'.'.join(map(str, version))}"
    if version < (_OLDEST_SQLITE if database.is_sqlite else _OLDEST_POSTGRES):
        return fail("doctor.database_old", name=name)
    revision, newest = await revision_of(database), newest_revision()
    await _try_to_write(database)
    if revision is None:
        return ok("doctor.database_empty", name=name)
    if revision > newest:
        return fail("doctor.database_newer", name=name, revision=revision)
    if revision < newest:
        return warn("doctor.database_behind", name=name, revision=revision)
    return ok("doctor.database_ok", name=name, revision=revision)


async def _try_to_write(database: Database) -> None:
    with suppress(_TakeBack):
        async with database.write() as connection:
            await connection.exec_driver_sql("CREATE TABLE topicdesk_doctor (x INTEGER)")
            raise _TakeBack
