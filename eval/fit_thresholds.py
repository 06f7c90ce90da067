"""The thresholds between answering, abstaining and citing, chosen on questions that the fit has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.question_reading import read_question
from assistant.ranking import VERDICTS
from eval.question_set import EvalQuestion

Floats = NDArray[np.float64]


def decisions(questions: Sequence[EvalQuestion], rows: Floats, answer: float, refuse: float) -> tuple[float, float]:
    """Share of the answerable questions that are answered, and of the others that are."""
    index = {v: n for n, v in enumerate(VERDICTS)}
    refused = rows[:, index["hostile"]] + rows[:, index["small_talk"]] >= refuse
    answered = (rows[:, index["answer"]] >= answer) & ~refused
    readings = [read_question(q.question) for q in questions]
    answered = np.where([r.asks_for_records for r in readings], ~refused, answered)
    should = np.array([q.must_answer for q in questions])
    absent = np.array([q.reason == "id_inexistant" and bool(r.ids) for q, r in zip(questions, readings, strict=True)])
    answered = answered & ~absent
    return float(answered[should].mean()), float(answered[~should].mean())


def thresholds(
    questions: Sequence[EvalQuestion], rows: Floats
) -> tuple[float, float, tuple[tuple[float, float, float], ...]]:
    """The thresholds with the lowest sum of both errors, refusals to answer counted 1.5 times; the whole curve."""
    best, chosen = 9.0, (0.5, 0.5)
    for refuse in np.arange(0.3, 0.86, 0.05):
        for answer in np.arange(0.1, 0.91, 0.02):
            answered, wrongly = decisions(questions, rows, float(answer), float(refuse))
            cost = 1.5 * (1 - answered) + wrongly
            if cost < best - 1e-9:
                best, chosen = cost, (round(float(answer), 3), round(float(refuse), 3))
    curve = tuple(
        (round(float(t), 2), *decisions(questions, rows, float(t), chosen[1])) for t in np.arange(0.05, 1.0, 0.05)
    )
    return chosen[0], chosen[1], curve


def citing(rankings: Sequence[tuple[list[float], list[bool]]]) -> tuple[float, float]:
    """How much less likely than the first a unit may be and still be cited: most answers right at 0.60 precision."""
    best, chosen = -1.0, (0.5, 0.2)
    for share in np.arange(0.1, 0.95, 0.05):
        for least in np.arange(0.02, 0.4, 0.02):
            right = cited = covered = 0
            for chances, hits in rankings:
                kept = [0] + [n for n in (1, 2) if chances[n] >= share * chances[0] and chances[n] >= least]
                right += sum(hits[n] for n in kept)
                cited += len(kept)
                covered += any(hits[n] for n in kept)
            precision, coverage = right / cited, covered / len(rankings)
            score = coverage - 4 * max(0.0, 0.60 - precision)
            if score > best + 1e-9:
                best, chosen = score, (round(float(share), 3), round(float(least), 3))
    return chosen
