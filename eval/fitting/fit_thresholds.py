"""The thresholds between answering, abstaining and citing, chosen on questions that the fit has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.question.hostile_signs import refusal_margin
from assistant.question.reading import read_question
from assistant.search.ranking import VERDICTS
from eval.question_sets.question_set import EvalQuestion

Floats = NDArray[np.float64]

_WRONG_REFUSALS = 0.04
_WRONG_ANSWERS = 0.03
"""What the project aims at, at most; the thresholds bring both errors as near to it as they can. On sets kept aside,
questions without an answer are answered more often than here, and questions with one refused less often: the second
aim is stricter than that of the project (0.08) for that reason."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What should happen to each question of a list, and what its reading alone decides. One row a question."""

    answered: NDArray[np.bool_]
    by_records: NDArray[np.bool_]
    absent: NDArray[np.bool_]
    """Asks for an identifier that does not exist: the records say so, whatever the numbers."""
    margins: Floats
    """How many times likelier than an answer an attack must be."""


def expected(questions: Sequence[EvalQuestion]) -> Expected:
    """Reads each question once."""
    readings = [read_question(q.question) for q in questions]
    return Expected(
        answered=np.array([q.must_answer for q in questions]),
        by_records=np.array([r.asks_for_records for r in readings]),
        absent=np.array(
            [q.reason == "id_inexistant" and bool(r.ids) for q, r in zip(questions, readings, strict=True)]
        ),
        margins=np.array(
            [refusal_margin(q.question, r.record_list is not None) for q, r in zip(questions, readings, strict=True)]
        ),
    )


def decisions(should: Expected, rows: Floats, answer: float, refuse: float) -> tuple[float, float]:
    """Share of the answerable questions that are answered, and of the others that are."""
    index = {v: n for n, v in enumerate(VERDICTS)}
    rows = _without_suspicion(rows, should.margins)
    odd = rows[:, index["hostile"]] + rows[:, index["small_talk"]]
    refused = (odd >= refuse) & (odd >= rows[:, index["answer"]])
    answered = (rows[:, index["answer"]] >= answer) & ~refused
    answered = np.where(should.by_records, ~refused, answered) & ~should.absent
    return float(answered[should.answered].mean()), float(answered[~should.answered].mean())


def _without_suspicion(rows: Floats, margins: Floats) -> Floats:
    """See assistant.search.ranking.without_suspicion, for all rows at once."""
    hostile, answer = (rows[:, [*VERDICTS].index(v)] for v in ("hostile", "answer"))
    aside = (margins > 1) & (hostile < margins * answer)
    others = np.array([v != "hostile" for v in VERDICTS])
    shared = rows * others / np.where(aside, 1 - hostile, 1.0)[:, None]
    return np.where(aside[:, None], shared, rows)


def thresholds(should: Expected, rows: Floats) -> tuple[float, float, tuple[tuple[float, float, float], ...]]:
    """The thresholds whose worse error, beside what is aimed at, is the smallest; and the whole curve."""
    best, chosen = float("inf"), (0.5, 0.5)
    for refuse in np.arange(0.3, 0.86, 0.05):
        for answer in np.arange(0.1, 0.91, 0.02):
            answered, wrongly = decisions(should, rows, float(answer), float(refuse))
            cost = max((1 - answered) / _WRONG_REFUSALS, wrongly / _WRONG_ANSWERS)
            if cost < best - 1e-9:
                best, chosen = cost, (round(float(answer), 3), round(float(refuse), 3))
    curve = tuple(
        (round(float(t), 2), *decisions(should, rows, float(t), chosen[1])) for t in np.arange(0.05, 1.0, 0.05)
    )
    return chosen[0], chosen[1], curve


_CITATIONS_RIGHT = 0.66
"""Share of right citations aimed at: one wrong for two right at most, so that the right one is there more often."""


def citing(rankings: Sequence[tuple[list[float], list[bool]]]) -> tuple[float, float]:
    """How much less likely than the first a unit may be and still be cited: most answers right at that precision."""
    best, chosen = -1.0, (0.5, 0.2)
    for share in np.arange(0.02, 0.95, 0.04):
        for least in np.arange(0.01, 0.4, 0.01):
            right = cited = covered = 0
            for chances, hits in rankings:
                kept = [0] + [n for n in (1, 2) if chances[n] >= share * chances[0] and chances[n] >= least]
                right += sum(hits[n] for n in kept)
                cited += len(kept)
                covered += any(hits[n] for n in kept)
            precision, coverage = right / cited, covered / len(rankings)
            score = coverage - 4 * max(0.0, _CITATIONS_RIGHT - precision)
            if score > best + 1e-9:
                best, chosen = score, (round(float(share), 3), round(float(least), 3))
    return chosen
