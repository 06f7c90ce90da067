"""What is cited after the first passage goes with it, or answers on its own."""

from __future__ import annotations

import re

import numpy as np
import pytest

from assistant.composing.citations import repeats
from assistant.question.expected_kind import _NUMBER as NUMBER
from assistant.question.reading import read_question
from assistant.search.citation_choice import CitationChoice
from assistant.search.french_text import without_accents
from assistant.search.ranking import Ranking, packaged_parameters
from assistant.search.retrieval import Retriever
from assistant.selection import Library, Selection


@pytest.fixture(scope="module")
def selection(library: Library) -> Selection:
    return library.selection()


def cited(selection: Selection, order: tuple[int, ...], chances: dict[int, float]) -> tuple[int, ...]:
    probabilities = np.full(len(selection.index.units), 1e-6, dtype=np.float32)
    for unit, chance in chances.items():
        probabilities[unit] = chance
    return CitationChoice(selection, packaged_parameters())._cited(Ranking(order, probabilities))


def pair(selection: Selection, together: bool) -> tuple[int, int]:
    """Two requirements of one subject of the bank, or two that nothing brings together."""
    index = selection.index
    if together:
        return next(s.units[:2] for s in index.subjects if len(s.units) > 1 and len(set(s.units[:2])) == 2)  # type: ignore[return-value]  # two of them
    sections = [n for n, kind in enumerate(selection.kinds) if kind == "term"]
    apart = ((a, b) for a in sections for b in sections if a != b and index.nearness(a, b) < 0.85)
    return next(p for p in apart if not any({*p} <= {*s.units} for s in index.subjects))


def test_a_passage_that_has_nothing_to_do_with_a_sure_first_one_is_left_out(selection: Selection) -> None:
    first, other = pair(selection, together=False)
    assert cited(selection, (first, other), {first: 0.9, other: 0.05}) == (first,)


def test_it_is_cited_when_it_is_likely_or_when_the_first_is_not_sure(selection: Selection) -> None:
    first, other = pair(selection, together=False)
    assert set(cited(selection, (first, other), {first: 0.6, other: 0.3})) == {first, other}
    assert set(cited(selection, (first, other), {first: 0.3, other: 0.05})) == {first, other}


def test_a_passage_of_the_same_subject_is_cited(selection: Selection) -> None:
    first, other = pair(selection, together=True)
    assert set(cited(selection, (first, other), {first: 0.9, other: 0.05})) == {first, other}


def test_the_passage_that_holds_the_number_asked_for_leads_and_the_next_one_is_cited_for_it(
    selection: Selection,
) -> None:
    texts = [" ".join(u.passage.sentences) for u in selection.index.units]
    digits = [n for n, text in enumerate(texts) if re.search(r"\d", re.sub(r"http\S+", "", text))]
    bare = [n for n, text in enumerate(texts) if not NUMBER.search(without_accents(text))]
    chances = np.full(len(texts), 1e-6, dtype=np.float32)
    chances[[bare[0], digits[0]]] = 0.5, 0.1
    ranking = Ranking((bare[0], digits[0], bare[1]), chances)
    choose = CitationChoice(selection, packaged_parameters())._with_the_quantity
    assert choose("Combien de fours ?", ranking, [bare[0], digits[0]]) == [digits[0], bare[0]]
    assert choose("Combien de fours ?", ranking, [bare[0]]) == [bare[0], digits[0]]
    assert choose("Qui tient le four ?", ranking, [bare[0], digits[0]]) == [bare[0], digits[0]]
    assert choose("Combien de fours ?", ranking, [bare[0], bare[1], bare[2]]) == [bare[0], bare[1], bare[2]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Les clés tournent chaque mois.", "Règle : les clés tournent chaque mois. [...]", True),
        ("Les clés tournent chaque mois.", "Les clés tournent chaque mois !", True),
        ("Les clés tournent chaque mois.", "Les clés sont gardées dans le coffre.", False),
        ("Oui.", "Non.", False),
    ],
)
def test_a_quotation_repeats_another_when_it_says_the_same_words(one: str, other: str, same: bool) -> None:
    assert repeats(one, other) is same
    assert repeats(other, one) is same


def test_a_permission_is_answered_by_the_rule_before_the_term(selection: Selection) -> None:
    term, rule = selection.kinds.index("term"), selection.kinds.index("requirement")
    choice = CitationChoice(selection, packaged_parameters())
    probabilities = np.full(len(selection.index.units), 1e-6, dtype=np.float32)
    probabilities[[term, rule]] = 0.4, 0.3
    ranking = Ranking((term, rule), probabilities)
    assert choice.chosen("Java est-il autorisé ?", ranking, read_question("Java est-il autorisé ?"), None) == (
        rule,
        term,
    )
    assert choice.chosen("Qui a fait Java ?", ranking, read_question("Qui a fait Java ?"), None) == (term, rule)
    assert choice.chosen("C'est quoi Java ?", ranking, read_question("C'est quoi Java ?"), rule) == (term, rule)
    probabilities[rule] = 0.1
    assert choice.chosen("Java est-il autorisé ?", ranking, read_question("Java est-il autorisé ?"), None) == (
        term,
        rule,
    )


def test_a_mark_of_a_legend_leads_to_the_lines_that_open_with_it(selection: Selection) -> None:
    retriever = Retriever(selection, packaged_parameters())
    for question, marks in (("le flux 4 c'est quoi", ["(4)"]), ("que veut dire le flux n° 5 ?", ["(5a)", "(5b)"])):
        texts = [selection.index.units[u].passage.text for u in retriever.find(question).cited]
        assert [next(m for m in marks if m in text[:8]) for text in texts] == marks


def test_a_mark_that_no_line_opens_with_is_not_answered(selection: Selection) -> None:
    found = Retriever(selection, packaged_parameters()).find("le flux 19 c'est quoi ?")
    assert (found.verdict, found.cited) == ("unanswered", ())
