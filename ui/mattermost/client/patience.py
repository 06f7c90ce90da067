"""How long to wait before trying again: exponential, with jitter, its chance and its clock given by the caller."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Time:
    """The clock, sleep and chance that the bot lives by; tests give their own."""

    wall: Callable[[], float] = time.time
    """Seconds since 1970."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    """Between 0 and 1."""

    def milliseconds(self) -> int:
        """Now, as the server counts."""
        return int(self.wall() * 1000)


@dataclass
class Backoff:
    """Waits that double from `first` to `longest` seconds, each between half of it and all of it."""

    first: float = 0.5
    longest: float = 60.0
    chance: Callable[[], float] = random.random
    failures: int = field(default=0, init=False)

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        whole = min(self.longest, self.first * 2 ** min(self.failures, 30))
        self.failures += 1
        return float(whole * (0.5 + 0.5 * self.chance()))

    def reset(self) -> None:
        """It worked: the next failure is a first one."""
        self.failures = 0
