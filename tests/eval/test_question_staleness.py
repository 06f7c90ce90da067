"""What a revision does to the evaluation questions: each fate on a small source, then the real history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eval.question_sets.question_fields import Anchor, EvidenceRef
from eval.question_sets.question_set import EvalQuestion, load_questions
from eval.revisions.following import Fate
from eval.revisions.stale_report import stale_json, stale_lines
from eval.revisions.staleness import QuestionState, Staleness, staleness
from ingest.reading.quote_form import fingerprint
from ingest.sources.corpus import Corpus

BACKUP = "La sauvegarde quotidienne est conservée pendant 30 jours hors du site principal."
LOGS = "Les journaux techniques doivent sortir sur la sortie standard du conteneur."
SECRET = "Chaque secret est rangé dans le coffre de la plateforme et jamais dans le code."
OTHER = "Le projet publie la liste de ses bibliothèques libres au début de chaque année civile."

Row = tuple[str, str, str, str]
Changed = Callable[..., QuestionState]


def _question(text: str, row_id: str = "EXI-G-1", asked: str = "Que faut-il faire ?", **more: Any) -> EvalQuestion:
    ref = EvidenceRef(passage=f"essai:{row_id}", fingerprint=fingerprint(text), anchor=more.pop("anchor", None))
    return EvalQuestion(id="Q-1", question=asked, kind="answerable", evidence=(ref,), **more)


@pytest.fixture
def changed(small_source: Callable[..., Any], requirement_table: Callable[..., str]) -> Changed:
    """changed(rows_before, rows_after, question) → what became of the question."""

    def run(before: list[Row], after: list[Row], question: EvalQuestion) -> QuestionState:
        source = small_source({"exigences.md": requirement_table(*before)})
        a = source.git("rev-parse", "HEAD")
        b = source.commit({"exigences.md": requirement_table(*after)}, "suite", "2024-06-01T12:00:00+00:00")
        corpus = source.corpus()
        result = staleness(corpus, [question], corpus.revision("essai", a), corpus.revision("essai", b))
        (state,) = result.questions
        return state

    return run


def _rows(*texts: str, first: int = 1, priority: str = "P") -> list[Row]:
    return [(f"EXI-G-{first + n}", priority, text, "Données") for n, text in enumerate(texts)]


EDITED = BACKUP.replace("quotidienne", "journalière")


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        (_rows(BACKUP, LOGS, SECRET), "intact"),
        (_rows(OTHER, BACKUP, LOGS), "renumbered"),
        (_rows(EDITED, LOGS), "kept"),
        (_rows(BACKUP.replace("30", "15"), LOGS), "reread"),
        (_rows(BACKUP.replace("est conservée", "peut être conservée"), LOGS), "reread"),
        (_rows(BACKUP.replace("est conservée", "n'est pas conservée"), LOGS), "reread"),
        ([("EXI-G-1", "I", BACKUP, "Données"), *_rows(LOGS, first=2)], "retyped"),
        ([("EXI-G-1", "P", BACKUP, "Architecture"), *_rows(LOGS, first=2)], "reread"),
        (_rows(LOGS, first=2), "removed"),
        (_rows(OTHER, LOGS), "reused"),
    ],
    ids=[
        "intacte",
        "renumérotée",
        "mot remplacé",
        "nombre",
        "modalité",
        "négation",
        "P en I",
        "catégorie",
        "retirée",
        "id réutilisé",
    ],
)
def test_each_change_of_the_text_has_its_fate(changed: Changed, after: list[Row], fate: Fate) -> None:
    state = changed(_rows(BACKUP, LOGS), after, _question(BACKUP))
    assert state.fate == fate, state.reasons
    assert state.blocking == (fate in {"reread", "retyped", "removed", "reused"})


def test_a_text_mostly_rewritten_is_read_again_without_an_anchor(changed: Changed) -> None:
    long = f"{LOGS} Le format est libre. Les équipes choisissent leur outil de lecture et le documentent."
    shorter = f"{LOGS} Un guide décrit la suite donnée aux demandes des équipes."
    assert changed(_rows(long), _rows(shorter), _question(long)).fate == "reread"


def test_the_anchor_decides_over_resemblance(changed: Changed) -> None:
    long = f"{LOGS} Le format est libre. Les équipes choisissent leur outil de lecture et le documentent."
    shorter = f"{LOGS} Un guide décrit la suite donnée aux demandes des équipes."
    anchor = Anchor.of(long, LOGS)
    assert changed(_rows(long), _rows(shorter), _question(long, anchor=anchor)).fate == "kept"


def test_an_anchor_keeps_no_word_of_the_text() -> None:
    anchor = Anchor.of(f"Avant tout. {LOGS}", "sortir sur la sortie standard")
    assert anchor is not None
    assert (anchor.words, anchor.at) == (5, 6)
    assert "sortie" not in anchor.model_dump_json()
    assert anchor.stands_in(f"Autre début ! {LOGS.upper()}")
    assert not anchor.stands_in(LOGS.replace("standard", "d'erreur"))
    assert Anchor.of(LOGS, "absent du texte cité") is None


def test_a_question_that_names_an_id_which_now_means_something_else_is_blocked_though_its_text_moved(
    changed: Changed,
) -> None:
    question = _question(BACKUP, asked="Que dit EXI-G-1 ?")
    state = changed(_rows(BACKUP, LOGS), _rows(OTHER, BACKUP, LOGS), question)
    assert state.fate == "reused"
    assert "EXI-G-1" in state.reasons[-1]


def test_a_question_that_names_an_id_is_no_question_of_the_time_when_the_text_bore_another(
    small_source: Callable[..., Any], requirement_table: Callable[..., str]
) -> None:
    source = small_source({"exigences.md": requirement_table(*_rows(BACKUP, LOGS))})
    a = source.git("rev-parse", "HEAD")
    b = source.commit({"exigences.md": requirement_table(*_rows(OTHER, BACKUP, LOGS))})
    corpus = source.corpus()
    question = _question(BACKUP, "EXI-G-2", "Que dit EXI-G-2 ?")
    assert staleness(corpus, [question], corpus.revision("essai", a), corpus.revision("essai", b)).questions == ()
    free = _question(BACKUP, "EXI-G-2")
    (state,) = staleness(corpus, [free], corpus.revision("essai", a), corpus.revision("essai", b)).questions
    assert state.fate == "renumbered"


def test_a_question_without_answer_is_pointed_at_when_a_new_text_holds_its_words(changed: Changed) -> None:
    question = EvalQuestion(
        id="Q", question="Faut-il publier la liste des bibliothèques libres ?", kind="unanswerable"
    )
    state = changed(_rows(BACKUP), _rows(BACKUP, OTHER), question)
    assert state.fate == "intact"
    assert "EXI-G-2" in state.advice[0]
    assert not state.blocking


def test_an_id_that_did_not_exist_and_appears_makes_its_question_answerable(changed: Changed) -> None:
    question = EvalQuestion(id="Q", question="Que dit EXI-G-2 ?", kind="unanswerable", reason="id_inexistant")
    state = changed(_rows(BACKUP), _rows(BACKUP, OTHER), question)
    assert "EXI-G-2 existe maintenant" in state.advice[0]


def test_an_answer_that_another_new_text_repeats_may_have_widened(changed: Changed) -> None:
    again = f"Rappel : {BACKUP[:-1]}, même pour un essai."
    state = changed(_rows(BACKUP, LOGS), _rows(BACKUP, LOGS, again), _question(BACKUP))
    assert state.fate == "intact"
    assert "EXI-G-3" in state.advice[0]


def test_the_report_says_what_happened_in_words_and_in_json(changed: Changed) -> None:
    corpus_state = changed(_rows(BACKUP, LOGS), _rows(OTHER, BACKUP, LOGS), _question(BACKUP))
    revision: Any = type("R", (), {"commit": "a" * 40})
    report = Staleness("essai", revision, revision, (corpus_state,), 1)
    assert "- suit son exigence renumérotée : EXI-G-1 → EXI-G-2 — 1 question(s) : Q-1" in stale_lines([report])
    (plain,) = stale_json([report])
    assert plain["counts"] == {"renumbered": 1}
    assert plain["questions"][0]["evidence"][0]["after"] == "essai:EXI-G-2"


@pytest.mark.official
def test_over_the_worst_renumbering_no_question_is_lost_because_its_id_moved(official_corpus: Corpus) -> None:
    questions = load_questions("developpement-d", "developpement-k", "developpement-m", "developpement-n")
    a, b = (official_corpus.revision("pi", r) for r in ("6ba0bbd", "c869910"))
    result = staleness(official_corpus, questions, a, b)
    assert result.naive_wrong >= 30
    moved = [s for s in result.questions if s.fate == "renumbered"]
    assert len(moved) >= 30
    for state in moved:
        for followed in state.evidence:
            if followed.fate != "absent":
                assert followed.before is not None
                assert followed.after is not None
                assert followed.similarity >= 0.8
    removed = {f.before.passage.id for s in result.questions for f in s.evidence if f.fate == "removed" and f.before}
    assert removed == {f"EXI-DATA-{n}" for n in range(1, 5)}
    assert result.counts["reread"] + result.counts["retyped"] + result.counts["reused"] <= 3
