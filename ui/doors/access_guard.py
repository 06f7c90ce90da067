"""Who may pass the doors of other programs, /v1 and /mcp, and how often: one guard for both."""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.doors import door_wording
from ui.doors.door_settings import DoorSettings, is_loopback
from ui.doors.http_protection import door_of, refusal
from ui.doors.request_source import host_name
from ui.doors.users import current_user
from ui.metrics import Metrics

Entry = Literal["token", "loopback", "open", "closed"]
_REMEMBERED_CALLERS = 10_000


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """How one enters: with a token, from this machine only, freely, or not at all."""

    entry: Entry
    rate: int = 300
    digests: tuple[bytes, ...] = ()

    @staticmethod
    def of(settings: DoorSettings, host: str, signed: bool = False) -> AccessPolicy:
        """The policy of a server that listens on a host. Raises SettingsError for a token that is too short.

        `signed`: an identity provider gives access tokens, so that no door opens without one.
        """
        digests = tuple(_digest(token) for token in settings.token_list())
        if digests:
            return AccessPolicy("token", settings.rate, digests)
        if settings.open:
            return AccessPolicy("open", settings.rate)
        if signed:
            return AccessPolicy("token", settings.rate)
        return AccessPolicy("loopback" if is_loopback(host) else "closed", settings.rate)

    def caller(self, headers: Headers, client: str) -> str | None:
        """A name for whoever asks, to count by; None when the door stays shut."""
        if self.entry == "open":
            return f"address {client}"
        if self.entry == "loopback":
            here = is_loopback(client) and is_loopback(host_name(headers.get("host", "")))
            return f"address {client}" if here else None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and self.knows(token.strip())
        return f"token {_digest(token.strip()).hex()[:16]}" if known else None

    def knows(self, token: str) -> bool:
        """True for one of the tokens."""
        given = _digest(token)
        # every token is compared, so that the time taken tells nothing
        return bool([digest for digest in self.digests if hmac.compare_digest(digest, given)])

    @property
    def reason(self) -> str:
        """Why somebody is refused, in French."""
        reasons = {"closed": door_wording.CLOSED, "loopback": door_wording.OPEN_HERE_ONLY}
        return reasons.get(self.entry, door_wording.NO_TOKEN)


class RateLimit:
    """A bucket of one minute's requests for each caller, refilled as time passes. Used from one event loop."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> float:
        """Seconds that the caller must wait; 0 when this request may pass, which is then counted."""
        if not self._rate:
            return 0.0
        now = self._clock()
        left, seen = self._buckets.pop(caller, (float(self._rate), now))
        left = min(float(self._rate), left + (now - seen) * self._rate / 60)
        passes = left >= 1
        self._buckets[caller] = (left - 1 if passes else left, now)
        while len(self._buckets) > _REMEMBERED_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if passes else (1 - left) * 60 / self._rate


class AccessGuard:
    """Lets through what is not a door; at a door, asks for the token, counts, and answers the refusals itself."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy, metrics: Metrics) -> None:
        self._app = app
        self._policy = policy
        self._metrics = metrics
        self._limit = RateLimit(policy.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or refuses it in the shape that its door's clients read."""
        door = door_of(scope["path"]) if scope["type"] == "http" else None
        if door is None:
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.request(door, int(message["status"]))
            await send(message)

        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, counted)
            return
        await self._app(scope, receive, counted)

    def _refused(self, scope: Scope) -> Response | None:
        client = str((scope.get("client") or ("", 0))[0])
        caller = self._policy.caller(Headers(scope=scope), client) or _person(scope)
        # an intruder is counted too: guessing tokens is slowed down like everything else
        wait = self._limit.wait(caller or f"refused {client}")
        if wait:
            seconds = math.ceil(wait)
            detail = door_wording.TOO_MANY.format(rate=self._policy.rate, wait=seconds)
            response = refusal(429, door_wording.TOO_MANY_TITLE, detail, scope["path"])
            response.headers["retry-after"] = str(seconds)
            return response
        if caller is None:
            asks_for_token = self._policy.entry == "token"
            status = 401 if asks_for_token else 403
            response = refusal(status, door_wording.NO_TOKEN_TITLE, self._policy.reason, scope["path"])
            if asks_for_token:
                response.headers["www-authenticate"] = 'Bearer realm="assistant-cct"'
            return response
        return None


def _person(scope: Scope) -> str | None:
    """The caller for whom the identity provider gave an access token, which the guard of the whole service checked.

    A session is not enough at a door: only a browser has one.
    """
    user = current_user(HTTPConnection(scope))
    return user.caller if user.kind == "access_token" and user.is_reader else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
