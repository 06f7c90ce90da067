"""Signing in and out, and a list filled, saved and brought back, in a real Chromium; axe on the new pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tests.ui.chat_browser import PATIENCE, a_chromium, browser_marks, expect
from tests.ui.guarded_site import guarded_app
from tests.ui.local_provider import AGENT_NAME, running_provider
from tests.ui.served_app import reserved, served
from ui.checklist.files import rows_of_file

PAGES = (
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/transparence",
    "/conformite",
    "/liste-de-conformite",
)
DESCRIPTION = (
    "Portail web pour les agents, exposé sur internet. Il conserve des données personnelles et appelle une IA."
)

pytestmark = browser_marks


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


def opened(chromium: Any, **options: Any) -> Any:
    """A page that never leaves the machine; `left` holds what was asked elsewhere by our own pages."""
    context = chromium.new_context(locale="en-US", **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.left = []

    def stay(route: Any) -> None:
        if "//127.0.0.1:" in route.request.url:
            route.continue_()
            return
        page.left.append(route.request.url)
        route.abort()

    context.route("**/*", stay)
    return page


def test_one_signs_in_reads_asks_and_signs_out(chromium: Any) -> None:
    listening = reserved()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with running_provider() as provider:
        scopes = {"scopes": "openid profile"}
        app = guarded_app(provider, oidc=scopes, public_url=address, session_https_only=False, web_page=True)
        with served(app, listening):
            page = opened(chromium)
            page.goto(f"{address}/question")
            assert page.url.startswith(provider.address), "nothing is shown before signing in"
            page.locator("input[name=sub]").fill("agent-1")
            page.get_by_role("button", name="Authorize").click()
            page.wait_for_url(f"{address}/question")
            page.left.clear()  # the provider's own page asks a style sheet elsewhere
            page.goto(f"{address}/")
            expect(page.locator("#compte")).to_contain_text(f"Connecté : {AGENT_NAME}")
            field = page.get_by_label("Votre question", exact=True)
            field.fill("Que demande EXI-ARCH-12 ?")
            field.press("Enter")
            expect(page.locator("#chat [data-testid=bot]")).to_have_count(1)
            page.reload()
            expect(page.locator("#chat [data-testid=bot]")).to_have_count(1)
            assert page.left == []
            page.locator("#compte").get_by_role("link", name="Se déconnecter").click()
            page.get_by_role("button", name="Se déconnecter").click()
            page.get_by_role("button", name="End session").click()
            page.wait_for_url(lambda url: url.startswith(f"{address}/auth/deconnecte"))
            expect(page.get_by_role("heading", name="Vous êtes déconnecté")).to_be_visible()
            page.goto(f"{address}/question")
            assert page.url.startswith(provider.address)
            page.locator("input[name=sub]").fill("mainteneur-1")
            page.get_by_role("button", name="Authorize").click()
            page.wait_for_url(f"{address}/question")
            page.goto(f"{address}/")
            expect(page.locator("#compte")).to_contain_text("Connecté")
            expect(page.locator("#revisions")).to_contain_text("CCT Cloud Pi Native")
            assert page.evaluate("sessionStorage.getItem('cct.conversation')") is None
            expect(page.locator("#chat [data-testid=bot]")).to_have_count(0)
            page.context.close()


def test_a_list_is_filled_saved_and_brought_back_without_script(
    chromium: Any, make_app: Callable[..., FastAPI], tmp_path: Path
) -> None:
    with served(make_app()) as address:
        page = opened(chromium, java_script_enabled=False, accept_downloads=True)
        page.goto(f"{address}/liste-de-conformite")
        page.get_by_label("Description de l'application").fill(DESCRIPTION)
        page.get_by_role("button", name="Établir la liste").click()
        first = page.locator("article.card").first
        first.get_by_label("Statut").select_option("partiel")
        first.get_by_label("Preuve").fill("dossier d'architecture")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Enregistrer en ODS").first.click()
        saved = tmp_path / "liste.ods"
        saving.value.save_as(saved)
        rows, description = rows_of_file(saved.read_bytes(), "liste.ods")
        assert (rows[0].status, rows[0].evidence, description) == ("partiel", "dossier d'architecture", DESCRIPTION)
        page.goto(f"{address}/liste-de-conformite")
        page.get_by_label("Fichier ODS ou CSV").set_input_files(saved)
        page.get_by_role("button", name="Reprendre la liste").click()
        expect(page.get_by_role("status")).to_contain_text("Rien n'a changé")
        again = page.locator("article.card").first
        expect(again.get_by_label("Statut")).to_have_value("partiel")
        expect(again.get_by_label("Preuve")).to_have_value("dossier d'architecture")
        assert page.left == []
        page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows_a_narrow_screen(
    chromium: Any, make_app: Callable[..., FastAPI], theme: str
) -> None:
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    with served(make_app()) as address:
        page = opened(chromium, color_scheme=theme, viewport={"width": 320, "height": 700}, bypass_csp=True)
        found = []
        for path in (*PAGES, "liste"):
            if path == "liste":
                page.get_by_label("Description de l'application").fill(DESCRIPTION)
                page.get_by_role("button", name="Établir la liste").click()
                expect(page.locator("article.card").first).to_be_visible()
            else:
                page.goto(address + path)
            page.evaluate(axe)
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found += [f"{path}: {v['id']}: {v['nodes'][0]['target']}" for v in result["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{path}: overflows")
        assert found == []
        assert page.left == []
        page.context.close()
