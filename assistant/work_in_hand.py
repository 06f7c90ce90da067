"""Whether answers are being made: what can wait lets them pass."""

from __future__ import annotations

import threading
import time


class WorkInHand:
    """Counts what is going on, as a context manager that may be entered many times at once. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._ended = float("-inf")

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._ended = time.monotonic()
            self._changed.notify_all()

    def let_pass(self, quiet: float, at_most: float) -> bool:
        """Waits until nothing was in hand for `quiet` seconds; False when that did not come in `at_most` seconds."""
        until = time.monotonic() + at_most
        with self._changed:
            while (now := time.monotonic()) < until:
                calm = now - self._ended if not self._count else 0.0
                if calm >= quiet and not self._count:
                    return True
                self._changed.wait(min(until - now, max(quiet - calm, 0.001)))
        return False
