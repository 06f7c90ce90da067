"""What the assistant must keep finding on the demonstration edition; measured on a development set only."""

from __future__ import annotations

import pytest

from assistant.answering import Assistant
from assistant.selection import Library
from eval.fitting.measure import Outcome, measure_all, summary
from eval.fitting.reports import measure_report
from eval.question_sets.question_set import load_questions
from eval.runs.evidence import EvidenceFinder

SET = "developpement-d"


@pytest.fixture(scope="module")
def outcomes(assistant: Assistant, finder: EvidenceFinder) -> list[Outcome]:
    """Every question of the set, asked once."""
    return measure_all(assistant, finder, load_questions(SET))


@pytest.mark.parametrize(
    ("figure", "floor"),
    [
        # a few points under what was measured on 2026-11-23: 0.886, 0.980, 0.933, 0.775, 0.963
        ("trouvé dans le premier", 0.84),
        ("trouvé dans les 5 premiers", 0.93),
        ("répond et cite un bon passage", 0.88),
        ("citations bonnes", 0.72),
        ("s'abstient ou refuse quand il le faut", 0.91),
        # these are promises, not measures
        ("citations exactes", 1.0),
        ("questions par identifiant", 1.0),
    ],
)
def test_a_figure_stays_above_its_floor(outcomes: list[Outcome], figure: str, floor: float) -> None:
    assert summary(outcomes)[figure] >= floor


def test_the_report_names_its_set_its_revisions_and_every_failure(outcomes: list[Outcome], library: Library) -> None:
    report = measure_report(outcomes, [SET], library.selection(), with_failures=True)
    assert SET in report
    assert "mirai demo-" in report
    assert report.count("\n- ") == sum(outcome.failed for outcome in outcomes)
