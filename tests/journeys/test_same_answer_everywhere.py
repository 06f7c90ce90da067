"""One question, three ways in, the same citation: command line, HTTP and web page over one real index."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.reading.quote_form import is_verbatim, normalised
from tests.built_indexes import PROJECT, cct

QUESTION = "Que dit EXI-ARCH-11 ?"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def told(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command line answers."""
    done = cct("ask", "--json", QUESTION, home=demo_home, cwd=tmp_path_factory.mktemp("terminal"))
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_command_line_cites_the_row_of_the_document(told: dict[str, Any]) -> None:
    citation = told["citations"][0]
    for place in (citation, *citation["also"]):
        lines = (PROJECT / "corpus" / "demo" / place["source"] / place["document"]).read_text(encoding="utf-8")
        row = lines.splitlines()[place["line_start"] - 1 : place["line_end"]]
        assert row[0].startswith("| EXI-ARCH-11")
        assert is_verbatim(citation["quote"], "\n".join(row))
    assert {p["source"] for p in (citation, *citation["also"])} == {"mirai", "pi"}


def test_http_gives_the_same_answer(told: dict[str, Any], site: str) -> None:
    response = httpx.post(f"{site}api/v1/ask", json={"question": QUESTION}, timeout=120)
    assert response.status_code == 200
    answer = response.json()
    assert answer["citations"] == told["citations"]
    assert answer["answer"] == told["answer"]
    assert answer["revisions"] == told["revisions"]
    assert answer["warnings"] == told["warnings"]


def test_the_server_is_up_and_says_so(site: str) -> None:
    health = httpx.get(f"{site}health", timeout=120)
    assert (health.status_code, health.json()["status"]) == (200, "UP")


def test_a_question_that_cannot_be_searched_is_an_answer_too(site: str) -> None:
    response = httpx.post(f"{site}api/v1/ask", json={"question": "a" * 9000}, timeout=120)
    assert response.status_code == 200
    assert response.json()["status"] == "error"


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"pas de Chromium : {CHROMIUM} (apt-get install chromium)")
def test_the_web_page_shows_the_same_citation(told: dict[str, Any], site: str) -> None:
    from tests.ui.chat_browser import PATIENCE, a_chromium, expect

    citation = told["citations"][0]
    with a_chromium() as browser:
        page = browser.new_page(locale="fr-FR")
        page.set_default_timeout(PATIENCE)
        page.goto(site)
        expect(page.locator("#revisions")).to_contain_text("CCT Cloud Pi Native", timeout=120_000)
        box = page.get_by_label("Votre question", exact=True)
        box.fill(QUESTION)
        box.press("Enter")
        expect(page.locator("#etat")).to_contain_text("Réponse complète", timeout=120_000)
        source = page.locator("#src-1").inner_text()
        answer = page.locator("#chat [data-testid=bot]").last.inner_text()
    assert normalised(citation["quote"]) in normalised(answer)
    assert normalised(citation["quote"]) in normalised(source)
    for place in (citation, *citation["also"]):
        assert place["document"] in source
        assert re.search(rf"lignes? {place['line_start']}\b", source)
    assert "EXI-ARCH-11" in source
    assert "P — primordiale" in source
