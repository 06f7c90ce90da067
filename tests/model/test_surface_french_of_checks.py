"""Denials, preferences and choices read on the words they bear on, over passages written for this test."""

from __future__ import annotations

import pytest

from assistant.verification.checking import SentenceChecker
from assistant.verification.clause_reading import Modality
from assistant.verification.draft_sentences import DraftSplitter
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.french_clauses import clauses
from assistant.verification.french_words import word_stem
from assistant.verification.support import claim_stems
from ingest.passage import Lines, Located, Passage

SUSPENDED = "En cas de non correction des anomalies, l'accès au portail pourra être suspendu."
DISADVISED = "Il est déconseillé, par exemple, de recopier la base des tiers alors qu'un connecteur est disponible."
ADVICE = (
    "Il est souhaité, pour le suivi, de prévenir le service des archives des éventuelles limitations du portail.",
)
NO_TALK = "L'équipe des archives travaille sans échange avec la préfecture."
PREFERRED = "L'équipe est invitée à utiliser les formulaires communs et ne pas refaire un formulaire dédié."
CONTINUED = ("Le projet est invité à suivre le volet des archives.", "Cela concerne le versement des dossiers clos.")
AUTOMATED = "Le tri des dossiers est automatisable avec des règles reproductibles."
REMOVED = "Toute copie locale est supprimée, le registre est strictement celui du serveur."
BEFORE = "Le test du formulaire précède sa mise en ligne : l'agent l'essaie avant la publication du formulaire."
BIG = "Les archives anciennes dépassent la centaine de gigaoctets."
APART = ("Par défaut les règles du registre s'imposent.", "Une demande de dérogation est possible.")
WITH = "La convention passée avec la préfecture fixe le rôle de chaque service."
FREE = "L'équipe livre un registre exempt de doublon et d'erreur de saisie."


def fault(sentence: str, *sentences: str, kind: str = "section") -> str | None:
    text = " ".join(sentences)
    row = Passage(kind, text, Lines(1, 1), sentences, id="EXI-T-1" if kind == "requirement" else None)  # type: ignore[arg-type]
    given = GivenPassage(1, (Located("essai", "essai.md", None, row),), (text,))
    checker = SentenceChecker({1: given}, WordWeights([text]))
    splitter = DraftSplitter()
    (only,) = [*splitter.feed(f"{sentence} [1]."), *splitter.finish()]
    found = checker.fault(only)
    return found.code if found else None


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("L'accès au portail pourra être suspendu si les anomalies ne sont pas corrigées", (SUSPENDED,)),
        ("Recopier la base des tiers est déconseillé quand un connecteur est disponible", (DISADVISED,)),
        ("Il est souhaitable de prévenir le service des archives des limitations du portail", ADVICE),
        ("L'équipe des archives n'a pas besoin d'échanger avec la préfecture", (NO_TALK,)),
        ("Mieux vaut utiliser les formulaires communs que de refaire un formulaire dédié", (PREFERRED,)),
        ("Le projet est invité à verser les dossiers clos", CONTINUED),
        ("Le tri des dossiers peut être automatisé avec des règles reproductibles", (AUTOMATED,)),
        ("Le formulaire n'est publié qu'après le test par l'agent", (BEFORE,)),
        ("Les archives anciennes pèsent plus de cent gigaoctets", (BIG,)),
        ("Les règles du registre s'appliquent par défaut, mais vous pouvez demander une dérogation", APART),
    ],
)  # fmt: skip
def test_a_faithful_sentence_in_another_turn_stands(sentence: str, passage: tuple[str, ...]) -> None:
    assert fault(sentence, *passage) is None


@pytest.mark.parametrize(
    ("sentence", "passage", "codes"),
    [
        ("Recopier la base des tiers n'est pas déconseillé quand un connecteur est disponible", DISADVISED, ("negation", "modality")),
        ("Toute copie locale n'est pas supprimée", REMOVED, ("negation",)),
        ("La convention passée sans la préfecture fixe le rôle de chaque service", WITH, ("negation",)),
        ("L'équipe ne doit pas livrer un registre sans doublon ni erreur de saisie", FREE, ("modality", "negation")),
        ("Le tri des dossiers n'est pas automatisable avec des règles reproductibles", AUTOMATED, ("negation",)),
        ("L'équipe livre un registre, quitte à laisser des doublons et une erreur de saisie", FREE, ("negation",)),
        ("Les archives anciennes dépassent mille gigaoctets", BIG, ("number",)),
    ],
)  # fmt: skip
def test_a_lost_or_added_denial_is_caught(sentence: str, passage: str, codes: tuple[str, ...]) -> None:
    assert fault(sentence, passage) in codes


def test_a_ban_needs_its_modal_verb_denied() -> None:
    (only,) = clauses("L'accès peut être suspendu s'il n'est pas justifié")
    assert only.modalities == {Modality.ALLOWS}
    (only,) = clauses("L'accès ne peut pas être suspendu")
    assert only.modalities == {Modality.FORBIDS}


def test_a_modality_said_of_what_precedes_is_compared_too() -> None:
    ban = "Il est interdit de modifier le registre à la main."
    assert fault("Vous ne pouvez pas modifier le registre à la main : c'est interdit", ban) is None
    assert fault("Vous ne pouvez pas modifier le registre à la main : c'est autorisé", ban) == "modality"


def test_a_doubled_ability_does_not_say_what_permits() -> None:
    allowed = "Le registre permet de retrouver un dossier clos."
    assert fault("Le registre peut permettre de retrouver un dossier clos", allowed, kind="requirement") == "modality"


def test_a_complement_before_the_sentence_denies_nothing() -> None:
    text = "Entre services du même site, le registre ne requiert pas le passage par la préfecture."
    assert fault("Entre services du même site, le passage par la préfecture n'est pas requis", text) is None


def test_words_that_only_join_carry_no_content() -> None:
    assert claim_stems("au moyen du formulaire") == claim_stems("le formulaire")
    assert claim_stems("au bout d'un mois") == claim_stems("un mois")


@pytest.mark.parametrize(
    ("left", "right"), [("supprimee", "supprimer"), ("formulee", "formuler"), ("correction", "corriger"), ("execution", "executer")]
)  # fmt: skip
def test_a_participle_and_its_verb_share_a_stem(left: str, right: str) -> None:
    assert word_stem(left) == word_stem(right)
