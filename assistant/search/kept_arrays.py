"""Arrays that take a while to compute, kept on disk under a digest of what they were computed from.

A process that answers one question would otherwise spend two thirds of its time on the question bank. The digest
covers the inputs and the code, so that nothing is ever out of date; a disk that refuses writing only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

_KEPT = 6
"""Files of one name: as many selections of revisions as a server usually has open."""
_CODE = ("kept_arrays", "sparse_search", "french_text", "question_metric", "asked_questions", "row_products")
"""Modules of this package that decide what the arrays hold."""


class KeptArrays:
    """A folder of computed arrays; without a folder everything is computed each time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def get(self, name: str, inputs: Iterable[str | bytes], make: Callable[[], Arrays]) -> Arrays:
        """The arrays that `make` gives, computed at most once for the same inputs; a damaged file is made anew."""
        if self._folder is None:
            return make()
        path = self._folder / f"{name}-{_digest(inputs)}.npz"
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return {key: kept[key] for key in kept.files}
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            arrays = make()
            with contextlib.suppress(OSError):
                self._write(path, arrays)
            return arrays

    def _write(self, path: Path, arrays: Arrays) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with aside.open("wb") as file:
                np.savez(file, **dict(arrays))  # type: ignore[arg-type]  # its stub takes keyword options for arrays
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        name = path.name.rpartition("-")[0]
        written = sorted(path.parent.glob(f"{name}-*.npz"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
        for old in written[_KEPT:]:
            old.unlink(missing_ok=True)


def _digest(inputs: Iterable[str | bytes]) -> str:
    digest = hashlib.blake2b(_code_digest(), digest_size=16)
    for piece in inputs:
        data = piece.encode() if isinstance(piece, str) else piece
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


@cache
def _code_digest() -> bytes:
    here = Path(__file__).parent
    return hashlib.blake2b(b"".join((here / f"{name}.py").read_bytes() for name in _CODE)).digest()
