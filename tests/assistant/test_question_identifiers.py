"""An identifier is recognised however it is typed, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from assistant.question.reading import read_question

ARCHITECTURE = [
    "EXI-ARCH-10", "exi-arch-10", "Exi-Arch-10", "EXI_ARCH_10", "EXI ARCH 10", "EXI.ARCH.10", "EXI-ARCH 10",
    "EXI-ARCH-010", "EXI-ARCH10", "EXIARCH10", "EXIARCH-10", "exi - arch - 10", "EXI-ARCH-n°10", "EXI ARCH n 10",
    "exi archi 10", "ＥＸＩ－ＡＲＣＨ－１０", "ARCH-10", "ARCH10", "arch 10", "archi 10", "Arch_10",
    "l'exigence arch 10", "l'exigence architecture 10", "l’exigence architecture n° 10",
    "l'exigence n°10 d'architecture", "l’exigence 10 de la catégorie architecture", "l'exigence 10 en architecture",
    "exigence archi n°10", "**EXI-ARCH-10**", "« EXI-ARCH-10 »", "EXI-ARCH-10?", "(EXI-ARCH-10)", "[EXI-ARCH-10]",
    "EXI-ARCH-10 (Pi-native)", "EXI-ARCH-10 - (Pi-native)", "EXI-ARCH-10.", "Que dit EXI-ARCH-10 dans le CCT Pi ?",
]  # fmt: skip
OTHERS = [
    ("EXI-G-6", "EXI-G-6"), ("G-6", "EXI-G-6"), ("G6", "EXI-G-6"), ("g-6", "EXI-G-6"), ("exi g 6", "EXI-G-6"),
    ("exi-g6", "EXI-G-6"), ("exigence générale 6", "EXI-G-6"), ("la règle générale n°6", "EXI-G-6"),
    ("EXI-DATA-2", "EXI-DATA-2"), ("data 2", "EXI-DATA-2"), ("DATA-02", "EXI-DATA-2"),
    ("l'exigence 2 des données", "EXI-DATA-2"), ("l'exigence 2 sur les données", "EXI-DATA-2"),
    ("exigence données 2", "EXI-DATA-2"), ("ORG17", "EXI-ORG-17"), ("orga-17", "EXI-ORG-17"),
    ("l’exigence n°17 de l’organisation", "EXI-ORG-17"), ("exigence organisationnelle 17", "EXI-ORG-17"),
    ("EXI-SEC-4", "EXI-SEC-4"), ("exi infra 12", "EXI-INFRA-12"),
    ("COMP010", "COMP010"), ("comp-10", "COMP010"), ("comp 10", "COMP010"), ("COMP_010", "COMP010"),
    ("composant 10", "COMP010"), ("composant n° 010", "COMP010"), ("accuser", "ACCUSER"), ("APPEXT", "APPEXT"),
    ("EX12", "EX12"), ("ex-7", "EX7"),
]  # fmt: skip
LOOK_ALIKES = [
    "le sommet du G20", "g 5", "la 5G", "16 G de mémoire", "python 3.11", "kubernetes 1.30", "TLS 1.3", "RGAA 4.1",
    "ISO 27001", "la loi 78-17", "l'organisation 2 fois par an", "les données 2 fois par jour", "une architecture 64 bits",
    "une architecture 3 tiers", "les 12 facteurs", "3 composants", "les exigences 2 fois par an", "org.apache",
    "arch linux", "les données de 2024", "gpt 4", "exemple 3", "l'article 10", "exister", "un complexe 3",
]  # fmt: skip


@pytest.mark.parametrize("typed", ARCHITECTURE)
def test_every_spelling_of_an_architecture_requirement_is_that_requirement(typed: str) -> None:
    assert read_question(typed).ids == ("EXI-ARCH-10",)


@pytest.mark.parametrize(("typed", "wanted"), OTHERS)
def test_other_families_components_and_old_numbers_are_recognised(typed: str, wanted: str) -> None:
    assert read_question(typed).ids == (wanted,)


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_only_looks_like_an_identifier_is_none(text: str) -> None:
    assert read_question(f"Que faut-il faire pour {text} dans notre projet ?").ids == ()


def test_several_identifiers_keep_the_order_of_the_question_and_come_once() -> None:
    reading = read_question("Compare COMP010, EXI-G-6 et exi arch 9 ; exi-g-6 d'abord")
    assert reading.ids == ("COMP010", "EXI-G-6", "EXI-ARCH-9")


def test_a_question_that_names_an_identifier_asks_for_no_list() -> None:
    assert read_question("Quelles exigences P, dont EXI-ARCH-9 ?").record_list is None


@pytest.mark.parametrize("hyphen", ["\N{NON-BREAKING HYPHEN}", "\N{HYPHEN}", "\N{EN DASH}", "\N{MINUS SIGN}"])
def test_a_typographic_hyphen_is_a_hyphen(hyphen: str) -> None:
    assert read_question(f"Que dit EXI{hyphen}ARCH{hyphen}10 ?").ids == ("EXI-ARCH-10",)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("exi architecture 10", "EXI-ARCH-10"), ("exi données 2", "EXI-DATA-2"), ("exi organisation 17", "EXI-ORG-17")],
)
def test_a_family_may_be_spelt_out_after_exi(typed: str, wanted: str) -> None:
    assert read_question(typed).ids == (wanted,)


@pytest.mark.parametrize(
    "typed", ["l'exigence numéro 10 d'architecture", "EXI-ARCH numéro 10", "l'exigence architecture numéro 10"]
)
def test_the_word_number_may_be_spelt_out(typed: str) -> None:
    assert read_question(typed).ids == ("EXI-ARCH-10",)


@pytest.mark.parametrize("typed", ["ARCH-9 et ARCH-10", "Compare G-6 et G-7", "EXI-ARCH-9 ou DATA-2 ?"])
def test_two_short_identifiers_side_by_side_are_both_read(typed: str) -> None:
    assert len(read_question(typed).ids) == 2


def test_for_example_is_no_identifier() -> None:
    assert read_question("Il faut par ex 2 centres de données ?").ids == ()
