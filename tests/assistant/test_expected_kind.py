"""What a question waits for (a number, a moment, an address, somebody, a version) and the sentences that hold it."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.question.expected_kind import asks_how, asks_leave, expected_kind, expected_quantity, rules, waited
from assistant.search.sentence_scores import sentence_scores
from ingest.passage import Lines, Passage


@pytest.mark.parametrize(
    ("question", "held", "not_held"),
    [
        ("Combien de répliques faut-il ?", "Trois répliques au moins.", "Des répliques sont prévues."),
        ("quelle part du temps pour la dette ?", "Environ 20 % du temps.", "Voir https://exemple.fr/2024/dette"),
        ("Dans quel délai répondre ?", "Sous 5 jours ouvrés.", "La réponse est motivée."),
        ("tous les combien on fait l'exercice ?", "Un exercice chaque année.", "L'exercice est documenté."),
        ("À quelle adresse envoyer le fichier ?", "Écrire à equipe@exemple.fr.", "Le fichier est relu."),
        ("où télécharger le gabarit ?", "[le gabarit](./gabarit.ods)", "Le gabarit est rempli."),
        ("Sur quel port écouter ?", "Les ports sont supérieurs à 1024.", "Le réseau est cloisonné."),
        ("Quelle version de Python ?", "Python 3.12 ou plus récent.", "Python est recommandé."),
        ("c'est qui qui signe la convention", "Le titulaire signe.", "La convention est annexée."),
        ("À qui signaler un écart ?", "Au département architecture.", "Un écart est signalé."),
    ],
)
def test_a_sentence_holds_what_the_question_waits_for(question: str, held: str, not_held: str) -> None:
    holds = expected_kind(question)
    assert holds is not None
    assert (holds(held), holds(not_held)) == (True, False)


@pytest.mark.parametrize(
    "question", ["Faut-il chiffrer les flux ?", "Que dit le cadre de la sauvegarde ?", "ou bien non"]
)
def test_a_question_that_waits_for_no_kind_says_so(question: str) -> None:
    assert expected_kind(question) is None
    assert waited(question, ["Trois."]) == (0.0, 0.0)


def test_whether_a_passage_holds_it_is_told() -> None:
    assert waited("Combien de copies ?", ["Rien.", "Deux copies."]) == (1.0, 1.0)
    assert waited("Combien de copies ?", ["Rien."]) == (1.0, 0.0)


SENTENCES = ("Les copies sont conservées hors du site.", "Les copies sont gardées 30 jours.")
PASSAGE = Passage("section", " ".join(SENTENCES), Lines(1, 1), SENTENCES)


def test_of_two_sentences_as_near_the_one_that_holds_it_comes_first() -> None:
    rows, asked = np.eye(3, dtype=np.float32)[:2], np.array([0.71, 0.70, 0], dtype=np.float32)
    none = np.zeros((0, 3), dtype=np.float32)
    scored = sentence_scores("Combien de temps garder une archive ?", asked, PASSAGE, rows, none)
    assert scored[1][1] > scored[0][1]
    scored = sentence_scores("Faut-il une archive ?", asked, PASSAGE, rows, none)
    assert scored[0][1] > scored[1][1]


LINKED = Passage(
    "section", "", Lines(1, 1), (SENTENCES[0], "Le gabarit : https://exemple.fr/gabarits/pour/les/commentaires")
)


def test_a_link_is_not_held_against_a_sentence_when_an_address_is_asked() -> None:
    rows, asked = np.eye(3, dtype=np.float32)[:2], np.array([0.71, 0.70, 0], dtype=np.float32)
    none = np.zeros((0, 3), dtype=np.float32)
    scored = sentence_scores("Où télécharger le modèle ?", asked, LINKED, rows, none)
    assert scored[1][1] > scored[0][1]


@pytest.mark.parametrize(
    "question",
    ["Je peux ouvrir le four ?", "on me laissera ouvrir le four ?", "du pain de seigle ?", "is rye allowed?"],
)
def test_a_question_that_asks_leave(question: str) -> None:
    assert asks_leave(question)


@pytest.mark.parametrize(
    "question", ["Qui ouvre le four ?", "à quoi sert la levure ?", "Le four chauffe toute la nuit."]
)
def test_a_question_that_asks_something_else(question: str) -> None:
    assert not asks_leave(question)


@pytest.mark.parametrize(
    "question", ["Comment ouvrir le four ?", "quelles mesures contre la fumée ?", "coment on fait"]
)
def test_a_question_that_asks_what_to_do(question: str) -> None:
    assert asks_how(question)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Il n'est pas possible d'ouvrir le four.", True),
        ("La farine de riz est acceptée.", True),
        ("Le four ne peut s'ouvrir qu'à froid.", True),
        ("Le moule qui ne fond pas est rangé.", False),
        ("Lorsque le four n'est pas chaud, une durée acceptable est fixée.", False),
    ],
)
def test_a_sentence_that_forbids_or_allows(sentence: str, said: bool) -> None:
    assert rules(sentence) is said


@pytest.mark.parametrize(
    ("question", "held", "not_held"),
    [
        (
            "Au bout de combien de temps éteint-on le four ?",
            "Il est éteint après plusieurs heures.",
            "Après la cuisson.",
        ),
        ("Tous les combien le nettoyer ?", "Il est nettoyé chaque semaine.", "Il est nettoyé régulièrement."),
        ("Combien de fours ?", "Deux fours.", "Des fours."),
    ],
)
def test_a_quantity_is_a_number_or_a_duration(question: str, held: str, not_held: str) -> None:
    holds = expected_quantity(question)
    assert holds is not None
    assert (holds(held), holds(not_held)) == (True, False)
    assert expected_quantity("Quand le four est chaud, qui l'ouvre ?") is None
