"""A closeness between questions learned from the bank: what two ways of asking the same thing share, counts.

Raw cosines of a sentence embedding also compare tone, length and language. Within-class covariance
normalisation (Hatch, Kajarekar and Stolcke 2006, there for speakers) divides by the directions in which
questions about one passage differ from each other; a cosine afterwards compares what they ask.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_SHRINKAGE = 0.4
"""Share of a spherical covariance mixed into the estimated one; flat between 0.2 and 0.5 on the development sets."""


class QuestionMetric:
    """A linear map of an embedding, after which the cosine compares questions."""

    def __init__(self, mean: FloatArray | None = None, factor: FloatArray | None = None) -> None:
        self._mean = mean
        self._factor = factor

    @classmethod
    def fitted(cls, vectors: FloatArray, owners: Sequence[int] | NDArray[np.int64]) -> QuestionMetric:
        """The map for questions (one row each) that belong to what `owners` numbers; identity without variety."""
        if not len(vectors):
            return cls()
        dimensions = vectors.shape[1]
        classes = np.asarray(owners, dtype=np.int64)
        counts = np.maximum(np.bincount(classes), 1).astype(np.float32)
        order = np.argsort(classes, kind="stable")
        starts = np.searchsorted(classes[order], np.arange(len(counts)))
        present = np.bincount(classes) > 0
        centres = np.zeros((len(counts), dimensions), dtype=np.float32)
        centres[present] = np.add.reduceat(vectors[order], starts[present], axis=0) / counts[present, None]
        within = vectors - centres[classes]
        covariance = (within.T @ within / len(within)).astype(np.float64)
        spread = float(np.trace(covariance)) / dimensions
        if spread < 1e-9:
            return cls()
        covariance = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * spread * np.eye(dimensions)
        factor = np.linalg.inv(np.linalg.cholesky(covariance)).T
        return cls(vectors.mean(axis=0), factor.astype(np.float32))

    @classmethod
    def of(cls, mean: FloatArray, factor: FloatArray) -> QuestionMetric:
        """From what `arrays` gives."""
        return cls(mean, factor) if factor.size else cls()

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Mean and factor, both empty for the identity."""
        nothing = np.zeros((0, 0), dtype=np.float32)
        return (nothing, nothing) if self._mean is None or self._factor is None else (self._mean, self._factor)

    def projected(self, vectors: FloatArray) -> FloatArray:
        """Vectors (rows, or one) in the learned space, of length 1."""
        moved = self._moved(vectors)
        return np.asarray(moved / (np.linalg.norm(moved, axis=-1, keepdims=True) + 1e-9), dtype=np.float32)

    def lengths(self, vectors: FloatArray) -> FloatArray:
        """The length of each row once it is moved, before `projected` makes it 1."""
        return np.asarray(np.linalg.norm(self._moved(vectors), axis=-1) + 1e-9, dtype=np.float32)

    def direction(self, moved: FloatArray) -> tuple[FloatArray, float]:
        """(w, c) such that the cosine of a row r with a projected vector is (r @ w - c) / lengths(r)."""
        if self._mean is None or self._factor is None:
            return moved, 0.0
        direction = np.asarray(self._factor @ moved, dtype=np.float32)
        return direction, float(self._mean @ direction)

    def _moved(self, vectors: FloatArray) -> FloatArray:
        if self._mean is None or self._factor is None:
            return vectors
        return np.asarray((vectors - self._mean) @ self._factor, dtype=np.float32)


def centres(projected: FloatArray, owners: NDArray[np.int64], count: int) -> FloatArray:
    """(owners, dimension): the direction of the mean of each one's projected questions, zeros without any."""
    sums = np.zeros((count, projected.shape[1]), dtype=np.float32)
    if len(owners):
        order = np.argsort(owners, kind="stable")
        present, starts = np.unique(owners[order], return_index=True)
        sums[present] = np.add.reduceat(projected[order], starts, axis=0)
    return np.asarray(sums / (np.linalg.norm(sums, axis=1, keepdims=True) + 1e-9), dtype=np.float32)
