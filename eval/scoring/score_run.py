"""A run's rows → their scores. Nothing that could not be judged is dropped: it has no value, and is counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.question_sets.question_set import is_kept_aside
from eval.question_sets.question_variants import GENERATED
from eval.revisions.following import Fate
from eval.runs.transcript import Expects, Row, Transcript
from eval.scoring.case import Case, UnreadableAnswer
from eval.scoring.catalogue import INVARIANCE, METRICS, SLIPS, Metric
from eval.scoring.conduct import same_conduct
from eval.scoring.source_texts import SourceTexts

Call = Callable[[Metric, Any], tuple[float | None, str]]
"""How a metric is called: directly, or through ragas."""


@dataclass(frozen=True, slots=True)
class Score:
    """One metric on one row; no value: it could not be judged, `reason` says why."""

    metric: str
    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RowScores:
    """Every score of one row."""

    id: str
    question_id: str
    variant: str
    digest: str
    """Of the question: two runs are compared where it is the same."""
    kind: str
    family: str
    cluster: str
    fate: Fate
    expects: Expects
    gating: bool
    """False for a candidate, a generated variant, or a question that no longer holds: shown, never gated."""
    status: str
    confidence: float | None
    scores: tuple[Score, ...]
    kept_aside: bool = False
    """Of a set that is not read: counted everywhere, shown nowhere one by one."""

    def value(self, metric: str) -> float | None:
        """The value of a metric; None when it does not apply or could not be judged."""
        return next((s.value for s in self.scores if s.metric == metric), None)


@dataclass(frozen=True, slots=True)
class RunScores:
    """A scored run: its rows, and what is missing."""

    transcript: Transcript
    rows: tuple[RowScores, ...]
    failed: tuple[str, ...] = field(default=())
    """Rows without an answer, one French sentence each."""

    @property
    def unscored(self) -> tuple[tuple[str, Score], ...]:
        """(row id, score) of everything that could not be judged."""
        return tuple((r.id, s) for r in self.rows for s in r.scores if s.value is None)

    @property
    def complete(self) -> bool:
        """True when every row was asked, answered and judged."""
        return self.transcript.complete and not self.failed and not self.unscored

    def values(self, metric: str, gated: bool = True) -> list[float]:
        """The values of a metric over the rows that count."""
        found = (r.value(metric) for r in self.rows if r.gating or not gated)
        return [v for v in found if v is not None]

    @property
    def fates(self) -> Counter[str]:
        """How many questions (variants left out) have each fate at this revision."""
        return Counter(r.fate for r in self.rows if not r.variant and r.expects != "abstain")


def score_run(transcript: Transcript, texts: SourceTexts, call: Call | None = None) -> RunScores:
    """Scores every row; with `call`, each metric goes through it."""
    chosen = call or directly
    failed = [f"{r.id} : {r.error}" for r in transcript.rows if r.status == "error"]
    failed += transcript.damaged
    failed += [f"{transcript.missing} ligne(s) manquent"] if transcript.missing else []
    cases = {r.id: Case(r, texts) for r in transcript.rows if r.status == "ok"}
    scored = [_row(case, cases.get(case.row.question_id), chosen) for case in cases.values()]
    return RunScores(transcript, tuple(scored), tuple(failed))


def directly(metric: Metric, arguments: Any) -> tuple[float | None, str]:
    """The metric's own function, called as it is; an exception is an unscored value that says why."""
    try:
        return metric.function(**arguments)
    except (ValueError, KeyError, ZeroDivisionError) as exc:
        return None, f"{type(exc).__name__} : {exc}"


def _row(case: Case, base: Case | None, call: Call) -> RowScores:
    row, question = case.row, case.question
    scores: list[Score] = []
    status = "illisible"
    try:
        status = case.status
        wanted = [m for m in METRICS if status != "error" and _counts(m, row) and m.applies(case)]
        scores += [Score(m.name, *call(m, m.arguments(case))) for m in wanted]
        if row.variant in GENERATED and base is not None:
            paired = SLIPS if row.variant == "faute" else INVARIANCE
            scores.append(Score(paired.name, *call(paired, {"problems": same_conduct(case, base)})))
    except UnreadableAnswer as exc:
        scores.append(Score("lecture", None, str(exc)))
    if status == "error":
        scores.append(Score("lecture", None, f"l'assistant a échoué : {case.text[:200]}"))
    return RowScores(
        id=row.id,
        question_id=row.question_id,
        variant=row.variant,
        digest=question.digest,
        kind=question.kind,
        family=family_of(row, question.kind, question.reason, question.style),
        cluster=row.cluster,
        fate=row.fate,
        expects=row.expects,
        gating=question.state == "valid" and row.variant not in GENERATED and row.expects != "nothing",
        status=status,
        confidence=row.confidence,
        scores=tuple(scores),
        kept_aside=is_kept_aside(row.set),
    )


def _counts(metric: Metric, row: Row) -> bool:
    """A generated variant is judged on invariants and on sameness; a question out of date, on invariants only."""
    if metric.invariant or metric.part == "time":
        return True
    return row.variant not in GENERATED and row.expects != "nothing"


KINDS = {
    "answerable": "avec réponse",
    "unanswerable": "sans réponse",
    "hostile": "hostile",
    "small_talk": "bavardage",
    "look_alike": "sosie inoffensif",
}


def family_of(row: Row, kind: str, reason: str | None, style: str) -> str:
    """The family that a row is counted with: "avec réponse, courte", "sans réponse, hors domaine"."""
    if row.expects == "abstain" and kind in {"answerable", "look_alike"}:
        return "devenue sans réponse"
    detail = (reason or "").replace("_", " ") if kind == "unanswerable" else (style if kind == "answerable" else "")
    return f"{KINDS[kind]}, {detail}" if detail else KINDS[kind]


def scores_json(scores: RunScores) -> str:
    """What `scores.json` holds: one object a row."""
    rows: Sequence[dict[str, Any]] = [
        {
            "id": r.id, "question": r.question_id, "variant": r.variant, "kind": r.kind, "family": r.family,
            "fate": r.fate, "expects": r.expects, "gating": r.gating, "status": r.status, "confidence": r.confidence,
            "scores": {s.metric: s.value for s in r.scores},
            "reasons": {s.metric: s.reason for s in r.scores if s.reason},
        }
        for r in scores.rows
    ]  # fmt: skip
    plain = {"run": scores.transcript.record.model_dump(mode="json"), "failed": list(scores.failed), "rows": rows}
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
