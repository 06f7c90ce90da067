"""The network connection of one request to a model, which any thread may hang up.

A thread that waits for bytes cannot be told to stop waiting; a socket can be shut under it. Each request has a
connection of its own (no keep-alive): hanging up harms no other. httpcore says by its "trace" extension when a
connection opens, with the stream whose socket it is (https://www.encode.io/httpcore/extensions/).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Connection:
    """Every socket that one request opened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False

    def opened(self, name: str, info: dict[str, Any]) -> None:
        """httpcore's trace: keeps the socket of a connection that opens, shut at once when it comes too late."""
        if not name.endswith(("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")):
            return
        found = info["return_value"].get_extra_info("socket")
        if isinstance(found, socket.socket):
            with self._lock:
                self._sockets.append(found)
                over = self._over
            if over:
                _shut(found)

    def hang_up(self) -> None:
        """Ends the request: the server sees the end, and so does the thread that waits for it."""
        with self._lock:
            self._over = True
            sockets, self._sockets = self._sockets, []
        for found in sockets:
            _shut(found)


class RunningRequests:
    """Which connection a thread is about to open: the HTTP client is shared, each request runs in one thread."""

    def __init__(self) -> None:
        self._local = threading.local()

    def of_this_thread(self, connection: Connection) -> None:
        """The next request of this thread is this one."""
        self._local.connection = connection

    def begins(self, request: Any) -> None:
        """The client's hook: has httpcore tell the connection of what it opens."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            request.extensions = {**request.extensions, "trace": connection.opened}


def openai_client(begins: Callable[[Any], None]) -> Any:
    """The HTTP client of the openai package, which calls a function before each request and keeps none alive."""
    import httpx2
    import openai

    return openai.DefaultHttpxClient(
        event_hooks={"request": [begins]}, limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=0)
    )


def _shut(found: socket.socket) -> None:
    with suppress(OSError):  # closed already, or wrapped by TLS, whose own socket is kept too
        found.shutdown(socket.SHUT_RDWR)
