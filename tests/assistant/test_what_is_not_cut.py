"""A long passage is cut around what answers: never between a rule and its ban, nor inside a bracket."""

from __future__ import annotations

import pytest

from assistant.composing.code_lines import is_code
from assistant.composing.lists import introduced
from assistant.composing.sentence_choice import decisive

FILLER = "Le document décrit ici longuement autre chose, sans rapport avec ce que l'on demande. " * 3


def scored(*sentences: tuple[str, float]) -> list[tuple[str, float]]:
    return [*sentences, *[(FILLER, 0.1)] * 3]


def test_a_ban_beside_what_answers_is_not_cut() -> None:
    passage = scored(
        ("Les autorités racines sont intégrées à l'image.", 0.95),
        ("Le jeton du serveur ne doit pas être intégré.", 0.6),
        ("Le montage convient aussi.", 0.6),
    )
    assert decisive(passage, longest=420) == [0, 1]


def test_asked_for_leave_the_sentence_that_forbids_is_kept_when_it_is_nearly_as_near() -> None:
    passage = [*scored(("Une sonde lit la chaleur.", 0.95)), ("Le four ne s'ouvre pas.", 0.9)]
    assert decisive(passage, 420, "On me laissera ouvrir ?") == [0, 4]
    further = [*passage[:-1], ("Le four ne s'ouvre pas.", 0.85)]
    assert decisive(further, 420, "Qui lit la chaleur ?") == [0]


def test_asked_how_or_whether_a_ban_comes_with_what_to_do_instead() -> None:
    passage = scored(("Le four ne s'ouvre pas.", 0.95), ("Une sonde se place avant la cuisson.", 0.6), ("Fin.", 0.6))
    assert decisive(passage, 420, "Comment voir dedans ?") == [0, 1]
    assert decisive(passage, 420, "Qui voit dedans ?") == [0]


def test_an_enumeration_is_quoted_whole_when_one_of_its_items_answers() -> None:
    listed = [("Les farines connues sont les suivantes :", 0.8), ("\\- le blé", 0.5), ("\\- le seigle", 0.95)]
    passage = scored(*listed, ("\\- l'orge", 0.3), ("Une autre farine est argumentée.", 0.4))
    assert decisive(passage, 420, "du seigle ?") == [0, 1, 2, 3]


def test_long_items_are_notes_and_each_is_read_alone() -> None:
    long_item = f"\\- {FILLER}{FILLER}{FILLER}"
    passage = scored(("Notes :", 0.7), (long_item, 0.5), ("\\- le seigle lève", 0.95), ("\\- Fin", 0.5))
    assert decisive(passage, 420, "du seigle ?") == [2]


def test_a_bracket_is_not_cut() -> None:
    passage = scored(("Les dépôts connus (par exemple celui", 0.95), ("de la distribution) suffisent.", 0.5))
    assert decisive(passage, longest=420) == [0, 1]
    passage = scored(("Les dépôts connus (par exemple celui", 0.5), ("de la distribution) suffisent.", 0.95))
    assert decisive(passage, longest=420) == [0, 1]
    passage = scored(("Les clés tournent.", 0.95), ("(celles du serveur le font déjà)", 0.5))
    assert decisive(passage, longest=420) == [0, 1]


@pytest.mark.parametrize("question", ["Du Fortran chez vous ?", "le FORTRAN ?", "fortr accepté ?"])
def test_a_sentence_that_holds_a_rare_word_of_the_question_is_kept(question: str) -> None:
    passage = scored(("On choisit son langage.", 0.95), ("Fortran pour le calcul.", 0.5), ("Ada aussi.", 0.6))
    assert decisive(passage, 420, question) == [0, 1]


def test_the_sentence_that_says_the_rule_is_kept_when_it_is_nearly_as_near() -> None:
    passage = scored(("Les images sont fines.", 0.9), (FILLER, 0.1), ("Un volume est monté.", 0.95))
    assert decisive(passage, longest=420, rule_first=True) == [0, 2]
    assert decisive(passage, longest=420) == [2]
    passage = scored(("Les images sont fines.", 0.8), (FILLER, 0.1), ("Un volume est monté.", 0.95))
    assert decisive(passage, longest=420, rule_first=True) == [2]


def test_scraps_of_an_example_are_not_quoted_unless_asked_for() -> None:
    passage = scored(("COPY --from=builder /app /app", 0.95), ("Un volume est monté.", 0.9))
    assert decisive(passage, longest=420) == [1]
    assert 0 in decisive(passage, 420, "que fait --from=builder ?")


def test_what_comes_far_behind_the_nearest_is_left_out() -> None:
    passage = scored(("Écouter le trafic n'est pas possible.", 0.95), ("L'image est fine.", 0.9), ("Note.", 0.94))
    assert decisive(passage, longest=420) == [0, 2]


@pytest.mark.parametrize(
    "line", ["\\# exemple", "FROM python:3 as b", "mountPath: /tmp", "\\- name: vide", "volumes:"]
)
def test_lines_of_code(line: str) -> None:
    assert is_code(line)


@pytest.mark.parametrize("line", ["Attention :", "Notes:", "- RUST pour le typage", "voir : le guide", "Fin."])
def test_lines_that_are_no_code(line: str) -> None:
    assert not is_code(line)


def test_a_key_of_an_example_introduces_no_sentence() -> None:
    assert introduced(["volumes:", "\\- name: vide", "Le débogage se fait ailleurs."], [2]) == [2]
