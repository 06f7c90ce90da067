"""What is looked up for each marker, and what is said to be missing, on passages written for this test."""

from __future__ import annotations

import pytest

from assistant.verification.checking import SentenceChecker
from assistant.verification.claims import only_places
from assistant.verification.draft_sentences import DraftSplitter
from assistant.verification.evidence import GivenPassage, WordWeights
from assistant.verification.missing_subjects import says_what_is_missing
from ingest.passage import Lines, Located, Passage, Priority

SOBER = "Les ressources consommées par l'application sont mesurées et réduites."
PORTS = "Les images écoutent sur des ports internes > 1024."
COST = "En cas de dérogation, la direction prend à sa charge le surcoût complet."


def given(
    n: int, *sentences: str, source: str = "mirai", key: str | None = "EXI-G-4", kind: Priority | None = "P"
) -> GivenPassage:
    text = "\n".join(sentences)
    row = Passage("requirement" if key else "section", text, Lines(1, 1), sentences, id=key, priority=kind)
    return GivenPassage(n, (Located(source, "essai.md", None, row),), (text,))


def fault(sentence: str, *passages: GivenPassage, question: str = "") -> str | None:
    checker = SentenceChecker({p.n: p for p in passages}, WordWeights([p.text for p in passages]), question=question)
    splitter = DraftSplitter()
    found = checker.fault([*splitter.feed(sentence), *splitter.finish()][-1])
    return found.code if found else None


def two_levels() -> tuple[GivenPassage, GivenPassage]:
    return given(1, SOBER, source="pi", kind="I"), given(2, f"{SOBER} Le choix est justifié.", kind="P")


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("EXI-G-4 est importante (I) dans le CCT Cloud Pi Native [1] et primordiale (P) dans le CCT MirAI [2].", None),
        ("Cela dépend du document : EXI-G-4 est primordiale (P) dans le CCT MirAI [2] et importante (I) dans le CCT "
         "Cloud Pi Native [1].", None),
        ("EXI-G-4 est primordiale (P) dans le CCT Cloud Pi Native [1] et importante (I) dans le CCT MirAI [2].", "type"),
        ("Cette règle relève de l'exigence EXI-G-4 (P) du CCT MirAI [2].", None),
        ("Cette règle relève de l'exigence EXI-G-4 (I) du CCT MirAI [2].", "type"),
        ("Cette règle relève de l'exigence EXI-G-5 (P) du CCT MirAI [2].", "identifier"),
    ],
)  # fmt: skip
def test_each_marker_answers_for_its_own_part(sentence: str, found: str | None) -> None:
    assert fault(sentence, *two_levels()) == found


def test_a_level_is_not_said_to_differ_or_denied_without_support() -> None:
    assert only_places("Le niveau diffère : EXI-G-4 est importante (I) ici et primordiale (P) dans le CCT MirAI")
    assert not only_places("Le niveau diffère : EXI-G-4 est importante (I)")
    assert not only_places("Cette règle ne relève pas de l'exigence EXI-G-4 (P)")
    assert not only_places("EXI-G-4 (P) demande de réduire les ressources")


def test_the_same_rule_in_two_documents_is_compared() -> None:
    same = "La règle est la même dans le CCT MirAI et dans le CCT Cloud Pi Native [1][2]."
    here, there = given(1, COST, key=None, kind=None), given(2, COST, source="pi", key=None, kind=None)
    assert fault(same, here, there) is None
    assert fault(same, here, given(2, PORTS, source="pi", key=None, kind=None)) == "support"
    assert fault(same, here, given(2, COST, key=None, kind=None)) is not None  # one document only
    assert fault("La règle n'est pas la même dans les deux CCT [1][2].", here, there) is not None


@pytest.mark.parametrize(
    "other",
    [
        "La direction ne peut pas stocker la copie sur la grappe de production après un accord écrit.",
        "La direction doit stocker la copie sur la grappe de production après un accord écrit.",
    ],
)
def test_a_rule_that_binds_otherwise_is_not_the_same(other: str) -> None:
    allowed = "La direction peut stocker la copie sur la grappe de production après un accord écrit."
    same = "La règle est la même dans le CCT MirAI et dans le CCT Cloud Pi Native [1][2]."
    here, there = given(1, allowed, key=None, kind=None), given(2, other, source="pi", key=None, kind=None)
    assert fault(same, here, there) == "support"


def test_an_item_with_its_own_requirement_is_not_looked_up_under_that_of_its_introduction() -> None:
    passages = given(1, SOBER), given(2, "Les données portent une étiquette.", key="EXI-DATA-2")
    draft = (
        "D'après EXI-G-4 (P), les ressources sont mesurées et réduites :\n- EXI-DATA-2 (P) demande que les données "
    )
    assert fault(f"{draft}portent une étiquette [2].", *passages) is None
    assert fault(f"{draft}portent une étiquette [1].", *passages) == "identifier"


def test_a_number_of_the_question_may_be_what_is_denied() -> None:
    asked = "Mon serveur écoute sur le port 80, est-ce permis ?"
    denied = "Les images n'écoutent pas sur le port 80 : elles écoutent sur des ports internes supérieurs à 1024 [1]."
    assert fault(denied, given(1, PORTS), question=asked) != "number"
    assert fault("Les images écoutent sur le port 80 [1].", given(1, PORTS), question=asked) == "number"
    bound = "Les ports internes ne doivent pas dépasser 80 [1]."
    assert fault(bound, given(1, PORTS), question=asked) == "number"


def test_a_number_before_a_list_counts_what_is_below() -> None:
    draft = "Trois pratiques sont attendues :\n- les ressources consommées par l'application sont mesurées [1]"
    assert fault(draft, given(1, SOBER)) != "number"
    assert fault(draft, given(1, f"Deux pratiques sont attendues. {SOBER}")) == "number"


@pytest.mark.parametrize(
    ("sentence", "passage", "found"),
    [
        ("Les objets StatefulSet sont utilisés [1].", "Les objets statefullSet sont utilisés.", None),
        ("La liste du RGS v2.0 est à l'adresse https://essai.fr/liste-du-rgs-v-2-0 [1].",
         "La liste du référentiel est à l'adresse https://essai.fr/liste-du-rgs-v-2-0 du site.", None),
        ("La liste du RGS v3.0 est à l'adresse https://essai.fr/liste-du-rgs-v-2-0 [1].",
         "La liste du référentiel est à l'adresse https://essai.fr/liste-du-rgs-v-2-0 du site.", "name"),
    ],
)  # fmt: skip
def test_a_name_spelt_another_way_is_known(sentence: str, passage: str, found: str | None) -> None:
    assert fault(sentence, given(1, passage)) == found


def test_a_kind_of_thing_that_the_question_names_is_no_product() -> None:
    rule = given(1, "L'adresse de la base de données ne doit pas figurer dans le code source.")
    sentence = "L'URL de la base de données ne doit pas figurer dans le code source [1]."
    assert fault(sentence, rule, question="Can I keep the database URL in the code?") is None
    assert fault(sentence, rule) == "name"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Les passages ne précisent pas les autres frais à la charge de la direction.", True),
        ("Les passages ne disent pas s'il est possible de partager le surcoût entre deux directions.", True),
        ("Les passages n'indiquent pas le montant du surcoût.", True),
        ("Les passages n'indiquent pas le surcoût d'une dérogation.", False),
        ("Les passages ne précisent pas qui prend à sa charge le surcoût.", False),
        ("Les passages ne précisent pas comment le surcoût est pris en charge.", True),
    ],
)
def test_what_is_missing_is_refused_only_where_one_sentence_has_it(text: str, missing: bool) -> None:
    assert says_what_is_missing(text, [given(1, COST, PORTS)]) is missing


def test_a_list_takes_nothing_from_what_its_introduction_says_is_missing() -> None:
    lead = "Les passages n'indiquent pas de montant, mais ils abordent la consommation des ressources :"
    assert fault(f"{lead}\n- les ressources consommées par l'application sont mesurées [1]", given(1, SOBER)) is None


def test_less_is_the_contrary_of_more() -> None:
    rule = given(1, "Ces calculs consomment plus de ressources qu'une infrastructure classique.", key=None, kind=None)
    assert fault("Ces calculs consomment plus de ressources qu'une infrastructure classique [1].", rule) is None
    assert (
        fault("Ces calculs consomment moins de ressources qu'une infrastructure classique [1].", rule) == "opposite"
    )
