"""Votes against an answer become candidate questions that a person settles."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from eval.question_sets.feedback_candidates import TO_SETTLE, candidates_of, settled
from eval.question_sets.question_set import QuestionSetError
from ingest.passage import Located

SOURCES = ["essai"]


@pytest.fixture
def located(small_source: Callable[..., Any], requirement_table: Callable[..., str]) -> list[Located]:
    rows = [(f"EXI-G-{n}", "P", f"Le composant numéro {n} doit être surveillé.", "Données") for n in (1, 2)]
    guide = "# Guide\n\nLe service range ses journaux dans un dossier à part.\n"
    corpus, revision = small_source({"exigences.md": requirement_table(*rows), "guide.md": guide}).newest()
    return list(corpus.located(revision))


def vote(
    question: str, vote: str = "not_useful", citations: tuple[str, ...] = ("essai:EXI-G-1",), **ballot: Any
) -> str:
    """One exported line."""
    answer = {"id": "r", "question": question, "text": "…", "status": "answered", "citations": citations}
    return json.dumps({"schema": 1, "answer": answer, "user": "u", "ballot": {"vote": vote, **ballot}})


def test_a_vote_against_is_a_candidate_with_what_was_cited(located: list[Located]) -> None:
    text = "\n".join(
        [vote("Qui surveille ?", reasons=["wrong"], comment="Faux."), vote("Oui ?", "useful"), vote(" ")]
    )
    found = candidates_of(text, "avis.jsonl", located, SOURCES)
    assert (found.favourable, found.without_words) == (1, 1)
    (question,) = found.questions
    assert [ref.passage for ref in question.evidence] == ["essai:EXI-G-1"]
    assert question.tags == (TO_SETTLE, "avis:wrong")
    assert question.origin == "avis:wrong | Faux."
    assert question.state == "candidate"


def test_the_same_question_of_two_people_is_one_candidate(located: list[Located]) -> None:
    text = "\n".join([vote("Qui surveille ?", reasons=["wrong"]), vote("qui  surveille", reasons=["unclear"])])
    (question,) = candidates_of(text, "avis.jsonl", located, SOURCES).questions
    assert set(question.tags) == {TO_SETTLE, "avis:wrong", "avis:unclear"}


def test_prose_that_was_cited_is_found_by_its_line(located: list[Located]) -> None:
    line = next(x.passage.lines.start for x in located if x.document == "guide.md" and "journaux" in x.passage.text)
    (question,) = candidates_of(vote("Où ?", citations=(f"essai:guide.md:{line}",)), "a", located, SOURCES).questions
    assert [ref.passage for ref in question.evidence] == ["essai:guide.md"]


def test_an_abstention_expects_none_until_a_person_says_which(located: list[Located]) -> None:
    (question,) = candidates_of(vote("Où ?", citations=()), "a", located, SOURCES).questions
    assert (question.kind, question.reason) == ("unanswerable", "non_traite")
    typed = iter(["essai:EXI-G-99", "essai:EXI-G-2"])
    found = settled(question, located, SOURCES, lambda prompt: next(typed))
    assert (found.kind, found.reason, [r.passage for r in found.evidence]) == ("answerable", None, ["essai:EXI-G-2"])
    assert TO_SETTLE not in found.tags


@pytest.mark.parametrize(("typed", "passages"), [("", ["essai:EXI-G-1"]), ("aucun", [])])
def test_the_person_keeps_or_empties_what_is_proposed_and_the_comment_stays_behind(
    typed: str, passages: list[str], located: list[Located]
) -> None:
    (question,) = candidates_of(vote("Qui ?", comment="De Jeanne."), "a", located, SOURCES).questions
    found = settled(question, located, SOURCES, lambda prompt: typed)
    assert [ref.passage for ref in found.evidence] == passages
    assert "Jeanne" not in found.model_dump_json()


@pytest.mark.parametrize("line", ["{", "[]", '{"schema": 2}'])
def test_a_line_that_is_no_vote_is_named(line: str, located: list[Located]) -> None:
    with pytest.raises(QuestionSetError, match=r"avis\.jsonl, ligne 2"):
        candidates_of(f"\n{line}", "avis.jsonl", located, SOURCES)
