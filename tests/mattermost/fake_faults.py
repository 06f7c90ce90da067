"""Faults on demand: the next requests that go wrong, and what happens to the events on their way to a client."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

ENDLESS = 1 << 40


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request."""

    status: int = 0
    """The answer instead of the real one; 0 leaves the real one."""
    after_commit: bool = False
    """The request takes effect first: only its answer is lost or changed."""
    drop: bool = False
    """The TCP connection is reset instead of an answer."""
    delay: float = 0.0
    """Seconds before the request is looked at, or before its answer when after_commit."""
    retry_after: float | None = None
    """With 429: the wait announced, in seconds."""
    body: str | None = None
    """The body of the answer; a proxy's error page by default."""
    hang: bool = False
    """No answer at all until the client gives up or the server stops."""
    committing: float = 0.0
    """Seconds that a POST /posts spends between its create_at and its commit."""


def error_before_commit(status: int = 503) -> Fault:
    """A proxy answers in the server's place: nothing happened."""
    return Fault(status=status)


def error_after_commit(status: int = 504) -> Fault:
    """The server did it, and the answer was lost on the way."""
    return Fault(status=status, after_commit=True)


def rate_limited(retry_after: float = 1.0) -> Fault:
    """429, in plain text, with the server's headers."""
    return Fault(status=429, retry_after=retry_after)


def dropped(after_commit: bool = False) -> Fault:
    """The TCP connection is reset before an answer."""
    return Fault(drop=True, after_commit=after_commit)


def slow(seconds: float, after_commit: bool = False) -> Fault:
    """The right answer, late."""
    return Fault(delay=seconds, after_commit=after_commit)


def slow_commit(seconds: float) -> Fault:
    """The post gets its create_at, and is committed later: after others that are younger."""
    return Fault(committing=seconds)


def hung() -> Fault:
    """No answer at all."""
    return Fault(hang=True)


@dataclass
class _Rule:
    """A fault, the requests it is for and how many are left."""

    method: str
    path: re.Pattern[str]
    fault: Fault
    left: int
    user_id: str = ""
    skip: int = 0


def route_pattern(route: str) -> re.Pattern[str]:
    """'/posts/{id}/patch' as an expression over the path after /api/v4; '*' stands for anything."""
    parts = re.split(r"(\{[^}]*\}|\*)", route)
    return re.compile(
        "".join("[^/]+" if p.startswith("{") else ".*" if p == "*" else re.escape(p) for p in parts) + r"/?$"
    )


@dataclass
class EventFaults:
    """What happens to the next events of a user's streams."""

    lose: int = 0
    """Events that take a sequence number and never arrive: a gap."""
    duplicate: int = 0
    """`posted` events sent twice, each with its own sequence number."""
    swap: int = 0
    """`posted` events that let the next one pass before them."""
    delay: float = 0.0
    """Seconds before each event is sent."""


@dataclass
class Faults:
    """The faults to come; usable from any thread."""

    seed: int = 0
    _rules: list[_Rule] = field(default_factory=list)
    _events: dict[str, EventFaults] = field(default_factory=dict)
    _random: tuple[tuple[float, str, re.Pattern[str], Fault], ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)
    swap_patience: float = 0.2
    """Seconds a swapped event waits for the one that is to pass before it."""
    struck: list[str] = field(default_factory=list)
    """What went wrong so far, in order: 'POST /posts 503 after'."""

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def next(self, request: str, fault: Fault, times: int = 1, user_id: str = "", skip: int = 0) -> None:
        """The next `times` requests such as "POST /posts" get this fault, after `skip` that pass."""
        method, _, route = request.partition(" ")
        with self._lock:
            self._rules.append(_Rule(method, route_pattern(route), fault, times, user_id, skip))

    @contextmanager
    def during(self, request: str, fault: Fault, user_id: str = "") -> Iterator[None]:
        """Every such request gets this fault within the block."""
        method, _, route = request.partition(" ")
        rule = _Rule(method, route_pattern(route), fault, ENDLESS, user_id)
        with self._lock:
            self._rules.append(rule)
        try:
            yield
        finally:
            with self._lock:
                rule.left = 0

    def at_random(self, request: str, fault: Fault, share: float) -> None:
        """From now on a share of such requests get this fault, drawn from the seed."""
        method, _, route = request.partition(" ")
        with self._lock:
            self._random = (*self._random, (share, method, route_pattern(route), fault))

    def calm(self) -> None:
        """No fault any more."""
        with self._lock:
            self._rules.clear()
            self._random = ()
            self._events.clear()

    @property
    def pending(self) -> int:
        """Scripted requests' faults that did not happen yet."""
        with self._lock:
            return sum(rule.left for rule in self._rules if rule.left < ENDLESS // 2)

    def for_request(self, method: str, path: str, user_id: str) -> Fault | None:
        """The fault of this request, if any; it is then spent."""
        with self._lock:
            fault = self._scripted(method, path, user_id) or self._drawn(method, path)
            if fault is not None:
                kind = "drop" if fault.drop else "hang" if fault.hang else str(fault.status or "slow")
                self.struck.append(f"{method} {path} {kind} {'after' if fault.after_commit else 'before'}")
            return fault

    def _scripted(self, method: str, path: str, user_id: str) -> Fault | None:
        for rule in self._rules:
            if rule.method not in {"*", method} or not rule.path.match(path):
                continue
            if rule.left <= 0 or (rule.user_id and rule.user_id != user_id):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.left -= 1
            return rule.fault
        return None

    def _drawn(self, method: str, path: str) -> Fault | None:
        for share, wanted, pattern, fault in self._random:
            if wanted in {"*", method} and pattern.match(path) and self._dice.random() < share:
                return fault
        return None

    def events(self, user_id: str, lose: int = 0, duplicate: int = 0, swap: int = 0, delay: float = 0.0) -> None:
        """The next events of this user's streams are lost, sent twice, swapped; `delay` holds until calm."""
        with self._lock:
            self._events[user_id] = EventFaults(lose, duplicate, swap, delay)

    def event_delay(self, user_id: str) -> float:
        """Seconds to wait before each event of this user."""
        with self._lock:
            return self._events[user_id].delay if user_id in self._events else 0.0

    def take_event(self, user_id: str, kind: str) -> bool:
        """Whether the next event of this user is to be lost, duplicated or swapped; that is then spent."""
        with self._lock:
            faults = self._events.get(user_id)
            left = getattr(faults, kind) if faults else 0
            if not faults or left <= 0:
                return False
            self._events[user_id] = replace(faults, **{kind: left - 1})
            self.struck.append(f"event {kind}")
            return True
