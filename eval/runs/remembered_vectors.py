"""Vectors of evaluation questions, kept from one run to the next: the same questions are asked at each revision.

Nearly all the time of a run is spent on these vectors. They are kept exactly as the model gave them (float32), under
the model's name: a run that finds them answers as one that computed them.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.selection import Library
from ingest.index.embedding import Embedder, Purpose, Vectors
from ingest.source_names import without_source_names

_PART = 256
"""Texts between two writings: what an interrupted run keeps."""


class RememberingEmbedder:
    """An embedder that knows the questions of earlier runs. What it does not know, it asks the other one."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self._file = folder / f"vecteurs-{hashlib.sha256(embedder.name.encode()).hexdigest()[:12]}.npz"
        self._known = _read(self._file)

    def embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """See Embedder.embed."""
        keys = [_key(text) for text in texts]
        if purpose == "query" and texts and all(k in self._known for k in keys):
            return np.stack([self._known[k] for k in keys])
        return self._embedder.embed(texts, purpose)

    def remember(self, questions: Sequence[str]) -> int:
        """Embeds the questions that are not known yet and keeps them; returns how many there were."""
        fresh = {_key(q): q for q in map(without_source_names, questions) if _key(q) not in self._known}
        waiting = list(fresh.items())
        for start in range(0, len(waiting), _PART):
            part = waiting[start : start + _PART]
            rows = self._embedder.embed([text for _, text in part], "query")
            self._known.update(zip((key for key, _ in part), rows, strict=True))
            _write(self._file, self._known)
        return len(waiting)


def remembering(library: Library, folder: Path) -> tuple[Library, RememberingEmbedder]:
    """The same library, whose questions are embedded once for all runs."""
    embedder = RememberingEmbedder(library.embedder, folder)
    return Library(library.settings, library.manifest, embedder), embedder


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(path: Path) -> dict[str, Vectors]:
    """Nothing for a file that is absent or damaged: its vectors are computed again."""
    try:
        with np.load(path, allow_pickle=False) as held:
            keys, rows = held["keys"], held["rows"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}
    return {str(k): row for k, row in zip(keys, rows, strict=True)} if len(keys) == len(rows) else {}


def _write(path: Path, known: dict[str, Vectors]) -> None:
    """In one move, so that another run never reads half a file; a folder that cannot be written to is no failure."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, keys=np.array(list(known)), rows=np.stack(list(known.values())))
        Path(name).replace(path)
    except OSError:
        return
