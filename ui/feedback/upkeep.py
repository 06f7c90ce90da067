"""What a server does beside answering: it forgets what is too old, and sends votes to MirAI."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType

from ui.errors import StorageError
from ui.feedback.keeping import purge
from ui.feedback.mirai_push import MiraiPush
from ui.storage.database import Database

PACE = 30.0
"""Seconds between two passes."""
_PURGE_EVERY = timedelta(hours=24)
_log = logging.getLogger(__name__)


class Upkeep:
    """A thread that works while the server runs; `with upkeep:` starts and stops it."""

    def __init__(
        self, database: Callable[[], Database], retention: timedelta, push: MiraiPush | None, pace: float = PACE
    ) -> None:
        self._database = database
        self._retention = retention
        self._push = push
        self._pace = pace
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)
        self._purged_at: datetime | None = None

    def __enter__(self) -> Upkeep:
        """Starts; the first pass comes at once."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops after the pass under way, or after five seconds."""
        self._stop.set()
        self._thread.join(5)

    def pass_once(self, now: datetime) -> None:
        """One pass; a database that fails is met again at the next one."""
        try:
            database = self._database()
            if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
                gone = purge(database, now - self._retention)
                self._purged_at = now
                if gone.total:
                    _log.info("forgotten, older than %s: %s", self._retention, gone)
            if self._push is not None:
                self._push.deliver(database, now)
        except StorageError as exc:
            _log.warning("upkeep: %s", exc.message)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.pass_once(datetime.now(UTC))
            except Exception:  # noqa: BLE001  # one bad pass must not end the thread; the next may succeed
                _log.exception("upkeep failed")
            self._stop.wait(self._pace)
