"""What a term means, asked as people ask it, in the glossary or where a passage describes it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from assistant.answer import Answer
from assistant.question.definitions import describes, mentions
from assistant.question.reading import read_question


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("La « service team », kézako ?", "service team"),
        ("c'est quoi ce truc, Istio ?", "istio"),
        ("D'où vient le nom MirAI ?", "mirai"),
        ("qu'entend-on par pod ?", "pod"),
        ("Qu'est-ce qu'on entend par « espace de nommage » ?", "espace de nommage"),
        ("vLLM, c'est quoi ?", "vllm"),
        ("ça veut dire quoi DMIA", "dmia"),
        ("Vous pouvez me dire ce que signifie DMIA ?", "dmia"),
        ("On peut m'expliquer ce qu'est un bastion ?", "bastion"),
        ("Keycloak, qu'est-ce que c'est ?", "keycloak"),
        ("à quoi correspond le sigle RFC ?", "rfc"),
        ("c koi gitops", "gitops"),
    ],
)
def test_a_meaning_asked_in_any_manner_names_its_term(text: str, term: str) -> None:
    reading = read_question(text)
    assert (reading.asks_meaning, reading.defines) == (True, term)


@pytest.mark.parametrize(
    "text",
    [
        "c'est quoi le délai de réponse pour une dérogation ?",
        "qui signe la convention ?",
        "Faut-il chiffrer ?",
        "Que dit le CCT de la sauvegarde ?",
    ],
)
def test_another_question_asks_no_meaning(text: str) -> None:
    assert not read_question(text).asks_meaning


def test_a_long_question_is_read_in_no_time() -> None:
    start = time.perf_counter()
    read_question("c'est quoi " + "et " * 2600)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        "Le bastion est un poste dédié.",
        "Un poste dédié, appelé « bastion », donne accès.",
        "**Bastion** : poste dédié.",
        "La machine de rebond (bastion) est surveillée.",
        "Le bastion (poste de rebond) est surveillé.",
    ],
)
def test_a_text_that_says_what_a_term_is_describes_it(text: str) -> None:
    assert describes(text, "bastion")
    assert mentions(text, "bastion")


def test_a_term_in_passing_is_mentioned_not_described() -> None:
    text = "L'accès passe par le bastion de l'hébergeur."
    assert (describes(text, "bastion"), mentions(text, "bastion"), mentions(text, "basti")) == (False, True, False)


@pytest.mark.parametrize("text", ["un pod, kézako ?", "qu'entend-on par pod ?", "ça veut dire quoi, « pod » ?"])
def test_a_term_of_the_glossary_is_defined_whatever_the_manner(ask: Callable[..., Answer], text: str) -> None:
    answer = ask(text)
    assert answer.status == "answered"
    assert answer.citations[0].place.kind == "term"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Signification de SPOF, SIEM et CCAP ?", ("spof", "siem", "ccap")),
        ("c'est quoi un pod et un namespace ?", ("pod", "namespace")),
        ("Que signifient RTO, RPO, DMIA, PDMA et PCA ?", ("rto", "rpo", "dmia", "pdma", "pca")),
        ("Que signifie DMIA ?", ()),
        ("C'est quoi l'API et comment l'appeler ?", ()),
        ("Faut-il chiffrer et sauvegarder ?", ()),
    ],
)
def test_terms_asked_together_are_read_one_by_one(text: str, terms: tuple[str, ...]) -> None:
    assert read_question(text).defines_each == terms


def test_each_term_is_defined_and_the_missing_ones_are_said(ask: Callable[..., Answer]) -> None:
    answer = ask("Signification de CCAP, ZZT et CVE ?")
    assert [c.place.kind for c in answer.citations] == ["term", "term"]
    assert [str(c.place.id).lower() for c in answer.citations] == ["ccap", "cve"]
    assert "**ZZT** n'est pas dans le glossaire" in answer.text


@pytest.mark.parametrize("text", ["Ça veut dire quoi Mirai en fait ?", "Que signifie Mirai ?"])
def test_a_meaning_that_is_found_brings_no_other_term(ask: Callable[..., Answer], text: str) -> None:
    assert read_question(text).defines == "mirai"
    assert "term" not in [c.place.kind for c in ask(text).citations[1:]]
