"""Words compared by sparse search: without accents, without the words that ask, by their stems."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.search.french_text import STOP_WORDS, stem, tokens, trigrams, without_accents


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Éco-conception", "eco-conception"), ("ÇA", "ca"), ("Œuvre", "oeuvre"), ("cæcum", "caecum"), ("naïf", "naif")],
)
def test_accents_and_ligatures_are_spelt_out(text: str, plain: str) -> None:
    assert without_accents(text) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sauvegarde", "sauvegardes"),
        ("déployer", "deployer"),
        ("DÉPLOIEMENT", "déploiement"),
        ("l’application", "L'application"),
        ("exigences de sécurité", "EXIGENCE SÉCURITÉ"),
        ("œuvre", "oeuvre"),
    ],
)
def test_spellings_of_the_same_words_have_the_same_tokens(one: str, other: str) -> None:
    assert tokens(one) == tokens(other) != []


def test_words_that_ask_carry_no_token() -> None:
    assert tokens("Est-ce que l'on doit, et pourquoi, avec qui ?") == []


def test_single_digits_count_and_single_letters_do_not() -> None:
    assert tokens("p 3 x") == ["3"]


def test_different_words_keep_different_stems() -> None:
    assert stem("sauvegarde") != stem("serveur")


def test_stop_words_are_written_as_they_are_compared() -> None:
    assert all(word == without_accents(word) for word in STOP_WORDS)


def test_a_typing_error_keeps_most_trigrams() -> None:
    right, wrong = set(trigrams("sauvegarde des données")), set(trigrams("sauvegrade des donnees"))
    assert len(right & wrong) / len(right) > 0.6


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_tokens_depend_on_neither_accents_nor_case(text: str) -> None:
    assert tokens(text) == tokens(without_accents(text))
