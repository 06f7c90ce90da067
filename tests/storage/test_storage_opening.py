"""The database opens, on both kinds, from nothing and by several processes at once; it refuses in French."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from ingest.settings import SettingsError
from tests.databases import SECRET, storage_settings
from ui.errors import StorageBusy, StorageReadOnly, StorageTooNew, StorageUnreachable
from ui.storage.areas import whole_metadata
from ui.storage.database import Database
from ui.storage.migration import revisions, upgrade, version_of
from ui.storage.opening import connect, open_storage
from ui.storage.provider import StorageProvider
from ui.storage.secret import load_secret
from ui.storage.settings import StorageSettings, database_address


def test_the_migrations_give_exactly_what_the_models_say(database: Database) -> None:
    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, whole_metadata()) == []


def test_a_database_of_any_older_version_is_brought_to_this_one(
    empty_settings: StorageSettings, tmp_path: Path
) -> None:
    for older in revisions():
        database = connect(database_address(empty_settings, tmp_path))
        with database.connection() as connection:
            for table in inspect(connection).get_table_names():
                connection.execute(text(f'DROP TABLE "{table}"'))
        upgrade(database, older)
        with database.writing() as session:  # what was there is still there afterwards
            session.execute(text("INSERT INTO feedback_push VALUES ('a', 'u', 1, 0, '2026-01-01 00:00:00', '')"))
        database.close()
        database = open_storage(empty_settings, tmp_path)
        assert version_of(database).current
        with database.reading() as session:
            assert session.scalar(text("SELECT answer_id FROM feedback_push")) == "a"
        database.close()


def test_an_empty_database_is_upgraded_once(empty_settings: StorageSettings, tmp_path: Path) -> None:
    database = connect(database_address(empty_settings, tmp_path))
    assert version_of(database).found == ""
    assert not upgrade(database).current
    assert version_of(database).current
    assert upgrade(database).current
    database.close()


def test_two_opening_at_once_do_not_collide(empty_settings: StorageSettings, tmp_path: Path) -> None:
    ready, found, failed = threading.Barrier(6), [], []

    def start() -> None:
        ready.wait()
        try:
            database = open_storage(empty_settings, tmp_path)
            found.append(version_of(database))
            database.close()
        except Exception as exc:  # noqa: BLE001  # told below
            failed.append(exc)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(found) == 6
    assert all(version.current for version in found)


def _opened(url: str, home: str, ready: object) -> None:
    ready.wait()  # type: ignore[attr-defined]
    open_storage(storage_settings(url), Path(home)).close()


def test_two_processes_starting_at_once_do_not_collide(empty_settings: StorageSettings, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(2)
    url = empty_settings.database_url.get_secret_value()
    processes = [context.Process(target=_opened, args=(url, str(tmp_path), ready)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    database = connect(database_address(empty_settings, tmp_path))
    assert version_of(database).current
    database.close()


def test_a_migration_that_fails_leaves_nothing_behind(empty_settings: StorageSettings, tmp_path: Path) -> None:
    database = connect(database_address(empty_settings, tmp_path))
    with database.connection() as connection:  # in the way of the last table of the first migration
        connection.execute(text("CREATE TABLE requirement_comment (id INTEGER)"))
    with pytest.raises(StorageUnreachable):
        upgrade(database)
    assert version_of(database).found == ""
    with database.connection() as connection:
        connection.execute(text("DROP TABLE requirement_comment"))
    upgrade(database)
    assert version_of(database).current
    database.close()


def test_a_newer_database_is_refused_in_french(open_again: Callable[[], Database]) -> None:
    with open_again().connection() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageTooNew, match="version 9999, plus récente que ce programme"):
        open_again()


def test_an_exception_undoes_what_was_written(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.execute(text("INSERT INTO feedback_push VALUES ('a', 'u', 1, 0, '2026-01-01', '')"))
        _ = 1 / 0
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM feedback_push")) == 0


def test_the_file_is_for_its_owner_and_in_wal(tmp_path: Path) -> None:
    open_storage(storage_settings(), tmp_path / "neuf").close()
    path = tmp_path / "neuf" / "assistant.sqlite"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    "spelling",
    [
        "postgres://u:motdepasse@hote/base",
        "postgresql://u:motdepasse@hote/base",
        "postgresql+psycopg://u:motdepasse@hote/base",
    ],
)
def test_every_spelling_of_a_server_is_psycopg_3(spelling: str, tmp_path: Path) -> None:
    url = database_address(storage_settings(spelling), tmp_path)
    assert url.drivername == "postgresql+psycopg"
    assert "motdepasse" not in Database(url).name


@pytest.mark.parametrize(
    "refused",
    [
        "mysql://u:motdepasse@hote/base",
        "n'importe quoi",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+psycopg2://hote/base",
    ],
)
def test_another_address_is_refused_without_its_password(refused: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        database_address(storage_settings(refused), tmp_path)
    assert "motdepasse" not in str(caught.value)
    assert "postgresql://" in caught.value.remedy


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StorageUnreachable, match=r"ne peut pas servir") as caught:
        open_storage(storage_settings("postgres://u:motdepasse@127.0.0.1:1/base"), tmp_path)
    assert "motdepasse" not in str(caught.value)
    assert "DATABASE_URL" in caught.value.remedy


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "assistant.sqlite").write_text("ceci n'est pas une base " * 50)
    with pytest.raises(StorageUnreachable, match=r"assistant\.sqlite"):
        open_storage(storage_settings(), tmp_path)


def test_a_read_only_server_is_told(postgresql_server: str, tmp_path: Path) -> None:
    from tests.postgresql_server import new_database

    url = new_database(postgresql_server, "lecture_seule")
    database = open_storage(storage_settings(url), tmp_path)
    with database.connection() as connection:
        connection.execute(text("ALTER DATABASE lecture_seule SET default_transaction_read_only = on"))
    database.close()
    again = open_storage(storage_settings(url), tmp_path)  # reading goes on
    with pytest.raises(StorageReadOnly, match="lecture seule"), again.writing() as session:
        session.execute(text("DELETE FROM feedback"))
    again.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root écrit partout")
def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageReadOnly, match="ne peut pas être ouverte"):
        open_storage(storage_settings(), tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "occupe").write_text("un fichier")
    with pytest.raises(StorageReadOnly, match="ne peut pas être ouverte"):
        open_storage(storage_settings(), tmp_path / "occupe" / "home")


def test_a_file_that_stays_locked_is_told_as_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.storage.database.PATIENCE", 0.1)
    database = open_storage(storage_settings(), tmp_path)
    with closing(sqlite3.connect(tmp_path / "assistant.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match="occupée"), database.writing():
            pass
    database.close()


def test_the_provider_tries_again_once_the_wait_is_over(tmp_path: Path) -> None:
    now = [0.0]
    blocked = tmp_path / "home"
    blocked.write_text("un fichier à la place du dossier")
    provider = StorageProvider(storage_settings(), blocked, lambda: now[0])
    with pytest.raises(StorageReadOnly):
        provider()
    blocked.unlink()
    with pytest.raises(StorageReadOnly):  # not yet: an outage is not met at each request
        provider()
    now[0] = 6.0
    assert version_of(provider()).current
    assert provider() is provider()
    provider.close()


def test_a_secret_is_drawn_once_and_kept(tmp_path: Path) -> None:
    settings = storage_settings(secret="")
    first = load_secret(settings, tmp_path / "home").key("essai")
    assert load_secret(settings, tmp_path / "home").key("essai") == first
    assert load_secret(settings, tmp_path / "autre").key("essai") != first
    assert stat.S_IMODE((tmp_path / "home" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret"]


def test_two_purposes_have_two_keys(tmp_path: Path) -> None:
    secret = load_secret(storage_settings(), tmp_path)
    assert secret.key("signatures") != secret.key("pseudonyms")
    assert list(tmp_path.iterdir()) == []


def test_replicas_of_a_server_must_be_given_one_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CCT_SECRET absent"):
        load_secret(storage_settings("postgres://hote/base", secret=""), tmp_path)
    load_secret(storage_settings("postgres://hote/base", secret=SECRET), tmp_path)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="moins de 32 caractères"):
        load_secret(storage_settings(secret="court"), tmp_path)
