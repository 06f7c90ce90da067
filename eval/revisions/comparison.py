"""Two runs compared: which of the difference comes from the documents, which from us, and what it proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.exit_codes import INCOMPLETE, INCONCLUSIVE, PASSED, REGRESSION
from eval.runs.transcript import RunRecord
from eval.scoring.catalogue import BY_NAME, Metric
from eval.scoring.score_run import RowScores, RunScores
from eval.scoring.statistics import Interval, detectable_drop, holm, mcnemar, paired_difference, sign_flip, wilson
from eval.scoring.summary import Figure, Thresholds, below_floor, figures
from ingest.errors import CctError

Effect = Literal["documents", "code", "mêlés", "aucun"]
Verdict = Literal["régression", "non concluant", "tenu", "mieux"]
_ALPHA = 0.05
_FEWEST = 10
"""Changed or not, pairs under which nothing is concluded."""


class IncompatibleRuns(CctError):
    """Two runs share nothing that can be compared."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric over the questions that are valid in both runs. Positive: better now."""

    metric: Metric
    before: float
    after: float
    change: Interval
    lost: int
    """Questions that went down."""
    gained: int
    p_value: float
    """One-sided, for a loss; adjusted by Holm over the metrics compared."""
    margin: float
    detectable: float
    """The smallest loss that this many questions would show."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against its baseline, on the questions that hold in both and have not changed."""

    before: RunScores
    after: RunScores
    effect: Effect
    pairs: tuple[tuple[RowScores, RowScores], ...]
    differences: tuple[Difference, ...]
    invariants: tuple[Figure, ...]
    """The broken ones of the newer run."""
    low: tuple[Figure, ...]
    """The figures of the newer run under their floor."""
    new: tuple[str, ...]
    """Questions that only the newer run scores: new, edited, or valid again."""
    gone: tuple[str, ...]
    """Questions that only the older run scores."""

    @property
    def regressed(self) -> tuple[Difference, ...]:
        """The metrics that went down."""
        return tuple(d for d in self.differences if d.verdict == "régression")

    def ending(self, strict: bool = False) -> int:
        """The exit code: 4 incomplete, 1 regression, invariant or floor, 6 inconclusive when strict, else 0."""
        if not (self.before.complete and self.after.complete):
            return INCOMPLETE
        if self.regressed or self.invariants or self.low:
            return REGRESSION
        if strict and any(d.verdict == "non concluant" for d in self.differences):
            return INCONCLUSIVE
        return PASSED


def effect_of(before: RunRecord, after: RunRecord) -> Effect:
    """What differs between two runs: the documents, the code (bank, weights, models and prompts too), or both."""
    documents = [tuple(sorted((d.source, d.commit) for d in r.documents)) for r in (before, after)]
    code = [(r.code, r.bank, r.ranking, r.embedding, r.model, r.prompts, r.answers) for r in (before, after)]
    changed = (documents[0] != documents[1], code[0] != code[1])
    return {(True, False): "documents", (False, True): "code", (True, True): "mêlés"}.get(changed, "aucun")  # type: ignore[return-value]  # the four values of Effect


def compare(before: RunScores, after: RunScores, thresholds: Thresholds) -> Comparison:
    """The comparison. Raises IncompatibleRuns when no question is valid and unchanged in both."""
    check_compatible(before.transcript.record, after.transcript.record)
    older = {r.id: r for r in before.rows if r.gating}
    newer = {r.id: r for r in after.rows if r.gating}
    pairs = tuple(
        (older[i], newer[i])
        for i in older
        if i in newer and older[i].digest == newer[i].digest and older[i].expects == newer[i].expects
    )
    if not pairs:
        raise IncompatibleRuns(
            "Aucune question n'est valable et inchangée dans les deux exécutions.",
            "Comparez des exécutions faites sur les mêmes jeux.",
        )
    paired = {a.id for a, _ in pairs}
    found = figures(after.rows)
    return Comparison(
        before=before,
        after=after,
        effect=effect_of(before.transcript.record, after.transcript.record),
        pairs=pairs,
        differences=_differences(pairs, thresholds),
        invariants=tuple(f for f in found if f.broken),
        low=tuple(below_floor(found, thresholds)),
        new=tuple(i for i in newer if i not in paired),
        gone=tuple(i for i in older if i not in paired),
    )


def check_compatible(before: RunRecord, after: RunRecord) -> None:
    """Raises IncompatibleRuns when the runs are not about the same sources."""
    sources = [{(d.source, d.official) for d in r.documents} for r in (before, after)]
    if sources[0] != sources[1]:
        names = [", ".join(sorted(f"{s}{'' if o else ' (démonstration)'}" for s, o in side)) for side in sources]
        raise IncompatibleRuns(
            f"Les deux exécutions ne portent pas sur les mêmes sources : {names[0]} ; {names[1]}.",
            "Refaites l'exécution de référence.",
        )


def _differences(pairs: Sequence[tuple[RowScores, RowScores]], thresholds: Thresholds) -> tuple[Difference, ...]:
    measured = []
    for name, margin in thresholds.margin.items():
        both = [(a.value(name), b.value(name), a.cluster) for a, b in pairs]
        values = [(x, y, cluster) for x, y, cluster in both if x is not None and y is not None]
        if values:
            measured.append((BY_NAME[name], margin, values))
    p_values = holm([_p_value(metric, values) for metric, _, values in measured])
    return tuple(
        _difference(metric, margin, values, p) for (metric, margin, values), p in zip(measured, p_values, strict=True)
    )


Paired = tuple[float, float, str]


def _p_value(metric: Metric, values: Sequence[Paired]) -> float:
    before, after, clusters = ([v[i] for v in values] for i in range(3))
    if metric.scale == "binary" and len(set(clusters)) == len(clusters):
        return mcnemar(sum(a > b for a, b, _ in values), sum(a < b for a, b, _ in values))
    return sign_flip(before, after, clusters)  # type: ignore[arg-type]  # columns of (float, float, str)


def _difference(metric: Metric, margin: float, values: Sequence[Paired], p_value: float) -> Difference:
    before, after = [v[0] for v in values], [v[1] for v in values]
    change = paired_difference(before, after, [v[2] for v in values])
    if change.low == change.high == 0:  # nothing moved: as sure as so many questions without a failure can be
        bound = 1 - wilson(change.n, change.n).low
        change = Interval(0.0, -bound, bound, change.n)
    return Difference(
        metric=metric,
        before=sum(before) / len(before),
        after=sum(after) / len(after),
        change=change,
        lost=sum(a > b for a, b, _ in values),
        gained=sum(a < b for a, b, _ in values),
        p_value=p_value,
        margin=margin,
        detectable=detectable_drop(change.n),
        verdict=verdict(change, margin, p_value, len(values)),
    )


def verdict(change: Interval, margin: float, p_value: float, pairs: int) -> Verdict:
    """A regression is a loss of the margin or more that chance does not explain; held: a loss that large is excluded.

    Between both the sample cannot tell. "mieux" when even the lower bound is a gain.
    """
    if pairs < _FEWEST:
        return "non concluant"
    if change.high < 0 and change.value <= -margin and p_value <= _ALPHA:
        return "régression"
    if change.low > 0:
        return "mieux"
    return "tenu" if change.low > -margin else "non concluant"
