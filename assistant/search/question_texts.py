"""Questions of the bank before they are read: their texts, whose they are, and how to get at their vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.search.asked_questions import AskedQuestions, OwnedVectors
from assistant.search.kept_arrays import Arrays
from assistant.search.row_products import ROW_ARRAYS, rows_from
from ingest.index.embedding import Purpose
from ingest.index.vector_store import VectorReader, vector_key
from ingest.source_names import without_source_names

FloatArray = NDArray[np.float32]


class QuestionTexts:
    """Questions and the number of the owner of each."""

    def __init__(self, name: str, owned: Sequence[tuple[int, str]], count: int) -> None:
        self._name = name
        self._texts = [without_source_names(q) for _, q in owned]
        self._owners = np.array([n for n, _ in owned], dtype=np.int64)
        self._count = count

    def inputs(self, store: VectorReader) -> tuple[str | bytes, ...]:
        """What tells its arrays from others: its texts, its owners, and some of its vectors, which tell the model."""
        some = vectors_of(store, self._texts[::64], "query")
        return *self._texts, f"{self._count}", self._owners.tobytes(), some.tobytes()

    def read(self, store: VectorReader) -> OwnedVectors:
        """The questions' vectors."""
        return OwnedVectors(vectors_of(store, self._texts, "query"), self._owners, self._count)

    def kept(self, made: Arrays) -> AskedQuestions:
        """The questions, from the arrays that were made of their vectors."""
        arrays = {kind: made[f"{self._name}_{kind}"] for kind in ROW_ARRAYS}
        return AskedQuestions(rows_from(arrays), self._owners, self._count)


def vectors_of(store: VectorReader, texts: Sequence[str], purpose: Purpose) -> FloatArray:
    """(len(texts), width) unit vectors; raises IndexMismatch when one is not in the store."""
    if not texts:
        return np.zeros((0, 1), dtype=np.float32)
    return store.get([vector_key(text, purpose) for text in texts])
