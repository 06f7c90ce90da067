"""What a description is read to say, and to deny."""

from __future__ import annotations

import pytest

from assistant.checklist.description import QUESTIONS, read_answers, read_description
from assistant.checklist.traits import RuleReader, State, traits
from assistant.errors import QuestionError


def state(text: str, trait: str) -> State:
    return RuleReader().read(read_description(text))[trait].state


@pytest.mark.parametrize(
    ("text", "trait", "expected"),
    [
        ("Le portail est ouvert sur Internet.", "internet", "present"),
        ("L'application n'est pas exposée sur internet.", "internet", "absent"),
        ("Elle est réservée à l'intranet.", "internet", "absent"),
        ("Elle ne reste pas cantonnée à l'intranet : internet l'atteint aussi.", "internet", "present"),
        ("Aucune donnée personnelle n'est traitée.", "donnees-personnelles", "absent"),
        ("On garde le nom, le prénom et le courriel.", "donnees-personnelles", "present"),
        ("Pas de donnée personnelle. On garde le nom et la date de naissance.", "donnees-personnelles", "mixed"),
        ("Personne n'y accède sans authentification.", "connexion", "present"),
        ("Personne ne s'y connecte.", "connexion", "absent"),
        ("Une personne se connecte par le SSO.", "connexion", "present"),
        ("On n'y entre pas sans authentification.", "connexion", "present"),
        ("Consultation sans authentification.", "connexion", "absent"),
        ("Une API sera peut-être ouverte à terme.", "api", "planned"),
        ("On n'y saisit rien et on n'y modifie pas les fiches.", "ecriture", "absent"),
        ("Il ne stocke pas seulement les noms.", "persistance", "present"),
        ("Ni base de données ni cache.", "persistance", "absent"),
        ("Non seulement une API, mais un site.", "api", "present"),
        ("Il calcule des moyennes.", "ia", "unknown"),
        ("Un LLM de MirAI résume les textes.", "ia", "present"),
        ("L'intelligence artificielle n'est pas prévue.", "ia", "absent"),
        ("Le service appelle une API partenaire.", "echanges", "present"),
        ("Le site n'appelle aucun service.", "echanges", "absent"),
    ],
)
def test_words_and_negations_tell_a_trait(text: str, trait: str, expected: State) -> None:
    assert state(text, trait) == expected


def test_what_stands_out_of_scope_is_denied_and_what_comes_later_is_planned() -> None:
    text = "# Appli\n\nUn site.\n\n## Hors périmètre\n\n- Application mobile\n\n### Détail\n\n- IA\n\n## Feuille de route\n\n- Ouvrir une API\n\n## Pile\n\nUne base PostgreSQL."
    assert state(text, "mobile") == "absent"
    assert state(text, "ia") == "absent", "un titre plus bas reste sous le premier"
    assert state(text, "api") == "planned"
    assert state(text, "persistance") == "present"


def test_code_is_not_a_description() -> None:
    assert state("Un outil.\n\n```sh\ndocker run postgres\n```\n", "persistance") == "unknown"


def test_a_statement_keeps_its_words_and_its_line() -> None:
    text = "# Titre\n\nPremière phrase\nsur deux lignes. Deuxième phrase.\n\n- **Point** important\n\n| Accès | intranet |\n|---|---|\n"
    statements = read_description(text).statements
    assert [(s.text, s.line) for s in statements] == [
        ("Titre", 1),
        ("Première phrase sur deux lignes.", 3),
        ("Deuxième phrase.", 4),
        ("Point important", 6),
        ("Accès : intranet", 8),
    ]


def test_the_statement_that_says_most_is_quoted_first() -> None:
    text = "Les relances partent par courriel.\n\nOn garde nom, prénom, courriel et date de naissance."
    reading = RuleReader().read(read_description(text))["donnees-personnelles"]
    assert [s.line for s in reading.says] == [3, 1]


def test_answers_to_the_questions_are_read_and_no_excludes_all_that_is_asked() -> None:
    description = read_answers(
        {"objet": "Un portail pour les préfectures.", "ia": "non", "donnees": "Aucune", "exposition": "Internet"}
    )
    readings = RuleReader().read(description)
    assert readings["ia"].state == readings["gpu"].state == "absent"
    assert readings["donnees-personnelles"].state == "absent"
    assert readings["internet"].state == "present"
    assert "non" in readings["ia"].denies[0].text


def test_there_are_eight_questions_whose_traits_exist() -> None:
    assert len(QUESTIONS) == 8
    assert {trait for question in QUESTIONS for trait in question.traits} <= set(traits())


@pytest.mark.parametrize("text", ["", "  \n ", "---\n***"])
def test_an_empty_description_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="vide"):
        read_description(text)


def test_what_cannot_be_an_answer_is_refused() -> None:
    with pytest.raises(QuestionError, match="Question inconnue : « couleur »"):
        read_answers({"couleur": "bleu"})
    with pytest.raises(QuestionError, match="vide"):
        read_answers({"objet": " "})
    with pytest.raises(QuestionError, match="la limite"):
        read_description("mot " * 60_000)
