"""Saying whether an answer was useful, from the page to the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.feedback.remembered_feedback import RememberedFeedback
from tests.ui.canned_assistant import CannedAssistant
from tests.ui.chat_browser import (
    Server,
    a_chromium,
    a_page,
    answers,
    ask,
    browser_marks,
    expect,
    open_page,
    violations,
)
from ui.errors import StorageUnreachable
from ui.feedback.desk import FeedbackDesk
from ui.storage.secret import Secret

pytestmark = browser_marks
PAYLOAD = "<img src=x onerror='window.hacked=1'>"


class Store:
    """The store of the desk, which may go away."""

    def __init__(self) -> None:
        self.kept = RememberedFeedback()
        self.away = False

    def __call__(self) -> RememberedFeedback:
        if self.away:
            raise StorageUnreachable("La base des avis ne répond pas.", "Réessayez plus tard.")
        return self.kept


@pytest.fixture(scope="module")
def store() -> Store:
    return Store()


@pytest.fixture(scope="module")
def site(store: Store) -> Iterator[str]:
    assistant = CannedAssistant()
    with Server(lambda: assistant, feedback=FeedbackDesk(store, Secret("un secret d'essai assez long"))) as server:
        yield server.url


@pytest.fixture
def page(site: str, store: Store) -> Iterator[Any]:
    store.kept, store.away = RememberedFeedback(), False
    with a_chromium() as browser, a_page(browser, bypass_csp=True) as opened:
        open_page(opened, site)
        ask(opened, "Que demande EXI-ARCH-12 ?")
        expect(opened.get_by_role("button", name="Utile", exact=True)).to_be_visible()
        yield opened


def test_an_answer_is_judged_with_reasons_and_the_judgement_changed(page: Any, store: Store) -> None:
    page.get_by_role("button", name="Pas utile").click()
    dialog = page.get_by_role("dialog", name="Votre avis sur cette réponse")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("La réponse est incomplète").check()
    dialog.get_by_label("Précisions").fill(PAYLOAD)
    dialog.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("#etat")).to_contain_text("Avis enregistré")
    expect(page.get_by_role("button", name="Pas utile")).to_have_attribute("aria-pressed", "true")
    (given,) = store.kept.all()
    assert (given.ballot.vote, given.ballot.reasons, given.ballot.comment) == ("not_useful", ("incomplete",), PAYLOAD)
    assert (given.answer.question, given.answer.channel) == ("Que demande EXI-ARCH-12 ?", "web")
    page.get_by_role("button", name="Modifier mon avis").click()
    expect(dialog.get_by_label("Précisions")).to_have_value(PAYLOAD)
    expect(dialog.get_by_label("La réponse est incomplète")).to_be_checked()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Utile", exact=True).click()
    dialog.get_by_label("15 min").check()
    dialog.get_by_role("button", name="Envoyer l'avis").click()
    expect(dialog).to_have_count(0)
    (changed,) = store.kept.all()
    assert (changed.ballot.vote, changed.ballot.minutes_saved) == ("useful", 15)
    assert page.evaluate("window.hacked") is None


def test_a_judgement_that_cannot_be_kept_stays_on_the_screen(page: Any, store: Store) -> None:
    store.away = True
    page.get_by_role("button", name="Pas utile").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Précisions").fill("Un avis long à écrire.")
    dialog.get_by_role("button", name="Envoyer l'avis").click()
    expect(dialog).to_contain_text("n'a pas pu être enregistré")
    expect(dialog.get_by_label("Précisions")).to_have_value("Un avis long à écrire.")
    store.away = False
    dialog.get_by_role("button", name="Envoyer l'avis").click()
    expect(dialog).to_have_count(0)
    assert [f.ballot.comment for f in store.kept.all()] == ["Un avis long à écrire."]


def test_an_error_is_not_judged(page: Any) -> None:
    ask(page, "panne")
    expect(answers(page)).to_have_count(2)
    expect(page.get_by_role("button", name="Copier avec les sources")).to_have_count(2)
    expect(page.get_by_role("button", name="Pas utile")).to_have_count(1)
