"""The wording of a question tells a list, a comparison, a source, a follow-up, before any search."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.reading import RecordList, read_question


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("Qu'est-ce que vous appelez « objet métier » ?", "objet metier"),
        ("C'est quoi les conteneurs ?", "conteneurs"),
        ("Vous entendez quoi par pod ?", "pod"),
        ("Qu'est-ce qu'un pod ?", "pod"),
        ("Qu'est-ce que c'est que le shift left ?", "shift left"),
        ("définition API", "api"),
        ("définition de l'IAM", "iam"),
        ("what is a pod?", "pod"),
        ("Qu'est-ce que je dois faire pour tester l'application ?", ""),
    ],
)
def test_the_term_whose_meaning_is_asked_is_read(question: str, term: str) -> None:
    assert read_question(question).defines == term


@pytest.mark.parametrize(
    ("question", "priority", "family", "count_only"),
    [
        ("Quelles exigences P sur les données ?", "P", "DATA", False),
        ("exigences P données", "P", "DATA", False),
        ("Quelles sont les exigences primordiales du CCT Pi ?", "P", None, False),
        ("Quelles sont les exigences éliminatoires ?", "P", None, False),
        ("combien d'exigences P dans le CCT Pi ?", "P", None, True),
        ("Combien d’exigences importantes dans MirAI ?", "I", None, True),
        ("Donne-moi les exigences I de MirAI", "I", None, False),
        ("Liste toutes les exigences d'architecture", None, "ARCH", False),
        ("liste des exigences organisation", None, "ORG", False),
        ("Liste EXI-DATA", None, "DATA", False),
        ("Combien d'exigences EXI-ARCH ?", None, "ARCH", True),
        ("Quelles exigences P et quelles exigences I en architecture ?", None, "ARCH", False),
        ("toutes les exigences", None, None, False),
        ("Combien y a-t-il d'exigences ?", None, None, True),
    ],
)
def test_a_list_of_requirements_is_recognised(
    question: str, priority: str | None, family: str | None, count_only: bool
) -> None:
    wanted = read_question(question).record_list
    assert wanted is not None
    assert (wanted.priority, wanted.family, wanted.count_only) == (priority, family, count_only)


@pytest.mark.parametrize(
    "question",
    [
        "Combien coûte un GPU ?",
        "Quelles sont les données à sauvegarder ?",
        "Comment sauvegarder les données de mon application ?",
        "Quelles exigences sur la sauvegarde ?",
        "Que dit le CCT Pi sur les logs ?",
    ],
)
def test_a_question_about_a_subject_is_no_list_of_records(question: str) -> None:
    assert read_question(question).record_list is None


def test_the_subject_of_a_list_is_what_is_left_of_the_question() -> None:
    wanted = read_question("Quelles sont les exigences P du CCT Pi sur la sauvegarde ?").record_list
    assert isinstance(wanted, RecordList)
    assert "sauvegarde" in wanted.subject.split()
    assert not {"exigences", "quelles", "cct", "pi", "p"} & set(wanted.subject.split())


def test_a_synonym_of_the_type_is_no_subject() -> None:
    wanted = read_question("Quelles sont les exigences éliminatoires ?").record_list
    assert wanted is not None
    assert "eliminatoires" not in wanted.subject


@pytest.mark.parametrize(
    "question",
    [
        "Quelle différence entre MirAI et Cloud Pi Native sur le SSO ?",
        "Quelles différences entre les deux CCT sur les sauvegardes ?",
        "Compare les deux cadres sur le RGPD",
        "MirAI versus Pi Native pour la sauvegarde",
    ],
)
def test_a_comparison_is_recognised_and_looks_in_both_sources(question: str) -> None:
    reading = read_question(question)
    assert reading.compares
    assert reading.sources == ()


@pytest.mark.parametrize(
    "question",
    ["Compare EXI-G-6 dans MirAI et Pi", "Quelle différence entre MirAI et Pi sur le SSO ?", "MirAI versus Pi"],
)
def test_pi_alone_is_a_source_beside_mirai(question: str) -> None:
    assert read_question(question).sources == ()


def test_postponing_is_no_comparison() -> None:
    assert not read_question("Comment différer un déploiement ?").compares


@pytest.mark.parametrize(
    ("question", "sources"),
    [
        ("Que dit le CCT Pi sur les logs ?", ("pi",)),
        ("dans le CCT Cloud π Native ?", ("pi",)),
        ("côté pi, quelle sauvegarde ?", ("pi",)),
        ("Que demande Cloud Pi Native aux développeurs ?", ("pi",)),
        ("Que dit MirAI des coûts ?", ("mirai",)),
        ("Mir'AI et les coûts", ("mirai",)),
        ("Cloud Pi et MirAI ensemble", ()),
        ("Un pipeline de déploiement", ()),
        ("Le miracle des pipelines", ()),
    ],
)
def test_the_named_source_is_read(question: str, sources: tuple[str, ...]) -> None:
    assert read_question(question).sources == sources


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("et pour les citoyens ?", True),
        ("Et dans l'autre ?", True),
        ("Pourquoi ?", True),
        ("Est-ce que cette exigence est obligatoire ?", True),
        ("Et EXI-G-6 ?", False),
        ("Comment sauvegarder les données de mon application ?", False),
        (
            "Et si mon application est exposée sur internet par plusieurs points d'accès dans le monde, que faire ?",
            False,
        ),
        ("c'est-à-dire, en clair, la chose ?", True),
    ],
)
def test_a_follow_up_leans_on_what_came_before(question: str, leans: bool) -> None:
    assert read_question(question).leans_on_history is leans


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_reading_never_fails_and_does_not_depend_on_case(text: str) -> None:
    reading = read_question(text)
    assert len(set(reading.ids)) == len(reading.ids)
    assert all(i == i.upper() for i in reading.ids)


@pytest.mark.parametrize(
    ("question", "nothing"),
    [
        ("c'est obligatoire ?", True),
        ("et pour MirAI ?", True),
        ("Est-ce que cette exigence est obligatoire ?", True),
        ("Obligatoire ?", True),
        ("MirAI ?", False),
        ("et pour les citoyens ?", False),
        ("Le chiffrement est-il obligatoire ?", False),
        ("EXI-G-6 est obligatoire ?", False),
        ("Bonjour", False),
    ],
)
def test_the_end_of_a_conversation_names_nothing(question: str, nothing: bool) -> None:
    assert read_question(question).says_nothing_alone is nothing


@pytest.mark.parametrize(
    ("question", "asks"),
    [("java oracle autorisé ?", True), ("Peut-on utiliser Oracle JDK ?", True), ("Qu'est-ce que Java ?", False)],
)
def test_a_permission_is_recognised(question: str, asks: bool) -> None:
    assert read_question(question).asks_permission is asks


@pytest.mark.parametrize(
    ("question", "mark"),
    [
        ("le flux 8 c'est quoi", "8"),
        ("Que veut dire le flux n° 7a ?", "7a"),
        ("à quoi sert le flux (6) ?", "6"),
        ("ouvrir un flux sur le port 443", ""),
        ("les 3 flux", ""),
    ],
)
def test_the_mark_of_a_legend_is_read(question: str, mark: str) -> None:
    assert read_question(question).mark == mark
