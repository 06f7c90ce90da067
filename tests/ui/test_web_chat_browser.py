"""The web page as a person meets it, in a real Chromium, over a real server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import yaml

from assistant.answer import Answer, Question
from tests.ui.canned_assistant import CannedAssistant, NoAssistant
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

pytestmark = browser_marks


@pytest.fixture(scope="module")
def official() -> CannedAssistant:
    return CannedAssistant()


@pytest.fixture(scope="module")
def site(official: CannedAssistant) -> Iterator[str]:
    with Server(lambda: official) as server:
        yield server.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with a_page(chromium) as opened:
        yield opened


def test_a_question_is_answered_with_its_sources(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    expect(page.locator("#etat")).to_contain_text("Réponse complète : 2 sources citées.")
    expect(answers(page)).to_contain_text("une sonde de santé")
    expect(answers(page)).to_contain_text("Les deux documents portent EXI-G-4")
    expect(page.locator("#src-1")).to_contain_text("P — primordiale")
    expect(page.locator("#src-1 mark").first).to_contain_text("expose une adresse /health")
    expect(page.locator("#src-2")).to_contain_text("non vérifiée")
    link = page.locator("#src-1 a").first
    expect(link).to_have_attribute("target", "_blank")
    expect(field(page)).to_have_value("")


def test_a_citation_is_reached_without_losing_the_conversation(page: Any, site: str) -> None:
    open_page(page, f"{site}?q=Que+demande+EXI-ARCH-12+%3F")
    expect(field(page)).to_have_value("Que demande EXI-ARCH-12 ?")
    expect(answers(page)).to_have_count(0)
    page.get_by_role("button", name="Envoyer").click()
    answers(page).get_by_text("[2]").click()
    expect(page.locator("#src-2 summary")).to_be_focused()
    expect(answers(page)).to_have_count(1)
    expect(page).to_have_url(f"{site}?q=Que+demande+EXI-ARCH-12+%3F")


def test_a_follow_up_keeps_the_earlier_question_and_its_sources(
    page: Any, site: str, official: CannedAssistant
) -> None:
    open_page(page, site)
    ask(page, "Que demande *EXI-ARCH-12* ?")
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="Et pour CCT MirAI ?").click()
    expect(answers(page)).to_have_count(2)
    last = official.asked[-1]
    assert [(t.question, t.cited) for t in last.history] == [
        ("Que demande *EXI-ARCH-12* ?", ("pi:EXI-ARCH-12", "mirai:EXI-G-4"))
    ]
    answers(page).first.get_by_text("[1]").click()
    expect(page.locator("#src-1 summary")).to_be_focused()
    expect(page.locator("#src-2-1")).to_contain_text("EXI-ARCH-12")


def test_the_scope_chosen_is_the_scope_searched(page: Any, site: str, official: CannedAssistant) -> None:
    open_page(page, site)
    page.get_by_label("CCT MirAI", exact=True).check()
    ask(page, "Une question")
    expect(answers(page)).to_have_count(1)
    assert official.asked[-1].sources == ("mirai",)


def test_a_new_conversation_forgets_everything(page: Any, site: str, official: CannedAssistant) -> None:
    open_page(page, site)
    page.get_by_role("button", name="Qu'est-ce qu'une sonde de santé ?").click()
    expect(page.locator("#src-1")).to_be_visible()
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(answers(page)).to_have_count(0)
    expect(page.locator("#src-1")).to_have_count(0)
    ask(page, "Une question")
    expect(answers(page)).to_have_count(1)
    assert official.asked[-1].history == ()


def test_nothing_is_asked_outside_the_server(page: Any, site: str) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    open_page(page, site)
    ask(page, "piège")
    expect(page.locator("#src-1")).to_be_visible()
    assert [url for url in requested if not url.startswith((site, "data:", "blob:"))] == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.context.cookies() == []


def test_the_page_is_french_for_an_english_browser(page: Any, site: str) -> None:
    open_page(page, site)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    ask(page, "Une question")
    expect(page.get_by_role("button", name="Copier avec les sources")).to_be_visible()
    expect(answers(page)).to_have_attribute("aria-label", "Réponse de l'assistant")
    expect(page.get_by_role("log")).to_have_attribute("aria-label", "Conversation")
    expect(page.locator("#avis-ia")).to_contain_text("Vous échangez avec une intelligence artificielle.")


def test_what_a_document_or_a_person_writes_is_never_run(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "piège <img src=x onerror='window.hacked=1'> **gras**")
    expect(page.locator("#src-1")).to_contain_text("<script>window.hacked=1</script>")
    expect(answers(page)).to_contain_text("<img src=x onerror=")
    expect(asked(page)).to_contain_text("<img src=x onerror='window.hacked=1'> **gras**")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#chat img, #sources img, #chat script, [href^=javascript]").count() == 0


@pytest.mark.parametrize("question", ["Que demande EXI-ARCH-12 ?", "piège", "x" * 3000])
def test_a_phone_never_scrolls_sideways(page: Any, site: str, question: str) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    open_page(page, site)
    ask(page, question)
    expect(page.locator("#src-1")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    sources, chat = page.locator("#sources").bounding_box(), page.locator("#chat").bounding_box()
    assert sources["y"] > chat["y"] + chat["height"]


def test_an_empty_question_is_told_kindly(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "   ")
    expect(page.locator("#etat")).to_contain_text("Écrivez d'abord une question")
    expect(answers(page)).to_have_count(0)


def test_a_very_long_question_is_asked_whole_and_shown_in_part(
    page: Any, site: str, official: CannedAssistant
) -> None:
    open_page(page, site)
    ask(page, "longue question " * 3200)
    expect(asked(page)).to_contain_text("question de 51200 caractères")
    expect(answers(page)).to_have_count(1)
    assert len(official.asked[-1].text) == 51_200


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Combien de girafes ?", "Pas de réponse trouvée"),
        ("erreur", "Le modèle de langage ne répond pas."),
        ("un index ?", "Lancez : cct sync, puis cct ingest."),
        ("panne", "incident n°"),
    ],
)
def test_what_is_no_answer_is_told_kindly(page: Any, site: str, question: str, words: str) -> None:
    open_page(page, site)
    ask(page, question)
    expect(answers(page)).to_contain_text(words)
    expect(page.locator("#sources")).to_contain_text("ne cite aucun passage")
    expect(page.locator("body")).not_to_contain_text("Traceback")
    expect(page.locator("body")).not_to_contain_text("secret")


def test_a_question_sent_while_the_server_is_away_is_answered_on_its_return(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Une question")
    expect(answers(page)).to_have_count(1)
    away = {"now": True}
    page.route("**/gradio_api/run/**", lambda route: route.abort() if away["now"] else route.continue_())
    ask(page, "Une autre")
    expect(page.locator("#etat")).to_contain_text("Le serveur ne répond pas")
    away["now"] = False
    expect(answers(page)).to_have_count(2, timeout=60_000)


def test_the_demonstration_edition_is_announced_at_the_top(page: Any, site: str) -> None:
    open_page(page, site)
    expect(page.locator("#bandeau")).to_have_count(0)
    expect(page.locator("#revisions")).to_contain_text("révision 0123abc du 27/02/2026")
    with Server(lambda: CannedAssistant(official=False)) as demonstration:
        open_page(page, demonstration.url)
        expect(page.locator("#bandeau")).to_contain_text("Édition de démonstration.")
        expect(page.locator("#revisions")).to_contain_text("édition de démonstration du 27/02/2026")
        assert page.locator("#bandeau").bounding_box()["y"] < 40


def test_on_a_laptop_the_answer_has_more_room_than_what_can_be_asked_next(page: Any, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    expect(answers(page)).to_have_count(1)
    last = page.get_by_role("button", name="Que dit EXI-ARCH-13 dans CCT Cloud Pi Native ?")
    expect(last).to_be_attached()
    assert page.locator("#suggestions").bounding_box()["height"] < 50
    assert page.locator("#chat").bounding_box()["height"] > 250
    last.focus()
    expect(last).to_be_in_viewport(ratio=0.8)  # the row's own scroll bar may cover the rest of it
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_an_address_that_a_document_writes_between_angle_brackets_is_a_link_to_it(page: Any) -> None:
    class Addressed(CannedAssistant):
        def answer(self, question: Question) -> Answer:
            return replace(super().answer(question), text="« Cf. <https://exemple.fr/images/> et la suite » [1]")

    with Server(Addressed) as server:
        open_page(page, server.url)
        ask(page, "Où lire la suite ?")
        link = answers(page).get_by_role("link", name="https://exemple.fr/images/", exact=True)
        expect(link).to_have_attribute("href", "https://exemple.fr/images/")
        expect(answers(page)).to_contain_text("Cf. <https://exemple.fr/images/> et la suite")


def test_a_page_without_index_tells_what_to_do(page: Any) -> None:
    with Server(NoAssistant()) as unready:
        page.goto(unready.url)
        expect(page.locator("#bandeau")).to_contain_text("Lancez : cct sync, puis cct ingest.")
        ask(page, "Une question")
        expect(answers(page)).to_contain_text("Aucun index n'est prêt.")


def test_nobody_can_leave_a_file_on_the_server(site: str) -> None:
    response = httpx.post(f"{site}gradio_api/upload", files={"files": ("x.txt", b"x")}, timeout=60)
    assert response.status_code == 404
    assert httpx.get(site, timeout=60).headers["content-security-policy"].startswith("default-src 'self'")


def test_an_address_that_leads_nowhere_is_told_with_a_page_of_ours(site: str) -> None:
    missing = httpx.get(f"{site}nulle-part", headers={"accept": "text/html"})
    assert missing.status_code == 404
    assert "<h1>" in missing.text and 'lang="fr"' in missing.text and "/exigences" not in missing.text
    program = httpx.get(f"{site}nulle-part", headers={"accept": "application/json"})
    assert (program.status_code, program.headers["content-type"]) == (404, "application/json")
    assert httpx.get(site, headers={"accept": "text/html"}).status_code == 200


def test_a_source_says_what_stands_around_it(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    card = page.locator("#src-1")
    expect(card.get_by_role("link", name="Page de l'exigence")).to_have_attribute("href", "/exigences/pi/EXI-ARCH-12")
    expect(card.get_by_role("link", name="Page de l'exigence")).to_have_attribute("target", "_blank")
    expect(card).to_contain_text("Avant : EXI-ARCH-11 · Après : EXI-ARCH-13 · Son histoire")
    expect(page.locator("#src-2")).to_contain_text("désigne un autre texte dans CCT Cloud Pi Native")
    card.get_by_role("link", name="EXI-ARCH-13").click()
    expect(answers(page)).to_have_count(2)
    expect(asked(page).last).to_have_text("Que dit EXI-ARCH-13 dans CCT Cloud Pi Native ?")


def test_a_neighbour_asked_from_a_card_gives_back_what_was_being_written(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    expect(answers(page)).to_have_count(1)
    field(page).fill("Un brouillon")
    page.locator("#src-1").get_by_role("link", name="Son histoire").click()
    expect(asked(page).last).to_have_text("Comment EXI-ARCH-12 a-t-elle évolué dans CCT Cloud Pi Native ?")
    expect(field(page)).to_have_value("Un brouillon")


def test_a_marker_leads_to_the_sources_of_its_own_answer(page: Any, site: str) -> None:
    open_page(page, f"{site}?q=x")
    for n, question in enumerate(["Que demande EXI-ARCH-12 ?", "Et encore ?", "Et enfin ?"], 1):
        ask(page, question)
        expect(answers(page)).to_have_count(n)
    answers(page).nth(1).get_by_text("[2]").click()
    expect(page.locator("#src-2-2 summary")).to_be_focused()
    expect(page.locator("#src-2-2")).to_have_class("source shown")
    answers(page).nth(2).get_by_text("[1]").click()
    expect(page.locator("#src-3-1 summary")).to_be_focused()
    expect(answers(page)).to_have_count(3)


def test_a_reference_and_an_answer_are_copied_with_where_they_come_from(chromium: Any, site: str) -> None:
    with a_page(chromium, permissions=["clipboard-read", "clipboard-write"]) as page:
        open_page(page, site)
        ask(page, "Que demande EXI-ARCH-12 ?")
        page.locator("#src-1").get_by_role("button", name="Copier la référence").click()
        expect(page.locator("#etat")).to_contain_text("Référence copiée.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(
            "CCT Cloud Pi Native, EXI-ARCH-12, cct-exigences.md, ligne 50, P (primordiale), révision"
        )
        assert copied.endswith("#L50")
        page.get_by_role("button", name="Copier avec les sources").click()
        expect(page.locator("#etat")).to_contain_text("Réponse copiée, avec ses sources.")
        answer = page.evaluate("navigator.clipboard.readText()")
        assert "## Sources" in answer
        assert "> Chaque composant expose une adresse /health" in answer
        assert "À vérifier" in answer


def test_an_answer_is_saved_as_a_file_that_says_what_made_it(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande « EXI-ARCH-12 » ?")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Télécharger en Markdown").click()
    assert waiting.value.suggested_filename == "que-demande-exi-arch-12.md"
    text = waiting.value.path().read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    front = yaml.safe_load(head)
    assert (front["question"], front["genere_par_ia"]) == ("Que demande « EXI-ARCH-12 » ?", True)
    assert [s["n"] for s in front["sources"]] == [1, 2]
    assert front["revisions"][1]["source"] == "pi"
    assert body.lstrip().startswith("# Que demande")


def test_the_last_question_is_asked_again_or_rewritten_in_its_place(
    page: Any, site: str, official: CannedAssistant
) -> None:
    open_page(page, site)
    expect(page.get_by_role("button", name="Réessayer")).to_be_hidden()
    ask(page, "Première ?")
    expect(answers(page)).to_have_count(1)
    ask(page, "Seconde ?")
    expect(answers(page)).to_have_count(2)
    page.get_by_label("CCT MirAI", exact=True).check()
    before = len(official.asked)
    page.get_by_role("button", name="Réessayer").click()
    for _ in range(600):  # what the page shows was there before: the server knows that it was asked again
        if len(official.asked) > before:
            break
        page.wait_for_timeout(100)
    expect(page.get_by_role("button", name="Copier avec les sources")).to_have_count(2)
    expect(page.locator("#etat")).to_contain_text("Réponse complète")
    assert [q.text for q in official.asked[before:]] == ["Seconde ?"]
    assert official.asked[-1].sources == ("mirai",)
    assert [turn.question for turn in official.asked[-1].history] == ["Première ?"]
    page.get_by_role("button", name="Modifier la question").click()
    expect(field(page)).to_have_value("Seconde ?")
    expect(page.locator("#etat")).to_contain_text("Vous modifiez la dernière question")
    ask(page, "Seconde, mieux dite ?")
    expect(asked(page)).to_have_text(["Première ?", "Seconde, mieux dite ?"])
    expect(answers(page)).to_have_count(2)
    expect(page.locator("#sources-precedentes details.earlier")).to_have_count(1)
    expect(page.locator("#src-2-1")).to_have_count(1)


def test_a_rewriting_can_be_given_up(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Première ?")
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="Modifier la question").click()
    expect(page.get_by_role("button", name="Ne plus modifier")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#etat")).to_contain_text("La question reste comme elle était.")
    expect(field(page)).to_have_value("")
    ask(page, "Seconde ?")
    expect(asked(page)).to_have_text(["Première ?", "Seconde ?"])


def test_questions_to_ask_next_are_offered_and_asked(page: Any, site: str) -> None:
    open_page(page, site)
    ask(page, "Que demande EXI-ARCH-12 ?")
    for question in ["Et pour CCT MirAI ?", "Comment EXI-ARCH-12 a-t-elle évolué dans CCT Cloud Pi Native ?"]:
        expect(page.get_by_role("button", name=question)).to_be_visible()
    page.get_by_role("button", name="Que dit EXI-ARCH-13 ?", exact=True).click()
    expect(asked(page)).to_have_text(["Que demande EXI-ARCH-12 ?", "Que dit EXI-ARCH-13 ?"])


def test_a_refusal_of_the_server_is_told_and_the_question_kept(page: Any, site: str) -> None:
    open_page(page, site)
    told = {"title": "Trop de requêtes", "detail": "Attendez une minute."}
    page.route("**/run/reply", lambda route: route.fulfill(status=429, json=told))
    ask(page, "Une question ?")
    expect(page.locator("#etat")).to_contain_text("Attendez une minute.")
    page.unroute("**/run/reply")
    page.get_by_role("button", name="Réessayer").click()
    expect(answers(page)).to_have_count(1)
    expect(asked(page)).to_have_text(["Une question ?"])
