"""One leader among the replicas: PostgreSQL's advisory lock, or a row with a lease where there is no server.

A crashed leader frees the advisory lock with its connection; the row is free when its lease ends.
"""

from __future__ import annotations

import threading
from typing import Protocol

from sqlalchemy import Connection, text

from ui.mattermost.ledger.tables import LeaderRow
from ui.storage.database import Database

_LOCK = 0x0CC7_0002
_NAME = "bot"


class Leadership(Protocol):
    """Who leads. Thread-safe; every method raises StorageError alone."""

    def hold(self, now: int) -> bool:
        """Takes the lead, or keeps it; False while another has it, or when it was lost."""

    def give_up(self) -> None:
        """Lets another lead at once."""


def leadership(database: Database, owner: str, lease: int = 20_000) -> Leadership:
    """The leadership of that database, `owner` a name that no other replica has, `lease` in milliseconds."""
    return AdvisoryLock(database) if database.shared else LeaseRow(database, owner, lease)


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


class LeaseRow:
    """A row that says who leads and until when; the leader renews it well before."""

    def __init__(self, database: Database, owner: str, lease: int) -> None:
        self._database, self._owner, self._lease = database, owner, lease

    def hold(self, now: int) -> bool:
        """See Leadership."""
        with self._database.writing() as session:
            row = session.get(LeaderRow, _NAME)
            if row is None:
                session.add(LeaderRow(name=_NAME, owner=self._owner, until=now + self._lease))
                return True
            if row.owner != self._owner and row.until > now:
                return False
            row.owner, row.until = self._owner, now + self._lease
            return True

    def give_up(self) -> None:
        """See Leadership."""
        with self._database.writing() as session:
            row = session.get(LeaderRow, _NAME)
            if row is not None and row.owner == self._owner:
                row.until = 0
