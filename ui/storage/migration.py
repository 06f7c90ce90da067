"""Brings a database to the version of this program; several processes may try at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from ui.errors import StorageTooNew
from ui.storage.database import Database

_FOLDER = Path(__file__).resolve().parent / "migrations"
_LOCK = 0x0CC7_0001
"""Number of the server's lock that a migration holds."""
_LOCK_PATIENCE = "60s"


@dataclass(frozen=True, slots=True)
class StorageVersion:
    """The version of a database ("" when it is empty), and the one that this program works with."""

    found: str
    wanted: str

    @property
    def current(self) -> bool:
        """True when nothing is to be done."""
        return self.found == self.wanted


def version_of(database: Database) -> StorageVersion:
    """Reads the version. Raises StorageTooNew for a version that this program does not know, or StorageError."""
    with database.reading() as session:
        return _version(database, session.connection(), _scripts(_config()))


def revisions() -> tuple[str, ...]:
    """Every version that a database may have, the oldest first."""
    return tuple(script.revision for script in reversed(list(_scripts(_config()).walk_revisions())))


def upgrade(database: Database, to: str = "head") -> StorageVersion:
    """Applies what is missing, in one transaction, one process at a time; returns the version found before.

    Raises StorageTooNew, or StorageError when the database cannot be written.
    """
    config = _config()
    scripts = _scripts(config)
    with database.connection() as connection:
        if database.shared:
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_PATIENCE}'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = _version(database, connection, scripts)
        if not before.current:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    return before


def _version(database: Database, connection: Connection, scripts: ScriptDirectory) -> StorageVersion:
    found = MigrationContext.configure(connection).get_current_revision() or ""
    known = {script.revision for script in scripts.walk_revisions()}
    wanted = scripts.get_current_head() or ""
    if found and found not in known:
        raise StorageTooNew(
            f"La base {database.name} est à la version {found}, plus récente que ce programme (version {wanted}).",
            "Installez la version du programme qui l'a mise à jour, ou rendez-lui une sauvegarde d'avant.",
        )
    return StorageVersion(found, wanted)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts(config: Config) -> ScriptDirectory:
    return ScriptDirectory.from_config(config)
