"""`topicdesk doctor` on this machine: directory, key, disk, database of both kinds."""

import os
from pathlib import Path

import pytest

from bot.doctor_machine import (
    check_data_dir,
    check_database,
    check_disk,
    check_machine,
    check_master_key,
    check_sealed,
    check_timezone,
)
from core.checkup import Verdict
from core.people import Line, LineHabits
from core.ports import Connector
from core.service import tenants
from core.service.lines import Lines, NewLine
from core.settings import DeskSettings
from core.store.db import Database
from core.store.migrate import migrate, revision_of
from core.store.store import Store
from core.vault import open_vault
from tests.conftest import POSTGRES_URL

KEY = "1:" + "A" * 43 + "="


async def test_a_new_machine_is_all_well_and_left_untouched(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    found = await check_machine(DeskSettings(data_dir=folder))
    assert {finding.verdict for finding in found} == {Verdict.OK}
    assert {"doctor.data_new", "doctor.key_new", "doctor.database_new"} <= {finding.key for finding in found}
    assert not folder.exists()


async def test_a_database_in_use(database_url: str) -> None:
    database = Database(database_url)
    async with database.read() as connection:
        await connection.exec_driver_sql("SELECT 1")
    assert (await check_database(database_url)).key == "doctor.database_empty"
    revision = await migrate(database)
    found = await check_database(database_url)
    assert (found.key, found.values["revision"]) == ("doctor.database_ok", revision)
    await set_revision(database, "0000")
    assert (await check_database(database_url)).key == "doctor.database_behind"
    await set_revision(database, "9999")
    assert (await check_database(database_url)).key == "doctor.database_newer"
    assert await revision_of(database) == "9999"
    await database.close()


async def set_revision(database: Database, revision: str) -> None:
    async with database.write() as connection:
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


async def test_looking_leaves_no_table_behind(database_url: str) -> None:
    database = Database(database_url)
    await migrate(database)
    for _ in range(2):
        assert (await check_database(database_url)).verdict is Verdict.OK
    await database.close()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "topicdesk.db"
    path.write_text("these are only words, and rather more of them than a header has\n" * 20)
    found = await check_database(f"sqlite+aiosqlite:///{path}")
    assert found.key == "doctor.database_no"
    assert "not a database" in str(found.values["why"])


async def test_urls_that_are_none() -> None:
    assert (await check_database("postgres")).key == "doctor.database_url"
    assert (await check_database("nosuch+driver://x/y")).key == "doctor.database_url"


async def test_a_server_that_is_not_there() -> None:
    found = await check_database("postgresql+asyncpg://desk:hunter2@127.0.0.1:9/desk")
    assert found.key == "doctor.database_no"
    assert "hunter2" not in str(found.values)


@pytest.mark.skipif(not POSTGRES_URL, reason="set TOPICDESK_TEST_POSTGRES_URL to run this on PostgreSQL")
async def test_a_database_that_is_missing_on_the_server() -> None:
    found = await check_database(f"{POSTGRES_URL.rpartition('/')[0]}/topicdesk_never_made")
    assert found.key == "doctor.database_no"
    assert "topicdesk_never_made" in str(found.values["why"])


def test_the_data_directory_is_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert check_data_dir(tmp_path).key == "doctor.data_open"
    tmp_path.chmod(0o700)
    assert check_data_dir(tmp_path).key == "doctor.data_ok"
    file = tmp_path / "file"
    file.touch()
    assert check_data_dir(file).key == "doctor.data_no"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert check_data_dir(tmp_path).key == "doctor.data_no"
    assert check_data_dir(tmp_path / "data").key == "doctor.data_no"
    tmp_path.chmod(0o700)


def test_the_disk_is_looked_at_where_the_data_will_be(tmp_path: Path) -> None:
    assert int(check_disk(tmp_path / "not" / "yet").values["free"]) >= 0


def test_the_master_key_is_for_one_reader(tmp_path: Path) -> None:
    settings = DeskSettings(data_dir=tmp_path)
    open_vault("", tmp_path)
    assert check_master_key(settings).key == "doctor.key_ok"
    (tmp_path / "master.key").chmod(0o640)
    assert check_master_key(settings).key == "doctor.key_open"


@pytest.mark.parametrize("text", ["hello", "1:AAAA", "1:!!!", ":"])
def test_a_key_that_is_none(tmp_path: Path, text: str) -> None:
    given = DeskSettings.model_validate({"data_dir": tmp_path, "master_key": text})
    assert check_master_key(given).key == "doctor.key_malformed"
    (tmp_path / "master.key").write_text(text)
    assert check_master_key(DeskSettings(data_dir=tmp_path)).key == "doctor.key_malformed"


def test_a_key_from_the_environment(tmp_path: Path) -> None:
    given = DeskSettings.model_validate({"data_dir": tmp_path, "master_key": KEY})
    assert check_master_key(given).key == "doctor.key_ok"


def test_time_zones() -> None:
    assert check_timezone("Asia/Shanghai").verdict is Verdict.OK
    assert check_timezone("Moon/Crater").verdict is Verdict.WARN


async def test_what_the_product_makes_itself_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    database = Database(DeskSettings(data_dir=folder).database)
    await migrate(database)
    await database.close()
    open_vault("", folder)
    found = [check_data_dir(folder), check_master_key(DeskSettings(data_dir=folder))]
    assert [finding.key for finding in found] == ["doctor.data_ok", "doctor.key_ok"]


async def test_the_key_belongs_to_the_database(tmp_path: Path) -> None:
    settings = DeskSettings(data_dir=tmp_path)
    database = Database(settings.database)
    await migrate(database)
    store = Store(database)
    tenant = await tenants.first_tenant(store, "Desk", "en", "UTC")
    lines = Lines(store, open_vault("", tmp_path), never_opened)
    new = NewLine("whatsapp_cloud", "1", "Shop", {"access_token": "a"}, {})
    async with store.write(tenant.id) as scope:
        assert await lines.keep(scope, new, LineHabits())
    await database.close()
    assert (await check_sealed(settings)).key == "doctor.key_opens"
    (tmp_path / "master.key").write_text(KEY)
    found = await check_sealed(settings)
    assert (found.key, found.values) == ("doctor.key_wrong", {"lines": "Shop"})
    assert "doctor.key_wrong" in {finding.key for finding in await check_machine(settings)}


def never_opened(line: Line) -> Connector:
    raise AssertionError(f"{line.label} was to be kept only")
