"""Slow findings about a revision: worked out once, in the background, waited for a moment at most."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Generic, TypeVar

from ingest.errors import CctError

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_MOST_WAITING = 8
"""Works queued behind the one that runs; a reader who asks for one more is told to come back."""
_log = logging.getLogger(__name__)


class Background:
    """One thread for the slow work of every page: it never takes more than one core from the answers.

    The thread is a daemon: a server that stops does not wait for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: deque[Callable[[], None]] = deque()
        self._running = False

    def submit(self, work: Callable[[], Value]) -> Future[Value] | None:
        """The work's future; None when too much waits already."""
        future: Future[Value] = Future()

        def run() -> None:
            try:
                future.set_result(work())
            except BaseException as exc:  # noqa: BLE001  whoever asks for the result is given it
                future.set_exception(exc)

        with self._lock:
            if len(self._works) >= _MOST_WAITING:
                return None
            self._works.append(run)
            if not self._running:
                self._running = True
                threading.Thread(target=self._work, name="pages", daemon=True).start()
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._works:
                    self._running = False
                    return
                work = self._works.popleft()
            work()


class Prepared(Generic[Key, Value]):
    """What `make` gives for a key; the last `kept` results stay. Thread-safe."""

    def __init__(self, background: Background, make: Callable[[Key], Value], kept: int = 8) -> None:
        self._background = background
        self._make = make
        self._kept = kept
        self._lock = threading.Lock()
        self._futures: OrderedDict[Key, Future[Value]] = OrderedDict()

    def get(self, key: Key, seconds: float) -> Value | None:
        """The result, waited for that long; None when it is not there yet. Raises the CctError of the work."""
        future = self._future(key)
        if future is None:
            return None
        try:
            return future.result(timeout=seconds)
        except NotYet:
            return None
        except CctError:
            self._forget(key, future)
            raise
        except Exception:
            self._forget(key, future)
            _log.exception("background work failed for %s", key)
            raise

    def _future(self, key: Key) -> Future[Value] | None:
        with self._lock:
            future = self._futures.get(key)
            if future is None:
                future = self._background.submit(lambda: self._make(key))
                if future is None:
                    return None
                self._futures[key] = future
            self._futures.move_to_end(key)
            while len(self._futures) > self._kept:
                self._futures.popitem(last=False)
            return future

    def _forget(self, key: Key, future: Future[Value]) -> None:
        with self._lock:
            if self._futures.get(key) is future:
                del self._futures[key]
