"""What the browser tests of the conversation share: a server that can be killed, a Chromium, and a person's gestures."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from ui.doors.web_assistant import AssistantProvider
from ui.http_api import create_app

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
QUESTION = "Votre question"

playwright = pytest.importorskip("playwright.sync_api", reason="playwright n'est pas installé")
expect = playwright.expect
PATIENCE = 60_000
"""Milliseconds that a gesture or what is expected may take."""
expect.set_options(timeout=PATIENCE)  # a machine may be busy; nothing is ever awaited that does not come

browser_marks = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"pas de Chromium : {CHROMIUM} (apt-get install chromium)"),
]


class Server:
    """The application on a port of the loopback, in a thread; it may be killed, and another started on its port."""

    def __init__(self, provider: AssistantProvider, port: int = 0, **options: Any) -> None:
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind(("127.0.0.1", port))
        self._listening.listen(64)
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        config = uvicorn.Config(create_app(provider, **options), log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]}, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        deadline = time.monotonic() + 60
        while not self._server.started:
            assert self._thread.is_alive(), "le serveur s'est arrêté"
            assert time.monotonic() < deadline, "le serveur ne démarre pas"
            time.sleep(0.02)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop()

    def kill(self) -> None:
        """Stops at once, connections cut."""
        self._server.force_exit = True
        self._stop()

    def _stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._listening.close()


@contextmanager
def a_chromium() -> Iterator[Any]:
    """A browser of its own."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def a_page(browser: Any, **options: Any) -> Iterator[Any]:
    """An English person's page, wide by default; fails when a script of it failed."""
    settings = {"locale": "en-US", "viewport": {"width": 1300, "height": 850}, "reduced_motion": "reduce"}
    context = browser.new_context(**(settings | options))
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    assert failures == []
    context.close()


def open_page(page: Any, url: str, served: str = "CCT Cloud Pi Native") -> None:
    """Opens the page and waits until it serves that source."""
    page.goto(url)
    expect(page.locator("#revisions")).to_contain_text(served, timeout=60_000)


def field(page: Any) -> Any:
    """Where the question is written."""
    return page.get_by_label(QUESTION, exact=True)


def ask(page: Any, question: str) -> None:
    """Types a question and sends it with the keyboard."""
    field(page).fill(question)
    field(page).press("Enter")


def answers(page: Any) -> Any:
    """The answers shown."""
    return page.locator("#chat [data-testid=bot]")


def asked(page: Any) -> Any:
    """The questions shown."""
    return page.locator("#chat [data-testid=user]")


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2.1 AA and good practice, "rule: element" each."""
    import axe_playwright_python

    source = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {json.dumps(n['html'])[:200]}" for v in found["violations"] for n in v["nodes"]]
