"""The statistics beside scipy's, and on cases computed by hand."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from eval.revisions.comparison import verdict
from eval.scoring.statistics import (
    Interval,
    cluster_bootstrap,
    cohen_kappa,
    detectable_drop,
    holm,
    mcnemar,
    no_failure_bound,
    paired_difference,
    sign_flip,
    wilson,
)


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (18, 20), (20, 20), (90, 100), (1, 3), (135, 150)])
def test_wilson_is_scipys(successes: int, n: int) -> None:
    reference = stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
    ours = wilson(successes, n)
    assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high))
    assert ours.value == successes / n


def test_wilson_of_nothing_excludes_nothing() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(("lost", "gained"), [(0, 0), (5, 0), (9, 1), (3, 3), (1, 9), (40, 25)])
def test_mcnemar_is_the_one_sided_binomial_test_on_what_changed(lost: int, gained: int) -> None:
    expected = stats.binomtest(lost, lost + gained, 0.5, alternative="greater").pvalue if lost + gained else 1.0
    assert mcnemar(lost, gained) == pytest.approx(expected)
    if (lost, gained) == (5, 0):
        assert mcnemar(5, 0) == pytest.approx(1 / 32)  # by hand: five heads in a row


def test_holm_by_hand() -> None:
    # sorted .01 .02 .03 .04, multiplied by 4 3 2 1: .04 .06 .06 .04, then never decreasing
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_bootstrap_of_single_clusters_is_scipys_percentile_bootstrap() -> None:
    values = np.random.default_rng(1).beta(4, 1, size=80)
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="percentile", rng=2
    ).confidence_interval
    ours = cluster_bootstrap(list(values), [str(n) for n in range(80)])
    assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high), abs=0.004)


def test_rows_of_one_cluster_do_not_make_the_interval_narrower() -> None:
    values = [float(x) for x in np.random.default_rng(3).integers(0, 2, size=40)]
    alone = cluster_bootstrap(values, [str(n) for n in range(40)])
    tripled = cluster_bootstrap([v for v in values for _ in range(3)], [str(n) for n in range(40) for _ in range(3)])
    naive = cluster_bootstrap([v for v in values for _ in range(3)], [str(n) for n in range(120)])
    assert (tripled.low, tripled.high) == pytest.approx((alone.low, alone.high))
    assert tripled.n == 40
    assert naive.high - naive.low < 0.7 * (tripled.high - tripled.low)


def test_the_paired_difference_is_that_of_the_same_questions() -> None:
    found = paired_difference([1, 1, 0, 0.5], [0, 1, 0, 1], list("abcd"))
    assert found.value == pytest.approx(-0.125)


def test_the_sign_flip_test_is_exact_on_few_changes_and_near_the_permutation_test_of_scipy_on_many() -> None:
    # three losses of 1 and nothing else: one assignment of signs in eight is as low
    assert sign_flip([1, 1, 1, 0], [0, 0, 0, 0], list("abcd")) == pytest.approx(1 / 8)
    assert sign_flip([1, 1], [1, 1], list("ab")) == 1.0
    drawn = np.random.default_rng(5)
    before = list(drawn.random(60))
    after = [b + d for b, d in zip(before, drawn.normal(-0.03, 0.1, 60), strict=True)]
    reference = stats.permutation_test(
        (after, before), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=10_000, alternative="less", rng=1,
    )  # fmt: skip
    assert sign_flip(before, after, [str(n) for n in range(60)]) == pytest.approx(reference.pvalue, abs=0.01)


def test_the_tests_power_agrees_with_a_simulation() -> None:
    n, noise = 150, 0.01
    drop = detectable_drop(n, noise)
    assert 0.04 <= drop <= 0.08  # notes: six points
    drawn = np.random.default_rng(11)
    changes = drawn.choice([1, -1, 0], p=[drop + noise, noise, 1 - drop - 2 * noise], size=(2000, n))
    draws = Counter((int((row == 1).sum()), int((row == -1).sum())) for row in changes)  # each p computed once
    rejected = sum(times for (lost, won), times in draws.items() if mcnemar(lost, won) <= 0.05) / len(changes)
    assert rejected == pytest.approx(0.8, abs=0.06)
    assert detectable_drop(40) > detectable_drop(100) > detectable_drop(300)


def test_no_failure_in_sixty_leaves_five_percent_possible() -> None:
    assert no_failure_bound(60) == pytest.approx(0.049, abs=0.001)
    assert no_failure_bound(300) == pytest.approx(0.01, abs=0.001)
    assert no_failure_bound(0) == 1.0


def test_kappa_by_hand() -> None:
    a, b = ["o"] * 20 + ["o"] * 5 + ["n"] * 10 + ["n"] * 15, ["o"] * 20 + ["n"] * 5 + ["o"] * 10 + ["n"] * 15
    assert cohen_kappa(a, b) == pytest.approx(0.4)  # the textbook's table 20 5 10 15
    assert cohen_kappa(["o", "n"], ["o", "n"]) == 1.0
    assert math.isnan(cohen_kappa(["o", "o"], ["o", "o"]))


@pytest.mark.parametrize(
    ("change", "p_value", "pairs", "said"),
    [
        (Interval(-0.10, -0.15, -0.05, 100), 0.001, 100, "régression"),
        (Interval(-0.10, -0.15, -0.05, 100), 0.2, 100, "non concluant"),
        (Interval(-0.03, -0.045, -0.01, 100), 0.01, 100, "tenu"),
        (Interval(-0.03, -0.08, 0.02, 100), 0.3, 100, "non concluant"),
        (Interval(0.0, -0.02, 0.02, 300), 1.0, 300, "tenu"),
        (Interval(0.06, 0.02, 0.10, 100), 1.0, 100, "mieux"),
        (Interval(-0.5, -0.9, -0.1, 5), 0.001, 5, "non concluant"),
    ],
)
def test_a_verdict_needs_both_a_loss_and_a_proof(change: Interval, p_value: float, pairs: int, said: str) -> None:
    assert verdict(change, 0.05, p_value, pairs) == said
