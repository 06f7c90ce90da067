"""The server-rendered pages in a real Chromium: accessibility in both themes, keyboard, phone, no script, payloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.chat_browser import PATIENCE, a_chromium, browser_marks, expect
from tests.ui.served_app import served
from tests.ui.two_sources import Site, two_sources

axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n'est pas installé")
pytestmark = browser_marks

PAGES = (
    "/exigences",
    "/exigences?type=Z",
    "/exigences?texte=girafe",
    "/exigences/alpha/EXI-ORG-1",
    "/exigences/alpha/EXI-ARCH-9",
    "/exigences/EXI-ARCH-2",
    "/exigences/alpha/EXI-ARCH-77",
    "/composants",
    "/glossaire",
    "/normes",
    "/question",
    "/revisions",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return two_sources(tmp_path_factory.mktemp("deux-sources"))


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with served(site.app) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


class Reader:
    """A page of the browser, and what it asked for or ran that it should not have."""

    def __init__(self, chromium: Any, address: str, **options: Any) -> None:
        self.address = address
        self.context = chromium.new_context(locale="en-US", **options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.outside: list[str] = []
        self.page.on("request", lambda r: None if r.url.startswith(address) else self.outside.append(r.url))
        self.page.on("dialog", lambda d: self.outside.append(f"dialog {d.message}"))

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.context.close()

    def read(self, path: str) -> Any:
        self.page.goto(self.address + path)
        return self.page


def violations(page: Any) -> list[str]:
    response = axe_module.Axe().run(page).response
    assert response["passes"], "axe n'a rien vérifié"
    found = response["violations"]
    return [f"{v['id']} {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]


def options(page: Any) -> Any:
    """What is suggested; the lists of the form have options too."""
    return page.locator(".suggestions").get_by_role("option")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(chromium: Any, address: str, theme: str) -> None:
    found: dict[str, list[str]] = {}
    with Reader(chromium, address, color_scheme=theme) as reader:
        for path in PAGES:
            found[path] = violations(reader.read(path))
        compared = reader.read("/revisions").locator("table a").first
        compared.click()
        found["comparison"] = violations(reader.page)
        page = reader.read("/question")
        page.get_by_label("Votre question").fill("")
        page.get_by_role("button", name="Envoyer").click()
        found["empty question"] = violations(page)
        page.get_by_label("Votre question").fill("Une sonde et un piège ?")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", name="Sources")).to_be_visible()
        found["answer"] = violations(page)
        assert reader.outside == []
    assert {path: told for path, told in found.items() if told} == {}


def test_nothing_is_wider_than_a_phone(chromium: Any, address: str) -> None:
    with Reader(chromium, address, viewport={"width": 375, "height": 700}) as reader:
        wide = {
            path: width
            for path in PAGES
            if (width := reader.read(path).evaluate("document.documentElement.scrollWidth")) > 375
        }
    assert wide == {}


def test_a_suggestion_is_chosen_with_the_keyboard(chromium: Any, address: str) -> None:
    with Reader(chromium, address) as reader:
        page = reader.read("/exigences")
        field = page.get_by_role("combobox", name="Identifiant ou mots")
        field.press_sequentially("arch-9")
        expect(options(page)).to_have_count(2)
        expect(field).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("status")).to_have_text("2 suggestions.")
        assert violations(page) == []
        field.press("ArrowDown")
        field.press("ArrowDown")
        expect(options(page).nth(1)).to_have_attribute("aria-selected", "true")
        chosen = options(page).nth(1).get_attribute("id")
        expect(field).to_have_attribute("aria-activedescendant", str(chosen))
        field.press("Enter")
        expect(page).to_have_url(f"{address}/exigences/beta/EXI-ARCH-9")


def test_escape_closes_the_suggestions_and_enter_alone_filters(chromium: Any, address: str) -> None:
    with Reader(chromium, address) as reader:
        page = reader.read("/exigences")
        field = page.get_by_role("combobox", name="Identifiant ou mots")
        field.press_sequentially("coffre")
        expect(options(page)).to_have_count(1)
        field.press("Escape")
        expect(field).to_have_attribute("aria-expanded", "false")
        expect(field).to_have_value("coffre")
        field.press("Enter")
        expect(page.get_by_role("rowheader")).to_have_count(1)


def test_everything_works_without_script(chromium: Any, address: str) -> None:
    with Reader(chromium, address, java_script_enabled=False) as reader:
        page = reader.read("/exigences")
        page.get_by_label("Identifiant ou mots").fill("sauvegarde")
        page.get_by_role("button", name="Filtrer").click()
        page.get_by_role("link", name="EXI-ARCH-10").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("EXI-ARCH-10")
        expect(page.get_by_label("Référence à copier")).to_have_value(
            "Source alpha, EXI-ARCH-10 (I, importante), exigences.md, ligne 5, " + _rest(page)
        )
        page.get_by_role("link", name="Poser une question sur cette exigence").click()
        expect(page.get_by_label("Votre question")).to_have_value("Que demande EXI-ARCH-10 dans Source alpha ?")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.locator("#source-1 mark").first).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Télécharger la réponse en Markdown").click()
        assert saved.value.suggested_filename == "que-demande-exi-arch-10-dans-source-alpha.md"
        page.get_by_role("link", name="[1]").first.click()
        assert page.url.endswith("#source-1")


def _rest(page: Any) -> str:
    return str(page.get_by_label("Référence à copier").input_value()).split("ligne 5, ")[1]


def test_payloads_of_a_document_a_question_and_an_address_run_nothing(chromium: Any, address: str) -> None:
    payload = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    with Reader(chromium, address) as reader:
        for path in (
            "/exigences/alpha/EXI-ORG-1",
            "/composants",
            f"/exigences?texte={payload}",
            f"/exigences/alpha/{payload}",
        ):
            reader.read(path)
            assert reader.page.evaluate("window.hacked") is None, path
        page = reader.read(f"/question?q={payload}")
        page.get_by_label("Votre question").fill(f"piège {payload}")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.locator(".answer")).to_contain_text("Voici <img")
        assert page.evaluate("window.hacked") is None
        page = reader.read("/exigences")
        page.get_by_role("combobox", name="Identifiant ou mots").press_sequentially("org-1")
        expect(options(page).first).to_contain_text("<img")
        assert page.evaluate("window.hacked") is None
        assert reader.outside == []


def test_on_paper_the_text_stays_and_the_forms_go(chromium: Any, address: str) -> None:
    with Reader(chromium, address) as reader:
        page = reader.read("/exigences/alpha/EXI-ARCH-9")
        page.emulate_media(media="print")
        expect(page.locator(".requirement-text")).to_be_visible()
        expect(page.locator(".history")).to_be_visible()
        for hidden in (".top nav", ".actions", ".neighbours", "form"):
            expect(page.locator(hidden).first).to_be_hidden()
        page.emulate_media(media="screen")
        expect(page.locator(".top nav")).to_be_visible()


def test_the_skip_link_is_first_and_leads_to_the_content(chromium: Any, address: str) -> None:
    with Reader(chromium, address) as reader:
        page = reader.read("/glossaire")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
