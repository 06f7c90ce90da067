"""Human labels of answers, and how far a judge agrees with them: below, its figures are advice and nothing more."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.judging.judge_run import Verdict
from eval.runs.transcript import TranscriptError
from eval.scoring.statistics import cohen_kappa

FILE = "labels.jsonl"
ENOUGH_LABELS = 50
ENOUGH_AGREEMENT = 0.6
"""Kappa from which a judged metric may gate (notes of the design: at least 50 labels)."""
_RIGHT = 0.5
"""Value from which a judge's verdict on an answer counts as a yes."""


class Label(BaseModel):
    """What one person said of one answer for one metric."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: str
    metric: str
    right: bool
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge beside people, on the answers that both judged."""

    metric: str
    labels: int
    agree: int
    kappa: float

    @property
    def calibrated(self) -> bool:
        """True when the metric may gate."""
        return self.labels >= ENOUGH_LABELS and self.kappa >= ENOUGH_AGREEMENT


def add_label(folder: Path, row: str, metric: str, right: bool, by: str) -> None:
    """Appends a label to the run's folder; the last one of a person for an answer and a metric counts."""
    label = Label(row=row, metric=metric, right=right, by=by, on=datetime.date.today().isoformat())
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(f"{label.model_dump_json()}\n")


def read_labels(folder: Path) -> list[Label]:
    """The labels of a run's folder. TranscriptError for a line that is no label."""
    path = folder / FILE
    if not path.is_file():
        return []
    found: dict[tuple[str, str, str], Label] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            label = Label.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError) as exc:
            raise TranscriptError(f"{path.name}, ligne {number} : illisible.", "Supprimez la ligne.") from exc
        found[(label.row, label.metric, label.by)] = label
    return list(found.values())


def agreements(labels: Sequence[Label], verdicts: Sequence[Verdict]) -> list[Agreement]:
    """Metric by metric: Cohen's kappa between the people's majority (a tie is left out) and the judge's mean."""
    found = []
    for metric in dict.fromkeys(label.metric for label in labels):
        people = _majority([label for label in labels if label.metric == metric])
        judged: dict[str, list[float]] = {}
        for verdict in verdicts:
            if verdict.metric == metric and verdict.value is not None:
                judged.setdefault(verdict.row, []).append(verdict.value)
        rows = [row for row in people if row in judged]
        if not rows:
            continue
        said = [_word(people[row]) for row in rows]
        thought = [_word(sum(judged[row]) / len(judged[row]) >= _RIGHT) for row in rows]
        agree = sum(a == b for a, b in zip(said, thought, strict=True))
        found.append(Agreement(metric, len(rows), agree, cohen_kappa(said, thought)))
    return found


def between_people(labels: Sequence[Label]) -> float | None:
    """Mean kappa of the pairs of people who labelled the same answers: what a judge can be asked at most."""
    names = sorted({label.by for label in labels})
    of = {n: {(x.row, x.metric): _word(x.right) for x in labels if x.by == n} for n in names}
    kappas = []
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            both = sorted(of[a].keys() & of[b].keys())
            if both:
                kappas.append(cohen_kappa([of[a][k] for k in both], [of[b][k] for k in both]))
    return sum(kappas) / len(kappas) if kappas else None


def _majority(labels: Sequence[Label]) -> dict[str, bool]:
    votes: dict[str, int] = {}
    for label in labels:
        votes[label.row] = votes.get(label.row, 0) + (1 if label.right else -1)
    return {row: vote > 0 for row, vote in votes.items() if vote}


def _word(right: bool) -> Literal["oui", "non"]:
    return "oui" if right else "non"
