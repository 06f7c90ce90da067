"""The engine and its sessions; every exception of the driver becomes a StorageError, in French."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from ui.errors import StorageBusy, StorageError, StorageReadOnly, StorageUnreachable

PATIENCE = 10
"""Seconds that a writer waits for another one."""
_CONNECTING = 5
"""Seconds given to a server to answer."""
_WRITES = "cct_writes"
_READ_ONLY = ("readonly", "read-only")
_BUSY = ("locked", "lock timeout", "deadlock")


class Database:
    """One database, thread-safe; `shared` is true for a server that several replicas may use."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.shared = url.get_backend_name() == "postgresql"
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(**{_WRITES: True})

    @property
    def name(self) -> str:
        """The address without its password, to be shown."""
        return str(self.file) if self.file else self.url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a server."""
        return None if self.shared else Path(str(self.url.database))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with. Raises StorageError."""
        with self.translated(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed at the end, undone by an exception. Raises StorageError.

        On SQLite it holds the one write lock from its beginning, so that what it reads is still so when it writes.
        """
        with self.translated(), Session(self._writer) as session, session.begin():
            session.connection()  # begins now: a session alone waits for its first statement
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction that writes, for migrations. Raises StorageError."""
        with self.translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        """The driver's exceptions as StorageError."""
        try:
            yield
        except (DBAPIError, PoolTimeout) as exc:
            raise self._told(exc) from exc

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()

    def _told(self, exc: DBAPIError | PoolTimeout) -> StorageError:
        reason = (str(getattr(exc, "orig", None) or exc).strip().splitlines() or ["sans raison donnée"])[0]
        lowered = reason.lower()
        if any(word in lowered for word in _READ_ONLY):
            return StorageReadOnly(
                f"La base {self.name} est en lecture seule : avis et commentaires ne sont pas enregistrés.",
                "Donnez un dossier où écrire (CCT_HOME) ou une base accessible en écriture (DATABASE_URL).",
            )
        if any(word in lowered for word in _BUSY) or isinstance(exc, PoolTimeout):
            return StorageBusy(f"La base {self.name} est occupée.", "Réessayez dans un instant.")
        remedy = (
            "Vérifiez DATABASE_URL et que le serveur répond." if self.shared else "Vérifiez CCT_HOME et le disque."
        )
        return StorageUnreachable(f"La base {self.name} ne peut pas servir : {reason}.", remedy)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # a pooler in front of the server keeps no prepared statement from one transaction to the next
    arguments: dict[str, Any] = {"connect_timeout": _CONNECTING, "prepare_threshold": None}
    return create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_timeout=PATIENCE)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for tables and for locks
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
