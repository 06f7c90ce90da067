"""What a reader sees of an answer, whatever the document holds."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from assistant.answer import Answer, Citation, Question
from ingest.errors import IndexMissing
from tests.ui.canned_assistant import GREEN, HEALTH, XSS, CannedAssistant, place
from ui import wording
from ui.answer_markdown import (
    answer_markdown,
    literal,
    place_words,
    sources_list_markdown,
    warnings_markdown,
)
from ui.source_panel import sources_markdown

ASSISTANT = CannedAssistant()
TITLES = ASSISTANT.source_titles()


def panel(*citations: Citation, text: str | None = None) -> str:
    """The sources panel of an answer with these citations."""
    answer = Answer("q", "answered", "t", citations=citations)
    return sources_markdown(answer, lambda p: ASSISTANT.passage_text(p) if text is None else text, TITLES)


def visible(markup: str) -> str:
    """The words that a browser displays."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup.replace("<br>", "\n")))


def test_markers_link_to_their_source() -> None:
    body = answer_markdown(ASSISTANT.answer(Question("x")))
    assert '[[1]](#src-1 "Voir la source 1")' in body
    assert '[[2]](#src-2 "Voir la source 2")' in body


def test_markers_stay_plain_for_channels_without_a_panel() -> None:
    body = answer_markdown(ASSISTANT.answer(Question("x")), anchor=None)
    assert " [1]" in body
    assert "#src" not in body


def test_an_address_between_angle_brackets_does_not_take_the_last_one_with_it() -> None:
    body = answer_markdown(Answer("q", "answered", "> Cf. <https://exemple.fr/images/> ou 3 > 2"))
    assert body == "> Cf. &lt;https://exemple.fr/images/&gt; ou 3 > 2"


def test_a_marker_without_citation_is_not_a_link() -> None:
    body = answer_markdown(Answer("q", "answered", "Selon [7] et [1].", citations=(HEALTH,)))
    assert body.startswith("Selon [7] et [[1]](#src-1")


def test_each_conversation_turn_can_have_its_own_anchors() -> None:
    answer = ASSISTANT.answer(Question("x"))
    assert "(#src-3-1 " in answer_markdown(answer, "src-3")
    assert '<details id="src-3-1"' in sources_markdown(answer, ASSISTANT.passage_text, TITLES, "src-3")


@pytest.mark.parametrize(
    ("status", "label"),
    [("abstained", "Pas de réponse"), ("clarify", "À préciser"), ("refused", "Hors du champ"), ("error", "problème")],
)
def test_an_answer_that_is_none_says_so_first(status: str, label: str) -> None:
    body = answer_markdown(Answer("q", status, "texte"))  # type: ignore[arg-type]  # the four literals above
    assert label in body.splitlines()[0]
    assert body.endswith("texte")


def test_an_error_without_text_shows_its_message() -> None:
    assert "ne répond pas" in answer_markdown(ASSISTANT.answer(Question("erreur")))


def test_the_searched_question_and_the_missing_model_are_told() -> None:
    answer = Answer("q", "answered", "t", searched="Et *EXI* ?", degraded="délai dépassé")
    body = html.unescape(answer_markdown(answer))
    assert "« Et *EXI* ? »" in body
    assert "délai dépassé" in body


def test_html_images_and_other_links_of_the_text_are_inert() -> None:
    body = answer_markdown(ASSISTANT.answer(Question("piège")))
    assert "<" not in body
    assert "![" not in body
    assert "](javascript" not in body
    assert "](./" not in answer_markdown(Answer("q", "answered", "[guide](./guide.md)"))
    assert "](https://exemple.fr)" in answer_markdown(Answer("q", "answered", "[site](https://exemple.fr)"))


@pytest.mark.parametrize(
    "text",
    [XSS, "*a* _b_ `c` [d](e) # f", "- un\n- deux", "1. un", "=== ---", "|a|b|", "a & b &amp; c", "https://x.fr"],
)
def test_literal_text_survives_a_round_trip_and_holds_no_markup(text: str) -> None:
    shown = literal(text)
    assert html.unescape(shown) == text
    assert not re.search(r"[<>*_`\[\]|]|^- |^\d\. |://", shown)


def test_a_source_shows_number_document_identifier_level_lines_and_revision() -> None:
    words = visible(panel(HEALTH))
    for expected in ("1 EXI-ARCH-12 CCT Cloud Pi Native P — primordiale", "cct-exigences.md · ligne 50"):
        assert expected in words
    assert "révision 0123abc" in words
    assert "Lire dans le dépôt (nouvelle fenêtre)" in words


def test_a_title_does_not_repeat_the_identifier() -> None:
    shown = visible(panel(replace(HEALTH, title="EXI-ARCH-12 — Observabilité")))
    assert shown.count("EXI-ARCH-12") == 2  # the head, and the passage itself
    assert "Observabilité" in shown


def test_quoted_words_are_marked_inside_the_whole_passage() -> None:
    shown = panel(HEALTH)
    assert "<mark>Chaque composant expose une adresse /health qui décrit son état.</mark>" in shown
    assert "<mark>la sonde ne demande <strong>aucune</strong> authentification.</mark>" in shown
    assert "Les mesures sont publiées sur /metrics." in shown


def test_a_quotation_is_found_through_typography_and_line_breaks() -> None:
    citation = replace(GREEN, quote="l'accès « public » est  fermé")
    shown = panel(citation, text="Avant. L’accès\nl’accès “public”\nest fermé ; après.")
    assert "<mark>l’accès “public”<br>est fermé</mark> ; après." in shown


def test_a_quotation_that_the_passage_does_not_show_stands_above_it() -> None:
    shown = panel(replace(GREEN, quote="autre chose"), text="Le passage.")
    assert "<mark>autre chose</mark><br>Le passage." in shown


def test_a_passage_that_cannot_be_read_leaves_the_quotation() -> None:
    def missing(_place: object) -> str:
        raise IndexMissing("Aucun index.")

    answer = Answer("q", "answered", "t", citations=(GREEN,))
    assert f"<mark>{literal(GREEN.quote)}</mark></blockquote>" in sources_markdown(answer, missing, TITLES)


def test_document_text_is_escaped_everywhere() -> None:
    citation = replace(GREEN, title=XSS, quote=XSS, place=replace(place("mirai"), document=XSS, id=XSS), also=())
    shown = panel(citation, text=f"{XSS} *x*")
    assert "<img" not in shown
    assert "<script" not in shown
    assert "*x*" not in shown
    assert "\n\n" not in shown, "a blank line would end the HTML block, and Markdown would begin"


def test_only_web_addresses_become_links() -> None:
    citation = replace(GREEN, place=replace(GREEN.place, url="javascript:alert(1)"))
    assert "href" not in panel(citation)
    assert '"><script>' not in panel(replace(GREEN, place=replace(GREEN.place, url='https://x/"><script>')))


def test_an_unverified_quotation_and_the_other_places_are_told() -> None:
    assert "non vérifiée" in visible(panel(GREEN))
    assert "non vérifiée" not in visible(panel(HEALTH))
    assert "Même texte aussi dans :CCT MirAI, EXI-ARCH-9, exigences-cct-mirai.md, ligne 39" in visible(panel(HEALTH))


def test_the_demonstration_edition_has_no_revision_and_no_link() -> None:
    words = visible(panel(replace(HEALTH, place=place(commit=None), also=())))
    assert "édition de démonstration" in words
    assert "Lire dans le dépôt" not in words


def test_a_second_occurrence_and_a_range_of_lines_are_told() -> None:
    second = replace(place(), occurrence=2, line_end=53)
    assert "2e occurrence" in visible(panel(replace(HEALTH, place=second)))
    assert place_words(second, TITLES).endswith("lignes 50 à 53")


def test_warnings_are_quoted_lines_and_some_can_be_left_to_a_banner() -> None:
    answer = ASSISTANT.answer(Question("x"))
    assert warnings_markdown(answer).startswith("> ⚠ Les deux documents")
    assert warnings_markdown(answer, hidden={"cross_source_conflict"}) == ""


def test_the_plain_list_names_each_source_once() -> None:
    lines = sources_list_markdown(ASSISTANT.answer(Question("x")), TITLES).splitlines()
    assert lines[0].startswith(
        "- [1] CCT Cloud Pi Native, EXI-ARCH-12, cct-exigences.md, ligne 50 (primordiale) : https:"
    )
    assert "(non vérifiée)" in lines[1]


def test_an_answer_without_citation_has_a_panel_that_says_so() -> None:
    assert panel() == "Cette réponse ne cite aucun passage."


def test_the_nearest_passage_is_shown_whole_as_no_answer() -> None:
    answer = Answer("q", "abstained", "Je n'ai pas trouvé de réponse.", nearest=GREEN.place)
    shown = sources_markdown(answer, ASSISTANT.passage_text, TITLES)
    assert wording.NEAREST_PASSAGE in shown
    assert " ".join(ASSISTANT.passage_text(GREEN.place).split()) in " ".join(visible(shown).split())
    assert "<mark>" not in shown and "source-number" not in shown
    assert sources_markdown(answer, lambda _: "", TITLES) == wording.NO_SOURCES
