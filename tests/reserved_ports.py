"""Ports that nobody else on the machine is given while a test needs them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port of the loopback on which nobody listens yet: a server of the test may, and no connection is given it.

    A port that is looked for and let go may go to a connection of another test before it is listened on. Bound with
    SO_REUSEADDR and never listened on, it refuses whoever connects, and lets a server that sets the same option in.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])
