"""What is offered while a question is typed: identifiers, titles and questions, with the keyboard, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.chat_browser import (
    Server,
    a_chromium,
    a_page,
    answers,
    ask,
    asked,
    browser_marks,
    expect,
    field,
    open_page,
    violations,
)
from tests.ui.two_sources import Site, two_sources
from ui.pages.question_suggestions import QuestionIndex

QUESTIONS = ("Où ranger mes secrets ?", "Les secrets d'une appli, où les ranger ?", "Quel journal tenir ?")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return two_sources(tmp_path_factory.mktemp("completions"))


@pytest.fixture(scope="module")
def site(sources: Site) -> Iterator[str]:
    with Server(lambda: sources.assistant, corpus=sources.corpus) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any, site: str) -> Iterator[Any]:
    with a_page(chromium, bypass_csp=False) as opened:
        open_page(opened, site, "Source alpha")
        expect(field(opened)).to_have_attribute("aria-autocomplete", "list")
        yield opened


def holder(page: Any) -> Any:
    return page.get_by_role("combobox", name="Question, avec des suggestions")


def offers(page: Any) -> Any:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("secret", list(QUESTIONS[:2])),
        ("OÙ ranger", list(QUESTIONS[:2])),
        ("ranger mes", [QUESTIONS[0]]),
        ("les sec", [QUESTIONS[1]]),
        ("girafe", []),
        ("où", []),
        ("", []),
    ],
)
def test_questions_are_found_by_the_beginnings_of_their_words(typed: str, found: list[str]) -> None:
    assert QuestionIndex(QUESTIONS).find(typed, 5) == found
    assert QuestionIndex(QUESTIONS).find(typed, 1) == found[:1]


@pytest.mark.parametrize(
    ("typed", "fragment", "first"),
    [
        ("Que demande EXI-ARCH-9", "EXI-ARCH-9", "EXI-ARCH-9"),
        ("que dit arch-1", "arch-1", "EXI-ARCH-10"),
        ("Que vaut exi-da", "exi-da", "EXI-DATA-1"),
        ("sauveg quotid", "sauveg quotid", "EXI-ARCH-10"),
    ],
)
def test_the_identifier_that_a_question_ends_with_is_completed(
    sources: Site, typed: str, fragment: str, first: str
) -> None:
    told = sources.client.get("/api/v1/suggest", params={"q": typed}).json()
    assert told["fragment"] == fragment
    assert told["suggestions"][0]["id"] == first


def test_questions_of_the_bank_come_with_the_records(sources: Site) -> None:
    told = sources.client.get("/api/v1/suggest", params={"q": "ranger mes"}).json()
    assert told["questions"] == ["Où ranger mes secrets ?"]


class TestInABrowser:
    pytestmark = browser_marks

    def test_an_offer_is_reached_with_the_arrows_taken_with_enter_and_sent_with_enter(self, page: Any) -> None:
        field(page).press_sequentially("Que demande EXI-ARCH-1")
        expect(holder(page)).to_have_attribute("aria-expanded", "true")
        expect(offers(page).first).to_contain_text("EXI-ARCH-10")
        expect(field(page)).not_to_have_attribute("aria-activedescendant", "completions-0")
        page.keyboard.press("ArrowDown")
        expect(offers(page).first).to_have_attribute("aria-selected", "true")
        expect(field(page)).to_have_attribute("aria-activedescendant", "completions-0")
        page.keyboard.press("Enter")
        expect(field(page)).to_have_value("Que demande EXI-ARCH-10")
        expect(field(page)).to_be_focused()
        expect(holder(page)).to_have_attribute("aria-expanded", "false")
        expect(asked(page)).to_have_count(0)
        page.keyboard.press("Enter")
        expect(asked(page)).to_have_text(["Que demande EXI-ARCH-10"])
        expect(answers(page)).to_have_count(1)

    def test_escape_closes_and_enter_without_a_choice_sends_what_is_written(self, page: Any) -> None:
        field(page).press_sequentially("ranger")
        expect(offers(page).last).to_have_text("Où ranger mes secrets ?")
        page.keyboard.press("Escape")
        expect(offers(page)).to_have_count(0)
        expect(field(page)).to_have_value("ranger")
        field(page).press_sequentially(" mes")
        expect(offers(page).last).to_have_text("Où ranger mes secrets ?")
        page.keyboard.press("Enter")
        expect(asked(page)).to_have_text(["ranger mes"])
        expect(offers(page)).to_have_count(0)

    def test_an_offer_is_taken_with_the_mouse_and_nothing_is_sent(self, page: Any) -> None:
        field(page).press_sequentially("sauveg quotid")
        offers(page).first.click()
        expect(field(page)).to_have_value("Que dit EXI-ARCH-10 dans Source alpha ?")
        expect(field(page)).to_be_focused()
        expect(asked(page)).to_have_count(0)

    def test_what_the_documents_wrote_is_offered_as_text(self, page: Any) -> None:
        field(page).press_sequentially("EXI-ORG-1")
        expect(offers(page).first).to_contain_text("Texte piégé <img")
        assert page.evaluate("window.hacked") is None
        assert page.locator("#completions img, #completions script").count() == 0

    def test_a_page_that_fills_the_field_itself_offers_nothing(self, page: Any) -> None:
        ask(page, "ranger")
        expect(answers(page)).to_have_count(1)
        expect(offers(page)).to_have_count(0)

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing_while_offers_are_shown_and_a_phone_holds_them(
        self, chromium: Any, site: str, theme: str
    ) -> None:
        narrow = {"width": 375, "height": 740}
        with a_page(chromium, viewport=narrow, color_scheme=theme, bypass_csp=True) as page:
            open_page(page, f"{site}?__theme={theme}", "Source alpha")
            expect(field(page)).to_have_attribute("aria-autocomplete", "list")
            field(page).press_sequentially("EXI-ARCH")
            expect(offers(page).first).to_be_visible()
            page.keyboard.press("ArrowDown")
            expect(offers(page).first).to_have_attribute("aria-selected", "true")
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == 375
