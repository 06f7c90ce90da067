"""Questions made of the records, and the person who accepts them."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.commands.candidates import decide
from eval.question_sets.candidate_file import CandidateFile
from eval.question_sets.candidates import CandidateMaker
from eval.question_sets.mirai_format import export_set, import_set
from eval.question_sets.question_set import EvalQuestion, QuestionSetError, load_questions, read_set
from eval.question_sets.set_checks import SetChecker
from eval.revisions.following import Step
from ingest.passage import Located
from ingest.question_bank import QuestionBank
from ingest.revisions.requirement_history import RevisionReader
from ingest.sources.corpus import Corpus

TITLES = {"mirai": "CCT MirAI", "pi": "CCT Cloud Pi Native"}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def located(demo_corpus: Corpus) -> list[Located]:
    """The passages of the demonstration edition."""
    return [item for revision in demo_corpus.newest() for item in demo_corpus.located(revision)]


@pytest.fixture
def made(located: list[Located]) -> list[EvalQuestion]:
    """Every candidate of the demonstration edition."""
    return CandidateMaker(located, TITLES).all()


def test_candidates_are_of_each_template_and_none_gates(made: list[EvalQuestion]) -> None:
    templates = Counter(q.origin.removeprefix("généré:").split("-")[0] for q in made)
    assert set(templates) >= {"T1", "T2", "T3", "T5", "T6", "T8", "T10", "T11"}
    assert {q.state for q in made} == {"candidate"}
    assert len({q.id for q in made}) == len(made)
    assert [q.id for q in made] == [q.id for q in made]


def test_the_expected_type_is_the_printed_one(made: list[EvalQuestion], located: list[Located]) -> None:
    printed = {x.key: x.passage.priority for x in located if x.passage.kind == "requirement"}
    asked = [q for q in made if q.origin == "généré:T2"]
    assert asked
    for question in asked:
        assert question.facts[0].any[0] == f"**{printed[question.evidence[0].passage]}**"
    premises = [q for q in made if q.origin == "généré:T8"]
    assert {printed[q.evidence[0].passage] for q in premises} == {"P"}


def test_absent_identifiers_are_absent(made: list[EvalQuestion], located: list[Located]) -> None:
    known = {x.passage.id for x in located}
    absent = [q for q in made if q.reason == "id_inexistant"]
    assert absent
    assert not any(str(i) in q.question.split() for q in absent for i in known if i)


def test_a_change_gives_questions_on_what_changed_only(
    small_source: Callable[..., Any], requirement_table: Callable[..., str]
) -> None:
    rows = [
        (f"EXI-G-{n}", "P", f"Le composant numéro {n} doit être surveillé par son équipe.", "Données")
        for n in (1, 2, 3)
    ]
    source = small_source({"exigences.md": requirement_table(*rows)})
    a = source.git("rev-parse", "HEAD")
    changed = ("EXI-G-2", "P", "Le composant numéro 2 doit être arrêté par son équipe chaque soir.", "Données")
    b = source.commit({"exigences.md": requirement_table(rows[0], changed)})
    corpus = source.corpus()
    step = Step(RevisionReader(corpus), corpus.revision("essai", a), corpus.revision("essai", b))
    found = CandidateMaker(step.after, {"essai": "CCT Essai"}).of_change(step)
    assert {ref.passage for q in found for ref in q.evidence} == {"essai:EXI-G-2"}
    assert any(q.origin == "généré:T7" and a[:7] in q.question for q in found)
    assert [q.question for q in found if q.reason == "supprimee"] == ["Que dit EXI-G-3 ?"]


def _answers(*typed: str) -> Callable[[str], str]:
    left: Iterator[str] = iter(typed)
    return lambda prompt: next(left)


def test_a_wording_that_copies_the_document_is_not_accepted(located: list[Located], made: list[EvalQuestion]) -> None:
    long = next(x for x in located if x.passage.kind == "requirement" and len(x.passage.text.split()) > 16)
    question = next(q for q in made if q.evidence and q.evidence[0].passage == long.key)
    copying = question.model_copy(update={"question": " ".join(long.passage.text.split()[:16])})
    checker = SetChecker(located, QuestionBank([], ""), official=True)
    decision = decide(copying, located, checker, _answers("?", "a", "r", "Et donc, que faire ?", "a"))
    assert decision == ("accept", "Et donc, que faire ?")
    assert decide(question, located, checker, _answers("x")) == ("refuse", question.question)
    assert decide(question, located, checker, _answers("q")) is None


def test_what_was_refused_does_not_come_back_and_what_was_accepted_is_signed(
    tmp_path: Path, made: list[EvalQuestion]
) -> None:
    file, target = CandidateFile(tmp_path), tmp_path / "jeu.yaml"
    assert file.add(made[:5]) == 5
    file.refuse(made[0])
    file.accept(made[1], target, "A. B.")
    assert file.add(made[:5], frozenset({made[1].id})) == 0
    assert [q.id for q in file.waiting()] == [q.id for q in made[2:5]]
    (accepted,) = load_questions(str(target))
    assert (accepted.state, accepted.reviewed_by) == ("valid", "A. B.")
    assert accepted.reviewed_on is not None
    with pytest.raises(QuestionSetError, match="déjà"):
        file.accept(made[1], target, "A. B.")


def test_the_commands_propose_review_and_stop_at_the_end_of_the_input(
    demo_home: Path, tmp_path: Path, cct_eval: Run
) -> None:
    from tests.built_indexes import copy_of

    home = copy_of(demo_home, tmp_path / "home")
    proposed = cct_eval("candidates", "--only", "T2", home=home, edition="demo")
    assert proposed.returncode == 0, proposed.stderr
    target = tmp_path / "jeu.yaml"
    done = cct_eval("review", "--to", str(target), "--by", "A. B.", home=home, edition="demo", stdin="a\nx\na\n")
    assert done.returncode == 0, done.stderr
    assert "2 acceptée(s)" in done.stdout
    assert "Interrompu" in done.stderr
    assert len(read_set(target)) == 2


def test_a_mirai_set_goes_out_and_comes_back(located: list[Located]) -> None:
    known = {x.passage.fingerprint for x in located}
    questions = [
        q for q in load_questions("developpement-d") if not q.evidence or {r.fingerprint for r in q.evidence} <= known
    ]
    text = export_set("essai", questions)
    plain = json.loads(text)
    assert set(plain) == {"name", "description", "target_score", "questions"}
    assert set(plain["questions"][0]) == {"id", "question", "expected_answer", "must_cite", "must_not_cite", "tags"}
    back = import_set(text, located, list(TITLES))
    assert back.problems == ()
    assert [(q.id, q.question, q.must_answer) for q in back.questions] == [
        (q.id, q.question, q.must_answer) for q in questions
    ]
    assert {q.state for q in back.questions} == {"candidate"}


def test_must_cite_and_must_not_cite_are_resolved_in_any_spelling_and_what_is_unknown_is_said(
    located: list[Located],
) -> None:
    items = [
        {
            "id": 1,
            "question": "Une ?",
            "must_cite": ["exi arch 11"],
            "must_not_cite": ["pi:EXI-ARCH-4"],
            "tags": ["x"],
        },
        {"id": 2, "question": "Deux ?", "must_cite": ["EXI-SEC-42"]},
        {"id": 3, "question": "Trois ?", "must_cite": []},
        {"id": 4, "question": "Quatre ?", "tags": ["sans réponse"]},
    ]
    found = import_set(json.dumps({"name": "n", "questions": items}), located, list(TITLES))
    first, fourth = found.questions
    assert first.evidence[0].passage.endswith(":EXI-ARCH-11")
    assert [r.passage for r in first.excluded] == ["pi:EXI-ARCH-4"]
    assert (fourth.id, fourth.kind) == ("4", "unanswerable")
    assert len(found.problems) == 2
    assert "EXI-SEC-42" in found.problems[0]


@pytest.mark.parametrize("text", ["", "[]", '{"questions": [{"id": 1}]}', "{"])
def test_what_is_no_mirai_set_is_refused(text: str, located: list[Located]) -> None:
    with pytest.raises(QuestionSetError, match="MirAI"):
        import_set(text, located, list(TITLES))
