"""Answers about change: both sides quoted verbatim, each at its own commit, whatever is indexed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assistant.changes.answers import ChangeAnswers, ChangeDraft
from ingest.sources.corpus import Corpus
from tests.built_indexes import PROJECT
from tests.command_here import cct_here
from tests.small_corpus import SmallCorpus, make_small_corpus

BACKUP = "La sauvegarde quotidienne des bases de données est chiffrée puis conservée hors du site principal."
LOGS = "Les journaux techniques sortent sur la sortie standard et sont collectés par la plateforme."
SECRETS = "Chaque secret est rangé dans le coffre de la plateforme, jamais dans le dépôt de code."
PROBE = "Une sonde de vie répond en moins d'une seconde, même quand l'application est très chargée."
GUIDE = "# Guide\n\nLa plateforme offre des services communs à toutes les applications du ministère.\n"


@pytest.fixture
def changes(small_source: Callable[..., Any], requirement_table: Callable[..., str]) -> ChangeAnswers:
    """Three revisions: January 2024, May 2024 (numbers shift, one retyped, one new), June 2024 (guide only)."""
    source = small_source()
    source.documents = [
        {"path": "exigences.md", "role": "requirements", "title": "Exigences"},
        {"path": "guide.md", "role": "guide", "title": "Guide"},
    ]
    first = [("EXI-A-1", "P", BACKUP, "D"), ("EXI-A-2", "I", LOGS, "D"), ("EXI-A-3", "I", SECRETS, "D")]
    second = [("EXI-A-1", "P", PROBE, "D"), ("EXI-A-2", "P", BACKUP.replace("quotidienne", "horaire"), "D"),
              ("EXI-A-3", "P", LOGS, "D")]  # fmt: skip
    source.commit({"exigences.md": requirement_table(*first), "guide.md": GUIDE}, date="2024-01-10T12:00:00+00:00")
    source.commit({"exigences.md": requirement_table(*second)}, date="2024-05-12T12:00:00+00:00")
    source.commit({"guide.md": GUIDE.replace("communs", "partagés")}, date="2024-06-23T12:00:00+00:00")
    return ChangeAnswers(source.corpus().settings)


def _told(changes: ChangeAnswers, question: str) -> tuple[ChangeDraft, str]:
    found = changes.draft(question)
    assert found is not None
    assert all(c.verified for c in found.draft.citations)
    return found, "\n".join(found.draft.paragraphs)


def test_what_changed_in_a_month_is_told_with_both_sides(changes: ChangeAnswers) -> None:
    found, text = _told(changes, "qu'est-ce qui a changé en mai 2024 ?")
    assert found.draft.status == "answered"
    assert "1 type changé, 1 exigence ajoutée, 1 exigence retirée, 1 exigence reformulée" in text
    quotes = {c.quote: c.place for c in found.draft.citations}
    assert "horaire" in next(q for q in quotes if "horaire" in q)
    before, after = (next(p for q, p in quotes.items() if word in q) for word in ("quotidienne", "horaire"))
    assert before.commit != after.commit
    assert (before.id, after.id) == ("EXI-A-1", "EXI-A-2")
    assert before.url is not None and before.commit is not None and before.commit in before.url
    assert {u.commit for u in found.used} == {before.commit, after.commit}


def test_only_the_kind_asked_for_is_listed(changes: ChangeAnswers) -> None:
    found, text = _told(changes, "quelles exigences ont été ajoutées en mai 2024 ?")
    assert [c.quote for c in found.draft.citations] == [PROBE]
    assert "1 exigence ajoutée." in text


def test_an_id_is_answered_as_it_stood_then_and_as_it_is_called_now(changes: ChangeAnswers) -> None:
    found, text = _told(changes, "que disait EXI-A-1 le 2 février 2024 ?")
    assert found.draft.citations[0].quote == BACKUP
    assert "aujourd'hui **EXI-A-2**" in text


def test_a_change_of_type_is_dated_and_a_reused_number_is_said(changes: ChangeAnswers) -> None:
    _, text = _told(changes, "Quand EXI-A-3 est-elle passée de I à P ?")
    assert "12/05/2024" in text
    assert "le numéro désigne désormais une autre exigence" in text


def test_a_change_that_never_was_is_said(changes: ChangeAnswers) -> None:
    found, text = _told(changes, "Quand EXI-A-3 est-elle passée de P à I ?")
    assert (found.draft.status, found.draft.citations) == ("abstained", [])
    assert "Aucune révision" in text


def test_a_quiet_period_quotes_what_was_in_force(changes: ChangeAnswers) -> None:
    found, text = _told(changes, "qu'est-ce qui a changé en mars 2024 ?")
    assert found.draft.status == "answered"
    assert "aucune révision sur cette période" in text


def test_the_latest_revision_may_change_the_guide_alone(changes: ChangeAnswers) -> None:
    found, text = _told(changes, "qu'est-ce qui a changé dans la dernière révision ?")
    assert "3 exigences sans changement" in text
    assert "1 passage modifié" in text
    assert ["communs" in c.quote for c in found.draft.citations] == [True, False]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("qu'est-ce qui a changé en 2019 ?", "n'existait pas encore"),
        ("que valait EXI-A-9 en mai 2024 ?", "n'existait pas à cette date"),
        ("Quelles différences entre abc1234 et def5678 ?", "Aucune des sources n'a de révision abc1234 et def5678"),
    ],
)
def test_what_cannot_be_answered_is_an_abstention_that_says_why(
    changes: ChangeAnswers, question: str, told: str
) -> None:
    found, text = _told(changes, question)
    assert (found.draft.status, told in text) == ("abstained", True)


def test_the_passage_of_an_old_commit_is_shown_whole(changes: ChangeAnswers) -> None:
    found, _ = _told(changes, "que disait EXI-A-1 le 2 février 2024 ?")
    assert BACKUP in changes.passage_text(found.draft.citations[0].place)


def test_dates_and_short_hashes_become_full_hashes(changes: ChangeAnswers) -> None:
    (commit,) = changes.resolved({"essai": "2024-05"}).values()
    assert len(commit) == 40
    assert changes.resolved({"essai": commit[:8]}) == {"essai": commit}


def test_the_demonstration_edition_says_that_it_has_one_version(demo_corpus: Corpus) -> None:
    found = ChangeAnswers(demo_corpus.settings).draft("qu'est-ce qui a changé en mai 2024 ?")
    assert found is not None
    assert found.draft.status == "abstained"
    assert "cct sync" in found.draft.paragraphs[0]


def test_cct_ask_answers_from_the_repository_and_keeps_the_schema(
    small_source: Callable[..., Any], tmp_path: Path
) -> None:
    small: SmallCorpus = make_small_corpus(small_source)
    small.opened()
    small.index(small.commits[1])
    done = cct_here("ask", "quelles exigences ont été ajoutées en juin 2024 ?", "--json", home=small.home, cwd=tmp_path,
               edition="auto", **small.variables)  # fmt: skip
    answer = json.loads(done.stdout)
    schema = json.loads((PROJECT / "tests" / "assistant" / "answer.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(answer, schema)
    assert answer["status"] == "answered"
    assert [r["commit"] for r in answer["revisions"]] == list(small.commits)
    assert {c["id"] for c in answer["citations"]} == {"EXI-G-3", "EXI-G-2"}
    assert all(c["verified"] for c in answer["citations"])


# The real history; what is expected was read in the texts.


@pytest.mark.official
@pytest.mark.parametrize(
    ("question", "told", "commits"),
    [
        ("qu'est-ce qui a changé entre mars et juin 2024 ?", "33cf6ad du 30/03/2024 à la révision 3450e8c", {"33cf6ad", "3450e8c"}),
        ("que valait EXI-ARCH-14 en mai 2024 ?", "aujourd'hui **EXI-ARCH-17**", {"6ba0bbd", "c869910", "747e9cf"}),
        ("quand EXI-ARCH-7 est-elle passée de I à P ?", "3450e8c du 23/06/2024", {"747e9cf", "3450e8c"}),
        ("qu'est-ce qui a changé dans la dernière révision de MirAI ?", "aucun passage changé", {"8dd33e2", "ded3bf3"}),
        ("quelles exigences ont été ajoutées en mai 2024 ?", "6 exigences ajoutées", {"747e9cf"}),
    ],
)  # fmt: skip
def test_the_issue_s_questions_are_answered_on_the_official_history(
    official_corpus: Corpus, question: str, told: str, commits: set[str]
) -> None:
    found, text = _told(ChangeAnswers(official_corpus.settings), question)
    assert found.draft.status == "answered"
    assert told in text
    cited = {(c.place.commit or "")[:7] for c in found.draft.citations}
    # a row unchanged since an earlier revision may be cited there: same text, same type
    assert commits <= cited or question.startswith("quand")
