"""The figures of a measure on cases small enough to count by hand."""

from __future__ import annotations

import math

import pytest

from assistant.answer import Answer, Citation, Place, Question, Retrieved, Status
from eval.fitting.measure import NOT_FOUND, Outcome, measure_all, summary
from eval.question_sets.question_set import EvalQuestion, EvidenceRef
from eval.runs.evidence import EvidenceFinder, Gold
from ingest.passage import Lines, Located, Passage
from ingest.question_bank import QuestionBank


def _place(line: int) -> Place:
    return Place("pi", "exigences.md", "requirement", f"EXI-G-{line}", 1, "P", line, line, None, None)


def _passage(line: int) -> Located:
    text = f"Exigence numéro {line}."
    return Located(
        "pi", "exigences.md", None, Passage("requirement", text, Lines(line, line), (text,), id=f"EXI-G-{line}")
    )


LOCATED = [_passage(n) for n in range(1, 9)]


def _question(number: int, wanted: int | None, text: str = "Comment faire ?") -> EvalQuestion:
    evidence = () if wanted is None else (EvidenceRef(passage="x", fingerprint=_passage(wanted).passage.fingerprint),)
    return EvalQuestion(
        id=f"Q-{number}", question=text, kind="answerable" if evidence else "unanswerable", evidence=evidence
    )


def _answer(status: Status, cited: list[int], retrieved: list[int], verified: bool = True) -> Answer:
    return Answer(
        question="?",
        status=status,
        text="",
        citations=tuple(Citation(n, _place(line), "", "q", verified) for n, line in enumerate(cited, 1)),
        retrieved=tuple(Retrieved(_place(line), 1 / n) for n, line in enumerate(retrieved, 1)),
    )


class ScriptedAssistant:
    """Gives the answers it was given, by question."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def warm(self) -> None:
        """Nothing to load."""

    def answer(self, question: Question) -> Answer:
        """The scripted answer."""
        self.asked.append(question.text)
        return self._answers[question.text]


def _measured(*cases: tuple[EvalQuestion, Answer]) -> list[Outcome]:
    named = [(q.model_copy(update={"question": f"{q.question} ({n})"}), a) for n, (q, a) in enumerate(cases)]
    assistant = ScriptedAssistant({q.question: a for q, a in named})
    finder = EvidenceFinder(LOCATED, QuestionBank([], ""))
    return measure_all(assistant, finder, [q for q, _ in named])  # type: ignore[arg-type]  # the double has what is used


def test_figures_counted_by_hand() -> None:
    outcomes = _measured(
        (_question(1, 1), _answer("answered", [1, 2], [1, 2, 3])),
        (_question(2, 4), _answer("answered", [2], [2, 3, 5, 4])),
        (_question(3, 6), _answer("abstained", [], [1, 2, 3, 4, 5, 6, 7])),
        (_question(4, 8, "Que dit EXI-G-8 ?"), _answer("clarify", [7, 8], [8], verified=False)),
        (_question(5, None), _answer("abstained", [], [1])),
        (_question(6, None), _answer("answered", [3], [3])),
    )
    assert [o.rank for o in outcomes] == [0, 3, 5, 0, NOT_FOUND, NOT_FOUND]
    figures = summary(outcomes)
    assert figures["trouvé dans le premier"] == 2 / 4
    assert figures["trouvé dans les 5 premiers"] == 3 / 4
    assert figures["trouvé dans les 10 premiers"] == 4 / 4
    assert figures["répond et cite un bon passage"] == 2 / 4
    assert figures["première citation bonne"] == pytest.approx(1 / 3)
    assert figures["citations bonnes"] == 2 / 5
    assert figures["citations par réponse"] == pytest.approx(5 / 3)
    assert figures["s'abstient ou refuse quand il le faut"] == 1 / 2
    assert figures["refus à tort"] == 1 / 4
    assert figures["questions par identifiant"] == 1.0
    assert figures["citations exactes"] == pytest.approx(4 / 6)
    assert (figures["questions avec réponse"], figures["questions sans réponse"]) == (4, 2)


def test_a_failure_is_what_would_mislead_or_send_away_a_reader() -> None:
    outcomes = _measured(
        (_question(1, 1), _answer("answered", [1], [1])),
        (_question(2, 1), _answer("answered", [2], [1])),
        (_question(3, 1), _answer("refused", [], [1])),
        (_question(4, None), _answer("refused", [], [])),
        (_question(5, None), _answer("clarify", [1], [1])),
    )
    assert [o.failed for o in outcomes] == [False, True, True, False, True]


def test_a_question_whose_evidence_is_absent_is_not_asked() -> None:
    outcomes = _measured((_question(1, 99), _answer("answered", [1], [1])))
    assert outcomes == []


def test_what_was_not_measured_is_no_number() -> None:
    figures = summary([])
    assert math.isnan(figures["trouvé dans le premier"])
    assert math.isnan(figures["citations exactes"])
    assert figures["questions avec réponse"] == 0


def test_the_same_text_elsewhere_counts_as_found() -> None:
    gold = Gold(needed=(), right=frozenset({("pi", "exigences.md", 2)}))
    assert gold.accepts([_place(1), _place(2)])
    assert not gold.accepts([_place(1)])
