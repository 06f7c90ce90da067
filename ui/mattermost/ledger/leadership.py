"""One leader among the replicas: PostgreSQL's advisory lock, or a lock file beside the SQLite file.

A crashed leader frees either at once: the first with its connection, the second with its process.
"""

from __future__ import annotations

import threading
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text

from ui.errors import StorageReadOnly
from ui.storage.database import Database

_LOCK = 0x0CC7_0002


class Leadership(Protocol):
    """Who leads. Thread-safe; every method raises StorageError alone."""

    def hold(self, now: int) -> bool:
        """Takes the lead, or keeps it; False while another has it, or when it was lost."""

    def give_up(self) -> None:
        """Lets another lead at once."""


def leadership(database: Database) -> Leadership:
    """The leadership of that database."""
    return AdvisoryLock(database) if database.shared else FileLease(database)


class AdvisoryLock:
    """PostgreSQL's session lock, on a connection kept for it alone (a pooler must not share it between sessions)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def hold(self, now: int) -> bool:  # noqa: ARG002  # the protocol's
        """See Leadership. A broken connection has lost the lock."""
        with self._lock:
            if self._connection is not None:
                try:
                    with self._database.translated():
                        self._connection.execute(text("SELECT 1"))
                        self._connection.commit()
                    return True
                except Exception:
                    self._close()
                    raise
            with self._database.translated():
                self._connection = self._database.engine.connect()
                taken = self._connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}).scalar()
                self._connection.commit()
            if not taken:
                self._close()
            return bool(taken)

    def give_up(self) -> None:
        """See Leadership."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()  # closed for good: the pool would keep the session, and its lock
            connection.close()


class FileLease:
    """A lock beside the SQLite file; the system frees it when its process ends, however it ends."""

    def __init__(self, database: Database) -> None:
        self._lock = FileLock(f"{database.file}.bot.lock", timeout=0, thread_local=False)

    def hold(self, now: int) -> bool:  # noqa: ARG002  # the protocol's
        """See Leadership."""
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire()
        except Timeout:
            return False
        except OSError as exc:
            raise StorageReadOnly(
                f"Le verrou {self._lock.lock_file} ne peut pas être pris ({exc.strerror or exc}).",
                "Donnez un dossier où écrire (CCT_HOME) ou une base PostgreSQL (DATABASE_URL).",
            ) from exc
        return True

    def give_up(self) -> None:
        """See Leadership."""
        self._lock.release()
