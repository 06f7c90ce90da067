"""An OpenAI-compatible /v1/chat/completions and /v1/rerank on loopback, that answers what a test asks for."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class FakeOpenAI:
    """What the server does, and what it received."""

    url: str = ""
    """Without /v1."""
    text: str = "Bonjour."
    reasoning: str = ""
    """Sent first, as reasoning_content."""
    finish: str = "stop"
    width: int = 6
    pause: float = 0.0
    """Seconds before each piece."""
    silence: float = 0.0
    """Seconds before the first byte."""
    counts: bool = True
    refuses_stream_options: bool = False
    failures: list[tuple[int, dict[str, Any] | str, dict[str, str]]] = field(default_factory=list)
    """(status, body, headers) of the next requests, before it answers."""
    always: tuple[int, dict[str, Any] | str, dict[str, str]] | None = None
    """The failure of every request."""
    rerank: Any = None
    """A function of the body of /v1/rerank → (status, body)."""
    received: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    """Pieces sent so far."""
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set when a client went away before the end."""
    holds_after: int | None = None
    """After how many pieces it says nothing more until the client goes away; 0: before its first byte."""
    holding: threading.Event = field(default_factory=threading.Event)
    """Set once it says nothing more."""


class _Handler(BaseHTTPRequestHandler):
    told: FakeOpenAI

    def do_POST(self) -> None:  # the base class's name
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.told.received.append({"path": self.path, "key": self.headers["Authorization"], **body})
        if self.path.endswith("/rerank"):
            status, found = self.told.rerank(body)
            self._json(status, found)
            return
        failure = self.told.always or (self.told.failures.pop(0) if self.told.failures else None)
        if failure is None and self.told.refuses_stream_options and "stream_options" in body:
            failure = (400, {"error": {"message": "Unrecognized argument: stream_options"}}, {})
        if failure is not None:
            self._json(failure[0], failure[1], failure[2])
        else:
            time.sleep(self.told.silence)
            if self.told.holds_after == 0:
                self._hold()
                return
            self._stream(body)

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for delta in _deltas(self.told):
                time.sleep(self.told.pause)
                self._event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
                self.told.sent += 1
                if self.told.sent == self.told.holds_after:
                    self._hold()
                    return
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": self.told.finish}]})
            if self.told.counts and body.get("stream_options"):
                usage = {"prompt_tokens": 321, "completion_tokens": 45, "total_tokens": 366}
                self._event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.told.hung_up.set()

    def _hold(self) -> None:
        """Waits for the client to hang up: a read that ends without a byte, or a reset."""
        self.told.holding.set()
        with suppress(OSError):
            self.connection.recv(1)
        self.told.hung_up.set()
        self.close_connection = True

    def _event(self, content: dict[str, Any]) -> None:
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "essai"}
        self.wfile.write(f"data: {json.dumps({**head, **content})}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that hung up is no news."""


@contextmanager
def fake_openai() -> Iterator[FakeOpenAI]:
    """The server, until the end of the block."""
    told = FakeOpenAI()

    http = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"told": told}))
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield told
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _deltas(told: FakeOpenAI) -> Iterator[dict[str, Any]]:
    for at in range(0, len(told.reasoning), told.width):
        yield {"reasoning_content": told.reasoning[at : at + told.width], "content": None}
    for at in range(0, len(told.text), told.width):
        yield {"content": told.text[at : at + told.width]}
