"""A question is compared without the names of the frameworks that it is put to."""

from __future__ import annotations

import pytest

from ingest.source_names import without_source_names


@pytest.mark.parametrize(
    ("asked", "compared"),
    [
        ("De quand date la première version des exigences MirAI ?", "De quand date la première version des exigences ?"),
        ("Dans le CCT Cloud Pi Native, peut-on stocker la sauvegarde ?", "peut-on stocker la sauvegarde ?"),
        ("Sous quelle licence est publiée l'offre Cloud Pi Native ?", "Sous quelle licence est publiée l'offre ?"),
        ("Comment demander une convention Pi-Native, par formulaire ?", "Comment demander une convention, par formulaire ?"),
        ("D’après le CCT, faut-il chiffrer les échanges ?", "faut-il chiffrer les échanges ?"),
        ("Faut-il chiffrer tous les échanges ? (côté MIRAI)", "Faut-il chiffrer tous les échanges ?"),
        ("Le socle MirAI impose-t-il de recueillir les avis ?", "impose-t-il de recueillir les avis ?"),
        ("Quelles différences entre les deux CCT sur les rôles ?", "Quelles différences sur les rôles ?"),
        ("Dans le CCT Cloud π Native, faut-il chiffrer les disques ?", "faut-il chiffrer les disques ?"),
        ("Pour Mir AI : que faut-il tester en premier ?", "que faut-il tester en premier ?"),
    ],
)  # fmt: skip
def test_the_name_of_a_framework_is_left_out(asked: str, compared: str) -> None:
    assert without_source_names(asked) == compared


@pytest.mark.parametrize(
    "asked",
    [
        "C'est quoi MirAI ?",
        "D'où vient le nom MirAI ?",
        "EXI-ARCH-9 côté Pi Native",
        "Faut-il chiffrer tous les échanges ?",
        "Une application native peut-elle appeler le cloud public ?",
        "J'admire le Mirail, est-ce admirable ?",
        "",
    ],
)
def test_a_question_about_the_framework_or_without_its_name_stays_as_it_is(asked: str) -> None:
    assert without_source_names(asked) == asked


@pytest.mark.parametrize("asked", ["Dans le CCT MirAI, le CCT Pi Native est-il cité quelque part ?", "MirAI " * 5])
def test_once_is_enough(asked: str) -> None:
    once = without_source_names(asked)
    assert without_source_names(once) == once
