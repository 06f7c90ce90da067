"""The validator of question sets: each defect is named, and the project's own sets have none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.question_sets.question_fields import Anchor, EvidenceRef, Fact, Forbidden
from eval.question_sets.question_set import (
    EvalQuestion,
    QuestionSetError,
    load_questions,
    read_set,
    set_files,
    written,
)
from eval.question_sets.set_checks import Finding, SetChecker, sizes
from ingest.passage import Lines, Located, Passage
from ingest.question_bank import Entry, QuestionBank, load_bank
from ingest.sources.corpus import Corpus
from tests.built_indexes import PROJECT

TEXT = "La sauvegarde quotidienne est conservée pendant trente jours hors du site principal de production du projet."
LOCATED = Located("pi", "exigences.md", None, Passage("requirement", TEXT, Lines(3, 3), (TEXT,), id="EXI-G-1"))
REF = EvidenceRef(passage="pi:EXI-G-1", fingerprint=LOCATED.passage.fingerprint)


def _good(**more: Any) -> EvalQuestion:
    return EvalQuestion(
        **{"id": "T-1", "question": "Où garder la copie ?", "kind": "answerable", "evidence": (REF,), **more}
    )


def _checked(tmp_path: Path, *questions: EvalQuestion, bank: tuple[str, ...] = ()) -> list[Finding]:
    path = tmp_path / "essai.yaml"
    path.write_text(written(questions), encoding="utf-8")
    entry = Entry(id="e", questions=bank or ("?",), fingerprints=(REF.fingerprint,))
    return SetChecker([LOCATED], QuestionBank([entry], ""), official=True).check([path])


def test_a_good_question_has_no_finding(tmp_path: Path) -> None:
    good = _good(facts=(Fact(any=("30 jours", "trente jours")),), forbidden=(Forbidden(text="un an"),))
    assert _checked(tmp_path, good) == []


@pytest.mark.parametrize(
    ("change", "severity", "said"),
    [
        (
            {"evidence": (EvidenceRef(passage="pi:EXI-G-9", fingerprint="0" * 16),)},
            "warning",
            "pas dans les révisions lues",
        ),
        (
            {"evidence": (EvidenceRef(passage="pi:EXI-G-7", fingerprint=REF.fingerprint),)},
            "warning",
            "porte maintenant pi:EXI-G-1",
        ),
        (
            {"evidence": (REF.model_copy(update={"anchor": Anchor.of("un tout autre texte", "tout autre texte")}),)},
            "error",
            "ancre",
        ),
        ({"facts": (Fact(any=("un an", "douze mois")),)}, "warning", "un an | douze mois"),
        ({"forbidden": (Forbidden(regex="trente|quinze"),)}, "error", "interdit"),
        ({"variants": ("Où garder la copie ?",)}, "warning", "même question"),
        ({"question": f"Que penser de ceci : {TEXT}"}, "error", "12 mots de suite"),
        ({"expected": TEXT}, "error", "12 mots de suite"),
        ({"origin": "généré:T3"}, "error", "relecteur"),
        ({"valid": {"until": "6ba0bbd"}}, "warning", "révision passée"),
    ],
)
def test_each_defect_is_named(tmp_path: Path, change: dict[str, Any], severity: str, said: str) -> None:
    (found,) = _checked(tmp_path, _good(**change))
    assert (found.severity, found.set, found.question) == (severity, "essai", "T-1")
    assert said in found.message


def test_a_question_of_the_bank_measures_nothing(tmp_path: Path) -> None:
    (found,) = _checked(tmp_path, _good(), bank=("où garder la copie",))
    assert "banque" in found.message


def test_the_same_id_in_two_sets_is_an_error_and_an_unreadable_set_stops_nothing(tmp_path: Path) -> None:
    for name, content in (("a", written([_good()])), ("b", "- {id: ["), ("c", written([_good(question="Autre ?")]))):
        (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
    checker = SetChecker([LOCATED], QuestionBank([], ""), official=True)
    found = checker.check(set_files([str(tmp_path / f"{n}.yaml") for n in "abc"]))
    assert [(f.set, f.question) for f in found] == [("b", ""), ("c", "T-1")]
    assert "existe déjà dans a" in found[1].message


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("forbidden: [{regex: '('}]", "régulière"),
        ("forbidden: [{}]", "text ou regex"),
        ("facts: [{any: []}]", "facts"),
        ("valid: {since: '2026-02-27'}", "since"),
        ("inconnu: 1", "inconnu"),
    ],
)
def test_a_wrong_field_is_refused_with_the_question(tmp_path: Path, extra: str, said: str) -> None:
    path = tmp_path / "essai.yaml"
    path.write_text(f"- {{id: T-1, question: Bonjour, kind: small_talk, {extra}}}\n", encoding="utf-8")
    with pytest.raises(QuestionSetError, match="T-1") as caught:
        read_set(path)
    assert said in caught.value.message


def test_a_set_by_its_path_is_read_and_what_is_written_is_read_back(tmp_path: Path) -> None:
    question = _good(
        variants=("Où mettre la copie ?",),
        facts=(Fact(any=("trente",)),),
        reviewed_by="AB",
        reviewed_on="2026-11-25",
        tags=("sauvegarde",),
        valid={"since": "6ba0bbd"},
    )
    path = tmp_path / "essai.yaml"
    path.write_text(written([question]), encoding="utf-8")
    assert load_questions(str(path)) == [question]
    assert question.digest != _good().digest
    assert question.digest == question.model_copy(update={"reviewed_by": "CD"}).digest


@pytest.mark.official
def test_the_projects_own_sets_have_no_error_and_the_size_that_is_asked(official_corpus: Corpus) -> None:
    located = [item for revision in official_corpus.newest() for item in official_corpus.located(revision)]
    bank = load_bank(PROJECT / "corpus" / "questions")
    found = SetChecker(located, bank, official=True).check(set_files())
    assert [f for f in found if f.severity == "error"] == []
    counted = sizes(load_questions())
    assert counted["avec réponse"] >= 150
    assert counted["passages distincts"] >= 75
    assert min(counted["sans réponse"], counted["hostiles"]) >= 60
    assert counted["sosies inoffensifs"] >= 20


@pytest.mark.official
def test_the_command_ends_with_3_when_questions_have_to_be_read_again(
    official_home: Path, tmp_path: Path, cct_eval: Callable[..., Any]
) -> None:
    done = cct_eval("stale", "--source", "pi", "--from", "6ba0bbd", "--to", "c869910", "--json", home=official_home)
    assert done.returncode == 3, done.stderr
    (report,) = json.loads(done.stdout)
    assert report["counts"]["renumbered"] >= 30
    same = cct_eval("stale", "--source", "pi", "--from", "3450e8c", "--to", "3450e8c", home=official_home)
    assert same.returncode == 0
    unknown = cct_eval("stale", "--source", "pi", "--from", "0000000", home=official_home)
    assert unknown.returncode == 2, "3 dirait que des questions sont à relire"
    assert "introuvable" in unknown.stderr
