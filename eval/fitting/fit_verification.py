"""Fits the judgement on good sentences, planted faults and handwritten bad ones, and its limit across authors.

Logistic regression with a small penalty: every weight can be read. The limit is set on scores of sentences whose
author the weights have not seen, so that it holds for one more author.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.verification.judgement import Judgement, decisive
from eval.drafts.verification_suite import KEPT_ASIDE, Read, ReadPart

BLIND = ("neuves", "auteur-a", "auteur-b", "auteur-c")
"""Parts of authors who saw neither the rules nor the other parts: the limit is set on them."""
CAUGHT = 0.982
"""Share of the faults planted in those parts that must be caught when their author is left out."""
_PENALTY = 5e-5
_GOOD, _HANDWRITTEN, _PLANTED = 1.0, 1.5, 0.5
_SUBTLE = {"modalité changée": 1.5, "négation perdue": 1.5, "négation ajoutée": 1.5, "instruction obéie": 1.5}
"""What planted faults count for that only a reading of the sentence can catch, or that must not be missed."""

Parts = Sequence[Mapping[str, ReadPart]]
"""The read parts of each edition."""


def fit_judgement(editions: Parts) -> Judgement:
    """Weights fitted on every part but those kept aside; a limit set on the blind ones, each left out in its turn."""
    weights, intercept = _without(editions, "")
    return Judgement(weights, _limit(editions) - intercept)


def across_authors(editions: Parts) -> dict[str, Judgement]:
    """For each part, the judgement fitted without it, on whatever edition it stands; the limit is the same."""
    limit = _limit(editions)
    fitted = {name: _without(editions, name) for name in dict.fromkeys(n for parts in editions for n in parts)}
    return {name: Judgement(weights, limit - intercept) for name, (weights, intercept) in fitted.items()}


def write_judgement(judgement: Judgement) -> str:
    """judgement.json."""
    weights = {name: round(w, 3) for name, w in sorted(judgement.weights.items()) if abs(w) >= 0.0005}
    values = {"limit": round(judgement.limit, 3), "weights": weights}
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _limit(editions: Parts) -> float:
    """The score that leaves just enough planted faults above it, among the sentences of blind authors."""
    scores: list[float] = []
    for name in BLIND:
        weights, intercept = _without(editions, name)
        rows = [row for parts in editions if name in parts for row in parts[name].planted]
        scores += [
            np.inf if _decided(row) else Judgement(weights, 0.0).score(row.signals) + intercept for row in rows
        ]
    return float(np.quantile(scores, 1 - CAUGHT, method="lower")) if scores else 0.0


def _without(editions: Parts, name: str) -> tuple[dict[str, float], float]:
    return _weights(part for parts in editions for n, part in parts.items() if n not in {name, *KEPT_ASIDE})


def _decided(row: Read) -> bool:
    """True when no weight can change what is said of a sentence."""
    return row.failed is not None or decisive(row.signals) is not None


def _weights(parts: Iterable[ReadPart]) -> tuple[dict[str, float], float]:
    rows = [row for part in parts for row in part.every if not _decided(row)]
    names = sorted({name for row in rows for name in row.signals})
    place = {name: k for k, name in enumerate(names)}
    x = np.zeros((len(rows), len(names) + 1))
    x[:, -1] = 1.0
    for k, row in enumerate(rows):
        for name, value in row.signals.items():
            x[k, place[name]] = value
    bad = np.array([float(bool(row.sample.fault)) for row in rows])
    counts = np.array([_count(row) for row in rows])
    found = _regression(x, bad, counts / counts.sum())
    return dict(zip(names, map(float, found[:-1]), strict=True)), float(found[-1])


def _count(row: Read) -> float:
    if not row.sample.fault:
        return _GOOD
    return _HANDWRITTEN if row.sample.handwritten else _SUBTLE.get(row.sample.fault, _PLANTED)


def _regression(x: NDArray[np.float64], bad: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    free = np.ones(x.shape[1])
    free[-1] = 0.0  # the intercept is not held back

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = x @ w
        value = (counts * (np.logaddexp(0, z) - bad * z)).sum() + _PENALTY * (free * w * w).sum()
        slope = x.T @ (counts * (1 / (1 + np.exp(-z)) - bad)) + 2 * _PENALTY * free * w
        return float(value), slope

    start = np.zeros(x.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)
