"""Vectors by content address, in Chroma. The only importer of chromadb.

A key stands for an exact text and its purpose, so a text that two documents or twenty revisions share
is embedded once, and nothing is ever overwritten.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ingest.errors import IndexMismatch, IndexNotWritable
from ingest.index.embedding import Purpose, Vectors
from ingest.passage import text_digest

_COLLECTION = "vectors"
_PAGE = 5000
# Vectors are read by key and compared exactly, elsewhere: Chroma's graph of neighbours, which it always makes, is
# the smallest, or it would take half of the time of a first ingestion.
_GRAPH = {"space": "ip", "ef_construction": 8, "max_neighbors": 4}


def vector_key(text: str, purpose: Purpose) -> str:
    """Content address of a text embedded for a purpose."""
    return ("q" if purpose == "query" else "p") + text_digest(text)


class VectorReader(Protocol):
    """Unit vectors by key, to be read."""

    def missing(self, keys: Sequence[str]) -> list[str]:
        """The keys, each once and in order, that have no vector yet."""

    def get(self, keys: Sequence[str]) -> Vectors:
        """An array (len(keys), dimension), rows in the order of the keys. Raises IndexMismatch for an unknown key."""

    def count(self) -> int:
        """How many vectors are kept."""

    def close(self) -> None:
        """Gives back the files; the vectors are not read afterwards."""


class VectorStore(VectorReader, Protocol):
    """Unit vectors by key, to which more are added."""

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Keeps new vectors; a key that has one already is left as it is."""


class MemoryVectorStore:
    """Vectors in a dictionary, for tests and for one-off comparisons."""

    def __init__(self) -> None:
        self._rows: dict[str, Vectors] = {}

    def missing(self, keys: Sequence[str]) -> list[str]:
        """See VectorReader.missing."""
        return [key for key in dict.fromkeys(keys) if key not in self._rows]

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """See VectorStore.add."""
        for key, row in zip(keys, vectors, strict=True):
            self._rows.setdefault(key, np.asarray(row, dtype=np.float32))

    def get(self, keys: Sequence[str]) -> Vectors:
        """See VectorReader.get."""
        try:
            return _matrix([self._rows[key] for key in keys])
        except KeyError as exc:
            raise unknown_vectors(1) from exc

    def count(self) -> int:
        """See VectorReader.count."""
        return len(self._rows)

    def close(self) -> None:
        """See VectorReader.close."""


class ChromaVectorStore:
    """A persistent Chroma collection in one folder."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        self._error: type[Exception] = chromadb.errors.ChromaError
        with self._translated(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._client: Any = chromadb.PersistentClient(
                    str(folder), settings=Settings(anonymized_telemetry=False)
                )
            except BaseException:
                # Chroma keeps the client whose start failed, and would give it for this folder ever after
                SharedSystemClient._identifier_to_system.pop(str(folder), None)
                raise
            self._collection: Any = self._client.get_or_create_collection(
                _COLLECTION, embedding_function=None, configuration={"hnsw": _GRAPH}
            )

    def missing(self, keys: Sequence[str]) -> list[str]:
        """See VectorReader.missing."""
        wanted = list(dict.fromkeys(keys))
        known: set[str] = set()
        for page in _pages(wanted):
            known.update(self._found(page, [])["ids"])
        return [key for key in wanted if key not in known]

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """See VectorStore.add."""
        rows: dict[str, Any] = {}
        for key, row in zip(keys, vectors, strict=True):
            rows.setdefault(key, row)
        new = self.missing(list(rows))
        with self._translated(None):
            for page in _pages(new):
                self._collection.add(ids=page, embeddings=np.asarray([rows[key] for key in page]))

    def get(self, keys: Sequence[str]) -> Vectors:
        """See VectorReader.get."""
        wanted = list(dict.fromkeys(keys))
        rows: dict[str, Any] = {}
        for page in _pages(wanted):
            found = self._found(page, ["embeddings"])
            rows.update(zip(found["ids"], found["embeddings"], strict=True))
        if len(rows) < len(wanted):
            raise unknown_vectors(len(wanted) - len(rows))
        return _matrix([rows[key] for key in keys])

    def count(self) -> int:
        """See VectorReader.count."""
        with self._read():
            return int(self._collection.count())

    def close(self) -> None:
        """Gives back the files; the store is not used afterwards."""
        self._client.close()

    def _found(self, keys: list[str], include: list[str]) -> Any:
        with self._read():
            return self._collection.get(ids=keys, include=include)

    @contextlib.contextmanager
    def _read(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, self._error) as exc:
            raise IndexMismatch(f"Les vecteurs de l'index sont abîmés ({exc}).", "Relancez « cct ingest ».") from exc

    @contextlib.contextmanager
    def _translated(self, folder: Path | None) -> Iterator[None]:
        where = f" {folder}" if folder else ""
        try:
            yield
        except (OSError, self._error) as exc:
            raise IndexNotWritable(
                f"L'index{where} ne peut pas être écrit ({exc}).",
                "Libérez de la place ou donnez un dossier accessible en écriture dans CCT_HOME.",
            ) from exc


def _matrix(rows: list[Any]) -> Vectors:
    return np.asarray(rows, dtype=np.float32) if rows else np.zeros((0, 0), dtype=np.float32)


def _pages(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _PAGE):
        yield keys[start : start + _PAGE]


def unknown_vectors(count: int) -> IndexMismatch:
    """The error of a key without a vector."""
    return IndexMismatch(f"Il manque {count} vecteurs dans l'index.", "Relancez « cct ingest ».")
