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
