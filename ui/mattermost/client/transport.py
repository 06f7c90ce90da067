"""One request to the server, with its retries: 429 always, failures only where repeating is harmless."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from ui.mattermost.client.models import ServerError
from ui.mattermost.client.patience import Backoff, Time
from ui.mattermost.errors import (
    OutcomeUnknown,
    RequestRefused,
    ServerUnreachable,
    TokenRefused,
    UnreadableReply,
)

TRIES = 5
LONGEST_WAIT = 30.0
"""Seconds: a server that asks for more is asked again after this."""
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
Model = TypeVar("Model", bound=BaseModel)
_log = logging.getLogger("cct.mattermost")

Observer = Callable[[str, int, float], None]
"""Told of each exchange: the call's name, HTTP's status (0: none came), the seconds it took."""


class Transport:
    """Sends the requests. The pause that a 429 asks for holds for every call, not only for the one that met it."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        time: Time | None = None,
        observer: Observer | None = None,
        timeout: float = 15.0,
    ) -> None:
        self._time = time or Time()
        self._observer = observer
        self._paused_until = 0.0
        self._client = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/api/v4",
            headers={"Authorization": f"Bearer {token}", "User-Agent": "assistant-cct"},
            timeout=httpx.Timeout(timeout, connect=5.0),
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10),
        )
        # a session cookie would take the place of the token, and then ask for a CSRF header
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def close(self) -> None:
        """Gives the connections back."""
        await self._client.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        name: str,
        repeatable: bool = True,
        body: Any = None,
        params: Mapping[str, str | int] | None = None,
        tries: int = TRIES,
    ) -> httpx.Response:
        """The server's answer, always a success.

        Raises TokenRefused (401), RequestRefused (other 4xx), ServerUnreachable after the retries, or OutcomeUnknown
        when the call is not repeatable and the server may have done it.
        """
        backoff = Backoff(0.2, 5.0, self._time.chance)
        for attempt in range(1, tries + 1):
            await self._wait_for_the_pause()
            response, problem = await self._once(method, path, name, repeatable, body, dict(params or {}))
            if response is not None and response.is_success:
                return response
            if attempt == tries:
                raise problem
            if response is None or response.status_code != 429:
                await self._time.sleep(backoff.next())
        raise AssertionError("unreachable")

    async def _once(
        self, method: str, path: str, name: str, repeatable: bool, body: Any, params: dict[str, str | int]
    ) -> tuple[httpx.Response | None, ServerUnreachable]:
        """One exchange: the answer if one came, and what to raise when it is not a success and no try is left.

        Raises at once what no other try could change: a refusal, or a creation whose outcome is unknown.
        """
        started = self._time.monotonic()
        try:
            response = await self._client.request(method, path, json=body, params=params)
        except httpx.TransportError as exc:
            self._told(name, 0, started)
            if not repeatable and not isinstance(exc, _NOT_SENT):
                raise OutcomeUnknown(f"{name} : connexion rompue ({type(exc).__name__}).") from exc
            told = f"Le serveur Mattermost ne répond pas ({name}, {type(exc).__name__})."
            return None, ServerUnreachable(told, "Vérifiez MATTERMOST_URL et le réseau.")
        self._told(name, response.status_code, started)
        if response.status_code == 429:
            self._pause(response)
        elif response.status_code >= 500:
            if not repeatable:
                raise OutcomeUnknown(f"{name} : le serveur répond {response.status_code}.")
        elif not response.is_success:
            raise _refusal(name, response)
        return response, ServerUnreachable(f"{name} : le serveur répond encore {response.status_code}.")

    def _told(self, name: str, status: int, started: float) -> None:
        if self._observer is not None:
            self._observer(name, status, self._time.monotonic() - started)

    def _pause(self, response: httpx.Response) -> None:
        """Retry-After, else X-RateLimit-Reset, which counts seconds from now whatever its documentation says."""
        asked = response.headers.get("retry-after") or response.headers.get("x-ratelimit-reset") or "1"
        try:
            seconds = float(asked)
        except ValueError:
            seconds = 1.0
        seconds = min(LONGEST_WAIT, max(0.05, seconds)) + 0.1 * self._time.chance()
        self._paused_until = max(self._paused_until, self._time.monotonic() + seconds)
        _log.warning("429: every call waits for %.1f s", seconds)

    async def _wait_for_the_pause(self) -> None:
        while (left := self._paused_until - self._time.monotonic()) > 0:
            await self._time.sleep(left)


def read(model: type[Model], response: httpx.Response) -> Model:
    """The body as a model, whatever the exact media type. Raises UnreadableReply."""
    try:
        return model.model_validate_json(response.content)
    except ValidationError as exc:
        raise _unreadable(response, exc) from exc


def read_list(model: type[Model], response: httpx.Response) -> list[Model]:
    """The body as a list of models. Raises UnreadableReply."""
    try:
        return TypeAdapter(list[model]).validate_json(response.content)  # type: ignore[valid-type]  # built at run time
    except ValidationError as exc:
        raise _unreadable(response, exc) from exc


def _unreadable(response: httpx.Response, exc: ValidationError) -> UnreadableReply:
    first = exc.errors()[0]
    place = ".".join(map(str, first["loc"])) or "corps"
    return UnreadableReply(
        f"Réponse illisible de {response.request.url.path} ({place} : {first['type']}).",
        "MATTERMOST_URL doit être l'adresse du serveur Mattermost lui-même.",
    )


def _refusal(name: str, response: httpx.Response) -> RequestRefused | TokenRefused:
    try:
        told = ServerError.model_validate_json(response.content)
    except ValidationError:
        told = ServerError()
    if response.status_code == 401:
        return TokenRefused(
            "Le serveur Mattermost refuse le jeton du bot (401).",
            "Vérifiez MATTERMOST_TOKEN, et que le compte du bot est actif.",
        )
    message = f"{name} refusé par le serveur ({response.status_code} {told.id or response.reason_phrase})."
    return RequestRefused(message, told.message, status=response.status_code, code=told.id)
