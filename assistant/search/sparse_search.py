"""BM25 over small collections, in memory. The only importer of bm25s."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from assistant.search.kept_arrays import Arrays, KeptArrays

Scores = NDArray[np.float32]


class SparseIndex:
    """BM25 (Lucene's variant, k1 1.2, b 0.6) over documents given as tokens."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._take(_weighted(documents), len(documents))

    @classmethod
    def kept(
        cls, name: str, texts: Sequence[str], tokenize: Callable[[str], list[str]], kept: KeptArrays
    ) -> SparseIndex:
        """The index of texts, tokenised and weighted once, kept under a name."""
        index = cls.__new__(cls)
        arrays = kept.get(name, [tokenize.__name__, *texts], lambda: _weighted([tokenize(text) for text in texts]))
        index._take(arrays, len(texts))
        return index

    def scores(self, query: Sequence[str]) -> Scores:
        """One score a document, in their order; zeros when no token of the query is known."""
        scores = np.zeros(self._size, dtype=np.float32)
        for token in dict.fromkeys(query):
            held = self._postings(token)
            scores[self._documents[held]] += self._weights[held]
        return scores

    def holds(self, document: int, query: Sequence[str]) -> float:
        """Share of the query's distinct tokens that a document holds; 0 for an empty query."""
        distinct = set(query)
        held = sum(bool((self._documents[self._postings(token)] == document).any()) for token in distinct)
        return held / len(distinct) if distinct else 0.0

    def _postings(self, token: str) -> slice:
        number = self._vocabulary.get(token)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))

    def _take(self, arrays: Arrays, size: int) -> None:
        self._size = size
        self._weights, self._documents, self._starts = arrays["weights"], arrays["documents"], arrays["starts"]
        words = bytes(arrays["vocabulary"]).decode()
        self._vocabulary = {token: n for n, token in enumerate(words.split("\n"))} if words else {}


def _weighted(documents: Sequence[Sequence[str]]) -> Arrays:
    """Compressed columns, one a token: weights, documents that hold it, where each column starts; the vocabulary."""
    vocabulary = {token: n for n, token in enumerate(dict.fromkeys(chain.from_iterable(documents)))}
    words = np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8)
    if not vocabulary:
        nothing = np.zeros(0, dtype=np.int64)
        return {"weights": nothing, "documents": nothing, "starts": np.zeros(1, np.int64), "vocabulary": words}
    import bm25s  # 0.4 s with numba: only where something is to be weighted

    ids = [[vocabulary[token] for token in document] for document in documents]
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    index.index((ids, vocabulary), show_progress=False)
    made = index.scores
    return {
        "weights": np.asarray(made["data"], dtype=np.float32),
        "documents": np.asarray(made["indices"], dtype=np.int64),
        "starts": np.asarray(made["indptr"], dtype=np.int64),
        "vocabulary": words,
    }
