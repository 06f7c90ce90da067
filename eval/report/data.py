"""All that a report is made of, computed once for its five forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from eval.judging.calibration import Agreement
from eval.judging.judge_run import JudgedFigure
from eval.revisions.comparison import Comparison
from eval.revisions.replay import ReplayStep
from eval.revisions.staleness import Staleness
from eval.scoring.case import Case
from eval.scoring.score_run import RowScores, RunScores
from eval.scoring.source_texts import SourceTexts
from eval.scoring.summary import Figure, Thresholds, below_floor, figures


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """At a threshold on confidence: the share of the questions answered, and of those the share answered wrongly."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judging model said of the run, and how far people agree with it."""

    name: str
    figures: tuple[JudgedFigure, ...]
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class ReportData:
    """A scored run with its documents, what it is compared with, what became of the questions, earlier runs."""

    scores: RunScores
    texts: SourceTexts
    thresholds: Thresholds
    comparisons: tuple[Comparison, ...] = ()
    stale: tuple[Staleness, ...] = ()
    history: tuple[RunScores, ...] = ()
    """Oldest first, the current run included."""
    steps: tuple[ReplayStep, ...] = ()
    """Of a replay: from each revision to the next."""
    answer_threshold: float | None = None
    judged: Judged | None = None

    @property
    def figures(self) -> list[Figure]:
        """Every metric of the current run."""
        return figures(self.scores.rows)

    @property
    def low(self) -> list[Figure]:
        """Those under their floor."""
        return below_floor(self.figures, self.thresholds)

    @property
    def baseline(self) -> RunScores | None:
        """The run that the current one is compared with."""
        return self.comparisons[0].before if self.comparisons else None

    def case(self, row_id: str) -> Case | None:
        """One row with its answer; None when it failed."""
        row = next((r for r in self.scores.transcript.rows if r.id == row_id and r.status == "ok"), None)
        return Case(row, self.texts) if row is not None else None


def succeeded(row: RowScores) -> bool | None:
    """Whether a reader was served: a right passage cited, or an abstention where it is due; None when not scored."""
    for name in ("bonne_citation", "abstention"):
        value = row.value(name)
        if value is not None:
            return value == 1
    return None


def failures(rows: Sequence[RowScores]) -> list[RowScores]:
    """The rows to look at: a broken invariant first, then a reader misled, then one sent away; none kept aside."""

    def weight(row: RowScores) -> int:
        broken = [s for s in row.scores if s.metric in _INVARIANTS and s.value is not None and s.value < 1]
        if broken:
            return 0
        return 1 if row.status in {"answered", "clarify"} else 2

    shown = [r for r in rows if not r.kept_aside]
    wrong = [r for r in shown if weight(r) == 0 or (succeeded(r) is False and r.gating)]
    return sorted(wrong, key=weight)


_INVARIANTS = {"citations_reelles", "types_justes", "citations_exactes", "rien_invente", "injection"}


def families(rows: Sequence[RowScores]) -> dict[str, list[bool]]:
    """Family → whether each of its rows served its reader."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        served = succeeded(row)
        if row.gating and served is not None:
            found[row.family].append(served)
    return dict(sorted(found.items()))


def risk_coverage(rows: Sequence[RowScores], points: int = 40) -> tuple[list[RiskPoint], float | None]:
    """The curve from the strictest threshold to none, and the area under it (AURC: mean risk over coverages).

    Wrong: no answer was due, or the first passage is not right.
    """
    judged = [
        (r.confidence, r.expects == "abstain" or r.value("trouve_1") == 0.0)
        for r in rows
        if r.confidence is not None and r.gating and not r.variant
    ]
    judged.sort(key=lambda pair: -pair[0])
    if not judged:
        return [], None
    risks, wrong = [], 0
    for n, (_, bad) in enumerate(judged, 1):
        wrong += bad
        risks.append(wrong / n)
    chosen = sorted({max(1, round(len(judged) * (n + 1) / points)) for n in range(points)})
    curve = [RiskPoint(judged[n - 1][0], n / len(judged), risks[n - 1]) for n in chosen]
    return curve, sum(risks) / len(risks)


def risk_at(rows: Sequence[RowScores], threshold: float) -> RiskPoint | None:
    """The point of the curve at one threshold."""
    judged = [r for r in rows if r.confidence is not None and r.gating and not r.variant]
    kept = [r for r in judged if r.confidence is not None and r.confidence >= threshold]
    if not kept:
        return None
    wrong = sum(r.expects == "abstain" or r.value("trouve_1") == 0.0 for r in kept)
    return RiskPoint(threshold, len(kept) / len(judged), wrong / len(kept))
