"""Duties and choices compared on the verb they govern, over passages written for this test."""

from __future__ import annotations

import pytest

from assistant.verification.checking import SentenceChecker
from assistant.verification.draft_sentences import DraftSplitter
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.french_words import word_stem
from ingest.passage import Lines, Located, Passage

DUTY = "L'application doit chiffrer les pièces jointes avec la clé du service."
ADVICE = "Il est recommandé de chiffrer les pièces jointes avec la clé du service."
CHOICE = "L'application peut chiffrer les pièces jointes avec la clé du service."
BAN = "L'application ne peut transmettre les pièces jointes sans la clé du service."
PLAIN = "L'application chiffre les pièces jointes avec la clé du service."
OFFER = "L'équipe dispose d'un accès au coffre pour chiffrer les pièces jointes avec la clé du service."


def fault(sentence: str, text: str, kind: str = "requirement") -> str | None:
    row = Passage(kind, text, Lines(1, 1), (text,), id="EXI-T-1" if kind == "requirement" else None)  # type: ignore[arg-type]
    given = GivenPassage(1, (Located("essai", "essai.md", None, row),), (text,))
    checker = SentenceChecker({1: given}, WordWeights([text]))
    splitter = DraftSplitter()
    (only,) = [*splitter.feed(f"{sentence} [1]."), *splitter.finish()]
    found = checker.fault(only)
    return found.code if found else None


SAYS = {
    "doit": "L'application doit chiffrer les pièces jointes avec la clé du service",
    "peut": "L'application peut chiffrer les pièces jointes avec la clé du service",
    "conseil": "Il est conseillé de chiffrer les pièces jointes avec la clé du service",
    "obligatoire": "Il est obligatoire de chiffrer les pièces jointes avec la clé du service",
}


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("peut", DUTY), ("peut", PLAIN), ("peut", ADVICE), ("conseil", DUTY), ("doit", CHOICE), ("obligatoire", CHOICE),
        ("doit", ADVICE), ("obligatoire", ADVICE), ("conseil", CHOICE),
    ],
)  # fmt: skip
def test_another_modality_than_the_requirement_s_is_caught(said: str, text: str) -> None:
    assert fault(SAYS[said], text) == "modality"


@pytest.mark.parametrize(
    ("said", "text"),
    [("doit", DUTY), ("obligatoire", DUTY), ("doit", PLAIN), ("peut", CHOICE), ("conseil", ADVICE)],
)
def test_the_same_modality_in_other_words_stands(said: str, text: str) -> None:
    assert fault(SAYS[said], text) is None


def test_what_a_description_offers_may_be_said_as_possible_and_a_duty_in_it_may_not() -> None:
    assert fault(SAYS["peut"], OFFER, "section") is None
    assert fault(SAYS["peut"], DUTY, "section") == "modality"


def test_a_denial_without_pas_is_a_denial() -> None:
    assert fault("L'application ne doit pas transmettre les pièces jointes sans la clé du service", BAN) is None
    assert fault("L'application peut transmettre les pièces jointes sans la clé du service", BAN) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [("tiennent", "tenir"), ("reviennent", "revenir"), ("inscrites", "inscrire"), ("reduit", "reduction"), ("gere", "gestion")],
)  # fmt: skip
def test_the_forms_of_a_word_share_a_stem(left: str, right: str) -> None:
    assert word_stem(left) == word_stem(right)


def test_words_that_only_look_alike_do_not() -> None:
    assert word_stem("service") != word_stem("servir")
    assert word_stem("donnee") != word_stem("donner")
    assert word_stem("suivant") != word_stem("suivre")
