"""The conversation that a tab keeps: a reload, a restart of the server, another tab, another person, a new conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import UsedRevision
from tests.feedback.remembered_feedback import RememberedFeedback
from tests.ui.canned_assistant import CannedAssistant
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
)
from tests.ui.streaming_assistant import StreamingAssistant
from ui.feedback.desk import FeedbackDesk
from ui.storage.secret import Secret

pytestmark = browser_marks
QUESTION = "Que demande EXI-ARCH-12 ?"
RESTORED = "Conversation reprise"
KEPT = "sessionStorage.getItem('cct.conversation')"
OLDER = "4567cdef" * 5
OLDER_LABEL = "CCT Cloud Pi Native, 26/05/2024 (4567cde)"


class PrunedAssistant(CannedAssistant):
    """Whose index no longer holds the older revision, and holds another."""

    def indexed_revisions(self) -> tuple[UsedRevision, ...]:
        """See WebAssistant."""
        return (*self.revisions(), UsedRevision("pi", "89abcdef" * 5, "2025-01-15", True))


@pytest.fixture(scope="module")
def kept() -> RememberedFeedback:
    return RememberedFeedback()


@pytest.fixture(scope="module")
def assistant() -> CannedAssistant:
    return CannedAssistant()


@pytest.fixture(scope="module")
def site(kept: RememberedFeedback, assistant: CannedAssistant) -> Iterator[str]:
    desk = FeedbackDesk(lambda: kept, Secret("un secret d'essai assez long"))
    with Server(lambda: assistant, feedback=desk) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with a_page(chromium) as opened:
        yield opened


def until(page: Any, condition: str) -> None:
    """Waits for what no element shows; Playwright's own way of waiting for it is against the page's policy."""
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"jamais vrai : {condition}")


def converse(page: Any, url: str, *questions: str) -> None:
    """Opens the page and has each question answered; the tab has then kept the last answer."""
    open_page(page, url)
    for n, question in enumerate(questions, 1):
        ask(page, question)
        expect(answers(page)).to_have_count(n)
    until(page, f"{KEPT} !== null && JSON.parse({KEPT}).records.length === {len(questions)}")


def test_a_reload_shows_the_conversation_its_sources_and_its_buttons_again(
    page: Any, site: str, kept: RememberedFeedback, assistant: CannedAssistant
) -> None:
    open_page(page, site)
    page.get_by_label("CCT MirAI", exact=True).check()
    converse_from = ["Que demande *EXI-ARCH-12* ?", "La suite ?"]
    for n, question in enumerate(converse_from, 1):
        ask(page, question)
        expect(answers(page)).to_have_count(n)
    page.get_by_role("button", name="Utile", exact=True).last.click()
    page.get_by_role("dialog").get_by_role("button", name="Envoyer l'avis").click()
    expect(page.get_by_role("button", name="Modifier mon avis")).to_have_count(1)
    until(page, f"({KEPT} || '').includes('opinion')")
    before = len(assistant.asked)
    page.reload()
    expect(page.locator("#etat")).to_contain_text(RESTORED)
    expect(asked(page)).to_have_text(converse_from)
    expect(answers(page)).to_have_count(2)
    expect(answers(page).first).to_contain_text("une sonde de santé")
    expect(page.locator("#src-2-1 mark").first).to_contain_text("expose une adresse /health")
    expect(page.locator("#sources-precedentes details.earlier")).to_have_count(1)
    expect(page.get_by_role("button", name="Et pour CCT MirAI ?")).to_be_visible()
    expect(page.get_by_label("CCT MirAI", exact=True)).to_be_checked()
    expect(page.get_by_role("button", name="Copier avec les sources")).to_have_count(2)
    assert len(assistant.asked) == before, "a reload asks nothing again"
    answers(page).first.get_by_text("[2]").click()
    expect(page.locator("#src-2 summary")).to_be_focused()
    page.get_by_role("button", name="Pas utile").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Envoyer l'avis").click()
    expect(page.get_by_role("button", name="Modifier mon avis")).to_have_count(2)
    assert sorted(f.ballot.vote for f in kept.all()) == ["not_useful", "useful"]
    ask(page, "Encore ?")
    expect(answers(page)).to_have_count(3)
    assert [turn.question for turn in assistant.asked[-1].history] == converse_from


def test_a_question_from_a_link_is_filled_beside_the_conversation_and_not_sent(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    page.goto(f"{site}?q=Et+la+suite+%3F")
    expect(answers(page)).to_have_count(1)
    expect(field(page)).to_have_value("Et la suite ?")
    expect(asked(page)).to_have_text([QUESTION])


def test_a_new_conversation_leaves_nothing_behind(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(answers(page)).to_have_count(0)
    assert page.evaluate(KEPT) is None
    page.reload()
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_visible()
    expect(page.get_by_role("button", name=QUESTION)).to_be_visible()
    expect(asked(page)).to_have_count(0)


def test_two_tabs_have_two_conversations(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    other = page.context.new_page()
    converse(other, site, "Autre chose ?")
    page.reload()
    expect(asked(page)).to_have_text([QUESTION])
    other.reload()
    expect(asked(other)).to_have_text(["Autre chose ?"])


def test_what_one_person_left_is_not_shown_to_another(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    page.route("**/page/session", lambda route: route.fulfill(json={"owner": "une-autre-personne"}))
    page.reload()
    until(page, f"{KEPT} === null")
    expect(page.get_by_role("button", name="Raccourcis clavier")).to_be_visible()
    expect(asked(page)).to_have_count(0)


@pytest.mark.parametrize("spoiled", ["pas du json", '{"version": 99}', '{"version": 1, "chat": 3}'])
def test_what_cannot_be_read_is_passed_over(page: Any, site: str, spoiled: str) -> None:
    open_page(page, site)
    page.evaluate("text => sessionStorage.setItem('cct.conversation', text)", spoiled)
    open_page(page, site)
    ask(page, QUESTION)
    expect(answers(page)).to_have_count(1)


def test_a_conversation_too_old_is_not_shown(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    page.evaluate(
        "name => { const held = JSON.parse(sessionStorage.getItem(name)); held.at -= 8 * 24 * 3600 * 1000;"
        " sessionStorage.setItem(name, JSON.stringify(held)); }",
        "cct.conversation",
    )
    open_page(page, site)
    ask(page, "Autre chose ?")
    expect(asked(page)).to_have_text(["Autre chose ?"])


def test_hostile_text_stays_inert_when_it_comes_back(page: Any, site: str) -> None:
    converse(page, site, "piège <img src=x onerror='window.hacked=1'>")
    page.reload()
    expect(page.locator("#etat")).to_contain_text(RESTORED)
    expect(page.locator("#src-1")).to_contain_text("<script>window.hacked=1</script>")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#chat img, #sources img, #chat script, [href^=javascript]").count() == 0


def test_a_conversation_too_long_to_keep_is_said_and_goes_on(page: Any, site: str) -> None:
    open_page(page, site)
    page.evaluate(
        "() => { for (const size of [500_000, 500]) try { for (let n = 0; ; n += 1)"
        " sessionStorage.setItem(`autre ${size} ${n}`, 'é'.repeat(size)); } catch { /* full */ } }"
    )
    ask(page, QUESTION)
    expect(page.locator("#etat")).to_contain_text("trop longue pour être gardée")
    expect(answers(page)).to_have_count(1)
    ask(page, "La suite ?")
    expect(answers(page)).to_have_count(2)


def test_a_reload_while_the_server_restarts_in_mid_answer_loses_no_question(chromium: Any) -> None:
    model = StreamingAssistant()
    with a_page(chromium) as page:
        with Server(lambda: model) as first:
            converse_url, port = first.url, first.port
            open_page(page, converse_url)
            ask(page, QUESTION)
            expect(page.locator("#redaction")).to_be_visible()
            until(page, f"{KEPT} !== null")
            first.kill()
        model.go_on.set()
        with Server(lambda: model, port):
            open_page(page, converse_url)
            expect(asked(page)).to_have_text([QUESTION])
            expect(page.locator("#etat")).to_contain_text("« Réessayer » la redemande")
            page.get_by_role("button", name="Réessayer").click()
            expect(answers(page)).to_contain_text("Elle décrit l'état du composant")
            expect(asked(page)).to_have_text([QUESTION])
        with Server(lambda: model, port):  # another server, another process as far as the page knows
            page.reload()
            expect(answers(page)).to_contain_text("Elle décrit l'état du composant")
            ask(page, "Et après ?")
            expect(answers(page)).to_have_count(2)


def choose_settings(page: Any) -> None:
    """Another scope, the extracts, and an older revision, as a person chooses them."""
    page.get_by_label("CCT MirAI", exact=True).check()
    page.get_by_label("Extraite du texte", exact=True).check()
    page.get_by_label("Révision", exact=True).click()
    page.get_by_role("option", name="26/05/2024").click()
    until(page, f"({KEPT} || '').includes('4567cdef')")


def expect_settings(page: Any) -> None:
    expect(page.get_by_label("Révision", exact=True)).to_have_value(OLDER_LABEL)
    expect(page.get_by_label("CCT MirAI", exact=True)).to_be_checked()
    expect(page.get_by_label("Extraite du texte", exact=True)).to_be_checked()


def test_scope_mode_and_revision_come_back_after_a_reload_and_are_those_asked(
    page: Any, site: str, assistant: CannedAssistant
) -> None:
    converse(page, site, QUESTION)
    choose_settings(page)
    page.reload()
    expect(page.locator("#etat")).to_contain_text(RESTORED)
    expect_settings(page)
    ask(page, "Et la suite ?")
    expect(answers(page)).to_have_count(2)
    last = assistant.asked[-1]
    assert (last.sources, dict(last.revisions), last.extractive) == (("mirai",), {"pi": OLDER}, True)
    page.reload()
    expect(answers(page)).to_have_count(2)
    expect_settings(page)


def test_what_was_chosen_before_any_question_comes_back_too(page: Any, site: str) -> None:
    open_page(page, site)
    choose_settings(page)
    page.reload()
    expect_settings(page)
    expect(page.locator("#etat")).not_to_contain_text(RESTORED)
    expect(page.get_by_role("button", name=QUESTION)).to_be_visible()


def test_a_new_conversation_keeps_what_is_chosen_and_says_so_of_the_revision(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    choose_settings(page)
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator("#etat")).to_contain_text(f"La révision choisie reste {OLDER_LABEL}")
    expect(answers(page)).to_have_count(0)
    expect_settings(page)
    until(page, f"JSON.parse({KEPT} || '{{}}').chat?.length === 0")
    assert QUESTION not in page.evaluate(KEPT)
    page.reload()
    expect_settings(page)
    expect(asked(page)).to_have_count(0)


def test_a_choice_made_while_the_page_still_opens_loses_neither_it_nor_the_conversation(page: Any, site: str) -> None:
    converse(page, site, QUESTION)
    held: list[Any] = []
    let_go = threading.Event()
    page.route("**/page/session", lambda route: route.continue_() if let_go.is_set() else held.append(route))
    page.goto(site)
    page.get_by_label("CCT MirAI", exact=True).check()
    page.wait_for_timeout(300)
    let_go.set()
    for route in held:
        route.continue_()
    expect(page.locator("#etat")).to_contain_text(RESTORED)
    expect(page.get_by_label("CCT MirAI", exact=True)).to_be_checked()
    page.reload()
    expect(asked(page)).to_have_text([QUESTION])
    expect(page.get_by_label("CCT MirAI", exact=True)).to_be_checked()


def test_after_a_restart_a_revision_that_is_gone_gives_way_to_those_in_service(chromium: Any) -> None:
    assistant = CannedAssistant()
    with a_page(chromium) as page:
        with Server(lambda: assistant) as first:
            url, port = first.url, first.port
            converse(page, url, QUESTION)
            choose_settings(page)
        with Server(lambda: assistant, port):
            page.reload()
            expect(page.locator("#etat")).to_contain_text(RESTORED)
            expect_settings(page)
        pruned = PrunedAssistant()
        with Server(lambda: pruned, port):
            page.reload()
            expect(page.locator("#etat")).to_contain_text("n'est plus dans l'index")
            expect(asked(page)).to_have_text([QUESTION])
            expect(page.get_by_label("CCT MirAI", exact=True)).to_be_checked()
            expect(page.get_by_label("Révision", exact=True)).to_have_value("En service")
            ask(page, "Et la suite ?")
            expect(answers(page)).to_have_count(2)
            assert dict(pruned.asked[-1].revisions) == {}
            page.reload()
            expect(page.locator("#etat")).to_contain_text(RESTORED)
            expect(page.locator("#etat")).not_to_contain_text("n'est plus dans l'index")


def test_the_page_on_personal_data_says_what_the_browser_keeps_and_for_how_long() -> None:
    template = Path(__file__).parents[2] / "ui/pages/templates/donnees_personnelles.html"
    told = " ".join(template.read_text(encoding="utf-8").split())
    script = (template.parents[2] / "chat/static/keeping.js").read_text(encoding="utf-8")
    assert "sept jours" in told and "const KEPT_FOR = 7 * 24 * 3600 * 1000" in script
    assert "fermeture de l'onglet" in told and "sessionStorage" in script and "localStorage" not in script
