"""The stream of events: one logical stream over as many sockets as it takes.

The upgrade carries the token, so that the server knows whose stream `connection_id` is and sends again what a broken
socket missed; with the challenge alone it would start another stream each time. What it can no longer send again is
told to `on_loss`, and must be read by REST.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from ingest.errors import CctError
from ui.mattermost.client.models import Event
from ui.mattermost.client.patience import Backoff, Time
from ui.mattermost.errors import MattermostError, ServerUnreachable, TokenRefused

LARGEST_FRAME = 8 * 1024 * 1024
GAP, SILENCE = 4001, 4000
"""Why we closed the socket before, as the server's own client tells it."""
_LASTING = 5.0
"""Seconds after which a socket has worked, even if nothing was said."""
_STUBBORN = 3
"""Failed resumptions at one place after which the stream is given up and a new one begun."""
_log = logging.getLogger("cct.mattermost")

Reconnection = Literal["first", "kept", "lost"]
"""How a socket took over: the first one; nothing missed or all of it sent again; or something missed for good."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long the stream may stay silent, and how long its steps may take."""

    ping: float = 30.0
    pong: float = 10.0
    opening: float = 10.0
    hello: float = 10.0
    first_wait: float = 0.25
    longest_wait: float = 60.0


class _Broken(Exception):
    """This socket is of no more use; `code` tells the server why."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class EventStream:
    """Reads events in order, each handed over before the next is read; counts none that could not be handed over."""

    url: str
    token: str
    on_event: Callable[[Event], Awaitable[None]]
    """Must only persist and return: a slow reader is cut off by the server. Its exception breaks the socket."""
    on_connected: Callable[[Reconnection], Awaitable[None]]
    """Told when a socket has taken over, before its events are handed over; "first" and "lost": read by REST."""
    on_disconnected: Callable[[], None]
    verify: Callable[[], Awaitable[object]]
    """Asks the server who we are; raises TokenRefused when it will not have us any more."""
    time: Time = field(default_factory=Time)
    timing: Timing = field(default_factory=Timing)
    connection_id: str = ""
    expected: int = 0
    """Number of the next event."""
    server_version: str = ""
    last_frame: float = 0.0
    """When something last came, by the monotonic clock."""
    _socket: ClientConnection | None = None
    _requests: int = 0
    _taken_over: bool = False
    _refusals: int = 0
    _code: int = 0

    async def run(self) -> None:
        """Keeps the stream until it is cancelled. Raises TokenRefused, and nothing else."""
        backoff = Backoff(self.timing.first_wait, self.timing.longest_wait, self.time.chance)
        while True:
            self._taken_over = False
            began, at = self.time.monotonic(), self.expected
            try:
                await self._one_socket()
            except InvalidStatus as exc:
                if exc.response.status_code in {401, 403}:
                    status = exc.response.status_code
                    raise TokenRefused(
                        f"Le serveur Mattermost refuse le jeton du bot ({status} au flux d'événements).",
                        "Vérifiez MATTERMOST_TOKEN, et que le compte du bot est actif.",
                    ) from exc
                _log.warning("stream refused: %s", exc)
            except _Broken as exc:
                self._code = exc.code
                _log.warning("stream broken: %s", exc)
            except TokenRefused:
                raise
            except CctError as exc:  # nothing could be persisted: the same event will be sent again
                _log.error("event not taken: %s", exc.message)
            except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as exc:
                _log.warning("stream broken: %s", type(exc).__name__)
            finally:
                self._socket = None
                self.on_disconnected()
            if not self._taken_over:
                await self._not_taken_over()
            elif self.expected != at or self.time.monotonic() - began >= _LASTING:
                backoff.reset()
                self._refusals = 0
            await self.time.sleep(backoff.next())

    async def send_typing(self, channel_id: str, thread: str) -> None:
        """Shows that the bot is writing; does nothing while there is no socket."""
        await self._request("user_typing", {"channel_id": channel_id, "parent_id": thread})

    async def _not_taken_over(self) -> None:
        """A bad token is often a socket closed without a word: ask; then give up a stream that will not resume."""
        self._refusals += 1
        try:
            await self.verify()
        except TokenRefused:
            raise
        except MattermostError as exc:
            _log.warning("server not reached: %s", exc.message)
            return
        if self._refusals >= _STUBBORN:
            self._forget()

    def _forget(self) -> None:
        self.connection_id, self.expected, self._refusals = "", 0, 0

    async def _one_socket(self) -> None:
        self.last_frame = self.time.monotonic()
        async with connect(
            self._address(),
            additional_headers={"Authorization": f"Bearer {self.token}"},
            user_agent_header="assistant-cct",
            open_timeout=self.timing.opening,
            close_timeout=1.0,
            ping_interval=None,  # the server pings; our own question goes through proxies that swallow pings
            max_size=LARGEST_FRAME,
            compression=None,
        ) as socket:
            self._socket = socket
            watch = asyncio.create_task(self._watch(socket))
            try:
                if self.connection_id:
                    await self._request("ping", {})  # its reply tells that nothing was missed
                async for frame in socket:
                    self.last_frame = self.time.monotonic()
                    await self._frame(frame)
            except ConnectionClosed as exc:
                _log.debug("socket closed: %s", exc)
            except _Broken as exc:
                await socket.close(exc.code or 1000)
                raise
            finally:
                watch.cancel()
            cut = watch.exception() if watch.done() and not watch.cancelled() else None
            raise cut or _Broken("closed by the server")

    def _address(self) -> str:
        address = f"{self.url.rstrip('/').replace('http', 'ws', 1)}/api/v4/websocket"
        if not self.connection_id:
            return address
        query: dict[str, str | int] = {"connection_id": self.connection_id, "sequence_number": self.expected}
        if self._code:
            query["disconnect_err_code"] = self._code
        return f"{address}?{urlencode(query)}"

    async def _frame(self, frame: str | bytes) -> None:
        try:
            event = Event.model_validate_json(frame)
        except ValidationError:
            _log.warning("frame left aside: %d bytes that are no event", len(frame))
            return
        if event.seq is None or not event.event:
            if event.seq_reply is not None and self.connection_id and not self._taken_over:
                await self._take_over("kept")
            return
        if event.event == "hello":
            await self._hello(event)
            return
        if event.seq != self.expected or not self.connection_id:
            self._refusals += not self._taken_over
            raise _Broken(f"event {event.seq} came instead of {self.expected}", GAP)
        if not self._taken_over:
            await self._take_over("kept")
        await self.on_event(event)
        self.expected += 1

    async def _hello(self, event: Event) -> None:
        named = str(event.data.get("connection_id") or "")
        same = bool(named) and named == self.connection_id
        if same and event.seq != self.expected:  # its number counts: what was between is to be sent again
            raise _Broken(f"hello {event.seq} came instead of {self.expected}", GAP)
        how: Reconnection = "kept" if same else "lost" if self.connection_id else "first"
        self.connection_id, self.expected = named, (event.seq or 0) + 1
        self.server_version = str(event.data.get("server_version") or "")
        await self._take_over(how)

    async def _take_over(self, how: Reconnection) -> None:
        self._taken_over = True
        self._code = 0
        await self.on_connected(how)

    async def _watch(self, socket: ClientConnection) -> None:
        """Asks for a sign of life; without one the connection is half-open, and is cut without good-byes."""
        opened = self.time.monotonic()
        while True:
            await self.time.sleep(
                min(self.timing.ping, self.timing.hello) if not self._taken_over else self.timing.ping
            )
            now = self.time.monotonic()
            if not self._taken_over and now - opened >= self.timing.hello:
                socket.transport.abort()
                raise _Broken("no hello")
            if now - self.last_frame < self.timing.ping:
                continue
            asked = self.time.monotonic()
            await self._request("ping", {})
            await self.time.sleep(self.timing.pong)
            if self.last_frame < asked:
                socket.transport.abort()
                raise _Broken("silence", SILENCE)

    async def _request(self, action: str, data: dict[str, str]) -> None:
        socket = self._socket
        if socket is None:
            return
        self._requests += 1
        try:
            await socket.send(json.dumps({"seq": self._requests, "action": action, "data": data}))
        except (ConnectionClosed, OSError):
            return  # the reading side meets it too, and begins again


async def greeting(url: str, token: str, seconds: float = 10.0) -> str:
    """Opens a stream of its own and returns the version of the server that greets. Raises MattermostError."""
    version = ""
    greeted = asyncio.Event()

    async def nothing(_: Event) -> None:
        return

    async def connected(_: Reconnection) -> None:
        greeted.set()

    async def told() -> None:
        return

    stream = EventStream(url, token, nothing, connected, lambda: None, told)
    running = asyncio.create_task(stream.run())
    waiting = asyncio.create_task(greeted.wait())
    try:
        await asyncio.wait({running, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        if not greeted.is_set():
            raise ServerUnreachable(f"aucun salut du serveur en {seconds:.0f} s.")
        version = stream.server_version
    finally:
        running.cancel()
        waiting.cancel()
    return version
