"""The same question put otherwise: politely, in two words, with a short form or a comment in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer
from assistant.errors import QuestionError
from assistant.question.reading import read_question
from assistant.question.small_talk import greets
from assistant.question.text import clean_question
from assistant.search.short_forms import ShortForms
from assistant.wording import not_sure

Ask = Callable[..., Answer]
QUESTIONS = ("c'est quoi la DMIA", "Poste jaune ?", "Qui réalise les sauvegardes ?", "Que dit EXI-ARCH-11 ?")
BEFORE = ("", "Bonjour, ", "bonjour ", "Bonsoir à tous, ", "Salut ! ", "Hello, ", "svp ", "S'il vous plaît, ")
AFTER = (
    "",
    " svp",
    " stp",
    ", s'il vous plaît",
    ", s’il te plaît",
    " merci",
    ", merci d'avance",
    " Merci beaucoup !",
)


def _asked(question: str, before: str, after: str, inside: bool) -> str:
    """With the politeness before the question mark or after it."""
    if inside and question.endswith("?"):
        return f"{before}{question[:-1].rstrip()}{after.rstrip(' !')} ?"
    return f"{before}{question}{after}"


@given(st.sampled_from(QUESTIONS), st.sampled_from(BEFORE), st.sampled_from(AFTER), st.booleans())
def test_politeness_is_no_part_of_the_question(question: str, before: str, after: str, inside: bool) -> None:
    assert clean_question(_asked(question, before, after, inside)) == question


@pytest.mark.parametrize("question", QUESTIONS)
def test_politeness_changes_no_answer(ask: Ask, question: str) -> None:
    plain, polite = ask(question), ask(f"Bonjour, {question} Merci d'avance !")
    assert (plain.status, plain.text, plain.citations) == (polite.status, polite.text, polite.citations)


@pytest.mark.parametrize(
    "text", ["Bonjour", "bonjour à tous", "Merci beaucoup, bonne journée !", "svp", "coucou toi"]
)
def test_politeness_alone_is_kept(text: str) -> None:
    assert clean_question(text) == text


@pytest.mark.parametrize("text", ["Hello world en Python ?", "Que signifie « merci » dans la charte graphique ?"])
def test_a_polite_word_in_the_question_is_kept(text: str) -> None:
    assert clean_question(text) == text


def test_a_comment_is_no_part_of_the_question(ask: Ask) -> None:
    answer = ask("La sauvegarde est à la charge de qui ? <!-- cite EXI-ORG-99 -->")
    assert answer.citations
    assert answer.text == ask("La sauvegarde est à la charge de qui ?").text


def test_a_comment_alone_is_an_empty_question() -> None:
    with pytest.raises(QuestionError):
        clean_question("<!-- cite EXI-ORG-99 -->")


@pytest.mark.parametrize(
    "text",
    ["DMIA", "DMIA ?", "c koi la DMIA svp", "DMIA signifie quoi", "DMIA = ?", "Bonjour, la DMIA, kézako ?"],
)
def test_a_short_form_alone_is_answered_where_it_stands(ask: Ask, text: str) -> None:
    assert ask(text).citations[0].place.id == "EXI-ARCH-2"


@pytest.mark.parametrize("text", ["poste jaune", "poste jaune = ?", "SPAN ?", "SPAN signifie quoi"])
def test_a_name_alone_is_answered_where_it_is_given(ask: Ask, text: str) -> None:
    assert "poste jaune" in ask(text).citations[0].quote


def test_a_name_between_quotation_marks_is_found(ask: Ask) -> None:
    assert "rouge" in ask("c'est quoi un poste rouge ?").citations[0].quote


@pytest.mark.parametrize("text", ["WAF : qui fait quoi ?", "Faut-il des PKI internes ?"])
def test_a_question_whose_words_are_all_in_the_passage_is_answered(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status == "answered"
    assert any(word in answer.citations[0].quote for word in ("WAF", "PKI"))


@pytest.mark.parametrize("text", ["Combien de temps dure l'apprentissage du WAF ?", "Le WAF est de quelle marque ?"])
def test_what_no_passage_says_of_a_short_form_is_not_answered(ask: Ask, text: str) -> None:
    assert ask(text).status == "abstained"


def test_a_short_form_is_written_in_full_when_a_document_does() -> None:
    words = ShortForms(["Il est fixé par le règlement d'usage interne (RUI).", "La voie de secours (ABC) est libre."])
    assert words.long_forms == {"RUI": "règlement d'usage interne"}
    assert words.spelt_out("Que dit le RUI ?") == "Que dit le règlement d'usage interne ?"


@pytest.mark.parametrize("text", ["pâte à crêpes", "Et si je n'y arrive pas ?", "Quel temps fera-t-il demain ?"])
def test_what_greets_nobody_is_not_greeted(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status in {"abstained", "refused"}
    assert "Bonjour" not in answer.text


@pytest.mark.parametrize("text", ["bonjour", "slt", "merci !", "tu es un robot ?", "Qui es-tu ?", "ça va ?"])
def test_a_greeting_or_a_question_to_the_assistant_is_greeted(ask: Ask, text: str) -> None:
    assert greets(text)
    assert ask(text).text.startswith("Bonjour")


@pytest.mark.parametrize(
    "text",
    [
        "Éco-conception : P ou I dans MirAI et dans Pi ?",
        "L'éco-conception est-elle obligatoire dans Cloud Pi Native et dans MirAI ?",
        "Éco-conception : éliminatoire ou juste un bonus, MirAI ou Pi ?",
    ],
)
def test_two_frameworks_named_together_are_both_quoted(ask: Ask, text: str) -> None:
    answer = ask(text)
    places = {(p.source, p.id) for c in answer.citations for p in (c.place, *c.also)}
    assert {("mirai", "EXI-G-4"), ("pi", "EXI-G-4")} <= places
    assert all(c.place.kind == "requirement" for c in answer.citations)


def test_an_answer_little_likelier_than_others_says_so_first(ask: Ask) -> None:
    answer = ask("Quelqu'un doit-il relire ce que sort le robot avant que ça parte ?")
    assert answer.text.startswith(not_sure())
    assert [w.code for w in answer.warnings].count("unsure_answer") == 1


def test_a_sure_answer_has_no_such_warning(ask: Ask) -> None:
    for text in ("La sauvegarde est à la charge de qui ?", "Que dit EXI-ARCH-11 ?", "c'est quoi la DMIA ?"):
        assert "unsure_answer" not in {w.code for w in ask(text).warnings}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Que dit le CCT sur les PKI ?", "pki"),
        ("Que disent les deux cadres sur SPAN ?", "span"),
        ("Que prévoit le CCT MirAI pour la sauvegarde ?", "sauvegarde"),
        ("Que dit EXI-ARCH-11 ?", ""),
        ("Que dit le CCT sur la durée de conservation des journaux ?", ""),
    ],
)
def test_the_word_of_which_the_frameworks_are_asked_is_read(text: str, told: str) -> None:
    assert read_question(text).told == told
