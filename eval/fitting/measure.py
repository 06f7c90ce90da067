"""What the assistant does with each evaluation question: found, cited, abstained, how long it took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer import Answer, Question
from assistant.answering import Assistant
from assistant.question.reading import read_question
from eval.question_sets.question_set import EvalQuestion
from eval.runs.evidence import EvidenceFinder, Gold

NOT_FOUND = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, its answer, and where it stands against the evidence."""

    question: EvalQuestion
    answer: Answer
    gold: Gold
    rank: int
    """Position of the first right passage among the retrieved ones, from 0; NOT_FOUND when none is."""
    citations_right: tuple[bool, ...]
    milliseconds: float

    @property
    def answered(self) -> bool:
        """True when the answer gives passages as its answer."""
        return self.answer.status in {"answered", "clarify"}

    @property
    def names_an_id(self) -> bool:
        """True when the question names an identifier."""
        return bool(read_question(self.question.question).ids)

    @property
    def failed(self) -> bool:
        """True when a reader would be misled or sent away wrongly."""
        if self.question.must_answer:
            return not self.answered or not any(self.citations_right)
        return self.answered


def measure_all(assistant: Assistant, finder: EvidenceFinder, questions: Sequence[EvalQuestion]) -> list[Outcome]:
    """One outcome a question, in order; questions whose evidence these revisions lack are left out."""
    assistant.warm()
    outcomes = []
    for question in questions:
        gold = finder.gold(question)
        if question.must_answer and not gold.right:
            continue
        start = time.perf_counter()
        answer = assistant.answer(Question(question.question))
        elapsed = (time.perf_counter() - start) * 1000
        rank = next((n for n, r in enumerate(answer.retrieved) if gold.accepts((r.place, *r.also))), NOT_FOUND)
        right = tuple(gold.accepts((c.place, *c.also)) for c in answer.citations)
        outcomes.append(Outcome(question, answer, gold, rank, right, elapsed))
    return outcomes


def summary(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The figures of the acceptance: shares between 0 and 1, milliseconds for times."""
    asked = [o for o in outcomes if o.question.must_answer]
    others = [o for o in outcomes if not o.question.must_answer]
    answered = [o for o in asked if o.answered]
    cited = [right for o in answered for right in o.citations_right]
    ids = [o for o in asked if o.names_an_id]
    quotes = [c.verified for o in outcomes for c in o.answer.citations]
    times = [o.milliseconds for o in outcomes]
    return {
        "trouvé dans le premier": _share([o.rank < 1 for o in asked]),
        "trouvé dans les 5 premiers": _share([o.rank < 5 for o in asked]),
        "trouvé dans les 10 premiers": _share([o.rank < 10 for o in asked]),
        "répond et cite un bon passage": _share([o.answered and any(o.citations_right) for o in asked]),
        "première citation bonne": _share([bool(o.citations_right) and o.citations_right[0] for o in answered]),
        "citations bonnes": _share(cited),
        "citations par réponse": float(np.mean([len(o.citations_right) for o in answered])) if answered else 0.0,
        "s'abstient ou refuse quand il le faut": _share([not o.answered for o in others]),
        "refus à tort": _share([not o.answered for o in asked]),
        "questions par identifiant": _share([o.answered and any(o.citations_right) for o in ids]),
        "citations exactes": _share(quotes),
        "questions avec réponse": float(len(asked)),
        "questions sans réponse": float(len(others)),
        "temps médian (ms)": float(np.median(times)) if times else 0.0,
        "temps au 95e centile (ms)": float(np.percentile(times, 95)) if times else 0.0,
    }


def _share(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")
