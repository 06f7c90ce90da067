"""Sentences are verbatim parts of a line, in order, whatever a sentence model says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.sentences import clean_parts, merge_fragments, split_sentences

_LINE = st.text(alphabet=st.sampled_from("abcÉM .!?…()«»\"'*:;1éà[]-"), max_size=60) | st.text(max_size=60)


def _letters(text: str) -> str:
    return "".join(text.split())


def _in_order(parts: list[str], line: str) -> bool:
    at = 0
    for part in parts:
        found = line.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


@given(_LINE)
def test_splitting_never_loses_or_alters_a_character_apart_from_white_space(line: str) -> None:
    sentences = split_sentences(line)
    assert _letters("".join(sentences)) == _letters(line)
    assert _in_order(sentences, line)
    assert all(sentence == sentence.strip() and sentence for sentence in sentences)


@given(_LINE, st.lists(st.text(alphabet="abcÉM .!?()1", max_size=15), max_size=6), st.data())
def test_wrong_fragments_never_lose_or_alter_a_character(line: str, wrong: list[str], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=5)))
    right = [line[a:b] for a, b in zip([0, *cuts], [*cuts, len(line)], strict=True)]
    fragments = data.draw(st.permutations([*right, *wrong]))
    sentences = merge_fragments(line, fragments)
    assert _letters("".join(sentences)) == _letters(line)
    assert _in_order(sentences, line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Un. Deux. Trois", ["Un.", "Deux.", "Trois"]),
        ("Est-ce sûr ? Oui ! Très… 3 fois.", ["Est-ce sûr ?", "Oui !", "Très…", "3 fois."]),
        ("Écrit ainsi. Être clair.", ["Écrit ainsi.", "Être clair."]),
        ("(Un mot.) Puis la suite.", ["(Un mot.)", "Puis la suite."]),
        ("Version 2.0 et fichier a.b restent.", ["Version 2.0 et fichier a.b restent."]),
        ("Finit en minuscule. ensuite rien", ["Finit en minuscule. ensuite rien"]),
        ("", []),
        ("   ", []),
    ],
)
def test_a_sentence_ends_at_its_mark_before_a_capital_or_a_digit(line: str, expected: list[str]) -> None:
    assert split_sentences(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Voir cf. Annexe 2 du guide",
        "Des outils (ex. Vault) et autres",
        "Outils, scripts, etc. Ils restent",
        "Selon l'art. 12 du code",
        "Madame Mme. Durand signe",
        "Le chef M. Dupont signe",
        "Au n°. 3 de la rue",
        "Par exemple i.e. Kubernetes",
        "L'agent J. Martin décide",
        "Le délai max. 30 jours",
    ],
)
def test_an_abbreviation_ends_no_sentence(line: str) -> None:
    assert split_sentences(line) == [line]


def test_parentheses_are_not_cut() -> None:
    line = "Les services (IAM. Vault. Chaîne de services.) sont consommés. Toujours."
    assert split_sentences(line) == ["Les services (IAM. Vault. Chaîne de services.) sont consommés.", "Toujours."]


def test_fragments_are_kept_apart_only_where_a_sentence_ends() -> None:
    line = "L'équipe doit (sauf dérogation) tester. Elle documente : API, guides."
    fragments = ["L'équipe doit", "(sauf dérogation)", "tester.", "Elle documente :", "API, guides."]
    assert merge_fragments(line, fragments) == [
        "L'équipe doit (sauf dérogation) tester.",
        "Elle documente :",
        "API, guides.",
    ]


@pytest.mark.parametrize(
    "fragments",
    [
        [],
        [""],
        ["absent"],
        ["deux.", "Un."],
        ["Un. Deux. Trois. Quatre."],
        ["Un", "Un", "Un"],
        [" ", "\n"],
        ["Un. D", "eux."],
    ],
)
def test_fragments_that_are_no_parts_of_the_line_are_ignored(fragments: list[str]) -> None:
    assert merge_fragments("Un. Deux.", fragments) == ["Un.", "Deux."]


@given(st.text(max_size=80))
def test_parts_of_a_cell_keep_every_word(text: str) -> None:
    kept = "".join(clean_parts(text))
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()] or "br" in text.casefold()


def test_a_cell_is_cut_at_breaks_and_its_white_space_folded() -> None:
    assert clean_parts(" un\u00a0 mot<br>deux<BR/>trois< br >\nquatre<br><br>") == [
        "un mot",
        "deux",
        "trois",
        "quatre",
    ]


@pytest.mark.parametrize("mark", ["✅", "✔", "❌", "→", "≥"])
def test_a_part_that_is_a_meaningful_mark_is_kept(mark: str) -> None:
    assert clean_parts(f"Vault<br>{mark}") == ["Vault", mark]
