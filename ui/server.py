"""Serves the web page and the API on one port, and says so once it answers."""

from __future__ import annotations

import errno
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from assistant.settings import load_assistant_settings
from ingest.sources.corpus import Corpus
from ui import wording
from ui.doors import door_wording, sign_in_wording
from ui.doors.access_guard import AccessPolicy
from ui.doors.consultation import CorpusConsultation
from ui.doors.door_settings import DoorSettings
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings
from ui.doors.site_policy import SitePolicy
from ui.errors import AddressUnusable, PortInUse
from ui.feedback.assembly import FeedbackService
from ui.http_api import create_app, program_version
from ui.pages.legal_pages import ServiceFacts
from ui.pages.legal_settings import check_production, load_legal_settings


def serve(
    create: Callable[[], CorpusConsultation],
    host: str,
    port: int,
    doors: DoorSettings,
    corpus: Corpus | None = None,
    feedback: FeedbackService | None = None,
    skin: Path | None = None,
    sign_in: tuple[ProviderSettings, SiteSettings] | None = None,
    facts: ServiceFacts | None = None,
) -> None:
    """Serves until it is interrupted; `create` is called once, after the port is reserved.

    With a corpus, the pages of its requirements and revisions too, under the appearance of the folder `skin`;
    `sign_in` says who may come, this machine alone without it; `facts` are what the State's pages say.

    Raises PortInUse, AddressUnusable or SettingsError before anything is loaded.
    """
    provider, site_settings = sign_in or (ProviderSettings(), SiteSettings())
    site = SitePolicy.of(provider, site_settings, host)
    access = AccessPolicy.of(doors, host, signed=site.mode == "signed")
    site.check(host, access)
    with reserve(host, port) as listening:
        consultation = create()
        for told in _opening_words(site, access):
            print(told.format(host=host), file=sys.stderr, flush=True)
        app = create_app(
            lambda: consultation.assistant,
            access=access,
            consultation=lambda: consultation,
            corpus=corpus,
            feedback=feedback.desk if feedback else None,
            maintenance=feedback,
            skin=skin,
            site=site,
            facts=facts,
            checklists=lambda: consultation.checklists,
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            proxy_headers=True,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        warm = getattr(app.state, "warm_pages", lambda: None)
        with ExitStack() as work:
            if feedback is not None:
                work.enter_context(feedback.working())
            # a server that a signal stopped ends the process: its work is put away before
            server = _Server(config, page_url(host, listening.getsockname()[1]), warm, work.close)
            server.run(sockets=[listening])


def service_facts(provider: ProviderSettings, site: SiteSettings, corpus: Corpus) -> ServiceFacts:
    """What the State's pages say of this server. Raises SettingsError for what production lacks."""
    legal, assistant = load_legal_settings(), load_assistant_settings()
    check_production(legal, site, provider, assistant)
    return ServiceFacts.of(legal, assistant, corpus.settings.embedding, program_version(), bool(provider.issuer))


def _opening_words(site: SitePolicy, access: AccessPolicy) -> Iterator[str]:
    """What an operator should know of who may come."""
    if site.mode == "open":
        yield sign_in_wording.OPEN_AT_START
    if site.mode == "closed":
        yield sign_in_wording.PAGES_CLOSED_AT_START
    if access.entry == "closed":
        yield door_wording.DOORS_CLOSED_AT_START


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
    """Prints the page's address when the application has started, then begins what its pages will need.

    Calls `stopped` once it serves no more.
    """

    def __init__(
        self, config: uvicorn.Config, url: str, warm: Callable[[], None], stopped: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._url = url
        self._warm = warm
        self._stopped = stopped

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops, then puts the rest away."""
        await super().shutdown(sockets)
        self._stopped()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then tells."""
        await super().startup(sockets)
        if self.started:
            print(wording.SERVING.format(url=self._url), file=sys.stderr, flush=True)
            threading.Thread(target=self._warm, name="warm", daemon=True).start()
