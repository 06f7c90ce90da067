"""What a turn of French does, and what a judgement makes of the signals, on words written for this test."""

from __future__ import annotations

import pytest

from assistant.verification.clause_reading import plain
from assistant.verification.deontic_reading import Force, denies, forces
from assistant.verification.judgement import Judgement, decisive, packaged_judgement
from assistant.verification.names import KnownNames
from assistant.verification.statements import quantities


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("Vous ne devez jamais copier le registre", Force.FORBIDS),
        ("Copier le registre n'est pas permis", Force.FORBIDS),
        ("Impossible de copier le registre", Force.FORBIDS),
        ("Bannissez la copie du registre", Force.FORBIDS),
        ("Rien n'empêche de copier le registre", Force.ALLOWS),
        ("La copie n'est pas interdite", Force.ALLOWS),
        ("Rien n'oblige à copier le registre", Force.EXEMPTS),
        ("Inutile de copier le registre", Force.EXEMPTS),
        ("Vous n'êtes pas dispensé de copier le registre", Force.OBLIGES),
        ("Il vous revient de copier le registre", Force.OBLIGES),
        ("N'oubliez pas de copier le registre", Force.OBLIGES),
        ("Il n'est pas conseillé de copier le registre", Force.DISADVISES),
        ("Mieux vaut copier le registre", Force.ADVISES),
        ("L'outil permet de copier le registre", Force.ENABLES),
    ],
)  # fmt: skip
def test_turns_that_do_the_same_have_one_value(text: str, force: Force) -> None:
    assert force in forces(plain(text))


def test_a_plain_statement_has_no_value() -> None:
    assert forces(plain("Le registre passe par la préfecture")) == frozenset()


@pytest.mark.parametrize(
    "text", ["sans copie", "aucune copie n'est faite", "la copie est proscrite", "seul l'agent copie"]
)
def test_what_excludes_denies(text: str) -> None:
    assert denies(plain(text))


@pytest.mark.parametrize("text", ["rien n'oblige à copier", "inutile de copier", "la copie passe par l'agent"])
def test_what_leaves_free_denies_nothing(text: str) -> None:
    assert not denies(plain(text))


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("tous les trois mois", "trimestriellement"),
        ("chaque semaine", "une fois par semaine"),
        ("Apache 2", "Apache2"),
    ],
)
def test_a_rhythm_and_a_version_are_one_number_in_other_words(said: str, printed: str) -> None:
    (mine,), (theirs,) = quantities(said), quantities(printed)
    assert (mine.value, mine.unit) == (theirs.value, theirs.unit)


def test_another_rhythm_is_another_number() -> None:
    (mine,), (theirs,) = quantities("tous les six mois"), quantities("trimestriellement")
    assert mine.value != theirs.value


def test_a_name_is_known_in_the_forms_that_people_write() -> None:
    known = KnownNames(["Postgres et Redhat, par la plateforme d'accueil des données"])
    assert "PostgreSQL" in known
    assert known.joins(("Red", "Hat"), 0)
    assert known.spells("PAD")
    assert "MongoDB" not in known
    assert not known.spells("PDA")


def test_a_conflict_is_decisive_where_the_sentence_repeats_the_passage() -> None:
    assert decisive({"rule.modality.dispense": 1.0}) == "modality"
    assert decisive({"rule.modality.dispense": 1.0, "one": 0.5}) is None
    assert decisive({"rule.modality.dispense.alone": 1.0}) is None
    assert decisive({"gap": 0.9}) == "support"


def test_the_reason_is_the_family_that_weighs_most() -> None:
    judgement = Judgement({"run": 1.0, "denial.added": 2.0, "same.permet": -3.0}, 2.5)
    signals = {"run": 0.9, "denial.added": 1.0}
    assert judgement.score(signals) >= judgement.limit
    assert judgement.heaviest(signals) == "negation"
    assert judgement.score(signals | {"same.permet": 1.0}) < judgement.limit


def test_the_weights_in_service_are_few_enough_to_read() -> None:
    assert 50 < len(packaged_judgement().weights) < 250
