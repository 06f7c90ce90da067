"""A sentence that begins with a pronoun is quoted with the one that says of what it speaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.composing.antecedents import antecedent, label_taken_up, takes_up
from assistant.composing.sentence_choice import decisive
from ingest.passage import Lines, Located, Passage

FILLER = "Le document décrit ici longuement autre chose, sans rapport avec ce que l'on demande. " * 3


def place(line: int, *sentences: str, context: str = "Guide") -> Located:
    passage = Passage("section", " ".join(sentences), Lines(line, line), sentences, title="Guide", context=context)
    return Located("essai", "guide.md", None, passage)


@pytest.mark.parametrize(
    "sentence",
    ["Cette dernière cuit.", "Celui-ci est vide.", "**Il assure** la cuisson.", "Elles sont deux.", "Ces fours chauffent.",
     "Il est responsable du four.", "Il est également en lien avec le four.", "Cela passe par un essai.", "Ce choix est libre."],
)  # fmt: skip
def test_sentences_that_take_something_up(sentence: str) -> None:
    assert takes_up(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Il est recommandé de cuire.", "Il faut cuire.", "Ce document décrit le four.", "Le four est celui-ci.",
     "Ilots de cuisson.", "Il n'est pas possible de cuire.", "Cession du four."],
)  # fmt: skip
def test_sentences_that_stand_alone(sentence: str) -> None:
    assert not takes_up(sentence)


def test_the_passage_above_names_what_is_taken_up_and_gives_its_last_sentence() -> None:
    named = place(3, "Le four est neuf.", "Une équipe peut aider l'atelier.")
    taken = place(5, "Cette dernière connaît les fours.")
    above = antecedent(taken.passage, [named])
    assert above is not None
    assert above.passage.sentences == ("Une équipe peut aider l'atelier.",)
    again = place(7, "Ces fours chauffent.")
    assert antecedent(again.passage, [taken, named]) == above
    assert antecedent(named.passage, [place(1, "Un titre.")]) is None


def test_somebody_is_named_at_the_beginning_of_the_passage_above() -> None:
    named = place(3, "L'atelier tient un cahier.", "La qualité est constante.")
    above = antecedent(place(5, "Il rend compte chaque mois.").passage, [named])
    assert above is not None
    assert above.passage.sentences == ("L'atelier tient un cahier.",)


def test_what_is_far_above_or_elsewhere_is_not_taken_up() -> None:
    taken = place(9, "Cette dernière connaît les fours.")
    assert antecedent(taken.passage, [place(3, "Une équipe aide.")]) is None
    assert antecedent(taken.passage, [place(7, "Une équipe aide.", context="Autre")]) is None


def test_under_a_label_it_is_the_label_that_is_taken_up() -> None:
    taken = place(5, "Elle connaît les fours.", context="Guide › L'équipe d'aide")
    assert label_taken_up(taken.passage, [place(1, "Autre.")]) == "L'équipe d'aide"
    assert label_taken_up(replace(taken.passage, context="Guide"), []) == ""
    assert label_taken_up(place(5, "Un four.", context="Guide › L'équipe d'aide").passage, []) == ""


def test_inside_a_long_passage_the_sentence_before_comes_with_the_pronoun() -> None:
    scored = [(FILLER, 0.1), ("Un audit est mené.", 0.3), ("Celui-ci dure un mois.", 0.9), *[(FILLER, 0.1)] * 3]
    assert decisive(scored, longest=420) == [1, 2]
