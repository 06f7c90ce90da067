"""The learned closeness between questions, and what it says of known ones."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.search.asked_questions import LIMIT_KINDS, AskedQuestions, ComparedQuestions, LimitQuestions
from assistant.search.question_metric import FloatArray, QuestionMetric, centres
from assistant.search.row_products import Rows, row_arrays, rows_from
from assistant.search.sparse_search import SparseIndex


def _rows(vectors: FloatArray) -> Rows:
    return rows_from(row_arrays(vectors))


def _unit(rows: object) -> FloatArray:
    array = np.asarray(rows, dtype=np.float32)
    return np.asarray(array / np.linalg.norm(array, axis=-1, keepdims=True), dtype=np.float32)


@pytest.fixture
def noisy() -> tuple[FloatArray, list[int]]:
    """Forty questions about four subjects: the subject is in two dimensions, a louder tone in four others."""
    random = np.random.default_rng(3)
    subjects = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    owners = [n % 4 for n in range(40)]
    rows = [[*(subjects[o] + random.normal(0, 0.1, 2)), *random.normal(0, 2, 4)] for o in owners]
    return _unit(rows), owners


def test_the_metric_forgets_what_questions_on_one_subject_do_not_share(noisy: tuple[FloatArray, list[int]]) -> None:
    vectors, owners = noisy
    moved = QuestionMetric.fitted(vectors, owners).projected(vectors)
    same = np.equal.outer(owners, owners) & ~np.eye(40, dtype=bool)

    def nearest_is_of_the_same_subject(rows: FloatArray) -> float:
        return float(np.mean([same[n, i] for n, i in enumerate(np.argmax(rows @ rows.T - 9 * np.eye(40), axis=1))]))

    assert nearest_is_of_the_same_subject(moved) > nearest_is_of_the_same_subject(vectors) + 0.1


def test_projected_vectors_have_length_one(noisy: tuple[FloatArray, list[int]]) -> None:
    vectors, owners = noisy
    metric = QuestionMetric.fitted(vectors, owners)
    np.testing.assert_allclose(np.linalg.norm(metric.projected(vectors), axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(metric.projected(vectors[3]), metric.projected(vectors)[3], atol=1e-5)


@pytest.mark.parametrize(
    ("vectors", "owners"), [(np.zeros((0, 1), np.float32), []), (_unit([[1, 0], [0, 1], [1, 1]]), [0, 1, 2])]
)
def test_without_two_ways_of_asking_one_thing_cosines_stay(vectors: FloatArray, owners: list[int]) -> None:
    asked = _unit([[0.6, 0.8], [1, 0]])
    moved = QuestionMetric.fitted(vectors, owners).projected(asked)
    np.testing.assert_allclose(moved @ moved.T, asked @ asked.T, atol=1e-5)


def test_numbers_of_owners_may_have_gaps() -> None:
    vectors = _unit([[1, 0.1], [1, -0.1], [-1, 0.1], [-1, -0.1]])
    moved = QuestionMetric.fitted(vectors, [2, 2, 7, 7]).projected(vectors)
    assert moved[0] @ moved[1] > 0.9 > moved[0] @ moved[2]


def test_questions_are_compared_by_the_metric_without_being_moved(noisy: tuple[FloatArray, list[int]]) -> None:
    vectors, owners = noisy
    many = np.tile(vectors, (60, 1))  # more rows than are read at a time
    metric = QuestionMetric.fitted(vectors, owners)
    asked = AskedQuestions(_rows(many), np.array(owners * 60), 4)
    weights = np.linspace(0.8, 1, len(many)).astype(np.float32)
    compared = ComparedQuestions(asked, metric, metric.lengths(many), weights)
    vector = _unit([0.3, 0.7, 0.1, 0.2, -0.4, 0.3])
    raw, near = compared.similar(vector, metric.projected(vector))
    np.testing.assert_allclose(raw, many @ vector, atol=1e-6)
    np.testing.assert_allclose(near, metric.projected(many) @ metric.projected(vector) * weights, atol=1e-5)


def test_mean_of_three_takes_the_nearest_three_and_the_lowest_fills_in() -> None:
    asked = AskedQuestions(_rows(np.eye(6, dtype=np.float32)), np.array([0, 0, 0, 0, 1, 2]), 4)
    means = asked.best_three(np.array([0.9, 0.1, 0.7, 0.8, 0.4, 0.2], dtype=np.float32))
    np.testing.assert_allclose(means, [0.8, (0.4 + 0.1 * 2) / 3, (0.2 + 0.1 * 2) / 3, 0.1], atol=1e-6)


def test_questions_for_an_earlier_text_count_less() -> None:
    asked = AskedQuestions(_rows(_unit([[1, 0], [1, 0]])), np.array([0, 1]), 2, np.array([1.0, 0.9], np.float32))
    np.testing.assert_allclose(asked.best(asked.similar(_unit([1, 0]))), [1.0, 0.9], atol=1e-6)


def test_a_question_among_those_without_an_answer_is_nearest_to_its_kind() -> None:
    answerable = AskedQuestions(_rows(_unit([[1, 0, 0], [1, 0.1, 0]])), np.array([0, 0]), 1)
    limits = AskedQuestions(_rows(_unit([[0, 1, 0], [0, 1, 0.1], [0, 0, 1]])), np.array([0, 0, 1]), 2)
    words = SparseIndex([["prix", "tarif"], ["bonjour"]])
    compared = ComparedQuestions(limits, QuestionMetric(), np.ones(3, np.float32))
    middle = centres(limits.rows.floats(np.arange(3)), limits.owners, limits.count)
    known = LimitQuestions(compared, middle, ["unanswered", "small_talk"], words)
    vector = _unit([0.1, 1, 0.05])
    found = dict(zip(LIMIT_KINDS, known.nearness(vector, vector, answerable.similar(vector), ["prix"]), strict=True))
    assert found["unanswered"].near > 0.95 > found["small_talk"].near
    assert found["unanswered"].votes[0] == pytest.approx(2 / 5)
    assert found["unanswered"].words > 0 == found["small_talk"].words
    assert found["unanswered"].odds[0] < 0
    assert found["hostile"].votes == (0.0, 0.0, 0.0)
