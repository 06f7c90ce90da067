"""Vectors of the bank and of the demonstration edition, computed once and shipped with the corpus.

They spare a first start the minutes that the bank's ten thousand questions take to embed. They are only
a cache by content address: a text that is not in the file, or another embedding, is computed as usual.
Eight bits a number with one scale a vector: cosines move by less than 0.002.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ingest.index.embedding import Vectors

_DAMAGE = (OSError, EOFError, ValueError, KeyError, AttributeError, BadZipFile, zlib.error)
"""What numpy raises on a file that is cut, altered or none of ours."""


def packaged_file(corpus: Path, embedder_name: str) -> Path:
    """Where the vectors of an embedding are shipped."""
    return corpus / "vectors" / f"{embedder_name.replace(':', '-').replace('/', '-')}.npz"


class PackagedVectors:
    """A read-only map from vector key to unit vector; empty when nothing readable is shipped for the embedding.

    A damaged file costs time and changes no result: its vectors are computed like any other.
    """

    def __init__(self, corpus: Path, embedder_name: str) -> None:
        self._rows: dict[str, int] = {}
        path = packaged_file(corpus, embedder_name)
        if not path.is_file():
            return
        with suppress(*_DAMAGE), path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            rows = {key.decode(): n for n, key in enumerate(content["keys"].tolist())}
            self._numbers, self._scales = content["numbers"], content["scales"]
            if self._numbers.ndim == 2 and len(rows) == len(self._numbers) == len(self._scales):
                self._rows = rows

    def known(self, keys: Sequence[str]) -> list[str]:
        """The keys that are shipped, in order."""
        return [key for key in keys if key in self._rows]

    def get(self, keys: Sequence[str]) -> Vectors:
        """An array (len(keys), dimension) of unit vectors; KeyError for a key that is not shipped."""
        rows = [self._rows[key] for key in keys]
        vectors = self._numbers[rows].astype(np.float32) * self._scales[rows][:, None]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def write_packaged(path: Path, keys: Sequence[str], vectors: Vectors) -> None:
    """Writes the file; same keys and vectors give the same bytes."""
    order = np.argsort(np.array(keys))
    rows = vectors[order]
    scales = np.abs(rows).max(axis=1) / 127
    numbers = np.rint(rows / scales[:, None]).astype(np.int8)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        keys=np.array([keys[n].encode() for n in order]),
        numbers=numbers,
        scales=scales.astype(np.float32),
    )
