"""A closeness between questions learned from the bank: what two ways of asking the same thing share, counts.

Raw cosines of a sentence embedding also compare tone, length and language. Within-class covariance
normalisation (Hatch, Kajarekar and Stolcke 2006, there for speakers) divides by the directions in which
questions about one passage differ from each other; a cosine afterwards compares what they ask.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.search.kept_arrays import Arrays, KeptArrays

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
    def kept(cls, vectors: FloatArray, owners: NDArray[np.int64], kept: KeptArrays) -> QuestionMetric:
        """The same as `fitted`, computed once."""

        def make() -> Arrays:
            learned = cls.fitted(vectors, owners)
            nothing = np.zeros((0, 0), dtype=np.float32)
            mean, factor = learned._mean, learned._factor
            return {"mean": nothing if mean is None else mean, "factor": nothing if factor is None else factor}

        arrays = kept.get("metric", [vectors.tobytes(), owners.tobytes()], make)
        return cls(arrays["mean"], arrays["factor"]) if arrays["factor"].size else cls()

    def projected(self, vectors: FloatArray) -> FloatArray:
        """Vectors (rows, or one) in the learned space, of length 1."""
        moved = vectors if self._mean is None or self._factor is None else (vectors - self._mean) @ self._factor
        return np.asarray(moved / (np.linalg.norm(moved, axis=-1, keepdims=True) + 1e-9), dtype=np.float32)
