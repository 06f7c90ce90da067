"""BM25 over small collections, in memory. The only importer of bm25s."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import bm25s
import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class SparseIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.6) over documents given as tokens."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._size = len(documents)
        distinct = dict.fromkeys(chain.from_iterable(documents))
        self._vocabulary = {token: n for n, token in enumerate(distinct)}
        self._index = None
        if self._vocabulary:
            ids = [[self._vocabulary[token] for token in document] for document in documents]
            self._index = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
            self._index.index((ids, self._vocabulary), show_progress=False)

    def scores(self, query: Sequence[str]) -> Scores:
        """One score a document, in their order; zeros when no token of the query is known."""
        known = [self._vocabulary[token] for token in dict.fromkeys(query) if token in self._vocabulary]
        if self._index is None or not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._index.get_scores_from_ids(known), dtype=np.float32)

    def coverage(self, query: Sequence[str]) -> float:
        """Share of the query's distinct tokens that some document holds; 0 for an empty query."""
        distinct = set(query)
        return sum(token in self._vocabulary for token in distinct) / len(distinct) if distinct else 0.0
