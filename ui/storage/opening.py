"""Opens the database of the environment, its tables at this program's version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL

from ui.errors import StorageBusy, StorageReadOnly, StorageUnreachable
from ui.storage.database import Database
from ui.storage.migration import upgrade, version_of
from ui.storage.settings import StorageSettings, database_address

_PATIENCE = 60.0
"""Seconds that a process waits for another one that prepares the same file."""


def open_storage(settings: StorageSettings, home: Path) -> Database:
    """The database, brought to this program's version.

    Raises SettingsError for an address that is refused, StorageTooNew, StorageReadOnly, StorageBusy or
    StorageUnreachable.
    """
    database = connect(database_address(settings, home))
    try:
        if not version_of(database).current:
            upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


def connect(url: URL) -> Database:
    """The database as it stands; a SQLite file is made when there is none. Raises StorageError."""
    database = Database(url)
    if database.file is not None:
        _prepare_file(database.file)
    return database


def _prepare_file(path: Path) -> None:
    """Writers and readers that do not wait for each other (WAL), set once: setting it needs the file alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and _journal(path) == "wal":
            return
        with _alone(path), closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        path.chmod(0o600)  # what people wrote is theirs
    except (OSError, sqlite3.Error) as exc:
        told = str(exc)
        kind = StorageReadOnly if "readonly" in told or isinstance(exc, OSError) else StorageUnreachable
        raise kind(
            f"La base {path} ne peut pas être ouverte : {told}.",
            "Donnez un dossier où écrire (CCT_HOME) ou une autre base (DATABASE_URL).",
        ) from exc


def _journal(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        with FileLock(f"{path}.lock", timeout=_PATIENCE):
            yield
    except Timeout as exc:
        raise StorageBusy(f"La base {path} est préparée par un autre processus.", "Réessayez.") from exc
