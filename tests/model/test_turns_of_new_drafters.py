"""Turns of French that drafters nobody had read used, each by its cause, on passages written for this test."""

from __future__ import annotations

import pytest

from assistant.verification.agreement import disagreements
from assistant.verification.checking import SentenceChecker
from assistant.verification.claims import only_links
from assistant.verification.deontic_reading import Force, forces
from assistant.verification.draft_sentences import DraftSplitter
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.french_words import word_stem
from assistant.verification.missing_subjects import says_what_is_missing, without_what_is_missing
from assistant.verification.verdicts import bears_out
from assistant.verification.wording_signals import of_wording
from ingest.passage import Lines, Located, Passage

DOORS = "Les portes du local restent fermées la nuit, puisque les badges sont contrôlés au matin."
JURY = "Le jury peut exclure une équipe en cas de triche. (hors accord écrit et daté)."
BOATS = "La barque est livrée sans aucune trace de peinture, vernis et rouille, elle passe au bassin."
LEVELS = "Règle P : primordiale, son oubli entraîne le retrait du bateau"
MILD = "Règle I : importante, elle améliore la note du bateau"
BANNED = "La pêche de nuit est interdite dans le bassin."
BOATYARD = "L'apprenti vérifie que le moteur est en marche à partir d'un manuel fourni au chantier."


def given(n: int, *sentences: str, kind: str = "requirement") -> GivenPassage:
    text = "\n".join(sentences)
    own = "EXI-ARCH-5" if kind == "requirement" else None
    row = Passage(kind, text, Lines(1, 1), sentences, id=own, priority="P" if own else None)  # type: ignore[arg-type]
    return GivenPassage(n, (Located("essai", "essai.md", None, row),), (text,))


def fault(sentence: str, *passages: GivenPassage, question: str = "") -> str | None:
    checker = SentenceChecker({p.n: p for p in passages}, WordWeights([p.text for p in passages]), question=question)
    splitter = DraftSplitter()
    found = checker.fault([*splitter.feed(sentence), *splitter.finish()][-1])
    return found.code if found else None


def against(sentence: str, *sentences: str, kind: str = "requirement") -> frozenset[str]:
    passage = given(1, *sentences, kind=kind)
    return disagreements(sentence, [passage], WordWeights([passage.text]))


def wording(sentence: str, passage: str) -> dict[str, float]:
    return of_wording(sentence, [given(1, passage)], WordWeights([passage]))


def test_words_that_begin_alike_are_not_forms_of_one_verb() -> None:
    assert word_stem("fermee") != word_stem("faire") == word_stem("ferait")
    assert word_stem("direct") != word_stem("dire") == word_stem("dira")
    assert "opposite" not in against(
        "Ouvrez un dossier au guichet du port", "Vous pouvez faire un dossier au guichet."
    )


def test_the_noun_of_a_requirement_obliges_to_nothing() -> None:
    assert forces("l'oubli d'une exigence") == frozenset()
    assert forces("l'accord est exige") == {Force.OBLIGES}
    assert forces("au cours de l'offre de pêche") == frozenset()


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Les portes du local restent fermées la nuit, car les badges sont contrôlés au matin [1].", DOORS),
        ("Le coffre ne doit pas être ouvert, car il est vidé au matin [1].",
         "Le coffre ne doit pas être ouvert puisqu'il est vidé, et souvent au matin."),
        ("Le jury peut exclure une équipe en cas de triche, hors accord écrit et daté [1].", JURY),
        ("La barque est livrée sans aucune trace de peinture, de vernis ni de rouille [1].", BOATS),
        ("Si plusieurs barques sont libres, il faut privilégier celles dont le moteur est neuf [1].",
         "Dans le cas où plusieurs barques sont libres, privilégier les barques dont le moteur est neuf."),
    ],
)  # fmt: skip
def test_a_denial_reaches_what_it_denies_and_no_further(sentence: str, passage: str) -> None:
    assert fault(sentence, given(1, passage, kind="section")) is None


def test_a_denial_is_still_seen() -> None:
    assert fault("Le coffre doit être ouvert, car il est vidé au matin [1].",
                 given(1, "Le coffre ne doit pas être ouvert puisqu'il est vidé, et souvent au matin.")) is not None  # fmt: skip
    assert (
        fault("Les portes du local ne restent pas fermées la nuit [1].", given(1, DOORS, kind="section")) is not None
    )


def test_what_can_happen_is_no_permission() -> None:
    passage = "Une fuite du réservoir provoque un arrêt du moteur et impose un contrôle."
    assert "modality.possibilité" not in against("Une fuite du réservoir peut générer un arrêt du moteur", passage)
    assert "modality.possibilité" not in against("L'arrêt du moteur peut être dû à une fuite du réservoir", passage)


def test_what_is_said_before_que_is_the_value_of_what_follows() -> None:
    duty = "Le capitaine doit obligatoirement tenir le journal de la barque."
    assert fault("Il est recommandé que le capitaine tienne le journal de la barque [1].", given(1, duty)) is not None
    assert fault("Il faut que le capitaine tienne le journal de la barque [1].", given(1, duty)) is None


def test_a_level_is_defined_by_a_text_that_has_none() -> None:
    passage = given(1, LEVELS, MILD, kind="section")
    lead = "Les lettres P et I disent le niveau d'une règle :"
    assert fault(f"{lead}\n- **P (primordiale)** : son oubli entraîne le retrait du bateau [1].", passage) is None
    assert fault(f"{lead}\n- **I (importante)** : elle améliore la note du bateau [1].", passage) is None
    assert fault(f"{lead}\n- **I (importante)** : son oubli entraîne le retrait du bateau [1].", passage) == "type"
    ruled = given(1, "Le bateau est repeint chaque hiver.")
    assert fault(f"{lead}\n- EXI-ARCH-5 (I) : le bateau est repeint chaque hiver [1].", ruled) == "type"
    assert fault(f"{lead}\n- EXI-ARCH-5 (P) : le bateau est repeint chaque hiver [1].", ruled) is None


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Les passages ne précisent pas la liste complète des exigences primordiales pour une barque.", True),
        ("Les passages ne précisent pas s'il existe d'autres exigences primordiales sur ce thème.", True),
        ("Les passages ne disent pas que cette exigence est primordiale.", False),
        ("Les passages n'imposent pas de gilet orange.", True),
        ("Les passages n'imposent pas la pêche de nuit dans le bassin.", False),
    ],
)
def test_what_is_missing_may_be_a_sort_of_requirements(text: str, missing: bool) -> None:
    assert says_what_is_missing(text, [given(1, BANNED)]) is missing


def test_what_is_stated_after_what_is_not_imposed_is_checked() -> None:
    text = "Les passages n'imposent pas de gilet orange, mais ils demandent un moteur neuf"
    assert without_what_is_missing(text, [given(1, BANNED)]).strip() == "ils demandent un moteur neuf"


def test_names_of_the_question_may_be_said_not_to_be_listed() -> None:
    colours = given(1, "Les peintures admises sont dans la liste suivante : Ocre, Azur et Sienne.")
    asked = "Puis-je peindre en Cobalt ou en Garance ?"
    assert fault("Cobalt et Garance ne figurent pas dans la liste des peintures admises [1].", colours,
                 question=asked) is None  # fmt: skip
    assert fault("Cobalt et Garance figurent dans la liste des peintures admises [1].", colours,
                 question=asked) is not None  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "borne_out"),
    [
        ("Non, ce n'est pas autorisé", True),
        ("Oui, c'est interdit", True),
        ("Oui, votre oncle a raison", True),
        ("Non, votre oncle a tort", False),
        ("Oui, c'est autorisé", False),
        ("Oui, c'est déconseillé", False),
        ("Non, ce n'est pas interdit", False),
        ("C'est obligatoire", False),
        ("Votre tante a raison", False),
        ("C'est interdit le dimanche", False),
    ],
)
def test_a_bare_verdict_is_borne_out_by_what_the_passage_does(sentence: str, borne_out: bool) -> None:
    asked = "Mon oncle dit que c'est défendu, la pêche de nuit : est-ce vrai ?"
    assert bears_out(sentence, [given(1, BANNED)], asked) is borne_out
    assert not bears_out(sentence, [given(1, "Les barques sont vertes.")], asked)
    assert not bears_out(sentence, [given(1, BANNED), given(2, "La pêche de nuit est permise au large.")], asked)


def test_a_part_that_only_gives_an_address_is_looked_up() -> None:
    form = given(1, "Vous pouvez proposer des barques de plusieurs manières : en remplissant le formulaire du port.",
                 kind="section")  # fmt: skip
    link = given(2, "Formulaire : https://port.example.fr/barques", kind="section")
    lead = "Vous pouvez proposer des barques :\n- en remplissant le formulaire du port [1], disponible à l'adresse "
    assert fault(f"{lead}https://port.example.fr/barques [2].", form, link) is None
    assert fault(f"{lead}https://ailleurs.example.fr/barques [2].", form, link) == "name"
    assert only_links("disponible à l'adresse https://port.example.fr/barques")
    assert not only_links("Il n'est pas disponible à l'adresse https://port.example.fr/barques")
    assert not only_links("payé à l'adresse https://port.example.fr/barques")


def test_what_only_announces_a_list_needs_no_support() -> None:
    passage = given(1, "Les gilets du port sont rangés dans le hangar.")
    lead = "Cela dépend du mouillage choisi :"
    assert (
        fault(f"{lead}\n- les gilets du port sont rangés dans le hangar [1].", passage, question="Quel mouillage ?")
        is None
    )


@pytest.mark.parametrize(
    ("question", "sentence", "passage"),
    [
        ("Mes bidons rangés ici, les voit-on de l'autre rive ?",
         "Oui, à condition que vos bidons soient rangés dans le hangar commun, qui est ouvert aux deux rives du fleuve [1].",
         "Le hangar commun est ouvert aux deux rives du fleuve."),
        ("Qui peut aller regarder de près ?",
         "C'est le mécanicien du port qui peut aller regarder de près les moteurs immergés du chantier naval [1].",
         "Le mécanicien du port dispose d'un accès aux moteurs immergés du chantier naval."),
    ],
)  # fmt: skip
def test_the_words_of_the_question_may_be_a_condition_or_what_somebody_does(
    question: str, sentence: str, passage: str
) -> None:
    asked = SentenceChecker({1: given(1, passage)}, WordWeights([passage]), question=question)
    alone = SentenceChecker({1: given(1, passage)}, WordWeights([passage]))
    splitter = DraftSplitter()
    read = [*splitter.feed(sentence), *splitter.finish()][-1]
    assert asked.signals(read).get("gap", 0.0) < alone.signals(read)["gap"]


def test_vous_pouvez_says_the_means_when_that_is_asked() -> None:
    passage = given(1, BOATYARD, kind="section")
    sentence = "Vous pouvez vérifier que le moteur est en marche à partir d'un manuel fourni au chantier [1]."
    assert fault(sentence, passage, question="Comment essayer le moteur ?") is None
    ruled = given(1, "L'apprenti doit vérifier que le moteur est en marche à partir d'un manuel fourni au chantier.",
                  kind="section")  # fmt: skip
    assert fault(sentence, ruled, question="Comment essayer le moteur ?") == "modality"


def test_an_order_in_time_is_not_turned_round() -> None:
    passage = "Le bassin est vidé par le gardien avant la peinture de la coque."
    assert "opposite.time" in against("La peinture de la coque a lieu avant le vidage du bassin",
                                      "Le vidage du bassin a lieu avant la peinture de la coque.")  # fmt: skip
    assert "opposite.time" not in against("Le gardien vide le bassin avant la peinture de la coque", passage)
    assert "opposite.time" not in against("Après que le bassin est vidé, la coque est peinte", passage)
    assert "opposite" in against("D'après EXI-ARCH-5, le bassin est surveillé avant la peinture de la coque",
                                 "Le bassin est surveillé après la peinture de la coque.")  # fmt: skip


def test_a_requirement_is_not_said_to_be_optional() -> None:
    passage = "Emploi systématique des gilets du port."
    assert "whole.optional" in against("L'emploi des gilets du port reste facultatif", passage)
    assert "whole.optional" not in against("L'emploi des gilets du port n'est pas facultatif", passage)
    assert "whole.optional" not in against("L'emploi des gilets du port reste facultatif", passage, kind="section")
    free = "L'emploi des gilets du port n'est pas obligatoire."
    assert "whole.optional" not in against("L'emploi des gilets du port est facultatif", free)


def test_a_scope_is_neither_opened_nor_closed() -> None:
    only = "Seul le hangar commun est ouvert aux deux rives."
    assert wording("Tous les hangars sont ouverts aux deux rives", only)["scope.all.only"] == 1.0
    both = "Le hangar est ouvert depuis la rive ou le fleuve."
    assert wording("Le hangar est ouvert uniquement depuis la rive", both)["scope.only.choice"] == 1.0
    saved = "Le jury exclut une équipe, hors dérogation du port."
    assert wording("Le jury exclut une équipe, même avec une dérogation du port", saved)["scope.whatever.excepted"]
    assert not wording("Le jury exclut une équipe, hors dérogation du port", saved).get("scope.whatever.excepted")
