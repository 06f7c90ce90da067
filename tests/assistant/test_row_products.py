"""Rows in 8 bits, against the same rows in floats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.search.row_products import GRAPH, WIDTH, EightBitRows, FloatRows, Rows, row_arrays, rows_from, skeleton

FloatArray = NDArray[np.float32]


def _eight_bits(count: int, seed: int = 1) -> FloatArray:
    """Unit rows as the shipped vectors are: whole multiples of a scale, then of length 1."""
    rows = np.random.default_rng(seed).integers(-127, 128, size=(count, WIDTH)).astype(np.float32)
    rows[:, 0] = 127
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _kept(vectors: FloatArray) -> Rows:
    return rows_from(row_arrays(vectors))


@pytest.mark.parametrize("count", [1, 5, 4096, 4097, 9000])
def test_products_are_those_of_the_floats(count: int) -> None:
    rows = _eight_bits(count)
    kept = _kept(rows)
    assert isinstance(kept, EightBitRows)
    vectors = _eight_bits(3, seed=2)
    vectors[1] *= 0.1
    vectors[2] *= 30
    assert len(kept) == count
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(kept.products(vectors) / lengths, vectors @ rows.T / lengths, atol=3e-5)


def test_rows_made_of_eight_bits_lose_nothing() -> None:
    rows = _eight_bits(5000)
    kept = _kept(rows)
    some = np.array([4999, 0, 4096, 17])
    np.testing.assert_allclose(kept.floats(some), rows[some], atol=1e-7)
    again, whole = kept.floats(np.arange(5000)), row_arrays(rows)
    for name, array in row_arrays(again).items():
        np.testing.assert_allclose(array, whole[name], rtol=1e-6)


@given(st.lists(st.sampled_from([-127, -1, 0, 1, 127]), min_size=2, max_size=6), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_largest_numbers_do_not_overflow(pattern: list[int], seed: int) -> None:
    """Rows and vectors of nothing but extremes: the sums of an integer product are at their largest."""
    chance = np.random.default_rng(seed)
    rows = chance.choice(pattern, size=(3, WIDTH)).astype(np.float32)
    rows[:, 0] = 127
    vectors = np.concatenate([rows, -rows, chance.choice([1.0, -1.0], size=(2, WIDTH))]).astype(np.float32)
    exact = vectors.astype(np.float64) @ rows.T
    np.testing.assert_allclose(_kept(rows).products(vectors), exact, rtol=1e-3, atol=WIDTH * 127 * 127 / 2**14)


def test_kept_arrays_give_the_same_products_in_threads() -> None:
    arrays = row_arrays(_eight_bits(4200))
    rows, again = rows_from(arrays), rows_from(arrays)
    vectors = [_eight_bits(2, seed=n) for n in range(12)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(again.products, vectors))
    for seen, vector in zip(found, vectors, strict=True):
        np.testing.assert_array_equal(seen, rows.products(vector))


@pytest.mark.parametrize("rows", [np.zeros((0, 1)), np.zeros((0, WIDTH)), np.eye(7)])
def test_rows_of_another_width_are_kept_as_they_are(rows: FloatArray) -> None:
    kept = _kept(rows.astype(np.float32))
    assert isinstance(kept, FloatRows)
    vectors = np.ones((2, rows.shape[1]), dtype=np.float32)
    np.testing.assert_array_equal(kept.products(vectors), (vectors @ rows.T).astype(np.float32))
    np.testing.assert_array_equal(kept.floats(np.arange(len(rows))), rows)


def test_a_vector_of_nothing_is_near_nothing() -> None:
    assert not _kept(_eight_bits(3)).products(np.zeros((1, WIDTH), dtype=np.float32)).any()


def test_arrays_of_another_shape_are_refused() -> None:
    arrays = row_arrays(_eight_bits(3))
    with pytest.raises(ValueError, match="rows"):
        rows_from({"rows": arrays["rows"], "scales": np.ones(5000, dtype=np.float32)})


def test_the_committed_graph_is_the_one_that_is_written() -> None:
    assert GRAPH.read_bytes() == skeleton()
