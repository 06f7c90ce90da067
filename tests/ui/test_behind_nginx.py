"""The service under a sub-path behind a real nginx, set as the documentation says: streamed, reloaded, limited, left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.nginx_server import PREFIX, running_nginx
from tests.reserved_ports import reserved_port
from tests.ui.chat_browser import a_chromium, a_page, answers, ask, asked, browser_marks, expect, open_page
from tests.ui.guarded_site import API_TOKEN, guarded_app
from tests.ui.served_app import reserved, served
from tests.ui.streaming_assistant import StreamingAssistant

pytestmark = browser_marks
LONG = 60


@pytest.fixture(scope="module")
def served_model() -> StreamingAssistant:
    return StreamingAssistant()


@pytest.fixture(scope="module")
def site(served_model: StreamingAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address behind nginx; the application is told the one that its visitors see."""
    with ExitStack() as running:
        port, inside = running.enter_context(reserved_port()), running.enter_context(reserved())
        nginx = running_nginx(tmp_path_factory.mktemp("nginx"), port, inside.getsockname()[1])
        address = running.enter_context(nginx)
        app = guarded_app(None, host="127.0.0.1", public_url=address, assistant=served_model, web_page=True)
        running.enter_context(served(app, inside))
        yield address


@pytest.fixture
def model(served_model: StreamingAssistant) -> Iterator[StreamingAssistant]:
    """The model, which waits after its first sentence."""
    served_model.go_on.clear()
    served_model.closed.clear()
    yield served_model
    served_model.go_on.set()


def test_the_conversation_streams_comes_back_and_asks_nothing_outside(site: str, model: StreamingAssistant) -> None:
    with a_chromium() as browser, a_page(browser) as page:
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        open_page(page, site)
        assert page.url == f"{site}/", "nginx adds the slash"
        ask(page, "Une sonde ?")
        expect(page.locator("#redaction")).to_have_text("Une sonde est demandée [1].")
        expect(answers(page)).to_have_count(0)
        model.go_on.set()
        expect(answers(page)).to_contain_text("Elle décrit l'état du composant")
        page.reload()
        expect(page.locator("#etat")).to_contain_text("Conversation reprise")
        expect(asked(page)).to_have_text(["Une sonde ?"])
        page.get_by_label("CCT MirAI", exact=True).check()
        ask(page, "Et après ?")
        expect(answers(page)).to_have_count(2)
        outside = {url for url in requested if not url.startswith((f"{site}/", "data:", "blob:")) and url != site}
        assert outside == set()
    assert model.asked[-1].sources == ("mirai",)


def test_a_stream_comes_piece_by_piece_and_stops_when_its_reader_leaves(site: str, model: StreamingAssistant) -> None:
    body = {"model": "assistant-cct", "stream": True, "messages": [{"role": "user", "content": "Une sonde ?"}]}
    headers = {"authorization": f"Bearer {API_TOKEN}"}
    with httpx.stream("POST", f"{site}/v1/chat/completions", json=body, headers=headers, timeout=LONG) as response:
        told = (json.loads(line.removeprefix("data: ")) for line in response.iter_lines() if line)
        text = next(filter(None, (event["choices"][0]["delta"].get("content") for event in told)))
        assert text == "Une **sonde** est demandée [1]."
        assert not model.closed.is_set()
    assert model.closed.wait(LONG)


def test_what_is_too_large_is_refused_by_the_service_itself_in_french(site: str, model: StreamingAssistant) -> None:
    def sent(path: str, size: int) -> httpx.Response:
        return httpx.post(f"{site}{path}", content=b"a" * size, timeout=LONG, headers={"accept": "application/json"})

    through = sent("/liste-de-conformite", 7_900_000)  # to an application that lacks that page
    assert through.headers["content-type"] == "application/json" and through.status_code in {404, 405}
    for path, size, told in (("/question", 2_100_000, "2000 ko"), ("/liste-de-conformite", 8_100_000, "8000 ko")):
        refused = sent(path, size)
        assert (refused.status_code, told in refused.json()["detail"]) == (413, True)


def test_addresses_and_redirections_stay_under_the_sub_path(site: str, model: StreamingAssistant) -> None:
    page = httpx.get(f"{site}/question", timeout=LONG, headers={"accept": "text/html"})
    assert f'href="{PREFIX}/' in page.text and 'href="/question' not in page.text
    other = httpx.get(f"{site}/question", timeout=LONG, headers={"host": "ailleurs.exemple"})
    assert other.status_code == 403
    led = httpx.get(site, timeout=LONG)
    assert led.status_code == 301 and led.headers["location"] == f"{site}/"
