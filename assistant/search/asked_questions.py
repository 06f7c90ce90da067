"""Known questions and whose they are: how near a new question comes to each owner, by a metric or by raw cosine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.search.kept_arrays import Arrays
from assistant.search.question_metric import QuestionMetric, centres
from assistant.search.row_products import Rows, row_arrays
from assistant.search.sparse_search import SparseIndex

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

LIMIT_KINDS = ("unanswered", "hostile", "small_talk")
"""Kinds of questions that no passage answers."""
_CONSIDERED = 600
"""Nearest questions from which the means of three are taken."""
_NEIGHBOURS = (5, 15, 40)
_UNRELATED = 0.7
"""Raw cosine of unrelated texts with e5, where nothing is known."""


@dataclass(frozen=True, slots=True)
class LimitNearness:
    """How much a question is like those of one kind that no passage answers; 0 or less: not at all."""

    best: float = _UNRELATED
    """Raw cosine with the nearest question."""
    three: float = _UNRELATED
    """Mean raw cosine with the three nearest questions of the nearest subject."""
    words: float = 0.0
    """BM25 of the nearest subject."""
    near: float = 0.0
    near_three: float = 0.0
    centre: float = 0.0
    """By the learned metric: nearest question, three nearest of a subject, nearest mean of a subject."""
    odds: tuple[float, float] = (5.0, 5.0)
    """Log of the weight of the answerable questions over this kind's, weights exp(10 cosine) and exp(20 cosine)."""
    votes: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Share of this kind among the 5, 15 and 40 nearest known questions."""


class AskedQuestions:
    """Questions, one row each, with the number of their owner. Immutable."""

    def __init__(self, rows: Rows, owners: IntArray, count: int, weights: FloatArray | None = None) -> None:
        self.rows = rows
        self.owners = owners
        self.count = count
        self.weights = np.ones(len(owners), dtype=np.float32) if weights is None else weights
        self._by_owner = np.argsort(owners, kind="stable")
        self._owning, self._firsts = np.unique(owners[self._by_owner], return_index=True)

    def similar(self, vector: FloatArray) -> FloatArray:
        """The cosine of each question with a unit vector, those written for an earlier text a little lower."""
        return np.asarray(self.rows.products(vector[np.newaxis])[0] * self.weights, dtype=np.float32)

    def best(self, similar: FloatArray) -> FloatArray:
        """The highest similarity of each owner; the lowest of all for an owner without any."""
        best = np.full(self.count, similar.min() if similar.size else 0.0, dtype=np.float32)
        if similar.size:
            best[self._owning] = np.maximum.reduceat(similar[self._by_owner], self._firsts)
        return best

    def best_three(self, similar: FloatArray) -> FloatArray:
        """Mean similarity of each owner's three nearest questions; the last one considered fills in."""
        if not similar.size:
            return np.zeros(self.count, dtype=np.float32)
        nearest = _nearest(similar, _CONSIDERED)
        kept = len(nearest)
        owners = self.owners[nearest]
        by_owner = np.argsort(owners, kind="stable")
        first = np.searchsorted(owners[by_owner], owners[by_owner])
        among_three = by_owner[np.arange(kept) - first < 3]
        floor = similar[nearest[-1]]
        sums = np.full(self.count, 3 * floor, dtype=np.float32)
        np.add.at(sums, owners[among_three], similar[nearest[among_three]] - floor)
        return np.asarray(sums / 3, dtype=np.float32)


class ComparedQuestions:
    """Questions compared as they are and by the metric. Immutable.

    The rows are read from memory once for both, and only once are they there: a cosine in the metric's space is
    an affine function of the raw row, divided by the length that the vector has there.
    """

    def __init__(
        self, asked: AskedQuestions, metric: QuestionMetric, lengths: FloatArray, weights: FloatArray | None = None
    ) -> None:
        self.asked = asked
        self._metric = metric
        self._scale = 1 / lengths if weights is None else weights / lengths

    def similar(self, vector: FloatArray, moved: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The raw cosines with a unit vector, and those in the metric's space, where `moved` is that vector."""
        direction, offset = self._metric.direction(moved)
        raw, near = self.asked.rows.products(np.stack([vector, direction]))
        return raw * self.asked.weights, (near - offset) * self._scale


@dataclass(frozen=True, slots=True)
class OwnedVectors:
    """Questions as they come from the store: one unit row each, the number of its owner, and how many owners."""

    vectors: FloatArray
    owners: IntArray
    count: int


def learned(asked: OwnedVectors, subjects: OwnedVectors, limits: OwnedVectors) -> Arrays:
    """The metric, from the questions with and without an answer, what it makes of each set, and their rows."""
    known = [a for a in (asked, limits) if len(a.vectors)]
    vectors = np.vstack([a.vectors for a in known]) if known else np.zeros((0, 1), np.float32)
    metric = QuestionMetric.fitted(vectors, np.concatenate([asked.owners, limits.owners + asked.count]))
    mean, factor = metric.arrays()
    made: dict[str, NDArray[Any]] = {}
    for name, of in (("asked", asked), ("subjects", subjects), ("limits", limits)):
        made[f"{name}_lengths"] = metric.lengths(of.vectors) if len(of.vectors) else np.zeros(0, np.float32)
        made |= {f"{name}_{kind}": array for kind, array in row_arrays(of.vectors).items()}
    return {
        "mean": mean,
        "factor": factor,
        **made,
        "asked_centres": _centres(metric, asked),
        "limits_centres": _centres(metric, limits),
    }


def _centres(metric: QuestionMetric, asked: OwnedVectors) -> FloatArray:
    if not len(asked.vectors):
        return np.zeros((0, 1), np.float32)
    return centres(metric.projected(asked.vectors), asked.owners, asked.count)


class LimitQuestions:
    """The questions that no passage answers, beside the answerable ones."""

    def __init__(
        self, known: ComparedQuestions, centres: FloatArray, kinds: Sequence[str], words: SparseIndex
    ) -> None:
        self._known = known
        self._kinds = np.array(kinds)
        self._centres = centres
        self._words = words
        self._question_kinds = self._kinds[known.asked.owners] if len(kinds) else np.array([])
        self._own = {kind: (self._kinds == kind, self._question_kinds == kind) for kind in LIMIT_KINDS}

    def nearness(
        self, vector: FloatArray, moved: FloatArray, answerable: FloatArray, words: list[str]
    ) -> tuple[LimitNearness, ...]:
        """One a kind of LIMIT_KINDS. `moved` is the vector in the metric's space, `answerable` the cosines there
        with the questions that have an answer."""
        if not len(self._kinds):
            return tuple(LimitNearness() for _ in LIMIT_KINDS)
        asked = self._known.asked
        raw, near = self._known.similar(vector, moved)
        best, three = asked.best(raw), asked.best_three(raw)
        near_best, near_three = asked.best(near), asked.best_three(near)
        centre, by_words = self._centres @ moved, self._words.scores(words)
        nearest = _nearest(np.concatenate([answerable, near]), _NEIGHBOURS[-1]) - len(answerable)
        neighbours = np.where(nearest >= 0, self._question_kinds[np.maximum(nearest, 0)], "answer")
        answered = _masses(answerable)
        found = []
        for kind in LIMIT_KINDS:
            own, questions = self._own[kind]
            if not own.any():
                found.append(LimitNearness())
                continue
            wide, narrow = _masses(near[questions])
            found.append(
                LimitNearness(
                    best=float(best[own].max()),
                    three=float(three[own].max()),
                    words=float(by_words[own].max()),
                    near=float(near_best[own].max()),
                    near_three=float(near_three[own].max()),
                    centre=float(centre[own].max()),
                    odds=(answered[0] - wide, answered[1] - narrow),
                    votes=tuple(float((neighbours[:n] == kind).mean()) for n in _NEIGHBOURS),  # type: ignore[arg-type]  # three of them
                )
            )
        return tuple(found)


def _nearest(similar: FloatArray, count: int) -> IntArray:
    """The rows of the highest values, the highest first."""
    kept = min(count, similar.size)
    nearest = np.argpartition(similar, similar.size - kept)[similar.size - kept :]
    return np.asarray(nearest[np.argsort(-similar[nearest])], dtype=np.int64)


def _masses(similar: FloatArray) -> tuple[float, float]:
    """Logs of the summed exp(10 cosine) and exp(20 cosine)."""
    if not similar.size:
        return 0.0, 0.0
    wide = np.exp(10 * similar)
    return float(np.log(wide.sum() + 1e-6)), float(np.log((wide * wide).sum() + 1e-6))
