"""Intervals and paired tests for small samples; every function is checked against scipy or by hand in the tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
DRAWS = 10_000
SEED = 20_240_512


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its bounds."""

    value: float
    low: float
    high: float
    n: int
    """Independent units behind it: clusters, not rows."""


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Wilson's score interval of a proportion (1927), right where a percentile bootstrap is not: few, or near 1."""
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0)
    z = float(stats.norm.ppf(0.5 + level / 2))
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half), n)


def no_failure_bound(n: int, level: float = 0.95) -> float:
    """The highest rate of failure that n successes in a row leave possible: 1 - (1 - level)^(1/n)."""
    return 1.0 if n == 0 else 1 - (1 - level) ** (1 / n)


def cluster_bootstrap(values: Sequence[float], clusters: Sequence[str], level: float = 0.95) -> Interval:
    """Mean and percentile interval, whole clusters drawn with replacement (10,000 draws, fixed seed)."""
    if not values:
        return Interval(math.nan, math.nan, math.nan, 0)
    sums, sizes = _by_cluster(values, clusters)
    drawn = _draw(len(sums))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(np.mean(values)), float(low), float(high), len(sums))


def paired_difference(
    before: Sequence[float], after: Sequence[float], clusters: Sequence[str], level: float = 0.95
) -> Interval:
    """Mean of after - before, question by question, with its interval over clusters (Miller 2024)."""
    return cluster_bootstrap([b - a for a, b in zip(before, after, strict=True)], clusters, level)


def sign_flip(before: Sequence[float], after: Sequence[float], clusters: Sequence[str]) -> float:
    """One-sided p-value that the mean went down: the sign of each cluster's difference is drawn at random.

    Exact up to 12 clusters that changed, else 10,000 draws, the observation counted among them.
    """
    sums, _ = _by_cluster([b - a for a, b in zip(before, after, strict=True)], clusters)
    changed = sums[np.abs(sums) > 1e-12]
    if not changed.size:
        return 1.0
    observed = changed.sum()
    if changed.size <= 12:
        signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * changed.size)).reshape(changed.size, -1).T
        return float(np.mean(signs @ changed <= observed + 1e-12))
    generator = np.random.default_rng(SEED)
    signs = generator.choice([-1.0, 1.0], size=(DRAWS, changed.size))
    return float((np.sum(signs @ changed <= observed + 1e-12) + 1) / (DRAWS + 1))


def mcnemar(lost: int, gained: int) -> float:
    """Exact one-sided p-value that more was lost than gained: binomial test on the questions that changed."""
    changed = lost + gained
    return 1.0 if changed == 0 else float(stats.binom.sf(lost - 1, changed, 0.5))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, i in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = running
    return adjusted


def detectable_drop(n: int, noise: float = 0.01, level: float = 0.05, power: float = 0.8) -> float:
    """The smallest drop that the exact McNemar test sees with that power, when `noise` of the questions go up.

    Computed over the binomial law of the changed questions, the drop searched by steps of half a point.
    """
    for half_points in range(1, 201):
        drop = half_points / 200
        if _power(n, drop + noise, noise, level) >= power:
            return drop
    return 1.0


def _power(n: int, down: float, up: float, level: float) -> float:
    if down + up > 1:
        return 1.0
    total = 0.0
    for changed in range(n + 1):
        weight = float(stats.binom.pmf(changed, n, down + up))
        if weight < 1e-9:
            continue
        # the fewest losses among the changed ones that are significant
        needed = int(stats.binom.isf(level, changed, 0.5)) + 1
        if needed <= changed:
            total += weight * float(stats.binom.sf(needed - 1, changed, down / (down + up)))
    return total


def cohen_kappa(a: Sequence[str], b: Sequence[str]) -> float:
    """Agreement beyond chance between two series of labels (Cohen 1960); NaN when chance explains everything."""
    if len(a) != len(b) or not a:
        raise ValueError("deux séries d'étiquettes de même longueur, non vides")
    labels = sorted({*a, *b})
    agree = sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
    chance = sum((a.count(x) / len(a)) * (b.count(x) / len(b)) for x in labels)
    return math.nan if chance == 1 else (agree - chance) / (1 - chance)


def _by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[Floats, Floats]:
    names = {name: n for n, name in enumerate(dict.fromkeys(clusters))}
    sums, sizes = np.zeros(len(names)), np.zeros(len(names))
    for value, cluster in zip(values, clusters, strict=True):
        sums[names[cluster]] += value
        sizes[names[cluster]] += 1
    return sums, sizes


def _draw(count: int) -> NDArray[np.int64]:
    generator = np.random.default_rng(SEED)
    drawn: NDArray[np.int64] = generator.integers(0, count, size=(DRAWS, count))
    return drawn
