"""A real server on loopback, in a thread, over an application that a test builds."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


def reserved() -> socket.socket:
    """A free port of the loopback, for an application that has to know its address before it is made."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


@contextmanager
def served(app: ASGIApp, listening: socket.socket | None = None) -> Iterator[str]:
    """The address of the application, "http://127.0.0.1:PORT", while it is served, on a port reserved before if given."""
    listening = listening or reserved()
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive(), "le serveur s'est arrêté"
            assert time.monotonic() < deadline, "le serveur ne démarre pas"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
