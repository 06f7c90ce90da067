"""The page for everybody: axe in both themes and two widths, the keyboard, the language, the weight, the print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.canned_assistant import CannedAssistant
from tests.ui.chat_browser import (
    Server,
    a_chromium,
    a_page,
    answers,
    ask,
    browser_marks,
    expect,
    field,
    open_page,
    violations,
)

pytestmark = browser_marks
WIDE, PHONE = {"width": 1280, "height": 850}, {"width": 375, "height": 740}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    assistant = CannedAssistant(official=False)
    with Server(lambda: assistant) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with a_page(chromium) as opened:
        yield opened


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "375"])
def test_axe_finds_nothing_on_the_empty_page_nor_with_an_answer_nor_in_a_dialog(
    chromium: Any, site: str, theme: str, viewport: dict[str, int]
) -> None:
    with a_page(chromium, viewport=viewport, color_scheme=theme, bypass_csp=True) as page:
        open_page(page, f"{site}?__theme={theme}")
        expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_visible()
        assert violations(page) == []
        ask(page, "Que demande EXI-ARCH-12 ?")
        expect(page.get_by_role("button", name="Copier avec les sources")).to_be_visible()
        ask(page, "La suite ?")
        expect(page.locator("#sources-precedentes details").first).to_be_attached()
        expect(page.get_by_role("button", name="Copier avec les sources")).to_have_count(2)
        assert violations(page) == []
        page.get_by_role("button", name="Raccourcis clavier").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []


def test_the_first_load_weighs_less_than_500_kilobytes(page: Any, site: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    open_page(page, site)
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_visible()
    assert len(received) > 10
    assert sum(received) < 500_000


def test_a_person_without_a_mouse_goes_from_the_field_to_the_sources(page: Any, site: str) -> None:
    open_page(page, site)
    expect(field(page)).to_be_focused()
    page.keyboard.type("Que demande EXI-ARCH-12 ?")
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(1)
    expect(field(page)).to_be_focused()
    page.keyboard.press("Alt+2")
    expect(page.locator("#src-2 summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#src-2")).not_to_have_attribute("open", "")
    page.keyboard.press("Alt+2")
    expect(page.locator("#src-2")).to_have_attribute("open", "")
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type("et/ou")
    expect(field(page)).to_have_value("et/ou")
    page.keyboard.press("Shift+Enter")
    expect(field(page)).to_have_value("et/ou\n")


def test_the_shortcuts_are_listed_and_the_single_key_can_be_turned_off(page: Any, site: str) -> None:
    open_page(page, site)
    page.get_by_role("button", name="Raccourcis clavier").click()
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_contain_text("Alt + 1")
    dialog.get_by_label("Désactiver le raccourci").check()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_focused()
    page.keyboard.press("/")
    expect(field(page)).not_to_be_focused()
    open_page(page, site)
    page.locator("#raccourcis").focus()
    page.keyboard.press("/")
    expect(field(page)).not_to_be_focused()


def test_the_skip_link_comes_first_and_leads_to_the_question(page: Any, site: str) -> None:
    open_page(page, site)
    expect(field(page)).to_be_focused()  # as the page opens
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    page.keyboard.press("Tab")
    expect(page.locator("#evitement")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()


def test_every_part_of_the_page_has_its_name_in_french(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    expect(answers(page)).to_have_count(1)
    for role, name in [
        ("log", "Conversation"),
        ("region", "Sources citées"),
        ("navigation", "Documents"),
        ("group", "Que faire de cette réponse"),
        ("article", "Réponse de l'assistant"),
        ("button", "Envoyer"),
        ("button", "Nouvelle conversation"),
    ]:
        expect(page.get_by_role(role, name=name)).to_be_attached()
    expect(page.get_by_role("status").first).to_contain_text("Réponse complète")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_a_printed_page_holds_the_whole_conversation_and_its_sources(page: Any, site: str) -> None:
    open_page(page, site)
    for n in range(3):
        ask(page, f"Question {n} ?")
        expect(answers(page)).to_have_count(n + 1)
    page.emulate_media(media="print")
    chat = page.locator("#chat")
    assert chat.evaluate("e => e.scrollHeight <= e.clientHeight + 2")
    expect(answers(page).first).to_be_visible()
    expect(page.locator("#src-3-2")).to_be_visible()
    expect(page.locator("#saisie")).to_be_hidden()
    expect(page.locator(".answer-actions").first).to_be_hidden()
