"""Serves the web page and the API on one port, and says so once it answers."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable

import uvicorn

from ingest.corpus import Corpus
from ui import wording
from ui.doors import door_wording
from ui.doors.access_guard import AccessPolicy
from ui.doors.consultation import CorpusConsultation
from ui.doors.door_settings import DoorSettings
from ui.errors import AddressUnusable, PortInUse
from ui.feedback.assembly import FeedbackService
from ui.http_api import create_app


def serve(
    create: Callable[[], CorpusConsultation],
    host: str,
    port: int,
    doors: DoorSettings,
    corpus: Corpus | None = None,
    feedback: FeedbackService | None = None,
) -> None:
    """Serves until it is interrupted; `create` is called once, after the port is reserved.

    With a corpus, the pages of its revisions too.

    Raises PortInUse, AddressUnusable or SettingsError before anything is loaded.
    """
    access = AccessPolicy.of(doors, host)
    with reserve(host, port) as listening:
        consultation = create()
        if access.entry == "closed":
            print(door_wording.DOORS_CLOSED_AT_START.format(host=host), file=sys.stderr, flush=True)
        config = uvicorn.Config(
            create_app(
                lambda: consultation.assistant,
                access=access,
                consultation=lambda: consultation,
                corpus=corpus,
                feedback=feedback.desk if feedback else None,
            ),
            log_level="warning",
            proxy_headers=True,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        _Server(config, page_url(host, listening.getsockname()[1])).run(sockets=[listening])


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to that address; port 0 takes any free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as exc:
        raise cannot_listen(host, port, exc) from exc
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as exc:
        listening.close()
        raise cannot_listen(host, port, exc) from exc
    return listening


def page_url(host: str, port: int) -> str:
    """The address to open in a browser of this machine."""
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def cannot_listen(host: str, port: int, exc: OSError) -> PortInUse | AddressUnusable:
    """The error to raise when the system refuses the address."""
    other = port + 1 if 1024 <= port < 65535 else 8080
    if exc.errno == errno.EADDRINUSE:
        return PortInUse(wording.PORT_IN_USE.format(port=port, host=host), wording.PORT_REMEDY.format(other=other))
    reason = exc.strerror or str(exc)
    return AddressUnusable(
        wording.ADDRESS_UNUSABLE.format(host=host, port=port, reason=reason),
        wording.ADDRESS_REMEDY.format(other=other),
    )


class _Server(uvicorn.Server):
    """Prints the page's address when the application has started."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then tells."""
        await super().startup(sockets)
        if self.started:
            print(wording.SERVING.format(url=self._url), file=sys.stderr, flush=True)
