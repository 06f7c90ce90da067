"""Known questions and whose they are: how near a new question comes to each owner, by a metric or by raw cosine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.search.question_metric import QuestionMetric
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

    def __init__(self, vectors: FloatArray, owners: IntArray, count: int, weights: FloatArray | None = None) -> None:
        self.vectors = vectors
        self.owners = owners
        self._count = count
        self.weights = np.ones(len(owners), dtype=np.float32) if weights is None else weights

    def similar(self, vector: FloatArray) -> FloatArray:
        """The cosine of each question with a unit vector, those written for an earlier text a little lower."""
        if not len(self.vectors):
            return np.zeros(0, dtype=np.float32)
        return np.asarray((self.vectors @ vector) * self.weights, dtype=np.float32)

    def best(self, similar: FloatArray) -> FloatArray:
        """The highest similarity of each owner; the lowest of all for an owner without any."""
        best = np.full(self._count, similar.min() if similar.size else 0.0, dtype=np.float32)
        if similar.size:
            np.maximum.at(best, self.owners, similar)
        return best

    def best_three(self, similar: FloatArray) -> FloatArray:
        """Mean similarity of each owner's three nearest questions; the last one considered fills in."""
        if not similar.size:
            return np.zeros(self._count, dtype=np.float32)
        kept = min(_CONSIDERED, similar.size)
        nearest = np.argpartition(-similar, kept - 1)[:kept]
        nearest = nearest[np.argsort(-similar[nearest])]
        owners = self.owners[nearest]
        by_owner = np.argsort(owners, kind="stable")
        first = np.searchsorted(owners[by_owner], owners[by_owner])
        among_three = by_owner[np.arange(kept) - first < 3]
        floor = similar[nearest[-1]]
        sums = np.full(self._count, 3 * floor, dtype=np.float32)
        np.add.at(sums, owners[among_three], similar[nearest[among_three]] - floor)
        return np.asarray(sums / 3, dtype=np.float32)

    def by(self, metric: QuestionMetric, weights: FloatArray | None = None) -> AskedQuestions:
        """The same questions in the metric's space."""
        vectors = metric.projected(self.vectors) if len(self.vectors) else self.vectors
        return AskedQuestions(vectors, self.owners, self._count, weights)

    def centres(self) -> FloatArray:
        """(owners, dimension): the direction of the mean of each one's questions, zeros without any."""
        centres = np.zeros((self._count, self.vectors.shape[1]), dtype=np.float32)
        if len(self.owners):
            order = np.argsort(self.owners, kind="stable")
            present, starts = np.unique(self.owners[order], return_index=True)
            centres[present] = np.add.reduceat(self.vectors[order], starts, axis=0)
        return np.asarray(centres / (np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9), dtype=np.float32)


class LimitQuestions:
    """The questions that no passage answers, beside the answerable ones."""

    def __init__(self, raw: AskedQuestions, near: AskedQuestions, kinds: Sequence[str], words: SparseIndex) -> None:
        self._raw = raw
        self._near = near
        self._kinds = np.array(kinds)
        self._centres = near.centres() if len(kinds) else np.zeros((0, 1), np.float32)
        self._words = words
        self._question_kinds = self._kinds[raw.owners] if len(kinds) else np.array([])

    def nearness(
        self, vector: FloatArray, moved: FloatArray, answerable: FloatArray, words: list[str]
    ) -> tuple[LimitNearness, ...]:
        """One a kind of LIMIT_KINDS. `moved` is the vector in the metric's space, `answerable` the cosines there
        with the questions that have an answer."""
        if not len(self._kinds):
            return tuple(LimitNearness() for _ in LIMIT_KINDS)
        raw, near = self._raw.similar(vector), self._near.similar(moved)
        best, three = self._raw.best(raw), self._raw.best_three(raw)
        near_best, near_three = self._near.best(near), self._near.best_three(near)
        centre, by_words = self._centres @ moved, self._words.scores(words)
        together = np.concatenate([answerable, near])
        kept = min(_NEIGHBOURS[-1], together.size)
        nearest = np.argpartition(-together, kept - 1)[:kept]
        nearest = nearest[np.argsort(-together[nearest])] - len(answerable)
        neighbours = np.where(nearest >= 0, self._question_kinds[np.maximum(nearest, 0)], "answer")
        found = []
        for kind in LIMIT_KINDS:
            own = self._kinds == kind
            if not own.any():
                found.append(LimitNearness())
                continue
            asked = near[self._question_kinds == kind]
            found.append(
                LimitNearness(
                    best=float(best[own].max()),
                    three=float(three[own].max()),
                    words=float(by_words[own].max()),
                    near=float(near_best[own].max()),
                    near_three=float(near_three[own].max()),
                    centre=float(centre[own].max()),
                    odds=(_odds(answerable, asked, 10), _odds(answerable, asked, 20)),
                    votes=tuple(float((neighbours[:n] == kind).mean()) for n in _NEIGHBOURS),  # type: ignore[arg-type]  # three of them
                )
            )
        return tuple(found)


def _odds(answerable: FloatArray, asked: FloatArray, sharpness: float) -> float:
    return _mass(answerable, sharpness) - _mass(asked, sharpness)


def _mass(similar: FloatArray, sharpness: float) -> float:
    return float(np.log(np.exp(sharpness * similar).sum() + 1e-6)) if similar.size else 0.0
