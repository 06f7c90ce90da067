"""Fits the bounds of support on good sentences and on planted faults of the development part only."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.verification.draft_sentences import MARKER, marker_numbers
from assistant.verification.evidence import IDENTIFIER
from assistant.verification.support import Bounds, Nearness, Support, support_of
from eval.drafts.draft_faults import Sample
from eval.drafts.verification_suite import Suite

UNSUPPORTED = ("renvoi déplacé", "ajout inventé", "précision plausible", "instruction obéie")
"""The classes that only support can catch."""
_REJECTED = 0.01
"""Share of the good sentences that each bound may reject."""
_PENALTY = 0.02
_MISSED = 0.009
"""Share of all planted faults that only support could catch, and may miss; the rules miss about as many again."""
_SURELY = (0.70, 0.75, 0.79, 0.85, 0.90)
_WEAKEST = (0.20, 0.24, 0.28, 0.32, 0.36)
_MARGINS = (-0.05, -0.10, -0.15)
_SHIFTS = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5)
_NOTHING = Bounds(surely=2.0, least=0.0, weakest=0.0, margin=-1.0, weights=(0.0, 0.0, 0.0, 0.0), intercept=1.0)


def fit_bounds(suites: Sequence[tuple[Suite, Nearness]]) -> Bounds:
    """Bounds that reject few good sentences of the development parts and the most unsupported ones."""
    good_rows: list[Support] = []
    bad_rows: list[Support] = []
    planted = 0
    for suite, nearness in suites:
        good = [*suite.written("reglage"), *suite.from_records()]
        faults = suite.with_faults(good)
        planted += len(faults)
        bad = [b for b in faults if b.fault in UNSUPPORTED]
        bad = [c.sample for c in suite.check(bad, None, _NOTHING) if c.fault is None]  # what nothing else catches
        good_rows += [_support(suite, s, nearness) for s in good]
        bad_rows += [_support(suite, s, nearness) for s in bad]
    bounds = Bounds(
        surely=_between(good_rows, bad_rows, "coverage"),
        least=_lowest(good_rows, "coverage") * 0.75,
        weakest=_middle(good_rows, bad_rows),
        margin=min(_lowest(good_rows, "margin") - 0.05, -0.05),
        weights=(0.0, 0.0, 0.0, 0.0),
        intercept=0.0,
    )
    return _chosen(_with_grey(bounds, good_rows, bad_rows), good_rows, bad_rows, planted)


def write_bounds(bounds: Bounds) -> str:
    """bounds.json."""
    values = {k: [round(w, 3) for w in v] if isinstance(v, tuple) else round(v, 3) for k, v in asdict(bounds).items()}
    return json.dumps(values, indent=2) + "\n"


def _support(suite: Suite, sample: Sample, nearness: Nearness) -> Support:
    text = IDENTIFIER.sub(" ", MARKER.sub(" ", sample.text))
    numbers = marker_numbers(sample.text)
    cited = [sample.given[n] for n in dict.fromkeys(numbers)]
    others = [p for n, p in sample.given.items() if n not in numbers]
    return support_of(text, cited, others, suite.weights, nearness)


def _lowest(rows: Sequence[Support], name: str) -> float:
    return float(np.quantile([getattr(r, name) for r in rows], _REJECTED))


def _middle(good: Sequence[Support], bad: Sequence[Support]) -> float:
    """A third of the way from what nearly all bad sentences have at most to what nearly all good ones have at least.

    Nearer to the bad ones: a fault is also caught by other rules, a good sentence is lost by one.
    """
    low = _lowest(good, "weakest")
    high = float(np.quantile([r.weakest for r in bad], 0.98)) if bad else 0.0
    return high + (low - high) / 3 if high < low else low


def _between(good: Sequence[Support], bad: Sequence[Support], name: str) -> float:
    """The value from which words suffice: few bad ones whose weakest run stands reach it."""
    weakest = _middle(good, bad)
    rest = [getattr(r, name) for r in bad if r.weakest >= weakest]
    return min(0.9, float(np.quantile(rest, 0.98))) if rest else 0.5


def _with_grey(bounds: Bounds, good: Sequence[Support], bad: Sequence[Support]) -> Bounds:
    """Logistic regression between the two bounds, then an intercept that rejects few good sentences."""
    x = np.array([_figures(r) for r in (*good, *bad)])
    y = np.array([1.0] * len(good) + [0.0] * len(bad))
    balance = np.where(y == 1, 0.5 / max(1, len(good)), 0.5 / max(1, len(bad)))

    def loss(w: NDArray[np.float64]) -> float:
        z = x @ w[:4] + w[4]
        return float(
            (balance * (np.logaddexp(0, -z) * y + np.logaddexp(0, z) * (1 - y))).sum()
            + _PENALTY * (w[:4] @ w[:4]) / 100
        )

    found = minimize(loss, np.zeros(5), method="L-BFGS-B", bounds=[(0, 60)] * 4 + [(None, None)]).x
    scores = x @ found[:4] + found[4]
    grey = np.array([r.coverage < bounds.surely for r in good])
    lowest = float(scores[: len(good)][grey].min()) if grey.any() else 0.0
    weights = tuple(float(w) for w in found[:4])
    return replace(bounds, weights=weights, intercept=float(found[4]) - min(0.0, lowest))  # type: ignore[arg-type]  # four


def _chosen(bounds: Bounds, good: Sequence[Support], bad: Sequence[Support], planted: int) -> Bounds:
    """Of the bounds around the fitted ones, those that lose the fewest good sentences and miss few enough faults."""
    best, fewest = bounds, (len(good) + 1, len(bad) + 1)
    for surely, weakest, margin, shift in itertools.product(_SURELY, _WEAKEST, _MARGINS, _SHIFTS):
        tried = replace(bounds, surely=surely, weakest=weakest, margin=margin, intercept=bounds.intercept + shift)
        kept, missed = (sum(tried.hold(r) for r in rows) for rows in (good, bad))
        counts = (len(good) - kept, missed)
        if missed <= _MISSED * planted and counts < fewest:
            best, fewest = tried, counts
    return best


def _figures(row: Support) -> tuple[float, float, float, float]:
    return row.coverage, row.weakest, row.nearness, row.nearness_margin
