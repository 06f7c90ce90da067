"""Retrieval and citation metrics on cases computed by hand, and beside ragas's own where ragas has them."""

from __future__ import annotations

import asyncio
import math
import random
import warnings
from typing import Any

import pytest

from eval.scoring import metrics
from eval.scoring.catalogue import BY_NAME
from eval.scoring.retrieval import id_precision, id_recall, ndcg_at, recall_at

A, B, C, D = ["a"], ["b"], ["c"], ["d"]


@pytest.mark.parametrize(
    ("retrieved", "needed", "k", "value"),
    [
        ([A, B, C], [A], 1, 1.0),
        ([A, B, C], [C], 1, 0.0),
        ([A, B, C], [C, D], 3, 0.5),
        ([["a", "twin"], B], [["twin"]], 1, 1.0),
        ([], [A], 5, 0.0),
    ],
)
def test_recall_is_the_share_of_the_evidence_that_is_retrieved(retrieved, needed, k, value) -> None:
    assert metrics.recall(retrieved=retrieved, needed=needed, k=k)[0] == value


def test_reciprocal_rank_is_that_of_the_first_right_unit() -> None:
    assert metrics.rank(retrieved=[A, B, C], right=["c", "b"])[0] == 1 / 2
    assert metrics.rank(retrieved=[A, B], right=["c"])[0] == 0
    assert metrics.rank(retrieved=[[str(n)] for n in range(10)] + [C], right=["c"])[0] == 0


def test_ndcg_takes_all_the_evidence_for_ideal_and_not_only_what_was_retrieved() -> None:
    # evidence a and c; only a is retrieved, second: gain 1/log2(3); ideal 1/log2(2) + 1/log2(3)
    expected = (1 / math.log2(3)) / (1 + 1 / math.log2(3))
    assert metrics.ndcg(retrieved=[B, A], needed=[A, C])[0] == pytest.approx(expected)
    assert metrics.ndcg(retrieved=[A, C], needed=[A, C])[0] == pytest.approx(1.0)


def test_a_piece_of_evidence_retrieved_twice_counts_once() -> None:
    assert ndcg_at([frozenset("a"), frozenset("a")], [frozenset("a")]) == 1.0


def test_without_evidence_there_is_no_recall_rather_than_a_perfect_one() -> None:
    for function in (recall_at, ndcg_at):
        with pytest.raises(ValueError, match="preuve"):
            function([frozenset("a")], [], 5)


@pytest.mark.parametrize(
    ("cited", "precision", "recall"),
    [([A], 1.0, 0.5), ([A, B], 0.5, 0.5), ([A, C, D], 1.0, 1.0), ([], 0.0, 0.0), ([B], 0.0, 0.0)],
)
def test_citation_precision_and_recall(cited, precision, recall) -> None:
    assert metrics.citation_precision(cited=cited, right=["a", "c", "d"])[0] == precision
    assert metrics.citation_recall(cited=cited, needed=[A, C])[0] == recall


def test_key_facts_are_weighted_and_a_forbidden_statement_is_worth_nothing() -> None:
    assert metrics.key_facts(covered=1.5, total=2.0, missing=["x"], forbidden=[])[0] == 0.75
    assert metrics.key_facts(covered=2.0, total=2.0, missing=[], forbidden=["facultatif"])[0] == 0


def test_the_four_conducts() -> None:
    said = [metrics.conduct(m, a) for m in (True, False) for a in (True, False)]
    assert said == ["répond", "refus à tort", "répond à tort", "s'abstient"]


@pytest.fixture(scope="module")
def ragas_id_metrics() -> dict[str, Any]:
    """ragas's legacy ID metrics, which its modern collection has not."""
    from eval.runs.ragas_record import without_telemetry

    without_telemetry()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ragas.metrics import IDBasedContextPrecision, IDBasedContextRecall
    return {"precision": IDBasedContextPrecision(), "recall": IDBasedContextRecall()}


def _ragas(metric: Any, retrieved: list[str], reference: list[str]) -> float:
    from ragas import SingleTurnSample

    sample = SingleTurnSample(retrieved_context_ids=retrieved, reference_context_ids=reference)
    return float(asyncio.run(metric.single_turn_ascore(sample)))


def _cases() -> list[tuple[list[str], list[str]]]:
    drawn = random.Random(7)
    ids = [f"pi|x.md|{n}" for n in range(8)]
    cases = [([], ids[:2]), (ids[:2], []), ([ids[0]] * 3, ids[:1])]
    return cases + [
        (drawn.choices(ids, k=drawn.randint(1, 6)), drawn.sample(ids, drawn.randint(1, 5))) for _ in range(40)
    ]


def test_id_precision_and_recall_are_those_of_ragas(ragas_id_metrics: dict[str, Any]) -> None:
    for retrieved, reference in _cases():
        ours = {"precision": id_precision(retrieved, reference), "recall": id_recall(retrieved, reference)}
        for name, metric in ragas_id_metrics.items():
            theirs = _ragas(metric, retrieved, reference)
            if ours[name] is None:
                assert math.isnan(theirs)
            else:
                assert ours[name] == pytest.approx(theirs), (name, retrieved, reference)


def test_recall_over_units_is_ragass_id_recall_when_each_unit_has_one_place(ragas_id_metrics: dict[str, Any]) -> None:
    for retrieved, reference in _cases():
        if reference:
            units, needed = [[r] for r in retrieved], [[r] for r in reference]
            theirs = _ragas(ragas_id_metrics["recall"], retrieved, reference)
            assert metrics.recall(retrieved=units, needed=needed, k=99)[0] == pytest.approx(theirs)


def test_each_metric_gives_ragas_what_it_gives_us() -> None:
    from eval.scoring.ragas_metrics import CONDUCTS, conduct_metric, numeric_metrics, through_ragas

    assert set(numeric_metrics()) == set(BY_NAME)
    cases = {
        "rappel_5": {"retrieved": [A, B], "needed": [B, C], "k": 5},
        "trouve_1": {"retrieved": [A, B], "right": ["a"], "k": 1},
        "precision_citation": {"cited": [A, B], "right": ["b"]},
        "citations_exactes": {"classes": ["exacte", "altérée"]},
        "types_justes": {"problems": ["EXI-G-1 : type P au lieu de I"]},
        "faits_cles": {"covered": 1.0, "total": 2.0, "missing": ["x"], "forbidden": []},
        "latence": {"value": 1234.5},
    }
    for name, arguments in cases.items():
        assert through_ragas(BY_NAME[name], arguments) == BY_NAME[name].function(**arguments)
    assert [conduct_metric().score(must_answer=m, answered=True).value for m in (True, False)] == [
        CONDUCTS[0],
        CONDUCTS[3],
    ]


def test_what_ragas_swallows_stays_unscored_with_its_reason() -> None:
    from eval.scoring.ragas_metrics import through_ragas

    value, reason = through_ragas(BY_NAME["rappel_5"], {"retrieved": [A], "needed": [], "k": 5})
    assert value is None
    assert "preuve" in reason
