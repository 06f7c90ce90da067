"""Fixtures of the tests that keep something: the same database twice, as SQLite and as PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.postgresql_server import new_database, running_postgresql
from ui.storage.database import Database
from ui.storage.opening import open_storage
from ui.storage.settings import StorageSettings

SECRET = "un secret de plus de trente-deux caractères"


def storage_settings(url: str = "", secret: str = SECRET) -> StorageSettings:
    """Settings that read no environment."""
    return StorageSettings(_env_file=None, DATABASE_URL=SecretStr(url), CCT_SECRET=SecretStr(secret))  # type: ignore[call-arg]


_started: list[str] = []


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL, one for the whole session, whatever folder asks for it; skips where none can run."""
    if _started:
        yield _started[0]
        return
    with running_postgresql() as server:
        _started.append(server)
        yield server
        _started.clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path) -> StorageSettings:
    """Settings of a database where nothing is yet, one kind after the other."""
    return settings_of_kind(request.param, request, tmp_path)


def settings_of_kind(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> StorageSettings:
    """Settings of an empty database of that kind; starts PostgreSQL when it is the first."""
    if kind == "sqlite":
        return storage_settings(f"sqlite:///{tmp_path / 'avis.sqlite'}")
    server = request.getfixturevalue("postgresql_server")
    return storage_settings(new_database(server, f"essai_{uuid.uuid4().hex}"))


@pytest.fixture
def open_again(empty_settings: StorageSettings, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Opens the same database as another process would; each is closed at the end."""
    opened: list[Database] = []

    def again() -> Database:
        opened.append(open_storage(empty_settings, tmp_path))
        return opened[-1]

    yield again
    for database in opened:
        database.close()


@pytest.fixture
def database(open_again: Callable[[], Database]) -> Database:
    """A database with its tables, one kind after the other."""
    return open_again()
