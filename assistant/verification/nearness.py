"""Nearness of meaning between a sentence and the passages, with the embedding that the index was made with."""

from __future__ import annotations

import threading
from functools import lru_cache

from assistant.verification.evidence import GivenPassage
from ingest.index.build_index import embedded_texts
from ingest.index.embedding import Embedder, Vectors
from ingest.index.vector_store import VectorReader, vector_key


class EmbeddedNearness:
    """The index's vectors for the passages, the embedder for the sentence. Thread-safe."""

    def __init__(self, embedder: Embedder, store: VectorReader) -> None:
        self._embedder = embedder
        self._store = store
        self._rows: dict[str, Vectors] = {}
        self._lock = threading.Lock()
        self._embed = lru_cache(maxsize=256)(lambda text: embedder.embed([text], "passage")[0])

    def of(self, text: str, passage: GivenPassage) -> float:
        """See Nearness.of."""
        return float((self._vectors(passage) @ self._embed(text)).max())

    def _vectors(self, passage: GivenPassage) -> Vectors:
        own = passage.located.passage
        with self._lock:
            if own.fingerprint not in self._rows:
                texts = embedded_texts(own)
                keys = [vector_key(text, "passage") for text in texts]
                absent = bool(self._store.missing(keys))
                self._rows[own.fingerprint] = (
                    self._embedder.embed(texts, "passage") if absent else self._store.get(keys)
                )
            return self._rows[own.fingerprint]
