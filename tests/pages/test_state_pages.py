"""The pages that the State asks for: filled from the settings, true of the running program, refused empty in production."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.settings import AssistantSettings
from ingest.settings import SettingsError
from tests.pages.conftest import LEGAL, legal_settings
from ui.doors.sign_in_settings import ProviderSettings, SiteSettings
from ui.pages.legal_pages import ServiceFacts
from ui.pages.legal_settings import check_production

PAGES = ("/accessibilite", "/mentions-legales", "/donnees-personnelles", "/transparence", "/conformite")
Make = Callable[..., FastAPI]


def text_of(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_each_page_is_french_linked_from_the_footer_and_has_one_heading(make_app: Make) -> None:
    client = TestClient(make_app())
    for path in PAGES:
        html = client.get(path).text
        assert '<html lang="fr">' in html and html.count("<h1>") == 1
        assert "<script" not in html and " style=" not in html
        for linked in PAGES[:4]:
            assert f'href="{linked}"' in html


def test_the_settings_fill_the_pages(make_app: Make) -> None:
    client = TestClient(make_app())
    legal, privacy, access = (
        text_of(client, p) for p in ("/mentions-legales", "/donnees-personnelles", "/accessibilite")
    )
    for name in ("publisher", "publication_director", "hosting", "contact"):
        assert LEGAL[name] in legal
    assert LEGAL["data_controller"] in privacy and LEGAL["dpo"] in privacy
    assert LEGAL["contact"] in access and LEGAL["publisher"] in access


def test_what_is_not_set_is_said_to_be_missing_and_hostile_settings_are_inert(make_app: Make) -> None:
    hostile = legal_settings(publisher="<script>alert(1)</script>", contact="")
    client = TestClient(make_app(ServiceFacts(hostile, "1")))
    html = client.get("/mentions-legales").text
    assert "à compléter par l'exploitant" in html
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html


def test_accessibility_is_declared_non_conform_with_what_was_tested(make_app: Make) -> None:
    text = text_of(TestClient(make_app()), "/accessibilite")
    assert "Assistant CCT est non conforme" in text and "aucun audit" in text
    assert "axe-core" in text and "lecteur d'écran" in text and "Défenseur des droits" in text


def test_transparency_tells_what_runs(make_app: Make) -> None:
    plain = text_of(TestClient(make_app()), "/transparence")
    assert "sans modèle de langue" in plain and "révision 0123abc" in plain and "version 1.2.3" in plain
    assert "0,985" in plain and "intelligence artificielle" in plain
    facts = ServiceFacts(legal_settings(), "1.2.3", model="chat-pro", embedding="bundled", reranker="bge")
    written = text_of(TestClient(make_app(facts)), "/transparence")
    assert (
        "chat-pro , exécuté par la passerelle d'essai" in written
        or "chat-pro, exécuté par la passerelle d'essai" in written
    )
    assert "bge" in written and "décision individuelle" in written


def test_personal_data_tells_of_a_session_only_where_one_signs_in(make_app: Make) -> None:
    assert "Aucun témoin" in text_of(TestClient(make_app()), "/donnees-personnelles")
    facts = ServiceFacts(legal_settings(), "1", signed_in=True)
    assert "témoin de session" in text_of(TestClient(make_app(facts)), "/donnees-personnelles")


def test_facts_come_from_the_settings() -> None:
    written = AssistantSettings(
        _env_file=None, OPENAI_BASE_URL="http://127.0.0.1:1", LLM_DEFAULT_MODEL="m", RERANKER_ENABLED=True
    )
    facts = ServiceFacts.of(legal_settings(), written, "bundled", "1", signed_in=True)
    assert (facts.model, facts.reranker) == ("m", "bge-reranker-v2-m3")
    assert facts.embedding.startswith("multilingual-e5-small")
    silent = AssistantSettings(
        _env_file=None, OPENAI_BASE_URL="http://127.0.0.1:1", LLM_DEFAULT_MODEL="m", CCT_ANSWERS="extractive"
    )
    assert ServiceFacts.of(legal_settings(), silent, "bundled", "1", signed_in=False).model == ""


def test_an_answer_of_the_api_is_marked_as_generated(make_app: Make) -> None:
    answer = TestClient(make_app()).post("/api/v1/ask", json={"question": "Que demande EXI-ARCH-12 ?"})
    assert answer.headers["x-contenu-genere"].startswith("ia; mode=")


def production(legal: dict[str, str], model: bool = False, **site: Any) -> None:
    settings = legal_settings(**legal)
    issuer = (
        ProviderSettings(_env_file=None, issuer="https://connexion.exemple")
        if site.pop("signed", True)
        else ProviderSettings(_env_file=None)
    )  # type: ignore[call-arg]
    given = SiteSettings(_env_file=None, **{"env": "production", "public_url": "https://cct.exemple", **site})
    more = {"OPENAI_BASE_URL": "http://127.0.0.1:1", "LLM_DEFAULT_MODEL": "m"} if model else {}
    check_production(settings, given, issuer, AssistantSettings(_env_file=None, **more))


def test_production_starts_when_everything_is_filled() -> None:
    production({})
    production({}, model=True)
    production({}, signed=False, open=True)


@pytest.mark.parametrize(
    ("legal", "more", "missing"),
    [
        ({"publisher": "", "dpo": "  "}, {}, ["CCT_PUBLISHER", "CCT_DPO"]),
        (dict.fromkeys(LEGAL, ""), {}, ["CCT_PUBLISHER", "CCT_PUBLICATION_DIRECTOR", "CCT_HOSTING", "CCT_CONTACT", "CCT_DATA_CONTROLLER", "CCT_DPO"]),
        ({"model_hosting": ""}, {"model": True}, ["CCT_MODEL_HOSTING"]),
        ({}, {"public_url": ""}, ["CCT_PUBLIC_URL"]),
        ({}, {"signed": False}, ["OIDC_ISSUER (ou CCT_OPEN=true)"]),
    ],
)  # fmt: skip
def test_production_refuses_to_start_and_lists_everything_that_is_missing(
    legal: dict[str, str], more: dict[str, Any], missing: list[str]
) -> None:
    with pytest.raises(SettingsError) as told:
        production(legal, **more)
    assert told.value.message == f"CCT_ENV=production, et ces réglages manquent : {', '.join(missing)}."


def test_elsewhere_nothing_is_asked() -> None:
    production(dict.fromkeys(LEGAL, ""), env="development", public_url="", signed=False)
