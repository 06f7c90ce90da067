"""A question that names a requirement and asks something of it gets what answers, not its beginning."""

from __future__ import annotations

import pytest

from assistant.question.reading import read_question


@pytest.mark.parametrize(
    "question",
    ["Que dit EXI-ARCH-11 ?", "exi arch 11 svp", "C'est quoi EXI-ORG-4 déjà ?", "EXI-DATA-2 : P ou I ?",
     "What does EXI-ARCH-27 require?", "Donne-moi le texte de l'exigence 11 d'architecture", "combien de répliques ?",
     "ARCH18 ça dit quoi en deux mots"],
)  # fmt: skip
def test_a_question_that_asks_for_the_record_asks_nothing_more(question: str) -> None:
    assert read_question(question).beside_ids == ""


def test_what_is_asked_of_the_record_is_the_question_without_its_identifier() -> None:
    assert read_question("exi arch2 : combien de fours par défaut ?").beside_ids == "combien de fours par défaut ?"
    assert read_question("Avec EXI-ARCH-2, faut-il deux fours ?").beside_ids == "Avec  , faut-il deux fours ?"
