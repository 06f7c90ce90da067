"""The vectors of an index as one file mapped in memory: what answering reads.

Chroma is where vectors are kept and completed; reading twenty thousand of them from it takes two seconds,
and it writes when it opens. The mirror is a copy made when the index is, read in milliseconds, even from a disk
that refuses writing; when it is absent or damaged, Chroma is read.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.index.embedding import Vectors
from ingest.index.vector_store import VectorReader, unknown_vectors

_KEYS = "keys.txt"
_ROWS = "vectors.npy"


class VectorMirror:
    """A read-only map from vector key to vector."""

    def __init__(self, keys: Sequence[str], rows: Vectors) -> None:
        self._rows = rows
        self._row_of = {key: n for n, key in enumerate(keys)}

    @classmethod
    def opened(cls, folder: Path) -> VectorMirror | None:
        """The mirror in a folder; None when there is none, or not the one that was written."""
        try:
            stamp, *keys = (folder / _KEYS).read_text(encoding="ascii").split("\n")
            rows = np.load(folder / _ROWS, mmap_mode="r", allow_pickle=False)
        except (OSError, EOFError, ValueError):
            return None
        if rows.dtype != np.float32 or rows.ndim != 2 or len(rows) != len(keys) or stamp != _stamp(keys, rows):
            return None
        return cls(keys, rows)

    def missing(self, keys: Sequence[str]) -> list[str]:
        """See VectorReader.missing."""
        return [key for key in dict.fromkeys(keys) if key not in self._row_of]

    def get(self, keys: Sequence[str]) -> Vectors:
        """See VectorReader.get."""
        absent = self.missing(keys)
        if absent:
            raise unknown_vectors(len(absent))
        if not keys:
            return np.zeros((0, 0), dtype=np.float32)
        return np.asarray(self._rows[[self._row_of[key] for key in keys]], dtype=np.float32)

    def count(self) -> int:
        """See VectorReader.count."""
        return len(self._row_of)

    def close(self) -> None:
        """See VectorReader.close."""


def write_mirror(folder: Path, store: VectorReader, keys: Sequence[str]) -> None:
    """Completes the mirror of a folder with the vectors of a store; nothing is written when it is complete."""
    known = VectorMirror.opened(folder)
    new = known.missing(keys) if known is not None else list(dict.fromkeys(keys))
    if not new:
        return
    former = [] if known is None else list(known._row_of)
    parts = ([known._rows] if known is not None and former else []) + [store.get(new)]
    rows = np.ascontiguousarray(np.vstack(parts), dtype=np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"{_ROWS}.part"
    with aside.open("wb") as file:
        np.save(file, rows, allow_pickle=False)
    aside.replace(folder / _ROWS)
    (folder / _KEYS).write_text("\n".join([_stamp([*former, *new], rows), *former, *new]), encoding="ascii")


def _stamp(keys: Sequence[str], rows: Vectors) -> str:
    return f"{zlib.crc32(rows.data, zlib.crc32(chr(10).join(keys).encode('ascii'))):08x} {rows.shape[1]}"
