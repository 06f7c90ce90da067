"""Files of evaluation questions are checked when they are read, and their evidence exists."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import eval.question_sets.question_set
from eval.question_sets.question_set import (
    REFERENCE,
    EvalQuestion,
    EvidenceRef,
    QuestionSetError,
    is_kept_aside,
    load_questions,
    set_files,
)
from eval.question_sets.set_checks import MINIMUM, sizes
from eval.runs.evidence import EvidenceFinder
from ingest.passage import Lines, Located, Passage
from ingest.question_bank import Entry, QuestionBank
from ingest.sources.corpus import Corpus

SETS = sorted(path.stem for path in eval.question_sets.question_set.QUESTIONS.glob("*.yaml"))
GOOD = """
- id: T-1
  question: Que faut-il sauvegarder ?
  kind: answerable
  evidence: [{passage: "pi:EXI-ARCH-4", fingerprint: "0123456789abcdef"}]
- id: T-2
  question: Quel temps fait-il ?
  kind: unanswerable
  reason: hors_domaine
- id: T-3
  question: Question retirée
  kind: small_talk
  state: retired
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of question sets of its own."""
    monkeypatch.setattr(eval.question_sets.question_set, "QUESTIONS", tmp_path)
    (tmp_path / "essai.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_the_questions_of_a_set_come_in_order_without_the_retired_ones(folder: Path) -> None:
    assert [q.id for q in load_questions("essai")] == ["T-1", "T-2"]


def test_without_a_name_every_set_is_read(folder: Path) -> None:
    (folder / "autre.yaml").write_text("- {id: A-1, question: Bonjour, kind: small_talk}\n", encoding="utf-8")
    assert [q.id for q in load_questions()] == ["A-1", "T-1", "T-2"]


def test_the_reference_sets_are_large_enough_to_conclude_and_hold_nothing_kept_aside() -> None:
    counted = sizes(load_questions(REFERENCE))
    assert {name: counted[name] >= least for name, least in MINIMUM.items()} == dict.fromkeys(MINIMUM, True)
    reasons = Counter(q.reason for q in load_questions(REFERENCE) if q.kind == "unanswerable")
    assert min(reasons.values()) >= 10
    assert not any(is_kept_aside(path.stem) for path in set_files([REFERENCE]))


def test_all_sets_are_those_that_are_not_kept_aside_each_once() -> None:
    everything = set_files(["tous", REFERENCE, "developpement-d"])
    assert [p.stem for p in everything] == [name for name in SETS if not is_kept_aside(name)]
    assert [p.stem for p in set_files(["gardees-p"])] == ["gardees-p"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("- {id: X-7, question: '', kind: small_talk}", ["essai.yaml", "X-7", "question"]),
        ("- {id: X-7, question: Quoi ?, kind: devinette}", ["essai.yaml", "X-7", "kind"]),
        ("- {id: X-7, question: Quoi ?, kind: answerable}", ["essai.yaml", "X-7", "evidence"]),
        ("- {id: X-7, question: Quoi ?, kind: hostile, couleur: vert}", ["essai.yaml", "X-7", "couleur"]),
        (
            "- {id: X-7, question: Quoi ?, kind: hostile, evidence: [{passage: p, fingerprint: 0123456789abcdef}]}",
            ["essai.yaml", "X-7", "evidence"],
        ),
        (
            "- {id: X-7, question: Quoi ?, kind: answerable, evidence: [{passage: p, fingerprint: court}]}",
            ["essai.yaml", "X-7", "fingerprint"],
        ),
        ("- {question: Quoi ?, kind: small_talk}", ["essai.yaml", "n° 1", "id"]),
        ("- pas un objet", ["essai.yaml", "n° 1"]),
        ("- {id: X-7, question: [", ["essai.yaml", "YAML"]),
    ],
)
def test_a_wrong_question_is_named_with_its_file(folder: Path, content: str, named: list[str]) -> None:
    (folder / "essai.yaml").write_text(content + "\n", encoding="utf-8")
    with pytest.raises(QuestionSetError) as caught:
        load_questions("essai")
    assert all(word in caught.value.message for word in named), caught.value.message
    assert caught.value.remedy


def test_an_id_used_twice_is_refused_even_across_files(folder: Path) -> None:
    (folder / "zut.yaml").write_text("- {id: T-2, question: Bonjour, kind: small_talk}\n", encoding="utf-8")
    with pytest.raises(QuestionSetError, match=r"zut\.yaml.*T-2"):
        load_questions("essai", "zut")


def test_an_unknown_set_names_those_that_exist(folder: Path) -> None:
    with pytest.raises(QuestionSetError) as caught:
        load_questions("absent")
    assert "absent.yaml" in caught.value.message
    assert "essai" in caught.value.remedy


def _located(text: str, line: int, source: str = "pi") -> Located:
    passage = Passage("requirement", text, Lines(line, line), (text,), id=f"EXI-G-{line}", priority="P")
    return Located(source, "exigences.md", None, passage)


def _question(*texts: str, acceptable: tuple[str, ...] = ()) -> EvalQuestion:
    def refs(of: tuple[str, ...]) -> tuple[EvidenceRef, ...]:
        return tuple(EvidenceRef(passage="pi:x", fingerprint=_located(t, 1).passage.fingerprint) for t in of)

    return EvalQuestion(id="Q", question="?", kind="answerable", evidence=refs(texts), acceptable=refs(acceptable))


def test_evidence_is_found_wherever_the_same_text_stands() -> None:
    finder = EvidenceFinder([_located("Sauvegarder.", 3), _located("sauvegarder", 9, "mirai")], QuestionBank([], ""))
    gold = finder.gold(_question("Sauvegarder."))
    assert gold.needed == (frozenset({("pi", "exigences.md", 3), ("mirai", "exigences.md", 9)}),)
    assert gold.missing == ()


def test_acceptable_evidence_is_right_but_not_needed() -> None:
    finder = EvidenceFinder([_located("Un.", 1), _located("Deux.", 2)], QuestionBank([], ""))
    gold = finder.gold(_question("Un.", acceptable=("Deux.",)))
    assert gold.needed == (frozenset({("pi", "exigences.md", 1)}),)
    assert gold.right == {("pi", "exigences.md", 1), ("pi", "exigences.md", 2)}


def test_evidence_that_the_revisions_do_not_hold_is_reported() -> None:
    gold = EvidenceFinder([_located("Un.", 1)], QuestionBank([], "")).gold(_question("Un.", "Absent."))
    assert [ref.fingerprint for ref in gold.missing] == [_located("Absent.", 1).passage.fingerprint]
    assert len(gold.needed) == 1


def test_the_banks_pairs_lead_from_an_official_text_to_its_demonstration() -> None:
    official, rewritten = _located("Texte officiel.", 5), _located("Réécriture.", 7)
    entry = Entry(
        id="e", questions=("q",), fingerprints=(official.passage.fingerprint, rewritten.passage.fingerprint)
    )
    finder = EvidenceFinder([rewritten], QuestionBank([entry], ""))
    assert finder.gold(_question("Texte officiel.")).right == {("pi", "exigences.md", 7)}


def _resolved(finder: EvidenceFinder, name: str) -> tuple[int, list[str]]:
    questions = load_questions(name)
    missing = [f"{q.id} {ref.passage}" for q in questions for ref in finder.gold(q).missing]
    return sum(len(q.evidence) for q in questions), missing


@pytest.mark.parametrize("name", SETS)
def test_almost_all_evidence_stands_in_the_demonstration_edition(finder: EvidenceFinder, name: str) -> None:
    count, missing = _resolved(finder, name)
    assert len(missing) <= 0.03 * count, missing


@pytest.mark.official
def test_all_evidence_stands_in_the_official_revisions(official_corpus: Corpus, bank: QuestionBank) -> None:
    located = [item for revision in official_corpus.newest() for item in official_corpus.located(revision)]
    finder = EvidenceFinder(located, bank)
    assert {name: _resolved(finder, name)[1] for name in SETS} == {name: [] for name in SETS}
