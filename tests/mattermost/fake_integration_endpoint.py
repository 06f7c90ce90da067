"""An HTTP endpoint on the loopback that stands for an integration: buttons, dialogs and commands call it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Received:
    """A request of the server."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """A button's or a dialog's body."""
        return dict(json.loads(self.body))

    def form(self) -> dict[str, list[str]]:
        """A command's body."""
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass
class IntegrationEndpoint:
    """What it answers, and what it received."""

    url: str = ""
    status: int = 200
    answer: Any = None
    """Sent as JSON; nothing for None."""
    received: list[Received] = field(default_factory=list)


@contextmanager
def integration_endpoint() -> Iterator[IntegrationEndpoint]:
    """One that listens."""
    endpoint = IntegrationEndpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the base class's name
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            endpoint.received.append(Received(self.path, dict(self.headers), body))
            content = b"" if endpoint.answer is None else json.dumps(endpoint.answer).encode()
            self.send_response(endpoint.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing on the error output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
