"""The web page as a person meets it, in a real Chromium, over a real server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from tests.ui.canned_assistant import CannedAssistant, NoAssistant
from ui.doors.web_assistant import AssistantProvider
from ui.http_api import create_app

CHROMIUM = Path("/usr/bin/chromium")

playwright = pytest.importorskip("playwright.sync_api", reason="playwright n'est pas installé")
expect = playwright.expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"pas de Chromium : {CHROMIUM} (apt-get install chromium)"),
]


class Server:
    """The application on a free port of the loopback, in a thread."""

    def __init__(self, provider: AssistantProvider) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        config = uvicorn.Config(create_app(provider), log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]})

    def __enter__(self) -> Server:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.05)
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._listening.close()


@pytest.fixture(scope="module")
def official() -> CannedAssistant:
    return CannedAssistant()


@pytest.fixture(scope="module")
def site(official: CannedAssistant) -> Iterator[str]:
    with Server(lambda: official) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=switches)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(locale="en-US", viewport={"width": 1300, "height": 850})
    opened = context.new_page()
    opened.failures = []
    opened.on("pageerror", lambda error: opened.failures.append(str(error)))
    yield opened
    assert opened.failures == []
    context.close()


def open_page(page: Any, url: str) -> None:
    """Opens the page and waits until it serves."""
    page.goto(url)
    expect(page.locator("#revisions")).to_contain_text("CCT Cloud Pi Native", timeout=30_000)


def ask(page: Any, question: str) -> None:
    """Types a question and sends it with the keyboard."""
    page.get_by_label("Votre question", exact=True).fill(question)
    page.get_by_label("Votre question", exact=True).press("Enter")


def answers(page: Any) -> Any:
    """The answers shown."""
    return page.locator("#chat [data-testid=bot]")


def test_a_question_is_answered_with_its_sources(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    expect(page.locator("#etat")).to_contain_text("Réponse complète : 2 sources citées.")
    expect(answers(page)).to_contain_text("une sonde de santé")
    expect(answers(page)).to_contain_text("Les deux documents portent EXI-G-4")
    expect(page.locator("#src-1")).to_contain_text("P — primordiale")
    expect(page.locator("#src-1 mark").first).to_contain_text("expose une adresse /health")
    expect(page.locator("#src-2")).to_contain_text("non vérifiée")
    link = page.locator("#src-1 a").first
    expect(link).to_have_attribute("target", "_blank")
    expect(page.get_by_label("Votre question", exact=True)).to_have_value("")


def test_a_citation_is_reached_without_losing_the_conversation(page: Any, site: str) -> None:
    open_page(page, f"{site}?q=Que+demande+EXI-ARCH-12+%3F")
    field = page.get_by_label("Votre question", exact=True)
    expect(field).to_have_value("Que demande EXI-ARCH-12 ?")
    expect(answers(page)).to_have_count(0)
    page.get_by_role("button", name="Envoyer").click()
    answers(page).get_by_text("[2]").click()
    expect(page.locator("#src-2")).to_be_focused()
    expect(answers(page)).to_have_count(1)
    expect(page).to_have_url(f"{site}?q=Que+demande+EXI-ARCH-12+%3F")


def test_a_follow_up_keeps_the_earlier_question_and_its_sources(
    page: Any, site: str, official: CannedAssistant
) -> None:
    open_page(page, site)
    ask(page, "Que demande *EXI-ARCH-12* ?")
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="Et pour CCT MirAI ?").click()
    expect(answers(page)).to_have_count(2)
    asked = official.asked[-1]
    assert [(t.question, t.cited) for t in asked.history] == [
        ("Que demande *EXI-ARCH-12* ?", ("pi:EXI-ARCH-12", "mirai:EXI-G-4"))
    ]
    answers(page).first.get_by_text("[1]").click()
    expect(page.locator("#src-1")).to_be_focused()
    expect(page.locator("#src-2-1")).to_contain_text("EXI-ARCH-12")


def test_the_scope_chosen_is_the_scope_searched(page: Any, site: str, official: CannedAssistant) -> None:
    open_page(page, site)
    page.get_by_label("CCT MirAI", exact=True).check()
    ask(page, "Une question")
    expect(answers(page)).to_have_count(1)
    assert official.asked[-1].sources == ("mirai",)


def test_a_new_conversation_forgets_everything(page: Any, site: str, official: CannedAssistant) -> None:
    open_page(page, site)
    page.get_by_role("button", name="Qu'est-ce qu'une sonde de santé ?").click()
    expect(page.locator("#src-1")).to_be_visible()
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(answers(page)).to_have_count(0)
    expect(page.locator("#src-1")).to_have_count(0)
    ask(page, "Une question")
    expect(answers(page)).to_have_count(1)
    assert official.asked[-1].history == ()


def test_nothing_is_asked_outside_the_server(page: Any, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, site)
    ask(page, "piège")
    expect(page.locator("#src-1")).to_be_visible()
    assert [url for url in asked if not url.startswith((site, "data:", "blob:"))] == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.context.cookies() == []


def test_the_page_is_french_for_an_english_browser(page: Any, site: str) -> None:
    open_page(page, site)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    ask(page, "Une question")
    expect(page.get_by_role("button", name="Copier le message").last).to_be_attached()
    expect(answers(page)).to_have_attribute("aria-label", "Réponse de l'assistant")
    expect(page.get_by_role("log")).to_have_attribute("aria-label", "Conversation")
    expect(page.locator("#avis-ia")).to_contain_text("Vous échangez avec une intelligence artificielle.")


def test_what_a_document_or_a_person_writes_is_never_run(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "piège <img src=x onerror='window.hacked=1'> **gras**")
    expect(page.locator("#src-1")).to_contain_text("<script>window.hacked=1</script>")
    expect(answers(page)).to_contain_text("<img src=x onerror=")
    expect(page.locator("#chat [data-testid=user]")).to_contain_text("<img src=x onerror='window.hacked=1'> **gras**")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#chat img, #sources img, #chat script, [href^=javascript]").count() == 0


@pytest.mark.parametrize("question", ["Que demande EXI-ARCH-12 ?", "piège", "x" * 3000])
def test_a_phone_never_scrolls_sideways(page: Any, site: str, question: str) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    open_page(page, site)
    ask(page, question)
    expect(page.locator("#src-1")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    sources, chat = page.locator("#sources").bounding_box(), page.locator("#chat").bounding_box()
    assert sources["y"] > chat["y"] + chat["height"]


def test_an_empty_question_is_told_kindly(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "   ")
    expect(page.locator("#etat")).to_contain_text("Écrivez d'abord une question")
    expect(answers(page)).to_have_count(0)


def test_a_very_long_question_is_asked_whole_and_shown_in_part(
    page: Any, site: str, official: CannedAssistant
) -> None:
    open_page(page, site)
    ask(page, "longue question " * 3200)
    expect(page.locator("#chat [data-testid=user]")).to_contain_text("question de 51200 caractères")
    expect(answers(page)).to_have_count(1)
    assert len(official.asked[-1].text) == 51_200


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Combien de girafes ?", "Pas de réponse dans les documents"),
        ("erreur", "Le modèle de langage ne répond pas."),
        ("un index ?", "Lancez : cct sync, puis cct ingest."),
        ("panne", "incident n°"),
    ],
)
def test_what_is_no_answer_is_told_kindly(page: Any, site: str, question: str, words: str) -> None:
    open_page(page, site)
    ask(page, question)
    expect(answers(page)).to_contain_text(words)
    expect(page.locator("#sources")).to_contain_text("ne cite aucun passage")
    expect(page.locator("body")).not_to_contain_text("Traceback")
    expect(page.locator("body")).not_to_contain_text("secret")


def test_a_question_sent_while_the_server_is_away_is_answered_on_its_return(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Une question")
    expect(answers(page)).to_have_count(1)
    away = {"now": True}
    page.route("**/gradio_api/run/**", lambda route: route.abort() if away["now"] else route.continue_())
    ask(page, "Une autre")
    expect(page.locator("#etat")).to_contain_text("Le serveur ne répond pas")
    away["now"] = False
    expect(answers(page)).to_have_count(2, timeout=15_000)


def test_the_demonstration_edition_is_announced_at_the_top(page: Any, site: str) -> None:
    open_page(page, site)
    expect(page.locator("#bandeau")).to_have_count(0)
    expect(page.locator("#revisions")).to_contain_text("révision 0123abc du 27/02/2026")
    with Server(lambda: CannedAssistant(official=False)) as demonstration:
        open_page(page, demonstration.url)
        expect(page.locator("#bandeau")).to_contain_text("Édition de démonstration.")
        expect(page.locator("#revisions")).to_contain_text("édition de démonstration du 27/02/2026")
        assert page.locator("#bandeau").bounding_box()["y"] < 40
        page.goto("about:blank")


def test_a_page_without_index_tells_what_to_do(page: Any) -> None:
    with Server(NoAssistant()) as unready:
        page.goto(unready.url)
        expect(page.locator("#bandeau")).to_contain_text("Lancez : cct sync, puis cct ingest.")
        ask(page, "Une question")
        expect(answers(page)).to_contain_text("Aucun index n'est prêt.")
        page.goto("about:blank")


def test_nobody_can_leave_a_file_on_the_server(site: str) -> None:
    response = httpx.post(f"{site}gradio_api/upload", files={"files": ("x.txt", b"x")})
    assert response.status_code == 404
    assert httpx.get(site).headers["content-security-policy"].startswith("default-src 'self'")
