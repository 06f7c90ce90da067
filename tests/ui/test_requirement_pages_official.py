"""The pages over the real documents: what the corpus is known to hold is on them. No text of theirs stands here."""

from __future__ import annotations

import csv
import io
import re

import pytest
from fastapi.testclient import TestClient

from assistant.answer import UsedRevision
from ingest.sources.corpus import Corpus
from tests.ui.two_sources import ServedAssistant
from ui.http_api import create_app

pytestmark = pytest.mark.official


@pytest.fixture(scope="module")
def client(official_home: object) -> TestClient:
    from tests.conftest import _settings

    corpus = Corpus(_settings(official_home, edition="official"))  # type: ignore[arg-type]  # a path
    served = tuple(UsedRevision(r.source.id, r.commit, r.date, True) for r in corpus.newest())
    assistant = ServedAssistant(served, {s.id: s.title for s in corpus.manifest.source})
    app = create_app(lambda: assistant, web_page=False, corpus=corpus)
    app.state.warm_pages(240)
    return TestClient(app, headers={"accept": "text/html"}, follow_redirects=False)


def test_every_requirement_of_both_sources_is_listed_and_has_its_page(client: TestClient) -> None:
    page = client.get("/exigences").text
    assert "<strong>73 exigences</strong>" in page
    assert "CCT MirAI : 18" in page
    assert "CCT Cloud Pi Native : 55" in page
    addresses = set(re.findall(r'href="(/exigences/(?:pi|mirai)/[^"?]+)"', page))
    assert len(addresses) == 73
    for address in sorted(addresses):
        assert client.get(address).status_code == 200, address
    content = client.get("/exigences.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert len(rows) == 73
    assert sum(row["type"] == "P" for row in rows) == 35


def test_the_traps_of_the_corpus_are_told_on_the_pages(client: TestClient) -> None:
    assert client.get("/exigences/pi/arch-12").headers["location"] == "/exigences/pi/EXI-ARCH-12"
    assert client.get("/exigences/EXI-ARCH-9").status_code == 300
    same_text = client.get("/exigences/pi/EXI-ARCH-9").text
    assert "Même texte, autre type." in same_text
    assert "Même identifiant, autre exigence." in client.get("/exigences/pi/EXI-G-6").text
    twice = client.get("/exigences/pi/EXI-ORG-17/2").text
    assert "Identifiant imprimé plusieurs fois." in twice
    assert "<code>id-duplique</code>" in twice
    moved = client.get("/exigences/pi/EXI-ARCH-17").text
    assert "EXI-ARCH-14 devient EXI-ARCH-18" in moved
    assert "EXI-ARCH-18 devient EXI-ARCH-17" in moved
    older = client.get("/exigences/pi/EXI-ARCH-14?revision=2024-05-01").text
    assert 'est <a href="/exigences/pi/EXI-ARCH-17">EXI-ARCH-17</a>' in older
    assert "banque de questions n'en a pas" not in moved


def test_the_glossary_that_both_repositories_carry_is_listed_once(client: TestClient) -> None:
    page = client.get("/glossaire").text
    assert "<strong>65 termes</strong>" in page
    assert page.count("CCT MirAI, <a") == page.count("CCT Cloud Pi Native, <a") == 65
    components = client.get("/composants").text
    assert "<strong>29 composants</strong>" in components
    assert 'id="comp010"' in components
    assert client.get("/normes").status_code == 200
