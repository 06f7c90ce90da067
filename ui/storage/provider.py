"""Gives the database to whoever needs it, while the program serves whether or not it answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from ui.errors import StorageError
from ui.storage.database import Database
from ui.storage.opening import open_storage
from ui.storage.settings import StorageSettings, database_address

RETRY_AFTER = 5.0
"""Seconds during which a database that failed is not tried again: each try may take as long."""


class StorageProvider:
    """Opens the database at the first call, again after a failure. Thread-safe.

    Raises SettingsError at once for an address that is refused.
    """

    def __init__(self, settings: StorageSettings, home: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = database_address(settings, home)
        self._settings = settings
        self._home = home
        self._clock = clock
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._failure: StorageError | None = None
        self._failed_at = 0.0

    def __call__(self) -> Database:
        """The open database. Raises StorageError while it cannot serve."""
        with self._lock:
            if self._database is not None:
                return self._database
            if self._failure is not None and self._clock() - self._failed_at < RETRY_AFTER:
                raise type(self._failure)(self._failure.message, self._failure.remedy)
            try:
                self._database = open_storage(self._settings, self._home)
            except StorageError as exc:
                self._failure, self._failed_at = exc, self._clock()
                raise
            return self._database

    def close(self) -> None:
        """Gives the connections back; a later call opens again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = None
