"""A stop that reaches a model at once, from the thread of a reader that went away.

Closing a stream of events stops its model; but a thread that waits for the model cannot be closed from outside. A
channel makes a Stop, puts it in `current_stop` before it asks, and sets it when nobody waits any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stop:
    """Set once, from any thread; what is registered is called then, or at once when it is set already."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._called: dict[object, Callable[[], None]] = {}
        self._set = False

    @property
    def is_set(self) -> bool:
        """True once nobody waits any more."""
        with self._lock:
            return self._set

    def set(self) -> None:
        """Calls everything that is registered, once."""
        with self._lock:
            self._set = True
            called, self._called = list(self._called.values()), {}
        for stop in called:
            stop()

    @contextmanager
    def calls(self, stop: Callable[[], None]) -> Iterator[None]:
        """Registers a function for the length of the block; it may be called from another thread."""
        key = object()
        with self._lock:
            late = self._set
            if not late:
                self._called[key] = stop
        if late:
            stop()
        try:
            yield
        finally:
            with self._lock:
                self._called.pop(key, None)


current_stop: ContextVar[Stop | None] = ContextVar("current_stop", default=None)
"""The stop of whoever asks, in the context of the thread that asks."""
