"""The frame that all server-rendered pages share: banners, navigation, skin, headers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from ingest.settings import SettingsError
from ingest.sources.freshness import Stale
from tests.ui.canned_assistant import CannedAssistant, NoAssistant
from ui.doors.web_assistant import AssistantProvider
from ui.http_api import create_app
from ui.pages.layout import NAVIGATION, TEMPLATES, page
from ui.pages.page_settings import load_page_settings


def browser(provider: AssistantProvider, skin: Path | None = None) -> TestClient:
    app = create_app(provider, web_page=False, skin=skin)
    return TestClient(app, headers={"accept": "text/html"}, raise_server_exceptions=False)


def test_a_page_is_french_and_holds_its_landmarks() -> None:
    text = browser(CannedAssistant).get("/question").text
    assert '<html lang="fr">' in text
    for mark in (
        "<header",
        "<nav aria-label=",
        '<main id="contenu"',
        "<footer",
        'href="#contenu"',
        'content="noindex"',
    ):
        assert mark in text
    assert "CCT Cloud Pi Native, révision 0123abc du 06/04/2025" in text


def test_the_navigation_only_leads_to_pages_that_are_there() -> None:
    client = browser(CannedAssistant)
    links = re.findall(r'<li><a href="([^"]+)"', client.get("/question").text)
    assert "/question" in links
    assert "/exigences" not in links  # no corpus was given
    assert all(client.get(link).status_code == 200 for link in links)


def test_a_page_added_elsewhere_shows_in_the_navigation() -> None:
    app = create_app(CannedAssistant, web_page=False)

    def conformity(request: Request) -> Response:
        return page(request, "message.html", title="Conformité", text="<i>", remedy="", links=())

    app.add_api_route("/liste-de-conformite", conformity, response_model=None)
    text = TestClient(app).get("/liste-de-conformite").text
    assert '<a href="/liste-de-conformite" aria-current="page">Liste de conformité</a>' in text
    assert "&lt;i&gt;" in text


def test_the_demonstration_edition_is_said_on_every_page() -> None:
    client = browser(lambda: CannedAssistant(official=False))
    for address in ("/question", "/nulle-part"):
        text = client.get(address).text
        assert "Édition de démonstration." in text
        assert "ne sont pas les documents officiels" in text
    assert "Édition de démonstration" not in browser(CannedAssistant).get("/question").text


def test_an_index_behind_its_source_and_a_refused_revision_are_said() -> None:
    late = Stale("pi", "CCT Pi", "aaaaaaa du 01/05/2024", "bbbbbbb du 02/06/2024", None)
    refused = Stale(
        "pi", "CCT Pi", "aaaaaaa du 01/05/2024", "bbbbbbb du 02/06/2024", "le 03/06/2024. <b>Contrôle</b> : 1."
    )
    text = browser(lambda: CannedAssistant(behind=(late, refused))).get("/question").text
    assert "Index plus ancien que sa source." in text
    assert "Révision récente refusée." in text
    assert "&lt;b&gt;Contrôle&lt;/b&gt;" in text


def test_nothing_indexed_is_said_with_what_to_do() -> None:
    text = browser(NoAssistant()).get("/question").text
    assert "Aucun document n&#39;est servi." in text
    assert "cct ingest" in text


def test_a_page_allows_no_inline_script_or_style_and_has_none() -> None:
    client = browser(CannedAssistant)
    for address in ("/question", "/nulle-part"):
        response = client.get(address)
        policy = response.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<style|<script(?![^>]* src=)| style=|\son[a-z]+=", response.text)
    for template in TEMPLATES.rglob("*.html"):
        assert not re.search(
            r"<style|<script(?![^>]* src=)| style=|\son[a-z]+=|\|\s*safe\b", template.read_text("utf-8")
        ), template


def test_an_unknown_address_is_said_in_french_to_a_person_and_as_a_problem_to_a_program() -> None:
    client = browser(CannedAssistant)
    person = client.get("/nulle-part")
    assert (person.status_code, "Page introuvable" in person.text) == (404, True)
    program = client.get("/nulle-part", headers={"accept": "application/json"})
    assert program.headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/nulle-part").headers["content-type"] == "application/problem+json"


def test_the_style_sheet_is_kept_by_the_browser_under_an_address_of_its_content() -> None:
    client = browser(CannedAssistant)
    address = re.search(r'href="(/pages/pages\.css\?v=[0-9a-f]+)"', client.get("/question").text)
    assert address is not None
    kept = client.get(address[1])
    assert kept.headers["content-type"].startswith("text/css")
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in client.get("/pages/pages.css?v=0").headers["cache-control"]
    assert client.get("/pages/..%2Flayout.py").status_code == 404
    sheet = kept.text.lower()
    assert "#000091" not in sheet
    assert "marianne" not in sheet
    assert "http" not in sheet


def test_a_skin_is_linked_and_served_when_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "skin.css").write_text("body { color: red; }", encoding="utf-8")
    client = browser(CannedAssistant, tmp_path)
    assert '<link rel="stylesheet" href="/skin/skin.css">' in client.get("/question").text
    assert client.get("/skin/skin.css").text == "body { color: red; }"
    assert client.get("/skin/../pyproject.toml").status_code == 404
    assert "/skin/" not in browser(CannedAssistant).get("/question").text


def test_a_skin_that_cannot_serve_is_refused_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_page_settings().skin_dir is None
    for folder in (tmp_path, tmp_path / "absent"):
        monkeypatch.setenv("CCT_SKIN_DIR", str(folder))
        with pytest.raises(SettingsError, match="CCT_SKIN_DIR"):
            load_page_settings()
    (tmp_path / "skin.css").touch()
    monkeypatch.setenv("CCT_SKIN_DIR", str(tmp_path))
    assert load_page_settings().skin_dir == tmp_path


def test_each_entry_of_the_navigation_is_named_once() -> None:
    assert len({link.href for link in NAVIGATION}) == len(NAVIGATION) == len({link.label for link in NAVIGATION})
    assert isinstance(create_app(CannedAssistant, web_page=False), FastAPI)
