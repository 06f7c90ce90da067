"""A scored run in figures: each metric with its interval, what breaks, and how the command ends."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.exit_codes import INCOMPLETE, PASSED, REGRESSION
from eval.scoring.catalogue import BY_NAME, PAIRED, Metric
from eval.scoring.score_run import RowScores, RunScores, Score
from eval.scoring.statistics import Interval, cluster_bootstrap, wilson
from ingest.errors import CctError


class Thresholds(BaseModel):
    """What makes a job fail: the loss that is tolerated, the floors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    margin: dict[str, float] = Field(default_factory=dict)
    floor: dict[str, float] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over a run (or a family of it): estimate, interval, how many rows, how many under 1."""

    metric: Metric
    interval: Interval
    rows: int
    failures: int

    @property
    def broken(self) -> bool:
        """True for an invariant with one failure or more."""
        return self.metric.invariant and self.failures > 0


def load_thresholds(path: Path | None = None) -> Thresholds:
    """The thresholds of a file, ours by default. CctError when it cannot be used or names an unknown metric."""
    path = path or Path(__file__).with_name("thresholds.toml")
    try:
        thresholds = Thresholds.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise CctError(f"Seuils illisibles : {path} ({exc}).", "Partez de eval/scoring/thresholds.toml.") from exc
    except ValidationError as exc:
        raise CctError(f"{path} : {exc.errors()[0]['msg']}.", "Partez de eval/scoring/thresholds.toml.") from exc
    unknown = {*thresholds.margin, *thresholds.floor} - set(BY_NAME)
    if unknown:
        raise CctError(f"{path} : mesure inconnue {', '.join(sorted(unknown))}.", f"Mesures : {', '.join(BY_NAME)}.")
    return thresholds


def figures(rows: Sequence[RowScores]) -> list[Figure]:
    """Every metric that applies to some of the rows; invariants over all of them, others over those that count."""
    found = []
    for name, metric in BY_NAME.items():
        counted = [r for r in rows if r.gating or metric.invariant or metric in PAIRED]
        pairs = [(v, r.cluster) for r in counted if (v := r.value(name)) is not None]
        if not pairs:
            continue
        values, clusters = [v for v, _ in pairs], [c for _, c in pairs]
        failures = sum(v < 1 for v in values) if metric.scale != "milliseconds" else 0
        found.append(Figure(metric, interval_of(metric, values, clusters), len(values), failures))
    return found


def interval_of(metric: Metric, values: Sequence[float], clusters: Sequence[str]) -> Interval:
    """Wilson's interval for yes or no on independent questions, else the bootstrap over clusters."""
    if metric.scale == "binary" and len(set(clusters)) == len(clusters):
        return wilson(round(sum(values)), len(values))
    interval = cluster_bootstrap(values, clusters)
    if metric.scale == "binary" and interval.low == interval.high:  # nothing varies: the bootstrap would be certain
        return wilson(round(sum(values) * interval.n / len(values)), interval.n)
    return interval


def below_floor(found: Sequence[Figure], thresholds: Thresholds) -> list[Figure]:
    """The figures whose lower bound is under their floor."""
    return [
        f for f in found if f.metric.name in thresholds.floor and f.interval.low < thresholds.floor[f.metric.name]
    ]


def ending(scores: RunScores, thresholds: Thresholds) -> int:
    """4 when something is missing, 1 when an invariant is broken or a floor is not held, else 0."""
    if not scores.complete:
        return INCOMPLETE
    found = figures(scores.rows)
    return REGRESSION if any(f.broken for f in found) or below_floor(found, thresholds) else PASSED


def figures_json(scores: RunScores, thresholds: Thresholds) -> str:
    """What `figures.json` holds beside a run's scores: each metric in figures, for whoever shows the latest ones."""
    found = figures(scores.rows)
    low = {f.metric.name for f in below_floor(found, thresholds)}
    plain = {
        "schema": 1,
        "created": scores.transcript.record.created,
        "complete": scores.complete,
        "ending": ending(scores, thresholds),
        "model": scores.transcript.record.model,
        "documents": [
            {"source": d.source, "commit": d.commit, "date": d.date, "official": d.official}
            for d in scores.transcript.record.documents
        ],
        "figures": [
            {
                "name": f.metric.name, "label": f.metric.label, "scale": f.metric.scale, "value": f.interval.value,
                "low": f.interval.low, "high": f.interval.high, "rows": f.rows, "failures": f.failures,
                "broken": f.broken, "below_floor": f.metric.name in low,
            }
            for f in found
        ],
    }  # fmt: skip
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def summary_lines(scores: RunScores, thresholds: Thresholds) -> list[str]:
    """The figures as a Markdown table, then what is broken, missing or out of date."""
    found = figures(scores.rows)
    low = below_floor(found, thresholds)
    record = scores.transcript.record
    revisions = ", ".join(f"{d.source} {d.commit[:7]} ({d.date})" for d in record.documents)
    lines = [f"Révisions : {revisions}. Jeux : {', '.join(s.name for s in record.sets)}.", ""]
    lines += ["| mesure | valeur | intervalle à 95 % | questions | |", "| --- | --- | --- | --- | --- |"]
    for figure in found:
        mark = "**rompu**" if figure.broken else ("sous le plancher" if figure in low else "")
        lines.append(
            f"| {figure.metric.label} | {shown(figure.metric, figure.interval.value)} | "
            f"{shown(figure.metric, figure.interval.low)} – {shown(figure.metric, figure.interval.high)} | "
            f"{figure.rows} | {mark} |"
        )
    lines.append("")
    lines += [f"- {r.id}, {BY_NAME[s.metric].label} : {s.reason}" for r, s in broken_invariants(scores)]
    lines += [f"- sans réponse : {reason}" for reason in scores.failed]
    lines += [f"- non jugée : {row}, {s.metric} ({s.reason})" for row, s in scores.unscored]
    out = sum(r.expects == "nothing" for r in scores.rows)
    lines += [f"{out} question(s) ne valent plus à cette révision : montrées, pas comptées."] if out else []
    return lines


def broken_invariants(scores: RunScores) -> list[tuple[RowScores, Score]]:
    """Each failure of an invariant."""
    return [
        (row, s)
        for row in scores.rows
        for s in row.scores
        if s.metric in BY_NAME and BY_NAME[s.metric].invariant and s.value is not None and s.value < 1
    ]


def shown(metric: Metric, value: float) -> str:
    """A value as it is printed: three decimals, or whole milliseconds."""
    return f"{value:.0f}" if metric.scale == "milliseconds" else f"{value:.3f}"
